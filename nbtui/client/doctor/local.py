"""What can be looked at on this machine without the network and, but for its own check, without the agent.

Nothing of ssh_config is resolved here: that may run programs, and is done for the one host acted on only.
"""

import platform
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from nbtui import __version__
from nbtui.client.dialing import Dialer, Line
from nbtui.errors import AgentError, ConfigError
from nbtui.keys.checkup import KeyFact, key_files
from nbtui.keys.ondisk import look_at
from nbtui.model.check import Check, Fix
from nbtui.model.text import clean_line
from nbtui.paths import Paths
from nbtui.platforms import sshagent
from nbtui.platforms.permissions import enterable, writable
from nbtui.profiles.store import Store

_PROGRAM_SECONDS = 3.0
_AGENT_SECONDS = 2.0


def config(paths: Paths, name: str) -> Check:
    """profiles.toml and its folder.

    Args: name: what is to be examined, for the hint.
    """
    layer, file = "config", paths.profiles_toml
    try:
        saved = Store(paths).load()
    except ConfigError as exc:
        return Check.of(layer, exc)
    count = len(saved.profiles)
    there = f"{file}: {count} profile{'' if count == 1 else 's'}"
    if found := _open_config(paths):
        fix, hint = found
        return Check(
            layer=layer,
            status="warn",
            evidence=f"{there}\nothers can write to {fix.about}, and so choose what runs on your hosts",
            hint=hint,
            fix=fix,
        )
    if not file.exists():
        said, hint = f"there is no {file} yet", f"nbtui profile add {name}"
        return Check(layer=layer, status="skip", evidence=said, hint=hint)
    if saved.warnings:
        evidence, edit = "\n".join((there, *saved.warnings)), "nbtui profile edit"
        return Check(layer=layer, status="warn", evidence=evidence, hint=edit)
    return Check(layer=layer, status="ok", evidence=there)


def _open_config(paths: Paths) -> tuple[Fix, str] | None:
    """What mends a folder or a file that others can write to, by us and by hand."""
    for path in (paths.config_dir, paths.profiles_toml):
        if opening := writable(path):
            text = f"Let nobody else write to {path}"
            return Fix(name="config-mode", text=text, about=str(path)), opening.hint
    return None


@dataclass(kw_only=True, slots=True)
class AgentLook:
    """Looks at the background process."""

    dialer: Dialer
    line: Line | None = None
    """To the agent, after `needed`; None: there is none."""

    def running(self) -> Check:
        """As it is; none is started."""
        try:
            line = self.dialer.running()
        except AgentError as exc:
            return self._bad(exc)
        if line is None:
            return self._idle()
        line.channel.close()
        return self._hello(line)

    def needed(self) -> Check:
        """Started if need be."""
        try:
            self.line = self.dialer.line()
        except AgentError as exc:
            return self._bad(exc)
        return self._hello(self.line)

    def _hello(self, line: Line) -> Check:
        hello = line.hello
        links = f"{hello.links} link{'' if hello.links == 1 else 's'}"
        evidence = f"pid {hello.pid}, nbtui {hello.version}, {links} up"
        if hello.version == self.dialer.version:
            return Check(layer="agent", status="ok", evidence=evidence)
        evidence = f"{evidence}; this is nbtui {self.dialer.version}"
        hint = "nbtui agent restart"
        return Check(layer="agent", status="warn", evidence=evidence, hint=hint)

    def _idle(self) -> Check:
        place = self.dialer.paths.agent_socket
        if not place.exists():  # on Windows it is a pipe, which leaves nothing behind
            said = "does not run; it is started when it is needed"
            return Check(layer="agent", status="skip", evidence=said)
        text = f"Remove {place}, at which nobody listens"
        return Check(
            layer="agent",
            status="warn",
            evidence=f"does not run; one that was killed has left {place}",
            hint="nbtui agent start",
            fix=Fix(name="stale-socket", text=text, about=str(place)),
        )

    def _bad(self, error: AgentError) -> Check:
        folder = self.dialer.paths.runtime_dir
        fix = Fix(
            name="runtime-mode", text=f"Keep others out of {folder}", about=str(folder)
        )
        return Check.of("agent", error)._replace(fix=fix if enterable(folder) else None)


def profile_keys(paths: Paths) -> Check:
    """The key files that the saved profiles name."""
    try:
        profiles = Store(paths).load().profiles
    except ConfigError:  # which has been said
        profiles = ()
    named = dict.fromkeys(
        str(Path(path).expanduser())
        for one in profiles
        for path in one.identity_file
        if "%" not in path  # a token of ssh_config, which only the host itself resolves
    )
    facts = [KeyFact(path=path, named=True, found=look_at(path)) for path in named]
    check = key_files(facts, frozenset())
    return check if facts else check._replace(evidence="no saved profile names one")


def ssh_agent(path: str | None) -> Check:
    """Whether somebody answers at SSH_AUTH_SOCK."""
    layer = "ssh-agent"
    if not sshagent.BY_SOCKET:
        said = "Pageant or the system's agent is asked at each login"
        return Check(layer=layer, status="skip", evidence=said)
    try:
        found = sshagent.connect(path, patience=_AGENT_SECONDS, pageant=lambda: None)
    except OSError as exc:
        evidence = f"nobody answers at {path}: {exc.strerror or exc}"
        hint = "start one: eval $(ssh-agent); ssh-add"
        return Check(layer=layer, status="warn", evidence=evidence, hint=hint)
    if found is None:
        said = "there is none: SSH_AUTH_SOCK is not set"
        return Check(layer=layer, status="skip", evidence=said)
    found.close()
    return Check(layer=layer, status="ok", evidence=f"answers at {path}")


def versions() -> Check:
    """For a report of a bug; ssh and tmux of this machine are not needed."""
    here = [f"nbtui {__version__}", f"Python {platform.python_version()}"]
    here += [f"{name} {version(name)}" for name in ("paramiko", "textual")]
    here += [platform.platform(terse=True), *_programs()]
    return Check(layer="versions", status="ok", evidence=", ".join(here))


def _programs() -> Iterator[str]:
    for name in ("ssh", "tmux"):
        try:
            done = subprocess.run(  # noqa: S603  # two words of ours
                [name, "-V"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PROGRAM_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            yield f"no {name}"
        else:
            said = clean_line(done.stdout or done.stderr, limit=60)
            yield said.partition(",")[0]
