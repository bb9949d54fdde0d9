"""Starts the agent, and says why when it does not come up.

An agent that finds another one in its place ends with status 0, and we talk to the other one. What it
says before it has a log, or when the interpreter itself fails, goes to a file beside the log: a
background process whose last words nobody can read cannot be helped.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TypeVar

from nbtui.client.process import spawn_detached
from nbtui.clock import Clock
from nbtui.errors import AgentError
from nbtui.model.text import clean
from nbtui.paths import Paths

ARGV = (sys.executable, "-P", "-m", "nbtui.agent")
"""`-P`: nothing is imported from the working folder."""

T = TypeVar("T")
_DEADLINE = 10.0
"""Seconds until the agent has to answer."""

_LOOK_EVERY = 0.01
"""Seconds between two attempts to dial it."""

_LAST_LINES = 5
_LAST_BYTES = 4096


def start_agent(
    *,
    paths: Paths,
    environ: Mapping[str, str],
    clock: Clock,
    dial: Callable[[], T | None],
    argv: Sequence[str],
) -> T:
    """Start the agent and return what `dial` gives once it answers.

    Args:
        paths: where its log is.
        environ: its environment.
        clock: for the deadline.
        dial: reaches it, or another one that was faster; None: nobody answers.
        argv: the program.

    Raises: AgentError: it ended, or did not answer in 10 s; with the last lines it wrote.
    """
    deadline = clock.monotonic() + _DEADLINE
    with _crash_file(paths) as errors:
        agent = _spawned(argv, environ, errors)
        while not (line := dial()):
            ended = agent.poll()
            if ended:
                raise _stillborn(f"ended with status {ended}", errors, paths)
            if clock.monotonic() >= deadline:
                raise _stillborn(f"did not answer in {_DEADLINE:.0f} s", errors, paths)
            if ended == 0:  # it found another one, which answers soon or is on its way out
                agent = _spawned(argv, environ, errors)
            clock.wait(_LOOK_EVERY)
    return line


def _spawned(
    argv: Sequence[str], environ: Mapping[str, str], errors: IO[bytes]
) -> "subprocess.Popen[bytes]":
    try:
        return spawn_detached(argv, environ=environ, folder=Path.home(), errors=errors)
    except OSError as exc:
        message = f"the agent cannot be started: {exc}"
        raise AgentError(message, hint="nbtui doctor") from exc


def _stillborn(what: str, errors: IO[bytes], paths: Paths) -> AgentError:
    lines = _last_lines(errors) or _last_logged(paths.agent_log)
    return AgentError("\n".join([f"the agent {what}", *lines]), hint="nbtui agent logs")


def _crash_file(paths: Paths) -> IO[bytes]:
    """Takes its last words; one without a name where the state folder cannot be written."""
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    path = paths.agent_log.with_suffix(".crash")
    try:
        paths.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(path, flags, 0o600), "w+b")
    except OSError:
        import tempfile  # noqa: PLC0415  # hardly ever

        return tempfile.TemporaryFile()


def _last_logged(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return _last_lines(file)
    except OSError:
        return []


def _last_lines(file: IO[bytes]) -> list[str]:
    file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST_BYTES))
    return clean(file.read()).splitlines()[-_LAST_LINES:]
