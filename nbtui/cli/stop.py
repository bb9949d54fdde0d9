"""`nbtui stop NAME`."""

import sys

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, name, pass_shared
from nbtui.cli.shared import Shared, colored
from nbtui.client.engine import StopReport
from nbtui.errors import ExitCode


@click.command()
@name
@click.option("--yes", is_flag=True, help="Do not ask; busy kernels still refuse.")
@click.option("--force", is_flag=True, help="End busy kernels too.")
@as_json
@pass_shared
def command(shared: Shared, *, name: str, yes: bool, force: bool, as_json: bool) -> int:
    """Shut the server of NAME down cleanly and prove that nothing is left.

    Asks once, with every kernel named. Without a terminal only busy kernels refuse: exit 9.

    \b
    Example: nbtui stop myvm
             nbtui stop myvm --yes --json
    """
    report = shared.engine.stop(name, yes, force, shared.talk)
    shared.talk.done()
    if as_json:
        steps = [step._asdict() for step in report.steps]
        output.document({**report._asdict(), "steps": steps})
    else:
        _print(report, paint=colored(sys.stdout, shared.environ))
    return ExitCode.FAILED if report.left else ExitCode.OK


def _print(report: StopReport, *, paint: bool) -> None:
    for step in report.steps:
        tick = click.style("✓", fg="green") if step.ok else click.style("✗", fg="yellow")
        text = f"{tick} {step.step}  {step.seconds:.2f} s"
        output.line(text if paint else click.unstyle(text))
    for what in report.left:
        output.line(f"could not be verified to be gone: {what}")
