"""`nbtui start NAME`."""

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, name, pass_shared, wait
from nbtui.cli.shared import Shared


@click.command()
@name
@wait
@as_json
@pass_shared
def command(shared: Shared, *, name: str, wait: float | None, as_json: bool) -> None:
    """Start the server of NAME: link up, no tunnel, no browser.

    \b
    Example: nbtui start myvm
    """
    row = shared.engine.start(name, wait, shared.talk)
    shared.talk.done()
    shared.talk.note(row.notes)
    if as_json:
        output.document(row.to_json())
    elif row.server is not None:
        server = row.server
        output.line(f"{name}\tpid {server.pid}\tport {row.remote_port}\t{server.session}")
