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
    for before in shared.engine.snapshots([name]):
        shared.talk.note(before.notes)  # such as that the browser of last time has not come
    opened = browse.open_page(shared, name, url="")
    shared.talk.done()
    for row in () if opened else shared.engine.snapshots([name]):
        if row.url:
            output.line(row.url)
