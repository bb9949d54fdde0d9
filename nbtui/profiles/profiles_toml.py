"""profiles.toml as text, and what it says."""

from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from nbtui.errors import ConfigError
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import read_document
from nbtui.profiles.unknown import unknowns
from nbtui.profiles.values import Wrong

if TYPE_CHECKING:
    from nbtui.profiles.faults import Faults


class ProfilesText(NamedTuple):
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
            raise self._faults().wrong(wrong) from None
        unknown = tuple(unknowns(document))
        return (
            saved._replace(warnings=self._faults().warnings(unknown)) if unknown else saved
        )

    def document(self) -> dict[str, Any]:
        """The tables as tomli gives them.

        Raises:
            ConfigError: not TOML.
        """
        try:
            return tomli.loads(self.text)
        except tomli.TOMLDecodeError as exc:
            raise self._faults().not_toml(exc) from exc
        except (ValueError, RecursionError) as exc:  # a number or a nesting beyond all use
            raise self._faults().beyond(exc) from exc

    def _faults(self) -> "Faults":
        from nbtui.profiles.faults import Faults  # noqa: PLC0415  # a good file need not pay for it

        return Faults(file=self.file, text=self.text)
