"""Text from a host is hostile until it went through here."""

import re

# CSI, OSC and the other string sequences (ECMA-48 8.3), two-byte escapes, and what is left of C0, C1.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x1b\\|\x07|$)|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]",
    re.DOTALL,
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str | bytes, *, limit: int = 65536) -> str:
    r"""Text without control sequences; tab and newline stay, at most `limit` characters.

    Bidirectional overrides go too: they can make a name read as another.

    >>> clean("\x1b]0;evil\x07ok\x1b[31m red\x1b[0m\r\n")
    'ok red\n'
    """
    if isinstance(text, bytes):
        text = text[: limit * 4].decode(errors="replace")
    return _CONTROLS.sub("", _SEQUENCES.sub("", text[:limit]))


def clean_line(text: str | bytes, *, limit: int = 500) -> str:
    r"""One line: see `clean`; tabs, newlines and runs of blanks become one blank.

    >>> clean_line(" two\n lines ")
    'two lines'
    """
    return " ".join(clean(text, limit=limit).split())


def mask(text: str, *secrets: str) -> str:
    """The text with each secret replaced by ***, and every `token=…` of a URL.

    >>> mask("http://localhost:8889/lab?token=abc123 abc123", "abc123")
    'http://localhost:8889/lab?token=*** ***'
    """
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return re.sub(r"(token=)[^\s&\"'<>]+", r"\1***", text)


def span(seconds: float) -> str:
    """A duration in one unit.

    >>> [span(s) for s in (-1, 41, 134 * 60, 3 * 86400)]
    ['0 s', '41 s', '2 h', '3 d']
    """
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
