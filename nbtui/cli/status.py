"""`nbtui status`."""

import sys
from collections.abc import Iterator

import click

from nbtui.cli import known, output
from nbtui.cli.arguments import as_json, names, pass_shared
from nbtui.cli.shared import Shared, colored
from nbtui.model.snapshot import Snapshot
from nbtui.model.text import span


@click.command()
@names
@as_json
@click.option("--watch", is_flag=True, help="Go on; with --json one document a line.")
@pass_shared
def command(shared: Shared, *, names: tuple[str, ...], as_json: bool, watch: bool) -> None:
    """A line a profile: lights (link, tunnel, server, kernels), port, kernels, since when.

    \b
    Example: nbtui status
             nbtui status --json
    """
    if watch:
        if names:
            known.check(shared, names, shared.engine.snapshots(names))
        _watch(shared, names, as_json=as_json)
        return
    rows = shared.engine.snapshots(names or None)
    known.check(shared, names, rows)
    _show(shared, rows, as_json=as_json)


def _watch(shared: Shared, names: tuple[str, ...], *, as_json: bool) -> None:
    with shared.engine.watch(names or None) as watch:
        for rows in watch:
            _show(shared, rows, as_json=as_json)


def _show(shared: Shared, rows: tuple[Snapshot, ...], *, as_json: bool) -> None:
    if as_json:
        output.document({"profiles": [row.to_json() for row in rows]})
        return
    for row in rows:
        shared.talk.note(f"{row.name}: {note}" for note in row.notes)
    paint = colored(sys.stdout, shared.environ)
    now = shared.clock.wall()
    for text in output.table(
        (tuple(_cells(row, now, paint=paint)) for row in rows), paint=paint
    ):
        output.line(text)


def _cells(row: Snapshot, now: float, *, paint: bool) -> Iterator[str]:
    lights = (row.lights.link, row.lights.tunnel, row.lights.server, row.lights.kernels)
    yield row.name
    yield " ".join(output.light(one, paint=paint) for one in lights)
    yield row.state
    yield str(row.local_port or "")
    yield _kernels(row)
    yield span(now - row.since) if row.since else ""


def _kernels(row: Snapshot) -> str:
    count = row.kernels
    return f"{count.busy}/{count.total} busy" if count else ""
