"""Who listens on a local port, as far as the system lets this user see.

A command line may hold a password (`plink -pw`), so of a command line only the forward is ever shown.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import psutil

from nbtui.clock import Clock
from nbtui.errors import NbtuiError
from nbtui.model.text import clean_line
from nbtui.platforms.ports import owning_user

_TUNNELERS = {
    "ssh": "ssh",
    "autossh": "ssh",
    "plink": "plink",
    "putty": "PuTTY",
    "kitty": "KiTTY",
    "mobaxterm": "MobaXterm",
    "bitvise": "Bitvise",
}
_WINDOWS = frozenset({"PuTTY", "KiTTY", "plink"})
_CLOSE_IT = "close that window, then the same command again"
_ELSEWHERE = "a tunnel to somewhere else"
_ENDING = 5.0
"""Seconds for a process to end after SIGTERM."""

_LOOK_EVERY = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class PortOwner:
    """Who has the port."""

    text: str = ""
    """Reads well after "taken by"; empty: nobody can tell."""

    hint: str = ""
    """What to do; empty: the usual."""

    window: bool = False
    """One of PuTTY's that seems to hold this very tunnel: the port is free once a person closes it."""

    pid: int | None = None
    """Of a process of this user's that only holds a tunnel to the same place, or is an agent of nbtui's: it may be ended."""


def owner_of(port: int, *, wanted: int | None = None) -> PortOwner:
    """Who listens on a TCP port of this machine.

    Args:
        port: the port.
        wanted: the port on the far side that our own tunnel would lead to; None: anywhere.
    """
    process = _listening_process(port)
    if process is None:
        return PortOwner(text=owning_user(port))
    with suppress(psutil.Error):
        return _describe(process, port, wanted)
    return PortOwner(text=f"the process {process.pid}")


def end_owner(port: int, pid: int, *, wanted: int | None, clock: Clock) -> None:
    """End a process that `owner_of` said may be ended, if it still has the port; returns when it has not.

    Raises: NbtuiError: somebody else has it by now, or it keeps it for 5 s.
    """
    if owner_of(port, wanted=wanted).pid != pid:
        raise NbtuiError(
            f"process {pid} does not hold port {port} any more", layer="local port"
        )
    with suppress(psutil.NoSuchProcess):
        psutil.Process(pid).terminate()
    deadline = clock.monotonic() + _ENDING
    while owner_of(port, wanted=wanted).pid == pid:
        if clock.monotonic() >= deadline:
            text = f"process {pid} does not end"
            raise NbtuiError(text, layer="local port", hint=f"kill -9 {pid}")
        clock.wait(_LOOK_EVERY)


def forward_of(command_line: list[str], port: int) -> str | None:
    """The forward of an ssh or plink command line that listens on the port.

    >>> forward_of(["ssh", "-N", "-L", "localhost:8889:localhost:8888", "vm"], 8889)
    '-L localhost:8889:localhost:8888'
    >>> forward_of(["ssh", "-fNL8889:127.0.0.1:8889", "vm"], 8889)
    '-L 8889:127.0.0.1:8889'
    """
    for kind, spec in _forwards(command_line):
        listens = re.fullmatch(r"(?:(?:\[[^]]*\]|[^:]*):)?(\d+)(?::.+:\d+)?", spec)
        if listens and int(listens[1]) == port:
            return f"-{kind} {spec}"
    return None


def session_of(command_line: list[str]) -> str | None:
    """The saved session of a command line of PuTTY, which has its forwards.

    >>> session_of(["putty.exe", "-load", "lab/gpu1"]), session_of(["putty.exe", "@vm"]), session_of(["putty"])
    ('-load lab/gpu1', '-load vm', None)
    """
    for argument, following in zip(command_line, [*command_line[1:], ""], strict=True):
        name = (
            following
            if argument == "-load"
            else argument[1:]
            if argument[:1] == "@"
            else ""
        )
        if name:
            return f"-load {name}"
    return None


def _sameness(forward: str | None, wanted: int | None) -> str:
    """PuTTY keeps its forwards in the registry and ssh some in ssh_config: then nobody knows."""
    if forward is None or wanted is None:
        return "which seems to hold this very tunnel"
    if forward.endswith(f":{wanted}"):
        return "which already has this very tunnel"
    return _ELSEWHERE


def _forwards(command_line: list[str]) -> Iterator[tuple[str, str]]:
    """(L or D, what was given with it); the value may stand in the next argument."""
    for argument, following in zip(command_line, [*command_line[1:], ""], strict=True):
        if option := re.match(r"-[A-Za-z0-9]*?([LD])(.*)", argument):
            yield option[1], option[2] or following


def _listening_process(port: int) -> psutil.Process | None:
    with suppress(psutil.Error, OSError):  # macOS shows other processes to root only
        for found in psutil.net_connections(kind="tcp"):
            listens = found.status == psutil.CONN_LISTEN and found.laddr[1:] == (port,)
            if listens and found.pid:
                return psutil.Process(found.pid)
    return None


def _describe(process: psutil.Process, port: int, wanted: int | None) -> PortOwner:
    if process.pid == os.getpid():
        return PortOwner(text=f"nbtui itself (pid {process.pid}), for something else")
    name = clean_line(process.name(), limit=60)
    ours = process.pid if process.username() == psutil.Process().username() else None
    arguments: list[str] = []
    with suppress(psutil.Error):
        arguments = process.cmdline()
    program = _TUNNELERS.get(name.lower().removesuffix(".exe"))
    if program:
        forward = forward_of(arguments, port)
        what = forward or session_of(arguments)
        shown = f"{program} {clean_line(what)}" if what else program
        sameness = _sameness(forward, wanted)
        text = f"{shown} (pid {process.pid}), {sameness}"
        window = program in _WINDOWS and sameness != _ELSEWHERE
        same = forward is not None and wanted is not None and forward.endswith(f":{wanted}")
        owner = PortOwner(text=text, hint=_CLOSE_IT, window=window)
        return replace(owner, pid=ours if same else None)
    if "nbtui.agent" in arguments:
        return PortOwner(text=f"another nbtui agent (pid {process.pid})", pid=ours)
    return PortOwner(text=f"{name} (pid {process.pid})")
