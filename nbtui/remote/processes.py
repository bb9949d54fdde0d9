"""Who started whom, and when: /proc/PID/stat, or ps where there is no /proc. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbtui.remote.machine import elapsed, number, whole

TICKS = 100.0
"""A second has 100 of the kernel's ticks for programs (USER_HZ) on all but dead architectures."""

PTS_MAJORS = range(136, 144)
"""Major numbers of /dev/pts/N. Source: Linux, Documentation/admin-guide/devices.txt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """One process."""

    pid: int
    parent: int
    started_at: float | None = None
    """Seconds since 1970 UTC."""

    tty: str = ""
    """Its terminal, such as /dev/pts/3; empty: none."""

    resident: int = 0
    """Bytes."""

    args: str = ""
    """Command line, as far as it is known; its first word at least."""


def parse_stat(lines: Iterable[str], *, boot: float) -> Iterator[Process]:
    """Processes from lines of /proc/PID/stat; a command may hold blanks and brackets.

    Source: proc_pid_stat(5).

    Args:
        lines: one for each process; others are passed over.
        boot: `btime` of /proc/stat; 0 when unknown.

    >>> [p] = parse_stat(["7 (a) b) S 1 7 7 34819 " + "0 " * 14 + "500 0"], boot=1000.0)
    >>> p.pid, p.parent, p.tty, p.started_at
    (7, 1, '/dev/pts/3', 1005.0)
    """
    for line in lines:
        pid, _, rest = line.partition(" (")
        fields = rest.rpartition(") ")[2].split()
        if pid.isdecimal() and len(fields) > 19:  # noqa: PLR2004  # starttime is field 22
            ticks = whole(fields[19])
            yield Process(
                pid=whole(pid),
                parent=whole(fields[1]),
                started_at=boot + ticks / TICKS if boot else None,
                tty=tty_name(whole(fields[4])),
                args=rest.rpartition(") ")[0],
            )


def tty_name(device: int) -> str:
    """The path of a terminal by its device number, for pseudo-terminals.

    >>> tty_name(34816 + 3), tty_name(0)
    ('/dev/pts/3', '')
    """
    major = (device >> 8) & 0xFFF
    minor = (device & 0xFF) | ((device >> 12) & 0xFFF00)
    if major not in PTS_MAJORS:
        return ""
    return f"/dev/pts/{(major - PTS_MAJORS.start) * 256 + minor}"


def parse_ps(lines: Iterable[str], *, now: float) -> Iterator[Process]:
    """Processes from `ps -o pid= -o ppid= -o rss= -o etime= -o args=`; rss is in KiB.

    >>> [p] = parse_ps([" 7 1 2 01:00 python -m jupyterlab"], now=1000.0)
    >>> p.pid, p.parent, p.resident, p.started_at, p.args
    (7, 1, 2048, 940.0, 'python -m jupyterlab')
    """
    for line in lines:
        pid, parent, rss, age, args = [*line.split(None, 4), "", "", "", "", ""][:5]
        if pid.isdecimal() and args:
            yield Process(
                pid=whole(pid),
                parent=whole(parent),
                resident=int(number(rss)) * 1024,
                started_at=now - elapsed(age),
                args=args,
            )


def lineage(pid: int, processes: Mapping[int, Process]) -> Iterator[int]:
    """The process and its ancestors, nearest first; ends at a gap or a circle.

    >>> list(lineage(9, {9: Process(pid=9, parent=7), 7: Process(pid=7, parent=1)}))
    [9, 7, 1]
    """
    met: set[int] = set()
    while pid > 0 and pid not in met:
        yield pid
        met.add(pid)
        pid = processes[pid].parent if pid in processes else 0


def kernel_of(args: str) -> str:
    """The id of the kernel that a command line names; empty: it is none.

    >>> kernel_of("python -m ipykernel_launcher -f /run/kernel-0a-1b.json")
    '0a-1b'
    """
    found = re.search(r"kernel-([0-9A-Za-z-]{1,64})\.json", args)
    return found[1] if found else ""
