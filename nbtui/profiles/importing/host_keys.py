"""Host keys that a person has accepted in another program, brought into known_hosts.

Only lines are added. A key that contradicts a line that is there (another key of the same type for that name, or
the same one revoked) stays out and is said.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from nbtui.errors import ConfigError
from nbtui.keys.known_hosts import (
    KnownKey,
    append,
    fingerprint,
    line_for,
    lookup_name,
    read,
)
from nbtui.keys.wire import key_type
from nbtui.quoting import quote

_SPECIAL = re.compile(r"[|*?!]")


class AcceptedKey(NamedTuple):
    """A host and a key that it had."""

    host: str
    port: int
    blob: bytes
    """In the form of RFC 4253."""

    @property
    def name(self) -> str:
        """As known_hosts has it."""
        return lookup_name(self.host, self.port)


class KeyOutcome(NamedTuple):
    """What becomes of one."""

    key: AcceptedKey
    action: Literal["added", "known", "contradicts"]
    where: str
    """The file, and the line where there is one."""

    def to_json(self) -> Mapping[str, Any]:
        """The object of `profile import --json`."""
        return {
            "name": self.key.name,
            "type": key_type(self.key.blob),
            "fingerprint": fingerprint(self.key.blob),
            "action": self.action,
            "where": self.where,
        }

    def __str__(self) -> str:
        """A line for people."""
        what = f"{self.key.name}: {key_type(self.key.blob)} {fingerprint(self.key.blob)}"
        if self.action == "contradicts":
            return f"host key of {what} is left out: {self.where} has another one, or revokes it"
        return f"host key of {what} is {self.action}: {self.where}"


def take_over(
    keys: Iterable[AcceptedKey], *, file: Path, others: Sequence[str], dry_run: bool
) -> tuple[KeyOutcome, ...]:
    """Add to `file` what is not known there or in the other files; what became of each.

    Args: dry_run: only say it.

    Raises: ConfigError: it cannot be written; nothing was added.
    """
    known = read((str(file), *others))
    outcomes = tuple(outcomes_of(keys, known, file=str(file)))
    hashed = any(one.patterns.startswith("|1|") for one in known if one.file == str(file))
    lines = [
        line_for(one.key.name, one.key.blob, hashed=hashed)
        for one in outcomes
        if one.action == "added"
    ]
    if lines and not dry_run:
        try:
            append(file, "\n".join(lines))
        except OSError as exc:
            hint = f"look at it: ls -lad {quote(str(file))}"
            raise ConfigError(exc.strerror or str(exc), file=str(file), hint=hint) from exc
    return outcomes


def outcomes_of(
    keys: Iterable[AcceptedKey], known: Iterable[KnownKey], *, file: str
) -> Iterator[KeyOutcome]:
    """What would become of each. Pure.

    Args: file: where new ones go.
    """
    lines = _Lines(known)
    for key in dict.fromkeys(keys):
        about = lines.about(key.name)
        same = next((one for one in about if one.blob == key.blob), None)
        other = next((one for one in about if _against(one, key)), None)
        if other is not None:
            yield KeyOutcome(key, "contradicts", _place(other))
        elif same is not None:
            yield KeyOutcome(key, "known", _place(same))
        else:
            lines.add(key, file)
            yield KeyOutcome(key, "added", file)


def _against(line: KnownKey, key: AcceptedKey) -> bool:
    if line.marker == "@revoked":
        return line.blob == key.blob
    return line.key_type == key_type(key.blob) and line.blob != key.blob


def _place(line: KnownKey) -> str:
    return f"{line.file}:{line.line}" if line.line else line.file


class _Lines:
    """Lines by name; only those with patterns and hashes have to be asked one by one."""

    def __init__(self, known: Iterable[KnownKey]) -> None:
        self._by_name: dict[str, list[KnownKey]] = defaultdict(list)
        self._special: list[KnownKey] = []
        for line in known:
            if line.marker == "@cert-authority":
                continue
            if _SPECIAL.search(line.patterns):
                self._special.append(line)
            else:
                for name in line.patterns.lower().split(","):
                    self._by_name[name].append(line)

    def about(self, name: str) -> list[KnownKey]:
        """Those that speak of a name."""
        return [*self._by_name[name], *(one for one in self._special if one.matches(name))]

    def add(self, key: AcceptedKey, file: str) -> None:
        """It counts for those that come after it."""
        kind = key_type(key.blob)
        line = KnownKey(patterns=key.name, key_type=kind, blob=key.blob, file=file)
        self._by_name[key.name].append(line)
