"""`nbtui shell NAME [-- COMMAND…]`."""

import click

from nbtui.cli.arguments import name, pass_shared
from nbtui.cli.shared import Shared


@click.command(context_settings={"ignore_unknown_options": True})
@name
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND…]")
@pass_shared
def command(shared: Shared, *, name: str, words: tuple[str, ...]) -> int:
    """A shell on the host in NAME's folder and environment, in a tmux window that lasts.

    With a COMMAND: runs it; its output and exit status are this command's, and Ctrl-C ends it there.

    \b
    Example: nbtui shell myvm
             nbtui shell myvm -- nvidia-smi
    """
    return shared.engine.shell(name, words or None, shared.talk)
