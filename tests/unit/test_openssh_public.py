"""Whole files in the style of those that people publish and that programs write, asked of nbtui and of `ssh -G`."""

from pathlib import Path

import pytest

from lab.ssh_oracle import ours, theirs

VAGRANT = """
Host default
  HostName 127.0.0.1
  User vagrant
  Port 2222
  UserKnownHostsFile /dev/null
  StrictHostKeyChecking no
  PasswordAuthentication no
  IdentityFile "/home/me/my box/.vagrant/machines/default/virtualbox/private_key"
  IdentitiesOnly yes
  LogLevel FATAL
"""
GCLOUD = """
# Google Compute Engine Section
Host gpu-1.europe-west4-a.my-project
    HostName 34.90.1.2
    IdentityFile /home/me/.ssh/google_compute_engine
    UserKnownHostsFile=/home/me/.ssh/google_compute_known_hosts
    HostKeyAlias=compute.1234567890
    IdentitiesOnly=yes
    CheckHostIP=no
# End of Google Compute Engine Section
"""
AWS_SSM = """
# SSH over Session Manager
host i-* mi-*
    ProxyCommand sh -c "aws ssm start-session --target %h --document-name AWS-StartSSHSession --parameters 'portNumber=%p'"
    User ec2-user
"""
IAP = """
Host vm
  HostName compute.42
  ProxyCommand gcloud compute start-iap-tunnel vm %p --listen-on-stdin --project=my-proj --zone=us-central1-a --verbosity=warning
  ProxyUseFdpass no
"""
BASTION = """
Host bastion
  HostName bastion.example.org
  User jump
  IdentityFile ~/.ssh/bastion

Host *.internal !bastion.internal
  ProxyJump bastion
  User admin

Host *
  ServerAliveInterval 60
  AddKeysToAgent yes
  IdentityFile ~/.ssh/id_ed25519
"""
CLUSTER = """
Host login
  HostName login.hpc.example.edu
  User ada
  ControlMaster auto
  ControlPath ~/.ssh/cm-%r@%h:%p
  ControlPersist 8h
Host node* gpu?? !node00
  HostName %h.cluster
  ProxyJump login
  User ada
  StrictHostKeyChecking no
Host *
  ForwardX11 yes
  ForwardX11Trusted yes
"""
CLUSTER_OLD = """
Host node*
  ProxyCommand ssh -q -W %h:%p login.hpc.example.edu
  User=ada
"""
NOTEBOOK = """
Host myvm
    HostName 172.22.3.50
    User cades
    IdentityFile ~/key.pem
    LocalForward localhost:8889 localhost:8889
    LocalForward 127.0.0.1:6006 127.0.0.1:6006
    ExitOnForwardFailure yes
    RequestTTY no
    SessionType none
"""
VAULT_AGENT = """
Host *
\tIdentityAgent "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"
Host github.com
\tUser git
\tIdentityFile ~/.ssh/github.pub
\tIdentitiesOnly yes
"""
MACOS = """
IgnoreUnknown UseKeychain,AddKeysToAgent
Host *
  UseKeychain yes
  AddKeysToAgent yes
  IdentityFile ~/.ssh/id_ed25519
  IdentityFile ~/.ssh/id_rsa
"""
AT_HOME_OR_NOT = """
Match originalhost nas exec "test -n '%h' && false"
  HostName 192.168.1.10
Match originalhost nas !exec "false"
  HostName nas.example.org
  Port 2222
Host nas
  User me
"""
TELEPORT = """
# Begin generated Teleport configuration for proxy.example.com by tsh
Host *.cluster proxy.example.com
    UserKnownHostsFile "/home/me/.tsh/known_hosts"
    IdentityFile "/home/me/.tsh/keys/proxy.example.com/me"
    CertificateFile "/home/me/.tsh/keys/proxy.example.com/me-ssh/cluster-cert.pub"
Host *.cluster !proxy.example.com
    Port 3022
    ProxyCommand "/usr/local/bin/tsh" proxy ssh --cluster=cluster --proxy=proxy.example.com:443 %r@%h:%p
# End generated Teleport configuration
"""
COLIMA = """
Host colima
  IdentityFile "/home/me/.colima/_lima/_config/user"
  IdentityFile "/home/me/.ssh/id_ed25519"
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  NoHostAuthenticationForLocalhost yes
  PreferredAuthentications publickey
  Compression no
  BatchMode yes
  IdentitiesOnly yes
  GSSAPIAuthentication no
  Hostname 127.0.0.1
  Port 53211
  User me
  ControlMaster auto
  ControlPath "/home/me/.colima/_lima/colima/ssh.sock"
  ControlPersist yes
"""
CERN = """
Host lxplus* *.cern.ch
  GSSAPIAuthentication yes
  GSSAPIDelegateCredentials yes
  User ada
  HostName %h
Host lxtunnel
  HostName lxtunnel.cern.ch
  DynamicForward 8090
  User ada
"""
FINAL = """
Host short
  HostName short.example.org
Match final host *.example.org
  User final
  ProxyJump gw.example.net
Match canonical host *.example.org
  Port 2222
"""
TIGHTENED = """
Match final all
    HashKnownHosts yes
Host old
    KexAlgorithms +diffie-hellman-group1-sha1
    HostKeyAlgorithms +ssh-rsa
    PubkeyAcceptedAlgorithms +ssh-rsa
    Ciphers +aes128-cbc
    User root
Host *
    Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
    VisualHostKey yes
    VerifyHostKeyDNS yes
"""
ROLES = """
Match host prod-*,staging-* user root
  IdentityFile ~/.ssh/root_%n
Match host prod-* !user root
  IdentityFile ~/.ssh/prod
Match localuser nobody-at-all
  User eve
Host prod-* staging-*
  HostName %h.example.org
"""
SIX = """
Host six
  HostName fe80::1%%lo
  AddressFamily inet6
  LocalForward [::1]:8889 [2001:db8::7]:8889
  RemoteForward [::1]:9000 localhost:9000
  DynamicForward [::1]:1080
Host six4
  HostName 2001:DB8:0::7
  ProxyJump ada@[2001:db8::1]:2222,[2001:db8::2]
"""
EQUALS = """
Host = gpu1
 HostName=10.0.0.7
 User="ada"
 IdentityFile = "~/my keys/id" # with a blank
 LocalForward=8889 localhost:8889
 Port   =   2222
"""
GITHUB_TWICE = """
Host github-work
  HostName github.com
  User git
  IdentityFile ~/.ssh/work
Host github.com github-home
  HostName github.com
  User git
  IdentityFile ~/.ssh/home
"""
TOR = """
Host *.onion
  ProxyCommand nc -x localhost:9050 -X 5 %h %p
  VerifyHostKeyDNS no
  ConnectTimeout 1m
"""
MUXED = """
Host gpu1
  RemoteCommand tmux new -A -s main
  RequestTTY force
  SetEnv LANG=C TERM=xterm
  SendEnv LC_*
  PermitLocalCommand yes
  LocalCommand echo hello
Host *
  ControlMaster auto
  ControlPath ~/.ssh/%C
"""
NO_JUMP = """
Host bastion
  ProxyJump none
Host *
  ProxyJump bastion
  UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/known_hosts.d/%k
"""
NO_PROXY = """
Match host !*.example.org,*.corp
  ProxyCommand corkscrew proxy 8080 %h %p
Match host 10.*,192.168.*
  ProxyCommand none
Host *
  ProxyCommand nc %h %p
"""
WINDOWS = "Host gpu1\r\n    HostName 10.0.0.7\r\n    User ada\r\n    IdentityFile ~\\.ssh\\id_ed25519\r\n"
QUOTED = r"""
Host "gpu1" 'gpu 2'
  IdentityFile "/a b/c\"d"
  IdentityFile '/it'\''s'
  User 'ada'
"""
CAPITALS = """
HOST GPU1 gpu1
HOSTNAME Gpu1.Example.ORG
PORT 2222
PROXYJUMP Ada@GW
HOSTKEYALIAS Vault
"""
LAST_WORD = "Host gpu1\n  User ada\n  Port 2222"
SERVICES = "Host gpu1\n Port http-alt\n LocalForward 8889 localhost:http\n"
EMPTY = "\n\n#\n   \n\t# nothing\n\r\n"

CASES = {
    "what vagrant writes": (VAGRANT, "default"),
    "what gcloud writes": (GCLOUD, "gpu-1.europe-west4-a.my-project"),
    "AWS Session Manager": (AWS_SSM, "i-0123456789abcdef0"),
    "Google's IAP": (IAP, "vm"),
    "a bastion": (BASTION, "db.internal"),
    "a bastion, itself": (BASTION, "bastion"),
    "a bastion, its negated name": (BASTION, "bastion.internal"),
    "a cluster's node": (CLUSTER, "node17"),
    "a cluster's negated node": (CLUSTER, "node00"),
    "a cluster's login node": (CLUSTER, "login"),
    "a cluster behind ssh -W": (CLUSTER_OLD, "node17"),
    "a notebook's tunnel": (NOTEBOOK, "myvm"),
    "1Password's agent": (VAULT_AGENT, "github.com"),
    "a Mac's keychain": (MACOS, "gpu1"),
    "at home or not": (AT_HOME_OR_NOT, "nas"),
    "Teleport, a node": (TELEPORT, "node.cluster"),
    "Teleport, its proxy": (TELEPORT, "proxy.example.com"),
    "what colima writes": (COLIMA, "colima"),
    "CERN": (CERN, "lxplus7.cern.ch"),
    "CERN, a proxy": (CERN, "lxtunnel"),
    "Match final and canonical": (FINAL, "short"),
    "algorithms": (TIGHTENED, "old"),
    "roles, root": (ROLES, "root@prod-1"),
    "roles, somebody": (ROLES, "ada@prod-1"),
    "roles, another machine": (ROLES, "root@staging-2"),
    "IPv6 with a scope": (SIX, "six"),
    "IPv6 through jumps": (SIX, "six4"),
    "equals signs everywhere": (EQUALS, "gpu1"),
    "two accounts": (GITHUB_TWICE, "github-work"),
    "two accounts, the other": (GITHUB_TWICE, "github.com"),
    "an onion": (TOR, "abc.onion"),
    "a command, multiplexed": (MUXED, "gpu1"),
    "everything through a bastion": (NO_JUMP, "gpu1"),
    "the bastion without itself": (NO_JUMP, "bastion"),
    "a company's proxy": (NO_PROXY, "git.corp"),
    "a company's proxy, a local machine": (NO_PROXY, "10.1.2.3"),
    "a company's proxy, a negated name": (NO_PROXY, "git.example.org"),
    "a file of Windows": (WINDOWS, "gpu1"),
    "quotes everywhere": (QUOTED, "gpu1"),
    "capitals": (CAPITALS, "GPU1"),
    "no newline at the end": (LAST_WORD, "gpu1"),
    "services by name": (SERVICES, "gpu1"),
    "nothing but comments": (EMPTY, "gpu1"),
}


@pytest.mark.parametrize(("text", "name"), CASES.values(), ids=CASES.keys())
def test_a_public_file_says_to_us_what_it_says_to_ssh(
    text: str, name: str, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(text, newline="")
    assert ours(config, name) == theirs(config, name)
