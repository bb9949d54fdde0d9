"""`nbtui connect NAME`."""

from typing import Literal

import click

from nbtui.cli import browse, output
from nbtui.cli.arguments import as_json, name, pass_shared, wait
from nbtui.cli.shared import Shared
from nbtui.client.engine import ConnectOptions
from nbtui.model.snapshot import ForwardState, Snapshot


class LocalPort(click.ParamType):  # type: ignore[type-arg]  # generic in newer ones only
    """A TCP port, or auto."""

    name = "N|auto"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | Literal["auto"]:
        """See `click.ParamType.convert`."""
        if value == "auto":
            return "auto"
        port = int(str(value)) if str(value).isdecimal() else 0
        if not 0 < port < 1 << 16:
            self.fail(f"{value!r} is neither a port, 1 to 65535, nor auto", param, ctx)
        return port


@click.command()
@name
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@click.option(
    "--no-start", is_flag=True, help="Start no server: exit 7 when none is found."
)
@click.option("--local-port", type=LocalPort(), help="Local port of the tunnel.")
@wait
@as_json
@pass_shared
def command(
    shared: Shared,
    *,
    name: str,
    no_browser: bool,
    no_start: bool,
    local_port: int | Literal["auto"] | None,
    wait: float | None,
    as_json: bool,
) -> None:
    """Connect to NAME: link, server found or started, tunnel, browser.

    Returns when the notebook answers through the tunnel; a second call returns at once.

    \b
    Example: nbtui connect myvm
             nbtui connect cades@172.22.3.50 --no-browser
    """
    options = ConnectOptions(start=not no_start, local_port=local_port, wait=wait)
    row = shared.engine.connect(name, options, shared.talk)
    shared.talk.done()
    shared.talk.note((*row.notes, *(_forward(x) for x in row.forwards if x.error)))
    _report(row, as_json=as_json)
    if not no_browser:
        browse.open_page(shared, name, url=row.url or "")


def _forward(one: ForwardState) -> str:
    return f"no {one.kind} forward on {one.listen}: {one.error}"


def _report(row: Snapshot, *, as_json: bool) -> None:
    if as_json:
        output.document(row.to_json())
    else:
        output.line(row.url or "")
