"""What the doctor says of key files. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nbtui.keys.ondisk import KeyFile, Note, PublicOnly
from nbtui.model.check import Check, Fix


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyFact:
    """One key file that a login would try."""

    path: str
    named: bool
    """The profile or ssh_config names it; else it is one of ssh's default names."""

    found: KeyFile | PublicOnly | Note | None
    """See `nbtui.keys.ondisk.look_at`."""


def key_files(facts: Sequence[KeyFact], held: frozenset[bytes]) -> Check:
    """The key files; how much a fault matters is known once the login was tried: see `settled`.

    Args:
        facts: of each file.
        held: public keys that the ssh-agent holds.
    """
    faults = list(_faults(facts, held))
    lines = [note.text for note in faults] + list(_usable(facts, held))
    if faults:
        return Check(
            layer="key files",
            status="warn",
            evidence="\n".join(lines),
            hint=next((note.hint for note in faults), ""),
            fix=next(filter(None, map(_close, faults)), None),
        )
    if lines:
        return Check(layer="key files", status="ok", evidence=", ".join(lines))
    none = "none is named, and none of the default names is there"
    return Check(layer="key files", status="skip", evidence=none)


def _faults(facts: Iterable[KeyFact], held: frozenset[bytes]) -> Iterator[Note]:
    for fact in facts:
        match fact.found:
            case Note() as note:
                yield note
            case PublicOnly(public=public, note=note) if public not in held:
                yield note
            case None if fact.named:
                edit = "nbtui profile edit NAME"
                yield Note(text=f"{fact.path} does not exist", hint=edit)
            case _:
                pass


def _usable(facts: Iterable[KeyFact], held: frozenset[bytes]) -> Iterator[str]:
    for fact in facts:
        match fact.found:
            case KeyFile(encrypted=encrypted):
                yield fact.path + (" (encrypted)" if encrypted else "")
            case PublicOnly(public=public) if public in held:
                yield f"{fact.path} (held by the ssh-agent)"
            case _:
                pass


def _close(note: Note) -> Fix | None:
    path = note.too_open
    if not path:
        return None
    return Fix(name="key-mode", text=f"Allow only yourself to read {path}", about=path)
