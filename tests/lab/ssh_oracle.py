"""What the real `ssh -G` makes of a configuration, and what nbtui makes of it, in the same words."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import psutil

from nbtui.model.profile import ForwardSpec
from nbtui.model.target import Resolved
from nbtui.profiles.here import Here, SshConfigFiles
from nbtui.profiles.openssh.tokens import absolute, expand_all, expand_tilde
from nbtui.profiles.resolve import resolve
from nbtui.profiles.saved import Saved
from nbtui.profiles.world import World, run_in_shell

Facts = dict[str, object]
ENVIRON = {
    "PATH": os.environ["PATH"],
    "SHELL": "/bin/sh",
    "LAB_KEYS": "/srv/keys",
    "LAB_HOST": "db1",
}

_FLAGS = (
    "hashknownhosts",
    "identitiesonly",
    "kbdinteractiveauthentication",
    "passwordauthentication",
)
_STRICT = {"true": "yes", "false": "no"}
_OTHER_KEYS = ("id_xmss", "id_dsa", "id_mldsa44_ed25519")


def lab_world(config: Path, *, environ: Mapping[str, str] = ENVIRON) -> World:
    """This machine with that file as the user's configuration and none of the system's."""
    user = psutil.Process().username()
    return World(
        here=Here(
            user=user,
            uid=config.parent.stat().st_uid,
            home=Path(f"~{user}").expanduser(),  # as ssh: HOME does not matter
            hostname=socket.gethostname(),
            environ=environ,
        ),
        config=SshConfigFiles(user=config, system=Path("/etc/ssh/no_such_config")),
        run=partial(run_in_shell, environ=environ),
        lookup=lambda _host: True,
    )


def theirs(config: Path, *words: str) -> Facts:
    """The facts as ssh tells them; it leaves tokens in some of them, which are replaced here.

    Args: words: what stands behind `ssh`, such as a host.
    """
    said = _ssh_g(config, *words)
    tokens = _tokens(said, lab_world(config).here)
    command = said.get("proxycommand", [None])[0]
    flags = {key: said[key][0] == "yes" for key in _FLAGS}
    strict = said["stricthostkeychecking"][0]
    return flags | {
        "host": said["hostname"][0],
        "user": said["user"][0],
        "port": int(said["port"][0]),
        "family": said["addressfamily"][0],
        "pubkey": said["pubkeyauthentication"][0] != "false",
        "strict": _STRICT.get(strict, strict),
        "timeout": said["connecttimeout"][0],
        "alias": said.get("hostkeyalias", [None])[0],
        "agent": said.get("identityagent", [None])[0],
        "methods": said.get("preferredauthentications", [""])[0],
        "known": _files(said.get("userknownhostsfile", [""])),
        "global": _files(said.get("globalknownhostsfile", [""])),
        "keys": _paths(said.get("identityfile", []), tokens),
        "certificates": _paths(said.get("certificatefile", []), tokens),
        "jump": said.get("proxyjump", [None])[0],
        "command": command and expand_all(command, tokens, {}),
        "forwards": sorted(_forwards(said)),
    }


def ours(config: Path, name: str) -> Facts:
    """The facts as nbtui resolves them."""
    return facts(resolve(name, saved=Saved(), world=lab_world(config)))


def facts(resolved: Resolved) -> Facts:
    """A resolved name in the words of `theirs`."""
    target = resolved.target
    return {
        "hashknownhosts": target.hash_known_hosts,
        "identitiesonly": target.identities_only,
        "kbdinteractiveauthentication": target.kbd_interactive_authentication,
        "passwordauthentication": target.password_authentication,
        "host": target.host,
        "user": target.user,
        "port": target.port,
        "family": target.address_family,
        "pubkey": target.pubkey_authentication,
        "strict": "no"
        if target.strict_host_key_checking == "off"
        else target.strict_host_key_checking,
        "timeout": "none"
        if target.connect_timeout is None
        else f"{target.connect_timeout:.0f}",
        "alias": target.host_key_alias,
        "agent": target.identity_agent,
        "methods": ",".join(target.preferred_authentications),
        "known": list(target.user_known_hosts),
        "global": list(target.global_known_hosts),
        "keys": list(target.identity_files),
        "certificates": list(target.certificate_files),
        "jump": resolved.jump,
        "command": target.proxy_command,
        "forwards": sorted(
            (one.kind, one.listen, one.to or "")
            for one in (*_tunnel(resolved), *resolved.forwards)
        ),
    }


def _tunnel(resolved: Resolved) -> Iterator[ForwardSpec]:
    """The forward that became the notebook's tunnel."""
    here, there = resolved.jupyter.local_port, resolved.jupyter.port
    if there:
        to = f"localhost:{there}"
        yield ForwardSpec(kind="local", listen=f"localhost:{here or there}", to=to)


def _ssh_g(config: Path, *words: str) -> dict[str, list[str]]:
    done = subprocess.run(
        ["ssh", "-G", "-F", str(config), *words],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=ENVIRON,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        key, _, value = line.partition(" ")
        said.setdefault(key, []).append(value)
    return said


def _paths(words: list[str], tokens: Mapping[str, str]) -> list[str]:
    home = tokens["d"]
    return [
        absolute(expand_all(expand_tilde(word, home), tokens, ENVIRON), home)
        for word in words
        if word != "none" and not word.endswith(_OTHER_KEYS)
    ]


def _files(values: list[str]) -> list[str]:
    return [word for word in values[0].split() if word != "none"]


def _tokens(said: dict[str, list[str]], here: Here) -> Mapping[str, str]:
    """Their values by what ssh printed, not by what nbtui found."""
    host = said["host"][0]
    return {
        "h": said["hostname"][0],
        "n": host,
        "k": said.get("hostkeyalias", [host])[0],
        "p": said["port"][0],
        "r": said["user"][0],
        "u": here.user,
        "d": str(here.home),
    }


def _forwards(said: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    kinds = {"localforward": "local", "remoteforward": "remote", "dynamicforward": "socks"}
    return [
        (kind, _place(value.split()[0]), _place(value.split()[1]) if " " in value else "")
        for key, kind in kinds.items()
        for value in said.get(key, [])
    ]


def _place(text: str) -> str:
    found = re.fullmatch(r"(?:\[([^\]]*)\]:)?(\d+)", text)
    assert found, text
    host = "localhost" if found[1] is None else found[1] or "*"
    return f"[{host}]:{found[2]}" if ":" in host else f"{host}:{found[2]}"
