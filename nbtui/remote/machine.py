"""How big the machine is and what it does: /proc, cgroups, df, who, sysctl. Pure.

Surprise: what a login may use can be less than the machine has; the limits of its cgroups and its set of
processors count, as the user of a shared node or of a container sees them.
"""

import re
from collections.abc import Iterable, Mapping

KIB = 1024
UNLIMITED = 1 << 60
"""cgroup v1 writes a number near 2**63 where there is no limit."""


def number(text: str, default: float = 0.0) -> float:
    """A finite number that is not negative, from text that may be anything.

    >>> number("3.5"), number("max"), number("nan"), number("-1")
    (3.5, 0.0, 0.0, 0.0)
    """
    plain = re.fullmatch(r"\d{1,18}(\.\d{1,18})?", text.strip(), re.ASCII)
    return float(plain[0]) if plain else default


def whole(text: str, default: int = 0) -> int:
    """See `number`; what follows the point is dropped.

    >>> whole("12"), whole("x", -1)
    (12, -1)
    """
    return int(number(text, default))


def count_cpus(listing: str) -> int:
    """How many processors a list of the kernel names.

    Source: cpuset(7), list format.

    >>> count_cpus("0-3,8"), count_cpus("")
    (5, 0)
    """
    total = 0
    for part in listing.split(","):
        first, dash, last = part.strip().partition("-")
        if first.isdecimal() and (last.isdecimal() or not dash):
            total += max(0, whole(last or first) - whole(first) + 1)
    return total


def key_values(lines: Iterable[str]) -> dict[str, str]:
    r"""`key: value` lines; the first of a key counts.

    >>> key_values(["MemTotal:  1024 kB", "noise"])
    {'MemTotal': '1024 kB'}
    """
    found: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if colon:
            found.setdefault(key.strip(), value.strip())
    return found


def limits(lines: Iterable[str]) -> tuple[float, int, int | None]:
    """(processors, bytes of memory, bytes of it in use) that cgroups allow; 0 where they set no limit.

    Source: cgroup-v2 (cpu.max, memory.max, memory.current) and cgroup-v1 documentation of Linux.

    >>> limits(["/g cpu.max 150000 100000", "/g memory.max 1000", "/g memory.current 400"])
    (1.5, 1000, 400)
    """
    groups = _by_group(lines)
    cpus = [share for group in groups.values() if (share := _cpu_share(group))]
    memory = [bound for group in groups.values() if (bound := _memory_bound(group))]
    bytes_allowed, in_use = min(memory, default=(0, None))
    return min(cpus, default=0.0), bytes_allowed, in_use


def _by_group(lines: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    groups: dict[str, dict[str, list[str]]] = {}
    for line in lines:
        match line.split():
            case [group, file, *values] if values:
                groups.setdefault(group, {})[file] = values
    return groups


def _cpu_share(group: Mapping[str, list[str]]) -> float:
    quota, period = [*group.get("cpu.max", []), "", ""][:2]
    if not quota:
        quota = group.get("cpu.cfs_quota_us", [""])[0]
        period = group.get("cpu.cfs_period_us", [""])[0]
    return number(quota) / number(period) if number(period) else 0.0


def _memory_bound(group: Mapping[str, list[str]]) -> tuple[int, int] | None:
    for bound, use in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        allowed = whole(group.get(bound, [""])[0])
        if 0 < allowed < UNLIMITED:
            return allowed, whole(group.get(use, [""])[0])
    return None


def idle_share(lines: Iterable[str]) -> float | None:
    """Share of all processor time since boot that was idle or waiting for a disk.

    Source: proc_stat(5), line `cpu`: user nice system idle iowait …

    >>> idle_share(["cpu  10 0 10 70 10 0 0 0 0 0"])
    0.8
    """
    for line in lines:
        match line.split():
            case ["cpu", *ticks] if len(ticks) > 4:  # noqa: PLR2004  # up to iowait
                counts = [number(tick) for tick in ticks[:8]]
                return (counts[3] + counts[4]) / sum(counts) if sum(counts) else None
    return None


def disks(lines: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """(total, free) bytes of each row of `df -Pk`; names with blanks do no harm.

    >>> disks(["Filesystem 1024-blocks Used ...", "my nfs 100 40 60 40% /home/a b"])
    ((102400, 61440),)
    """
    rows = (re.search(r"\s(\d+)\s+(\d+)\s+(\d+)\s+(\d+%|-)\s", line) for line in lines)
    return tuple((whole(row[1]) * KIB, whole(row[3]) * KIB) for row in rows if row)


def others(lines: Iterable[str], user: str) -> int:
    """How many other people `who` lists.

    >>> others(["ada pts/0 2026-01-01", "bob pts/1", "bob pts/2"], "ada")
    1
    """
    names = {line.split()[0] for line in lines if line.split()}
    return len(names - {user})


def load(text: str) -> tuple[float, float, float]:
    """Load averages of 1, 5 and 15 minutes from /proc/loadavg or vm.loadavg.

    >>> load("0.5 0.25 0.1 1/99 123"), load("{ 1.0 2.0 3.0 }"), load("")
    ((0.5, 0.25, 0.1), (1.0, 2.0, 3.0), (0.0, 0.0, 0.0))
    """
    one, five, fifteen = [*text.replace("{", " ").split(), "", "", ""][:3]
    return number(one), number(five), number(fifteen)


def mac_memory(lines: Iterable[str]) -> int:
    """Bytes that could be had, from vm_stat(1).

    >>> mac_memory(["(page size of 4096 bytes)", "Pages free: 2.", "Pages inactive: 1."])
    12288
    """
    rows = list(lines)
    size = next(
        (whole(found[1]) for row in rows if (found := re.search(r"size of (\d+)", row))), 0
    )
    pages = key_values(rows)
    kinds = ("Pages free", "Pages inactive", "Pages speculative")
    return size * sum(whole(pages.get(kind, "").rstrip(".")) for kind in kinds)


def elapsed(text: str) -> float:
    """Seconds of ps's `[[dd-]hh:]mm:ss`.

    >>> elapsed("1-02:03:04"), elapsed("03:04"), elapsed("1:" * 999 + "00:01")
    (93784.0, 184.0, 3601.0)
    """
    days, dash, clock = text.rpartition("-")
    parts = [number(part) for part in clock.split(":")[-3:]]
    total: float = sum(part * 60.0**power for power, part in enumerate(reversed(parts)))
    return total + (number(days) * 86400 if dash else 0)


def kills_at_logout(settings: Iterable[str], *, lingers: bool, uid: int) -> bool:
    """Whether systemd-logind ends a user's programs at logout.

    Distributions build it with `no`; root is excluded. Source: logind.conf(5).

    >>> kills_at_logout(["KillUserProcesses=yes"], lingers=False, uid=1000)
    True
    """
    words = [line.partition("=")[2].strip().lower() for line in settings]
    on = bool(words) and words[-1] in {"yes", "true", "on", "1"}
    return on and not lingers and uid != 0
