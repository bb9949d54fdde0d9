"""What is wrong with a profiles.toml, in words that name the place; imported when something is."""

from collections.abc import Iterable
from typing import NamedTuple

import tomli

from nbtui.errors import ConfigError
from nbtui.model.text import clean_line
from nbtui.profiles.places import (
    KeyPath,
    Unscannable,
    dotted,
    line_and_column,
    nearest,
    scan,
    starts,
)
from nbtui.profiles.unknown import Unknown
from nbtui.profiles.values import Wrong

_HINTS = {
    "Invalid value": 'put text in quotes: host = "myvm.example.org"',
    "Expected newline or end of document after a statement": (
        'put text in quotes: host = "10.0.0.7"'
    ),
    "Invalid hex value": r"write Windows paths in single quotes: 'C:\Users\ada\.ssh\id_rsa'",
    "Unescaped '\\' in a string": (
        r"write Windows paths in single quotes: 'C:\Users\ada\.ssh\id_rsa'"
    ),
}
_TWICE = ("Cannot declare", "Cannot overwrite", "Duplicate inline table key")


class Faults(NamedTuple):
    """Of one text."""

    file: str
    """Its path, for messages."""

    text: str

    def warnings(self, unknown: Iterable[Unknown]) -> tuple[str, ...]:
        """A line for each, in the order of the text."""
        places = starts(self.text)
        ordered = sorted(unknown, key=lambda one: nearest(places, one.path) or 0)
        return tuple(
            f"{self._where(places, one.path)}: {dotted(one.path)}: {one.text}"
            for one in ordered
        )

    def _where(self, places: dict[KeyPath, int], path: KeyPath) -> str:
        at = nearest(places, path)
        line_column = () if at is None else line_and_column(self.text, at)
        return ":".join(str(part) for part in (self.file, *line_column))

    def wrong(self, wrong: Wrong) -> ConfigError:
        """A value that cannot be used."""
        at = nearest(starts(self.text), wrong.path)
        line, column = (None, None) if at is None else line_and_column(self.text, at)
        key = dotted(wrong.path)
        return ConfigError(
            f"{key}: {wrong.why}" if key else wrong.why,
            file=self.file,
            line=line,
            column=column,
            key=key,
            hint=wrong.hint,
        )

    def not_toml(self, error: tomli.TOMLDecodeError) -> ConfigError:
        """Where tomli stopped, and why."""
        twice = self._declared_twice(error) if error.msg.startswith(_TWICE) else None
        key, first = twice or ("", 0)
        said = f"{key} is there twice, first in line {first}" if twice else error.msg
        return ConfigError(
            clean_line(said),
            file=self.file,
            line=error.lineno,
            column=error.colno,
            key=key,
            hint="rename or remove one of the two: nbtui profile edit"
            if twice
            else _HINTS.get(error.msg, ""),
        )

    def beyond(self, error: ValueError | RecursionError) -> ConfigError:
        """TOML that no reader can hold."""
        return ConfigError(clean_line(str(error)), file=self.file)

    def _declared_twice(self, error: tomli.TOMLDecodeError) -> tuple[str, int] | None:
        """The key that ends where tomli stopped, and the line of its first appearance."""
        lines = self.text.split("\n")
        try:
            *before, last = scan("\n".join(lines[: error.lineno]))
        except (Unscannable, ValueError):
            return None
        for entry in before:
            if entry.path == last.path:
                return dotted(last.path), line_and_column(self.text, entry.start)[0]
        return None
