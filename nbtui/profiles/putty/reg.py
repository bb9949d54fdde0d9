r"""Files that regedit exports: bytes in, keys and values out, piece by piece. Pure.

Two forms: "Windows Registry Editor Version 5.00" in UTF-16 with a byte order mark, and REGEDIT4 in the code page of
who exported it; hex(1), hex(2) and hex(7) hold UTF-16 in the first and the code page in the second. A value may go
on in the next line behind a backslash. What cannot be read is a `Broken`, with its line, and reading goes on.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

HEADERS = ("Windows Registry Editor Version 5.00", "REGEDIT4")
LONGEST = 1 << 20
"""Characters of a line, continued lines included; PuTTY's are shorter by far."""

_VALUE = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|(@))\s*=\s*(.*)', re.DOTALL)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(?:;.*)?', re.DOTALL)
_DWORD = re.compile(r"dword:([0-9a-f]{1,8})\s*(?:;.*)?", re.IGNORECASE)
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:([0-9a-f,\s]*)(?:;.*)?", re.IGNORECASE)
_STRINGS = frozenset({"1", "2", "7"})
"""REG_SZ, REG_EXPAND_SZ, REG_MULTI_SZ."""


class Value(NamedTuple):
    """One value of a key."""

    key: str
    """The whole path of the key, as it stands in brackets."""

    name: str
    """Empty: the default value."""

    text: str
    """A number in decimal; the texts of a list with newlines between them."""

    line: int


class Broken(NamedTuple):
    """What cannot be read."""

    key: str
    """It stands under this one; empty: under none."""

    why: str
    line: int
    """From 1."""

    name: str = ""
    """Of the value, where that could be read."""


class NotReg(ValueError):
    """The first line says that it is no such file."""


def decoded(chunks: Iterable[bytes], code_page: str) -> Iterator[str]:
    r"""The text of a file in pieces, by its byte order mark; without one it is of the code page.

    >>> "".join(decoded([b"\xff\xfea", b"\0b\0"], "cp1252"))
    'ab'
    """
    decoder: codecs.IncrementalDecoder | None = None
    start = b""
    for chunk in chunks:
        start += chunk
        if decoder is None and len(start) < len(codecs.BOM_UTF8):
            continue
        decoder = decoder or _decoder(start, code_page)
        yield decoder.decode(start)
        start = b""
    yield (decoder or _decoder(start, code_page)).decode(start, final=True)


def parse_reg(
    texts: Iterable[str],
    code_page: str,
    *,
    wanted: Callable[[str], bool] = lambda _key: True,
) -> Iterator[Value | Broken]:
    r"""Yield the values of a file, in their order.

    Args:
        texts: the file in pieces, decoded.
        code_page: of REGEDIT4's hexadecimal texts.
        wanted: whether the values of a key matter; asked once a key.

    Raises:
        NotReg: it is not one.

    >>> list(parse_reg(['REGEDIT4\n[K]\n"a\\"b"=dword:16\n"c"="x\\\\y"\n'], "cp1252"))
    [Value(key='K', name='a"b', text='22', line=3), Value(key='K', name='c', text='x\\y', line=4)]
    """
    lines = _lines(texts)
    number, first = next(lines, (1, ""))
    if first.strip().lstrip("\ufeff") not in HEADERS:
        raise NotReg(HEADERS[0])
    wide = "REGEDIT4" not in first
    key, matters = "", False
    for number, line in lines:
        if line.startswith("["):
            key = line.strip().removeprefix("[").removesuffix("]")
            matters = wanted(key)
            if matters and not line.rstrip().endswith("]"):
                yield Broken(key, "the name of a key is not closed", number)
        elif matters and line.strip() and not line.lstrip().startswith(";"):
            yield _value(key, line.strip(), number, "utf-16-le" if wide else code_page)


def _decoder(start: bytes, code_page: str) -> codecs.IncrementalDecoder:
    marks = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    marks[codecs.BOM_UTF8] = "utf-8-sig"
    found = (codec for mark, codec in marks.items() if start.startswith(mark))
    return codecs.getincrementaldecoder(next(found, code_page))(errors="replace")


def _lines(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, continued ones as one; of an endless one only the beginning is kept."""
    kept, number = "", 0
    for raw in _raw_lines(texts):
        number += 1
        line = raw.rstrip("\r")
        goes_on = line.endswith("\\") and not line.startswith("[")
        kept = (
            (kept + (line[:-1] if goes_on else line).lstrip())[:LONGEST]
            if kept
            else (line[:-1] if goes_on else line)
        )
        if not goes_on:
            yield number, kept
            kept = ""
    if kept:
        yield number, kept


def _raw_lines(texts: Iterable[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        *whole, last = text.split("\n")
        if whole:
            yield (rest + whole[0])[:LONGEST]
            yield from (one[:LONGEST] for one in whole[1:])
            rest = ""
        rest = (rest + last)[:LONGEST]
    if rest:
        yield rest


def _value(key: str, line: str, number: int, codec: str) -> Value | Broken:
    found = _VALUE.fullmatch(line)
    if found is None:
        return Broken(key, "this line is no value", number)
    name, _default, said = found.groups()
    text = _said(said, codec)
    if text is None:
        why = f"the value of {name or '@'} cannot be read"
        return Broken(key, why, number, _plain(name or "@"))
    return Value(key, _plain(name or ""), text, number)


def _said(said: str, codec: str) -> str | None:
    if found := _TEXT.fullmatch(said):
        return _plain(found[1])
    if found := _DWORD.fullmatch(said):
        return str(int(found[1], 16))
    if found := _HEX.fullmatch(said):
        return _from_hex(found[1], found[2], codec)
    return None


def _from_hex(kind: str | None, digits: str, codec: str) -> str | None:
    try:
        raw = bytes(int(one, 16) for one in digits.split(",") if one.strip())
    except ValueError:
        return None
    if kind == "4":
        return str(int.from_bytes(raw, "little"))
    if kind not in _STRINGS:
        return raw.hex()
    return raw.decode(codec, errors="replace").rstrip("\0").replace("\0", "\n")


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
