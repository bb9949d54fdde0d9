"""stdout is data, stderr is talk."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any
from unicodedata import east_asian_width

import click

from nbtui.cli.shared import colored
from nbtui.errors import NbtuiError


def document(value: Any) -> None:
    """Print one JSON document, on one line when nobody looks at it."""
    indent = 2 if sys.stdout.isatty() else None
    print(json.dumps(value, indent=indent, ensure_ascii=False), flush=True)  # noqa: T201  # data


def line(text: str) -> None:
    """Print one line of data."""
    print(text, flush=True)  # noqa: T201  # data


def say(text: str) -> None:
    """Say something to the person."""
    click.echo(text, err=True)


def error(exc: NbtuiError) -> None:
    """What happened, where, and what to try."""
    paint = colored(sys.stderr, os.environ)
    where = ", ".join(
        part for part in (exc.host, exc.layer) if part and part not in exc.message
    )
    first, *more = exc.message.splitlines() or [""]
    say(_style("nbtui: ", "red", paint=paint) + first + (f" ({where})" if where else ""))
    for line in more:
        say(line)
    hint(exc.hint)


def hint(text: str) -> None:
    """What to try; nothing where nobody knows."""
    if text:
        paint = colored(sys.stderr, os.environ)
        say(_style("try: ", "cyan", paint=paint) + text)


def _style(text: str, color: str, *, paint: bool) -> str:
    return click.style(text, fg=color) if paint else text


WIDEST = 40
"""Columns that a column of a table takes for the sake of one long cell."""

LIGHTS = {"off": "○", "wait": "◐", "ok": "●", "warn": "◍", "bad": "✗"}
COLORS = {
    "off": "bright_black",
    "wait": "blue",
    "ok": "green",
    "warn": "yellow",
    "bad": "red",
}


def light(value: str, *, paint: bool) -> str:
    """One light as a character, coloured where colours are shown."""
    return _style(LIGHTS[value], COLORS[value], paint=paint)


def table(rows: Iterable[Sequence[str]], *, paint: bool) -> Iterable[str]:
    """Rows with their columns aligned; escape sequences take no width.

    A cell wider than `WIDEST` pushes its own row out of line and no other.

    >>> list(table([("日本", "x"), ("abcde", "y")], paint=False))
    ['日本   x', 'abcde  y']
    >>> len(next(iter(table([("a", "x"), ("b" * 300, "x")], paint=False))))
    43
    """
    rows = [tuple(row) for row in rows]
    if not rows:
        return
    columns = zip(*rows, strict=True)
    widths = [min(WIDEST, max(map(_width, column))) for column in columns]
    for row in rows:
        cells = (
            cell + " " * (width - _width(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        text = "  ".join(cells).rstrip()
        yield text if paint else click.unstyle(text)


def _width(cell: str) -> int:
    """Columns of a terminal."""
    wide = (2 if east_asian_width(char) in "WF" else 1 for char in click.unstyle(cell))
    return sum(wide)
