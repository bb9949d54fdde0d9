"""stdout is data, stderr is talk."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any

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
    """Rows with their columns aligned; escape sequences take no width."""
    rows = [tuple(row) for row in rows]
    if not rows:
        return
    widths = [
        max(len(click.unstyle(cell)) for cell in column)
        for column in zip(*rows, strict=True)
    ]
    for row in rows:
        cells = (
            cell + " " * (width - len(click.unstyle(cell)))
            for cell, width in zip(row, widths, strict=True)
        )
        text = "  ".join(cells).rstrip()
        yield text if paint else click.unstyle(text)
