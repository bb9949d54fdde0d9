"""`nbtui profile import openssh`: hosts of ssh_config become profiles."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from nbtui.cli import importing, output
from nbtui.cli.arguments import beginning, pass_shared
from nbtui.cli.importing import Given, Report
from nbtui.cli.shared import Shared
from nbtui.errors import ConfigError
from nbtui.quoting import words

if TYPE_CHECKING:
    from nbtui.client.engine import Talk
    from nbtui.profiles.importing.candidates import Candidate, Skipped
    from nbtui.profiles.ssh_hosts import SshHosts


def _known(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Completion: the hosts that begin like this."""
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.hosts import hosts

    shared: Shared = ctx.find_object(Shared) or Shared.here()
    return beginning(shared, incomplete, hosts(config_files(shared.environ)))


@click.command()
@click.argument("names", nargs=-1, metavar="[HOST]...", shell_complete=_known)
@click.option(
    "--from",
    "where",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Another ssh_config (default: what ssh reads).",
)
@importing.options
@pass_shared
def openssh(
    shared: Shared, /, names: tuple[str, ...], where: Path | None, **given: Unpack[Given]
) -> None:
    """Hosts of ssh_config: all that a Host line names, or these.

    Blocks with patterns stay where they are and go on applying. Nothing is run for it.

    \b
    Example: nbtui profile import openssh --dry-run
             nbtui profile import openssh gpu1 --from ~/lab/ssh_config
    """
    shared.talk.note(shared.store.load().warnings)
    found = _candidates(shared, names, where)
    report = importing.bring(shared, found, given, shared.talk)
    if given["as_json"]:
        output.document(report.to_json())
        return
    again = ["nbtui", "profile", "import", "openssh"]
    again += ["--from", str(where)] if where else []
    importing.show(shared, report, again=words(again))


def own_hosts(shared: Shared, names: tuple[str, ...], talk: "Talk") -> Report:
    """Import what ssh knows, all or those of these names. Raises: NoSuchSession: it does not know one."""
    found = _candidates(shared, names, None)
    return importing.bring(shared, found, importing.UNSAID, talk)


def _candidates(
    shared: Shared, names: tuple[str, ...], where: Path | None
) -> "list[Candidate | Skipped]":
    hosts, known = _hosts(shared, where)
    for name in names:
        if name not in known:
            raise importing.no_such(name, known)
    return list(hosts.candidates(names or known, asked=bool(names)))


def _hosts(shared: Shared, where: Path | None) -> "tuple[SshHosts, tuple[str, ...]]":
    """Where they come from, and their names; a file that ssh reads anyway is read with the rest, which may come before it."""
    from nbtui.profiles.here import config_files
    from nbtui.profiles.openssh.blocks import Blocks
    from nbtui.profiles.ssh_hosts import SshHosts

    files = config_files(shared.environ)
    blocks = Blocks(files)
    if where is None:
        return SshHosts(blocks=blocks, heeded=True, environ=shared.environ), tuple(
            blocks.names()
        )
    if not where.is_file():
        raise ConfigError(
            "there is no such file", file=str(where), hint="nbtui profile import openssh"
        )
    alone = Blocks(replace(files, named=where.absolute()))
    heeded = os.path.realpath(where) in blocks.files
    chosen = blocks if heeded else alone
    return SshHosts(blocks=chosen, heeded=heeded, environ=shared.environ), tuple(
        alone.names()
    )
