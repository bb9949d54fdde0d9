"""`nbtui attach NAME`."""

import click

from nbtui.cli.arguments import name, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@name
@pass_shared
def command(shared: Shared, *, name: str) -> int:
    """This terminal becomes the terminal of NAME's server; the host's own detach key leaves it.

    \b
    Example: nbtui attach myvm
    """
    return shared.engine.attach(name, shared.talk)
