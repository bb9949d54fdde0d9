"""Saved sessions of this user that nobody imported: to list, and to act on by their names."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from nbtui.errors import ConfigError, UsageError
from nbtui.model.profile import Profile
from nbtui.profiles.importing.candidates import Candidate, Skipped
from nbtui.profiles.putty.fields import candidates
from nbtui.profiles.putty.source import Source
from nbtui.profiles.schema import read_document, to_table
from nbtui.profiles.values import Wrong
from nbtui.quoting import quote


def listed(sources: Iterable[Source]) -> Iterator[Profile]:
    """Those that could be acted on, each name once; a place that cannot be read has none."""
    seen: set[str] = set()
    for source in sources:
        with suppress(ConfigError):
            for one in candidates(source):
                if one.name not in seen and not isinstance(one, Skipped):
                    seen.add(one.name)
                    with suppress(Wrong):
                        yield _checked(one.profile)


def session_of(name: str, sources: Iterable[Source]) -> tuple[Profile, ...]:
    """The session of a name, and behind it those that it goes through; nothing when there is none.

    Raises:
        UsageError: there is one, and it cannot be used.
    """
    for source in sources:
        found: dict[str, Candidate | Skipped] = {}
        with suppress(ConfigError):
            found = {one.name: one for one in candidates(source, names=[name])}
        if name in found:
            profiles = {key: _usable(key, one) for key, one in found.items()}
            return (profiles.pop(name), *profiles.values())
    return ()


def _usable(name: str, one: Candidate | Skipped) -> Profile:
    if isinstance(one, Skipped):
        raise _unusable(name, one.why)
    try:
        return _checked(one.profile)
    except Wrong as wrong:
        raise _unusable(name, f"its {wrong.path[-1]} {wrong.why}") from None


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(
        f"the PuTTY session {name} cannot be used: {why}",
        layer="config",
        hint=f"nbtui profile import putty {quote(name)} --dry-run",
    )


def _checked(profile: Profile) -> Profile:
    document = {"profiles": {profile.name: to_table(profile)}}
    return read_document(document).profiles[0]._replace(source="putty")
