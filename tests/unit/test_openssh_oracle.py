"""nbtui reads ssh_config as the real ssh does: each case is asked of both."""

from pathlib import Path

import pytest

from lab.ssh_oracle import ours, theirs

CASES: dict[str, tuple[str, str]] = {
    "nothing said": ("", "gpu1"),
    "a user on the command line wins": ("User ada", "eve@gpu1"),
    "the first value wins": ("Port 22001\nPort 22002", "gpu1"),
    "the block of another host is passed over": (
        "Host gpu2\n  User eve\nHost gpu1\n  User ada",
        "gpu1",
    ),
    "a specific block before Host *": (
        "Host gpu1\n User ada\nHost *\n User eve\n Port 2222",
        "gpu1",
    ),
    "Host * before a specific block": ("Host *\n User eve\nHost gpu1\n User ada", "gpu1"),
    "stars": ("Host gpu*.example.org\n User ada", "gpu17.example.org"),
    "question marks": ("Host gpu?\n User ada", "gpu17"),
    "a negated name": ("Host gpu* !gpu1\n User ada\n Port 2222", "gpu1"),
    "a negated name alone is no match": ("Host !gpu2\n User ada", "gpu1"),
    "a negated name beside the right one": ("Host !gpu2 gpu1\n User ada", "gpu1"),
    "a comma is no separator of Host": ("Host gpu1,gpu2\n User ada", "gpu1"),
    "Host tells upper and lower case apart": ("Host GPU1\n User ada", "gpu1"),
    "a name in capitals": ("Host GPU1\n User ada", "GPU1"),
    "HostName": ("Host gpu1\n HostName 10.0.0.7", "gpu1"),
    "HostName with %h": ("Host gpu*\n HostName %h.Example.ORG", "gpu1"),
    "HostName with a percent sign": ("HostName a%%b%h", "gpu1"),
    "an IPv6 address is written short": ("HostName 2001:0db8:0:0:0:0:0:1", "gpu1"),
    "an IPv4 address is written in full": ("HostName 127.1", "gpu1"),
    "equals signs": ("Host=gpu1\nUser = ada\nPort= 2222\nHostName =x.org", "gpu1"),
    "tabs, trailing blanks and CRLF": ("Host\tgpu1 \t\r\n\tUser\tada\r\n", "gpu1"),
    "comments": ("# User eve\n  # more\nUser ada # me\nHostName a#b", "gpu1"),
    "double quotes": ('IdentityFile "~/my keys/id"\nUser "ada"', "gpu1"),
    "single quotes": ("IdentityFile '/my keys/id'", "gpu1"),
    "escapes": (r"IdentityFile /my\ keys/a\"b" + "\n" + r'IdentityFile "/a\\b \x"', "gpu1"),
    "keywords in any case": ("hOST gpu1\nuSER ada\nIDENTITIESONLY yes", "gpu1"),
    "a quoted keyword": ('"User" ada', "gpu1"),
    "several keys in order": (
        "Host gpu1\n IdentityFile a\n IdentityFile ~/b\nHost *\n IdentityFile c",
        "gpu1",
    ),
    "the same key twice": ("IdentityFile /a\nIdentityFile /b\nIdentityFile /a", "gpu1"),
    "no key": ("IdentityFile none", "gpu1"),
    "keys with tokens": ("IdentityFile %d/%h_%r_%p_%u\nUser ada\nPort 2222", "gpu1"),
    "keys with a variable": ("IdentityFile ${LAB_KEYS}/id", "gpu1"),
    "certificates": ("CertificateFile ~/a-cert.pub\nCertificateFile /b-cert.pub", "gpu1"),
    "all tokens": (
        "Host gpu1\n HostName G.Example.org\n User ada\n Port 2222\n HostKeyAlias Gee\n UserKnownHostsFile /k/%h/%n/%p/%r/%u/%i/%k/%L/%l/%C/%% ~/x/%d",
        "gpu1",
    ),
    "tokens of a name that stands for itself": (
        "UserKnownHostsFile /%h/%n/%p/%r/%k/%C",
        "GPU1",
    ),
    "several known_hosts": (
        "UserKnownHostsFile ~/.ssh/a /b\nGlobalKnownHostsFile /c /d",
        "gpu1",
    ),
    "no known_hosts": ("UserKnownHostsFile none\nGlobalKnownHostsFile none", "gpu1"),
    "another agent": ("IdentityAgent ~/.agent/%r.sock", "ada@gpu1"),
    "no agent": ("IdentityAgent none", "gpu1"),
    "flags": (
        "IdentitiesOnly yes\nHashKnownHosts yes\nPasswordAuthentication no\nPubkeyAuthentication no\nKbdInteractiveAuthentication no\nStrictHostKeyChecking accept-new",
        "gpu1",
    ),
    "flags under their old names": (
        "ChallengeResponseAuthentication no\nStrictHostKeyChecking off",
        "gpu1",
    ),
    "true and false": (
        "IdentitiesOnly true\nPasswordAuthentication false\nStrictHostKeyChecking true",
        "gpu1",
    ),
    "pubkey authentication in its two ways": ("PubkeyAuthentication host-bound", "gpu1"),
    "durations": ("ConnectTimeout 1m30", "gpu1"),
    "no duration": ("ConnectTimeout none\nConnectTimeout 5", "gpu1"),
    "address family": ("AddressFamily INET6", "gpu1"),
    "methods": ("PreferredAuthentications publickey,password", "gpu1"),
    "a port by its name": ("Port ssh", "gpu1"),
    "a proxy command": ('ProxyCommand nc -x "a b" %h %p # no comment', "gpu1"),
    "a proxy command with an equals sign": (
        "ProxyCommand=connect -S proxy:1080 %h %p",
        "gpu1",
    ),
    "ProxyJump before ProxyCommand": (
        "Host gpu1\n ProxyJump gw\n ProxyCommand nc %h %p",
        "gpu1",
    ),
    "ProxyCommand before ProxyJump": ("ProxyCommand nc %h %p\nProxyJump gw", "gpu1"),
    "ProxyJump none shuts ProxyCommand out": (
        "ProxyJump none\nProxyCommand nc %h %p",
        "gpu1",
    ),
    "ProxyCommand none shuts ProxyJump out": ("ProxyCommand none\nProxyJump gw", "gpu1"),
    "a jump with all parts": ("Host gpu1\n ProxyJump ada@gw:2222", "gpu1"),
    "a chain of jumps": ("Host gpu1\n ProxyJump a,eve@b:2200,c", "gpu1"),
    "a jump by address": ("Host gpu1\n ProxyJump 10.0.0.1", "gpu1"),
    "a jump by IPv6 address": ("Host gpu1\n ProxyJump eve@[2001:db8::1]:2222", "gpu1"),
    "a jump as URL": ("Host gpu1\n ProxyJump ssh://eve@gw.example.org:2222", "gpu1"),
    "local forwards": (
        "LocalForward 8080 db:5432\nLocalForward 127.0.0.2:81 [::1]:80\nLocalForward [::1]:82 x:1",
        "gpu1",
    ),
    "a local forward for everybody": (
        "LocalForward *:8080 db:5432\nLocalForward :8081 db:1",
        "gpu1",
    ),
    "the same forward twice": (
        "LocalForward 8080 db:5432\nLocalForward 8080 db:5432",
        "gpu1",
    ),
    "dynamic forwards": ("DynamicForward 1080\nDynamicForward [::1]:1081", "gpu1"),
    "remote forwards": (
        "RemoteForward 8080 localhost:80\nRemoteForward 0 localhost:81",
        "gpu1",
    ),
    "forwards with a variable": ("LocalForward 8080 ${LAB_HOST}:1", "gpu1"),
    "Match all": ("Host x\n User eve\nMatch all\n User ada", "gpu1"),
    "Match host looks at HostName": (
        "Host gpu1\n HostName G.example.org\nMatch host *.EXAMPLE.org\n User ada",
        "gpu1",
    ),
    "Match originalhost": (
        "Host gpu1\n HostName x.org\nMatch originalhost gpu1\n User ada",
        "gpu1",
    ),
    "Match host with a list": ("Match host a,gpu*,!gpu2\n User ada", "gpu1"),
    "Match host with a negated name": ("Match host gpu*,!gpu1\n User ada", "gpu1"),
    "Match user from the command line": ("Match user ada\n Port 2222", "ada@gpu1"),
    "Match user from above": ("User ada\nMatch user ada\n Port 2222", "gpu1"),
    "Match user from below": ("Match user ada\n Port 2222\nMatch all\n User ada", "gpu1"),
    "Match localuser": ("Match localuser *\n Port 2222", "gpu1"),
    "a negated criterion": ("Match !host gpu2 !user eve\n Port 2222", "gpu1"),
    "several criteria, one of which fails": (
        "Match host gpu1 user eve\n Port 2222",
        "gpu1",
    ),
    "Match exec that succeeds": ("Match exec true\n Port 2222", "gpu1"),
    "Match exec that fails": ("Match exec false\n Port 2222", "gpu1"),
    "Match exec negated": ("Match !exec false\n Port 2222", "gpu1"),
    "Match exec with tokens": (
        'User ada\nMatch host gpu1 exec "test %h-%n-%p-%r-%k = gpu1-gpu1-22-ada-gpu1"\n Port 2222',
        "gpu1",
    ),
    "Match exec that no shell finds": ("Match exec no-such-program\n Port 2222", "gpu1"),
    "Match final": ("Match final\n Port 2222\nHost gpu1\n HostName x.org", "gpu1"),
    "Match final all": ("Match final all\n Port 2222", "gpu1"),
    "Match final sees the HostName of below": (
        "Match final host x.org\n Port 2222\n IdentityFile /a\nHost gpu1\n HostName X.org\n IdentityFile /b",
        "gpu1",
    ),
    "Host lines of a second pass look at HostName": (
        "Host x.org\n User ada\nHost gpu1\n HostName X.org\nMatch final\n Port 2222",
        "gpu1",
    ),
    "Match canonical without canonical names": ("Match canonical\n Port 2222", "gpu1"),
    "a Match ends a Host": ("Host gpu2\n User eve\nMatch host gpu1\n User ada", "gpu1"),
    "a comment behind Match": ("Match host gpu1 # mine\n User ada", "gpu1"),
    "unknown keywords that are to be ignored": (
        "IgnoreUnknown foo*,bar\nFooBar 1\nUser ada",
        "gpu1",
    ),
    "an address with a name of its own": ("Host 10.0.0.*\n User ada", "10.0.0.7"),
    "a URL on the command line": ("Host gpu1\n HostName x.org", "ssh://eve@gpu1:2222"),
}


@pytest.mark.parametrize(("text", "name"), CASES.values(), ids=CASES.keys())
def test_ssh_config_says_to_us_what_it_says_to_ssh(
    text: str, name: str, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(text, newline="")
    assert ours(config, name) == theirs(config, name)
