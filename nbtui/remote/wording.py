"""Sizes and spans of time in few words. Pure."""


def size(count: float) -> str:
    """Bytes for people, in binary units under their common names.

    >>> size(2_147_483_648), size(512 << 20), size(12)
    ('2.0 GB', '512 MB', '12 B')
    """
    for unit, factor in (("TB", 1 << 40), ("GB", 1 << 30)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    for unit, factor in (("MB", 1 << 20), ("kB", 1 << 10)):
        if count >= factor:
            return f"{count / factor:.0f} {unit}"
    return f"{count:.0f} B"


def ago(seconds: float) -> str:
    """A span of time in its largest unit.

    >>> ago(40), ago(3 * 3600), ago(6.2 * 86400)
    ('40 s', '3 h', '6 days')
    """
    for unit, length, from_ in (
        ("days", 86400, 2 * 86400),
        ("h", 3600, 5400),
        ("min", 60, 90),
    ):
        if seconds >= from_:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def share(part: float) -> str:
    """A share of 1 in per cent.

    >>> share(0.953)
    '95 %'
    """
    return f"{part * 100:.0f} %"
