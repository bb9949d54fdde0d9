"""`nbtui disconnect NAME… | --all`."""

import click

from nbtui.cli import known
from nbtui.cli.arguments import names, pass_shared
from nbtui.cli.shared import Shared
from nbtui.errors import UsageError


@click.command()
@names
@click.option("--all", "everything", is_flag=True, help="Every one that is connected.")
@pass_shared
def command(shared: Shared, *, names: tuple[str, ...], everything: bool) -> None:
    """Close tunnel, forwards and link of NAME…; what runs on the host goes on.

    \b
    Example: nbtui disconnect myvm
             nbtui disconnect --all
    """
    if bool(names) == everything:
        raise UsageError("disconnect takes names, or --all", hint="nbtui disconnect --all")
    engine = shared.engine
    if engine.agent_status() is None:
        engine.snapshots(names)  # starts one where something should be up
    closed = engine.disconnect(names or None) if engine.agent_status() else ()
    left = sorted(set(names) - {row.name for row in closed})
    if left:  # not before: a profiles.toml that is broken keeps nothing open
        known.check(shared, left, engine.snapshots(left))
