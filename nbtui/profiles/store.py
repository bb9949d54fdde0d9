"""profiles.toml, written only when somebody says so; `reading` reads it.

A write reads, edits, proves by reading the outcome, and replaces the file whole, all under one lock; so no
writer loses what another wrote, and a file that does not load is never written over. Only `publish` may,
because it brings what a person edited.
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from nbtui.clock import Clock, SystemClock
from nbtui.errors import NoSuchProfile, Refused, UsageError
from nbtui.files import replace_file, target_of
from nbtui.model.profile import Profile
from nbtui.paths import Paths
from nbtui.profiles.changes import Change, Put, Remove, Rename, applied, applied_together
from nbtui.profiles.locking import writing
from nbtui.profiles.places import KeyPath, dotted
from nbtui.profiles.profiles_toml import ProfilesText
from nbtui.profiles.reading import Reader
from nbtui.profiles.saved import Saved
from nbtui.profiles.schema import read_document, to_table
from nbtui.profiles.unknown import nearest_names, unknowns
from nbtui.profiles.values import Wrong
from nbtui.quoting import quote


class Written(NamedTuple):
    """The whole file on both sides of a change."""

    before: bytes
    after: bytes


class Store(Reader):
    """The saved profiles of one configuration folder, for who writes them too."""

    def __init__(self, paths: Paths, *, clock: Clock | None = None) -> None:
        super().__init__(paths)
        self._clock = clock or SystemClock()

    def publish(self, content: bytes, *, instead_of: bytes) -> Saved:
        """Replace the file by what a person made of it.

        Args:
            instead_of: what `read` gave them.

        Raises:
            ConfigError: `content` does not load, or cannot be written.
            Refused: somebody else wrote the file meanwhile.
        """
        saved = self.check(content)
        with self._writing() as target:
            if self.read() != instead_of:
                raise Refused(
                    f"{target} was changed by somebody else meanwhile",
                    layer="config",
                    hint="edit it again: nbtui profile edit",
                )
            replace_file(target, content, clock=self._clock)
        return saved

    def add(self, profile: Profile) -> None:
        """Save a new profile behind the others.

        Raises:
            UsageError: there is one of this name, or a value of it cannot be used.
            ConfigError: the file does not load or cannot be written.
        """
        table = checked(profile)

        def decide(saved: Saved) -> Change:
            _check_free(saved, profile.name)
            return Put(path=("profiles", profile.name), value=table)

        self._change(decide)

    def remove(self, name: str) -> None:
        """Take a profile out, with the comments that belong to it.

        Raises:
            NoSuchProfile: it is not saved.
            ConfigError: the file does not load or cannot be written.
        """
        self._change(lambda saved: Remove(path=_path_of(saved, name)))

    def rename(self, old: str, new: str) -> None:
        """Give a profile another name; every other byte of the file stays.

        Raises:
            NoSuchProfile: `old` is not saved.
            UsageError: `new` is taken, or cannot be a name.
            ConfigError: the file does not load or cannot be written.
        """
        checked(Profile(name=new))

        def decide(saved: Saved) -> Change:
            path = _path_of(saved, old)
            _check_free(saved, new)
            return Rename(path=path, new=new)

        self._change(decide)

    def set(self, name: str, key: str, value: Any) -> None:
        """Set one key of a profile, or remove it.

        Args:
            key: such as `user` or `jupyter.port`.
            value: what TOML can hold; None removes the key.

        Raises:
            NoSuchProfile: it is not saved.
            UsageError: there is no such key, or it cannot have this value.
            ConfigError: the file does not load or cannot be written.
        """
        keys = tuple(key.split("."))
        _check_setting(keys, {} if value is None else value, known_only=value is None)

        def decide(saved: Saved) -> Change:
            path = (*_path_of(saved, name), *keys)
            return Remove(path=path) if value is None else Put(path=path, value=value)

        self._change(decide)

    def change(self, decide: Callable[[Saved], Sequence[Put | Remove]]) -> None:
        """Many changes in one write; where `decide` wants none, nothing is written.

        Args:
            decide: is handed what the file says, while nobody else can write it.

        Raises:
            ConfigError: the file does not load or cannot be written.
        """
        with self._writing() as target:
            raw = self.read()
            before = self.text(raw)
            if changes := decide(before.saved()):
                self._replace(target, raw, applied_together(changes, before))

    def revise(self, decide: Callable[[ProfilesText], Iterable[Change]]) -> Written:
        """Make the changes that somebody decides on who sees the file as it is, with nobody else writing.

        Raises:
            ConfigError: the file does not load or cannot be written.
        """
        with self._writing() as target:
            raw = self.read()
            before = self.text(raw)
            before.saved()
            after = applied(decide(before), before)
            return self._replace(target, raw, after)

    def _replace(self, target: Path, raw: bytes, after: ProfilesText) -> Written:
        mark = BOM_UTF8 if raw.startswith(BOM_UTF8) else b""
        written = Written(before=raw, after=mark + after.text.encode())
        replace_file(target, written.after, clock=self._clock)
        return written

    def _change(self, decide: Callable[[Saved], Change]) -> None:
        self.revise(lambda before: (decide(before.saved()),))

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        with self.file_errors():
            self.paths.config_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = target_of(self.paths.profiles_toml)
            with writing(target, clock=self._clock):
                yield target


def checked(profile: Profile) -> dict[str, Any]:
    """The profile as a table that is known to load. Raises: UsageError: a value of it cannot be used."""
    table = to_table(profile)
    _check_document({"profiles": {profile.name: table}})
    return table


def _check_setting(keys: tuple[str, ...], value: Any, *, known_only: bool) -> None:
    for key in reversed(keys):
        value = {key: value}
    document = {"profiles": {"any": value}}
    if not known_only:
        _check_document(document)
    for unknown in unknowns(document):
        raise UsageError(f"{dotted(unknown.path[2:])}: {unknown.text}", layer="config")


def _check_document(document: dict[str, Any]) -> None:
    try:
        read_document(document)
    except Wrong as wrong:
        what = dotted(wrong.path[2:]) or "name"
        raise UsageError(f"{what}: {wrong.why}", layer="config", hint=wrong.hint) from None


def _path_of(saved: Saved, name: str) -> KeyPath:
    if saved.get(name) is None:
        raise NoSuchProfile(name, nearest=nearest_names(saved, name))
    return ("profiles", name)


def _check_free(saved: Saved, name: str) -> None:
    if saved.get(name):
        raise UsageError(
            f"there is a profile called {name} already",
            layer="config",
            hint=f"nbtui profile show {quote(name)}",
        )
