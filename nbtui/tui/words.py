"""Ages, sizes and bars as a person reads them; text in, text out."""

from datetime import datetime

MINUTE, HOUR, DAY = 60, 3600, 86400
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
_SPARKS = "▁▂▃▄▅▆▇█"


def age(seconds: float) -> str:
    """A duration in at most two units.

    >>> [age(s) for s in (0.2, 41, 134 * 60, 3 * 86400 + 4 * 3600, 40 * 86400)]
    ['0 s', '41 s', '2 h 14 m', '3 d 4 h', '40 d']
    """
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} m"
    if whole < DAY:
        return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "m")
    if whole < 10 * DAY:
        return _two(whole // DAY, "d", whole % DAY // HOUR, "h")
    return f"{whole // DAY} d"


def brief(seconds: float) -> str:
    """A duration in one unit, for columns.

    >>> [brief(s) for s in (4.2, 41 * 60, 8100, 200000)]
    ['4 s', '41 m', '2 h', '2 d']
    """
    return " ".join(age(seconds).split()[:2])


def day(then: float, now: float) -> str:
    """When something was, as one would say it: a time today, a weekday this week, else a date.

    >>> day(86400 * 20000, 86400 * 20000 + 5).count(":")
    1
    >>> len(day(86400 * 20000, 86400 * 20400).split())
    2
    """
    moment, today = _local(then), _local(now)
    if moment.date() == today.date():
        return f"{moment:%H:%M}"
    if 0 <= (today.date() - moment.date()).days < 7:  # noqa: PLR2004  # a week
        return f"{moment:%A}"
    return f"{moment.day} {moment:%b}"


def size(amount: int) -> str:
    """Bytes in powers of 1024, with the short names that clouds use.

    >>> [size(n) for n in (512, 40 * 1024**3, int(2.13 * 1024**3))]
    ['512 B', '40 GB', '2.1 GB']
    """
    value, unit = float(amount), 0
    while value >= 1024 and unit < len(_UNITS) - 1:  # noqa: PLR2004  # the base
        value, unit = value / 1024, unit + 1
    digits = 0 if unit == 0 or value >= 10 or value == int(value) else 1  # noqa: PLR2004  # two digits are enough
    return f"{value:.{digits}f} {_UNITS[unit]}"


def part_of(used: int, total: int) -> str:
    """Two sizes, the unit said once where it is the same.

    >>> part_of(int(2.1 * 1024**3), 64 * 1024**3), part_of(512 * 1024**2, 64 * 1024**3)
    ('2.1 of 64 GB', '512 MB of 64 GB')
    """
    left, right = size(used), size(total)
    if left.split()[1] == right.split()[1]:
        left = left.split()[0]
    return f"{left} of {right}"


def latency(seconds: float) -> str:
    """A round trip.

    >>> latency(0.0124), latency(1.5)
    ('12 ms', '1.5 s')
    """
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def spark(shares: tuple[float, ...], width: int) -> str:
    """The newest `width` shares (0 to 1) as a line of blocks, newest at the right.

    >>> spark((0.0, 0.5, 1.0), 5)
    '  ▁▄█'
    """
    blocks = (_SPARKS[min(7, max(0, int(share * 7 + 0.01)))] for share in shares[-width:])
    return "".join(blocks).rjust(width)


def plural(count: int, word: str) -> str:
    """A count and its word.

    >>> plural(1, "kernel"), plural(2, "kernel")
    ('1 kernel', '2 kernels')
    """
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _two(big: int, big_unit: str, small: int, small_unit: str) -> str:
    return f"{big} {big_unit}" + (f" {small} {small_unit}" if small else "")


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds).astimezone()
