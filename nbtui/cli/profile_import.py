"""`nbtui profile import …`: profiles out of what other programs have saved."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from nbtui.cli import importing, output
from nbtui.cli.arguments import pass_shared
from nbtui.cli.importing import Given, Report
from nbtui.cli.shared import Shared
from nbtui.quoting import words

if TYPE_CHECKING:
    from nbtui.client.engine import Talk
    from nbtui.profiles.importing.candidates import Candidate, Skipped
    from nbtui.profiles.importing.host_keys import KeyOutcome
    from nbtui.profiles.putty.source import Source


PLACES = "neither in the registry nor in ~/.putty/sessions"


@click.group("import")
def group() -> None:
    """Profiles out of what other programs have saved.

    A second import brings what has changed there since. What you have changed here stays.

    \b
    Example: nbtui profile import putty
    """


class GivenForPutty(Given):
    """The options of `putty`, as click has checked them."""

    where: Path | None
    code_page: str | None
    host_keys: bool


@group.command()
@click.argument("names", nargs=-1)
@click.option(
    "--from",
    "where",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="A .reg file, a folder like ~/.putty, or KiTTY's; else this user's own sessions.",
)
@click.option(
    "--code-page",
    metavar="NAME",
    help="Of a file of Windows without Unicode, such as cp1251 (default: this machine's, else cp1252).",
)
@click.option(
    "--host-keys/--no-host-keys",
    default=True,
    help="Bring the host keys that PuTTY knows into known_hosts (default: yes).",
)
@importing.options
@pass_shared
def putty(
    shared: Shared, /, names: tuple[str, ...], **given: Unpack[GivenForPutty]
) -> None:
    """Saved sessions of PuTTY: all, or those with these NAMES, such as 'lab/*'.

    From the registry, ~/.putty, an exported .reg file or KiTTY's portable folder.

    \b
    Example: nbtui profile import putty --dry-run
             nbtui profile import putty 'lab/gpu1' --from putty.reg
    """
    where = given["where"]
    sources = _sources(shared, where, _codec(given["code_page"]))
    shared.talk.note(shared.store.load().warnings)
    report = _bring(shared, sources, names, given, shared.talk)
    if given["as_json"]:
        output.document(report.to_json())
        return
    if not sources:
        output.say(f"no saved sessions of PuTTY here: {PLACES}")
        output.hint("nbtui profile import putty --from PATH")
        return
    again = ("nbtui", "profile", "import", "putty")
    place = ("--from", str(where)) if where else ()
    importing.show(shared, report, again=words([*again, *place]))


def own_sessions(shared: Shared, names: tuple[str, ...], talk: "Talk") -> Report:
    """Import what PuTTY has saved, all or those of these names. Raises: NoSuchSession: none has a name."""
    given = GivenForPutty(**importing.UNSAID, where=None, code_page=None, host_keys=True)
    return _bring(shared, _sources(shared, None, None), names, given, talk)


def _bring(
    shared: Shared,
    sources: "tuple[Source, ...]",
    names: tuple[str, ...],
    given: GivenForPutty,
    talk: "Talk",
) -> Report:
    report = importing.bring(shared, _candidates(sources, names), given, talk)
    if not given["host_keys"]:
        return report
    keys = _host_keys(shared, sources, report, all_of=not names)
    return report._replace(host_keys=keys)


def _host_keys(
    shared: Shared, sources: "Iterable[Source]", report: Report, *, all_of: bool
) -> "tuple[KeyOutcome, ...]":
    """Those of the hosts that came in, or all."""
    from nbtui.profiles.here import config_files, known_hosts_files
    from nbtui.profiles.importing.host_keys import take_over
    from nbtui.profiles.putty.fields import places_of
    from nbtui.profiles.putty.hostkeys import cached_keys

    cached = [key for source in sources for key in cached_keys(source.host_keys())]
    if not all_of:
        profiles = (one.profile for one in report.outcomes if one.profile)
        places = {place for one in profiles for place in places_of(one)}
        cached = [key for key in cached if (key.host.lower(), key.port) in places]
    file, *others = known_hosts_files(config_files(shared.environ))
    return take_over(cached, file=Path(file), others=others, dry_run=report.dry_run)


def _codec(name: str | None) -> str | None:
    """Only one that has ASCII as it is: UTF-16 says so itself, and hex or idna are of another kind."""
    if not name:
        return None
    with suppress(LookupError, ValueError):
        if b"\x80[".decode(name, errors="replace").endswith("["):
            return name
    raise click.BadParameter(f"there is no code page {name}")


def _sources(
    shared: Shared, where: Path | None, code_page: str | None
) -> "tuple[Source, ...]":
    from nbtui.profiles.putty.here import source_at
    from nbtui.profiles.world import putty_sources

    if where is not None:
        return tuple(source_at(where, code_page=code_page))
    return putty_sources(shared.environ)


def _candidates(
    sources: "Iterable[Source]", names: tuple[str, ...]
) -> "list[Candidate | Skipped]":
    from nbtui.profiles.putty.fields import candidates, is_meant

    found = [one for source in sources for one in candidates(source, names=names)]
    for by in names:
        if not any(is_meant(one.name, by) for one in found):
            raise importing.no_such(by, _known(sources))
    return found


def _known(sources: "Iterable[Source]") -> list[str]:
    from nbtui.profiles.putty.source import DEFAULTS

    names = (one.name for source in sources for one in source.sessions())
    return [name for name in names if name != DEFAULTS]
