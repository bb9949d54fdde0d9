"""Another host key in place of the one on file, when a person says that it is the right one.

Whoever acts on a host only ever refuses a changed key. Here, and nowhere else, it is replaced: hop by hop, with
both fingerprints before the person's eyes, and only if the host still offers the key that they saw.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from nbtui.clock import Clock
from nbtui.errors import HostKeyError
from nbtui.keys.known_hosts import KnownKey
from nbtui.model.question import Ask, Question, nobody
from nbtui.model.text import span
from nbtui.session.caller import Caller
from nbtui.session.jobs import LINK_SECONDS
from nbtui.session.machine import Nudge
from nbtui.session.reach import borrowed
from nbtui.session.session import Session
from nbtui.ssh.keychange import KeyChange, short_type
from nbtui.ssh.link import Link, LoginContext

RECENT = 86400.0
"""Seconds since the old key was seen, within which a yes is not enough: hosts are not set up anew every day."""


class Seen(Protocol):
    """What is remembered of hosts and their keys."""

    def last(self, name: str, fingerprint: str) -> float | None:
        """When the host last had the key, seconds since 1970 UTC; None: not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replaced:
    """One key that was replaced."""

    host: str
    """With its port when that is not 22."""

    old: str
    """Type and fingerprint."""

    new: str
    file: str
    line: int
    kept: tuple[str, ...]
    """Files as they were before."""


def replace_host_keys(
    session: Session, caller: Caller, seen: Seen, *, offered: str | None = None
) -> tuple[Replaced, ...]:
    """Ask for each host on the way that has another key than on file, and replace what is confirmed.

    Args:
        session: of the profile.
        caller: is asked; who cannot be asked has refused.
        seen: when a key was last seen.
        offered: fingerprint that the first of them must still offer; None: whatever it does.

    Returns:
        What was replaced; nothing when all keys are as they should be, or not known at all.

    Raises:
        HostKeyChanged: nobody said yes, or the key stands in a file of the whole system.
        HostKeyError: another key is offered by now, or a file could not be written.
        NbtuiError: a host on the way cannot be reached.
    """
    replaced: list[Replaced] = []
    ask = session.desk.ask if caller.asker is not None else nobody
    with session.desk.attached(caller.asker), borrowed(session, caller) as rig:
        login = replace(caller.login, keyring=rig.resolved.keyring)
        for link in _hops(rig.link):
            guide = _Guide(link=link, login=login, ask=ask, seen=seen, clock=session.clock)
            if not link.up and (change := guide.look()):
                replaced.append(guide.replace(change, None if replaced else offered))
    if replaced:
        session.post(Nudge())
    return tuple(replaced)


def _hops(link: Link) -> Iterator[Link]:
    """The links of a way, the nearest host first."""
    if link.jump is not None:
        yield from _hops(link.jump)
    yield link


@dataclass(frozen=True, kw_only=True, slots=True)
class _Guide:
    """One host."""

    link: Link
    login: LoginContext
    ask: Ask
    seen: Seen
    clock: Clock

    def look(self) -> KeyChange | None:
        return self.link.meet(
            ask=self.ask,
            tell=lambda _text: None,
            timeout=LINK_SECONDS,
            context=self.login,
        )

    def replace(self, change: KeyChange, offered: str | None) -> Replaced:
        if change.of_system:
            raise change.error()
        self._same(change, offered)
        question = question_of(change, self._last(change), self.clock.wall())
        answer = (self.ask(question) or "").strip()
        if answer != (question.typed or "yes"):
            raise change.error()
        self._same(self.look(), change.fingerprint)
        return _said(change, change.write(clock=self.clock))

    def _same(self, change: KeyChange | None, offered: str | None) -> None:
        """The host must offer what somebody saw; between two looks it may be another host."""
        now = change.fingerprint if change else None
        if offered is not None and offered != now:
            raise HostKeyError(
                f"{self.link.target.where} does not offer the key {offered} any more; nothing was changed",
                host=self.link.target.host,
                hint="nbtui doctor NAME",
            )

    def _last(self, change: KeyChange) -> float | None:
        times = (self.seen.last(change.name, one.fingerprint) for one in change.stored)
        return max((time for time in times if time is not None), default=None)


def question_of(change: KeyChange, last: float | None, now: float) -> Question:
    """The question, with all that helps to decide.

    Args:
        change: what is on file and what is offered.
        last: when the old key was last seen; None: never by us.
        now: both in seconds since 1970 UTC.
    """
    host, recent = change.target.host, last is not None and now - last < RECENT
    return Question(
        kind="changed-key",
        text=f"The host key of {change.target.where} changed. Replace it?",
        detail=tuple(_detail(change, last, now)),
        typed=host if recent else "",
    )


def _detail(change: KeyChange, last: float | None, now: float) -> Iterator[str]:
    for old in change.stored:
        yield f"on file: {short_type(old.blob)}, {old.file}:{old.line}"
        yield f"    {old.fingerprint}"
    yield f"offered now: {short_type(change.offered)}"
    yield f"    {change.fingerprint}"
    if last is None:
        yield "nbtui has never seen the old key."
    else:
        yield f"The old key was last seen {span(now - last)} ago."
    yield "It was set up anew, or somebody pretends to be it: ask its owner."
    files = dict.fromkeys(Path(one.file).name for one in change.stored)
    yield f"A copy of {', '.join(files)} is kept beside it."


def _said(change: KeyChange, kept: tuple[Path, ...]) -> Replaced:
    old: KnownKey = change.stored[0]
    return Replaced(
        host=change.place,
        old=f"{short_type(old.blob)} {old.fingerprint}",
        new=f"{short_type(change.offered)} {change.fingerprint}",
        file=old.file,
        line=old.line,
        kept=tuple(map(str, kept)),
    )
