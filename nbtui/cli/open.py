"""`nbtui open NAME`."""

import click

from nbtui.cli import browse, output
from nbtui.cli.arguments import name, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@name
@pass_shared
def command(shared: Shared, *, name: str) -> None:
    """Open NAME's notebook in the browser; opens link and tunnel, never starts a server.

    \b
    Example: nbtui open myvm
    """
    row = None
    if not browse.open_page(shared, name, url=""):
        row = next(iter(shared.engine.snapshots([name])), None)
    shared.talk.done()
    if row is not None and row.url:
        output.line(row.url)
