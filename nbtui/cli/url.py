"""`nbtui url NAME`."""

import click

from nbtui.cli import output
from nbtui.cli.arguments import name, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@name
@pass_shared
def command(shared: Shared, *, name: str) -> None:
    """Print the URL of NAME's notebook with its token; the only command that shows it.

    Opens link and tunnel, never starts a server.

    \b
    Example: nbtui url myvm
    """
    url = shared.engine.url(name, shared.talk)
    shared.talk.done()
    output.line(url)
