"""profiles.toml as text: what it says, and what is wrong with it in words that name the place."""

from dataclasses import dataclass
from typing import Any

import tomli

from nbtui.errors import ConfigError
from nbtui.model.text import clean_line
from nbtui.profiles.places import (
    KeyPath,
    Unscannable,
    line_and_column,
    nearest,
    scan,
    starts,
)
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import read_document
from nbtui.profiles.unknown import unknowns
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfilesText:
    """A text that is, or is to become, profiles.toml."""

    file: str
    """Its path, for messages."""

    text: str

    @classmethod
    def decode(cls, raw: bytes, *, file: str) -> "ProfilesText":
        """From the bytes of a file. A byte order mark, which Windows editors write, is dropped.

        Raises:
            ConfigError: the bytes are not UTF-8.
        """
        try:
            return cls(file=file, text=raw.decode("utf-8-sig"))
        except UnicodeDecodeError as exc:
            raise ConfigError(
                "is not UTF-8 text",
                file=file,
                line=raw.count(b"\n", 0, exc.start) + 1,
                hint="save it as UTF-8 in your editor",
            ) from exc

    def saved(self) -> Saved:
        """What it says, unknown keys as warnings.

        Raises:
            ConfigError: not TOML, or a value that cannot be used.
        """
        document = self.document()
        try:
            saved = read_document(document)
        except Wrong as wrong:
            raise self._wrong(wrong) from None
        return saved._replace(warnings=self._warnings(document))

    def document(self) -> dict[str, Any]:
        """The tables as tomli gives them.

        Raises:
            ConfigError: not TOML.
        """
        try:
            return tomli.loads(self.text)
        except tomli.TOMLDecodeError as exc:
            raise self._not_toml(exc) from exc
        except (ValueError, RecursionError) as exc:  # a number or a nesting beyond all use
            raise ConfigError(clean_line(str(exc)), file=self.file) from exc

    def _warnings(self, document: dict[str, Any]) -> tuple[str, ...]:
        unknown = list(unknowns(document))
        places = starts(self.text) if unknown else {}
        unknown.sort(key=lambda one: nearest(places, one.path) or 0)
        return tuple(
            f"{self._where(places, one.path)}: {dotted(one.path)}: {one.text}"
            for one in unknown
        )

    def _where(self, places: dict[KeyPath, int], path: KeyPath) -> str:
        at = nearest(places, path)
        line_column = () if at is None else line_and_column(self.text, at)
        return ":".join(str(part) for part in (self.file, *line_column))

    def _wrong(self, wrong: Wrong) -> ConfigError:
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

    def _not_toml(self, error: tomli.TOMLDecodeError) -> ConfigError:
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


def dotted(path: KeyPath) -> str:
    """A path for people.

    >>> dotted(("profiles", "my vm", "forwards", 0, "to"))
    'profiles."my vm".forwards[0].to'
    """
    return "".join(_element(one) for one in path).removeprefix(".")


def _element(one: str | int) -> str:
    if isinstance(one, int):
        return f"[{one}]"
    bare = one.isascii() and one.replace("-", "").replace("_", "").isalnum()
    return f".{one}" if bare else f'."{clean_line(one)}"'
