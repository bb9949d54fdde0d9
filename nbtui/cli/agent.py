"""`nbtui agent …`."""

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, pass_shared
from nbtui.cli.shared import Shared
from nbtui.client.engine import AgentInfo
from nbtui.errors import NbtuiError


@click.group()
def command() -> None:
    """The background process that owns links and tunnels.

    \b
    Example: nbtui agent status
    """


@command.command()
@as_json
@pass_shared
def status(shared: Shared, *, as_json: bool) -> None:
    """Say whether it runs; starts none.

    \b
    Example: nbtui agent status --json
    """
    info = shared.engine.agent_status()
    if as_json:
        output.document({"agent": None if info is None else info._asdict()})
    else:
        output.line("not running" if info is None else _line(info))


def _line(info: AgentInfo) -> str:
    return f"pid {info.pid}\tnbtui {info.version}\t{info.links} links"


@command.command()
@pass_shared
def start(shared: Shared) -> None:
    """Start it unless it runs; commands that need it do so themselves.

    \b
    Example: nbtui agent start
    """
    output.line(_line(shared.engine.agent_start()))


@command.command()
@pass_shared
def stop(shared: Shared) -> None:
    """Close all links and end it; what runs on the hosts goes on.

    \b
    Example: nbtui agent stop
    """
    shared.engine.agent_stop()


@command.command()
@pass_shared
def restart(shared: Shared) -> None:
    """Stop it and start a new one, whatever version it is of.

    \b
    Example: nbtui agent restart
    """
    output.line(_line(shared.engine.agent_restart()))


@command.command()
@click.option("-n", "lines", type=click.IntRange(1, 100_000), default=50, show_default=True)
@pass_shared
def logs(shared: Shared, *, lines: int) -> None:
    """The last lines of its log.

    \b
    Example: nbtui agent logs -n 200
    """
    log = shared.paths.agent_log
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    except OSError as exc:
        hint = f"ls -lad {log.parent}"
        raise NbtuiError(f"{log}: {exc.strerror}", layer="log", hint=hint) from exc
    for one in text.splitlines()[-lines:]:
        output.line(one)
