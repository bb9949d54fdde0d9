"""Why a start failed, read from the terminal that it failed in. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """What to tell a person."""

    message: str
    """One line: why."""

    hint: str
    """What to try; NAME stands for the profile."""

    layer: str = "jupyter"


SHELL = "nbtui shell NAME"
EDIT = "nbtui profile edit NAME"
INSTALL = "install Jupyter in that environment (pip install jupyterlab), or set jupyter.activate: nbtui profile edit NAME"

_OURS = (
    (
        r"the folder .* is read-only",
        f"set jupyter.directory to a folder that you may write to: {EDIT}",
        "folder",
    ),
    (r"the folder ", f"make it, or set jupyter.directory: {EDIT}", "folder"),
    (r"the environment ", f"mend jupyter.activate: {EDIT}", "activate"),
    (r"there is no jupyter", INSTALL, "jupyter"),
    (r".* has none of ", "pip install jupyterlab in that environment", "jupyter"),
)
"""What login.sh and serve.sh say after `nbtui: `, hint, layer; the exit status may come later than the words."""

_KILLED = 128 + 9
"""A shell's word for SIGKILL."""

_ROOM = re.compile(r"No space left on device|Disk quota exceeded|Read-only file system")
_PORT = re.compile(r"[Pp]ort (\d+) is (?:already in use|not available)")
_MODULE = re.compile(r"No module named ['\"]?([\w.]+)")
_COMMAND = re.compile(
    r"jupyter: (?:command )?not found|Unknown command: jupyter|command not found: jupyter|Jupyter command `[\w-]+` not found"
    r"|jupyter: Command not found"
)
_RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Exit|Interrupt)\b(?::.*)?")
_CRITICAL = re.compile(r"\[[CE] [^\]]*\] (.+)")


def reason(text: str, exit_status: int | None) -> Reason:
    r"""What ended a start.

    Args:
        text: last lines of the terminal, clean of control sequences.
        exit_status: of what ran there; None when unknown.

    >>> reason("...\n[C 10:00 ServerApp] ERROR: the server could not be started because port 8889 is not available.", 1).message
    'port 8889 on the host is in use'
    >>> reason("Traceback (most recent call last):\n  x\nModuleNotFoundError: No module named 'jinja2'\n", 1).message
    "ModuleNotFoundError: No module named 'jinja2'"
    >>> reason("sh: 1: jupyter: not found", 127).message
    'there is no jupyter: sh: 1: jupyter: not found'
    >>> reason("EnvironmentNameNotFound: x\nnbtui: the environment could not be activated", 83).message
    'the environment could not be activated: EnvironmentNameNotFound: x'
    >>> reason("", None).message
    'it ended without a word'
    >>> reason("", 137).message
    'it ended with status 137: it was killed, as where memory runs out'
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next(_reasons(lines, exit_status))


def _reasons(lines: list[str], status: int | None) -> Iterator[Reason]:
    """From the surest to the vaguest; each looks for the last line that fits."""
    yield from _ours(lines)
    if line := _last(_ROOM, lines):
        yield Reason(message=line, hint=room_hint(line), layer="disk")
    if line := _last(_PORT, lines):
        port = _PORT.findall(line)[-1]
        hint = f"nbtui start NAME once more, or set another jupyter.port: {EDIT}"
        yield Reason(message=f"port {port} on the host is in use", hint=hint, layer="port")
    if line := _last(_MODULE, lines):
        module = _MODULE.findall(line)[-1]
        yield Reason(
            message=line, hint=f"{SHELL}, then: pip install {module.split('.')[0]}"
        )
    if line := _last(_COMMAND, lines):
        yield Reason(message=f"there is no jupyter: {line}", hint=INSTALL)
    if line := _traceback(lines) or _critical(lines):
        yield Reason(message=line, hint=SHELL)
    yield _vague(lines, status)


def _ours(lines: list[str]) -> Iterator[Reason]:
    said = _last(re.compile("^nbtui: "), lines)
    message = said.removeprefix("nbtui: ")
    for pattern, hint, layer in _OURS:
        if said and re.match(pattern, message):
            if layer == "activate":  # what the user's own lines said stands above
                message = ": ".join([message, *lines[: lines.index(said)][-1:]])
            yield Reason(message=message, hint=room_hint(message) or hint, layer=layer)


def _last(pattern: re.Pattern[str], lines: list[str]) -> str:
    return next((line for line in reversed(lines) if pattern.search(line)), "")


def _traceback(lines: list[str]) -> str:
    if not any(line.startswith("Traceback (most recent call last)") for line in lines):
        return ""
    return next((line for line in reversed(lines) if _RAISED.match(line)), "")


def _critical(lines: list[str]) -> str:
    found = _CRITICAL.search(_last(_CRITICAL, lines))
    return found[1] if found else ""


def _vague(lines: list[str], status: int | None) -> Reason:
    ended = "it ended" if status is None else f"it ended with status {status}"
    if status == _KILLED:
        hint = f"give it more memory, or see on the host who killed it: {SHELL}"
        return Reason(
            message=f"{ended}: it was killed, as where memory runs out", hint=hint
        )
    if not lines:
        return Reason(message=f"{ended} without a word", hint=SHELL)
    return Reason(message=f"{ended}: {' / '.join(lines[-3:])}", hint=SHELL)


def room_hint(said: str) -> str:
    """What to try when a host has no room; empty when that is not what it says.

    >>> room_hint("cat: write error: No space left on device")
    'make room on the host: du -xh ~ | sort -h | tail'
    """
    if "Read-only" in said:
        return "ask the host's owner why this file system is read-only"
    return "make room on the host: du -xh ~ | sort -h | tail" if _ROOM.search(said) else ""
