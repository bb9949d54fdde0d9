"""`nbtui logs NAME`."""

import click

from nbtui.cli import output
from nbtui.cli.arguments import name, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@name
@click.option("-n", "lines", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@pass_shared
def command(shared: Shared, *, name: str, lines: int, follow: bool) -> None:
    """The terminal output of NAME's server, its token masked.

    \b
    Example: nbtui logs myvm -n 100 -f
    """
    for text in shared.engine.logs(name, lines, follow, shared.talk):
        shared.talk.done()
        output.line(text)
