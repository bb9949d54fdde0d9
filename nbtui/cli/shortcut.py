"""`nbtui shortcut [NAME]`."""

from pathlib import Path

import click

from nbtui.cli import output
from nbtui.cli.arguments import names_of, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@click.argument("name", required=False, shell_complete=names_of)
@click.option(
    "--to", metavar="FILE|DIR", type=click.Path(path_type=Path),
    help="Put it there (default: the desktop; without NAME, among the programs).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file of that name.")
@pass_shared
def command(shared: Shared, *, name: str | None, to: Path | None, force: bool) -> None:
    """Make an icon: a double-click connects to NAME; without NAME it opens the dashboard.

    Its window closes when the notebook is open, and stays when there is an error to read.

    \b
    Example: nbtui shortcut myvm
             nbtui shortcut --to ~/Desktop
    """
    from nbtui.client import shortcut

    icon = shortcut.icon_of(name, shared.environ)
    path = shortcut.place(name, to, shared.environ)
    shortcut.write(icon, path, force=force)
    output.line(str(path))
