"""`nbtui doctor [NAME]`."""

import sys
from collections.abc import Iterable

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, names_of, pass_shared
from nbtui.cli.shared import Shared, colored
from nbtui.errors import ExitCode, NbtuiError, NoTerminal
from nbtui.model.check import NEEDS, Check, Fix, cause_of
from nbtui.model.question import Question
from nbtui.model.snapshot import Snapshot
from nbtui.quoting import quote

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "bad": ("✗", "red")}
_SKIP = ("-", "bright_black")
_LAYER = max(map(len, NEEDS))


@click.command()
@click.argument("name", required=False, shell_complete=names_of)
@click.option("--fix", is_flag=True, help="Ask for each thing that can be mended.")
@as_json
@pass_shared
def command(shared: Shared, *, name: str | None, fix: bool, as_json: bool) -> int:
    """Check every layer from here to NAME's kernel; without NAME what this machine alone can tell.

    Says what is wrong and the command that mends it. A link that is up is used, one that was opened
    is closed again; on a server that runs, one kernel is started and deleted. Changes nothing else.

    \b
    Example: nbtui doctor myvm
             nbtui doctor --json
    """
    if fix and not shared.talk.can_ask:
        raise NoTerminal(
            "--fix asks before each fix, and this is no terminal",
            hint=f"nbtui doctor {quote(name) if name else ''}".strip(),
        )
    checks = _examine(shared, name, mending=fix, quiet=as_json)
    asked: set[Fix] = set()
    while fix and _mended(shared, name, checks, asked):
        checks = _examine(shared, name, mending=fix, quiet=as_json)
    if as_json:
        output.document({"profile": name, "checks": [one.to_json() for one in checks]})
    cause = cause_of(checks)
    return cause.code if cause else ExitCode.OK


def _examine(
    shared: Shared, name: str | None, *, mending: bool, quiet: bool
) -> list[Check]:
    """Look at all layers; unless `quiet`, each is printed as it comes."""
    found: list[Check] = []
    for check in shared.engine.doctor(name, mending, shared.talk):
        if check.status == "wait":
            doing = check.evidence
            shared.talk.progress(Snapshot(name=name or "doctor", host="", doing=doing))
            continue
        shared.talk.done()
        found.append(check)
        if not quiet:
            _print(check, paint=colored(sys.stdout, shared.environ))
    shared.talk.done()
    return found


def _mended(shared: Shared, name: str | None, checks: list[Check], asked: set[Fix]) -> bool:
    """Ask for each fix that was not asked for yet; whether anything was mended."""
    offered = [one.fix for one in checks if one.fix and one.fix not in asked]
    asked.update(offered)
    mended = [_mend(shared, name, one) for one in offered]  # each is asked for
    return any(mended)


def _mend(shared: Shared, name: str | None, fix: Fix) -> bool:
    if not fix.asks and not _agreed(shared, fix):
        return False
    try:
        output.say(shared.engine.mend(name, fix, shared.talk))
    except NbtuiError as exc:
        if exc.code == ExitCode.INTERRUPTED:
            raise
        output.error(exc)
        return False
    return True


def _agreed(shared: Shared, fix: Fix) -> bool:
    question = Question(kind="confirm", text=f"{fix.text}?", detail=fix.detail)
    return shared.talk.ask(question) == "yes"


def _print(check: Check, *, paint: bool) -> None:
    for text in _lines(check):
        output.line(text if paint else click.unstyle(text))


def _lines(check: Check) -> Iterable[str]:
    """A line with mark, layer, time and evidence, more evidence below it, and what to try."""
    mark, color = MARKS.get(check.status, _SKIP)
    first, *more = check.evidence.splitlines() or [""]
    cause = check.status == "bad"
    layer = click.style(f"{check.layer:<{_LAYER}}", bold=cause, fg="red" if cause else None)
    yield f"{click.style(mark, fg=color)} {layer} {check.took:>7}  {first}"
    indent = " " * (_LAYER + 12)
    yield from (f"{indent}{line}" for line in more)
    if check.hint:
        yield f"{indent}{click.style('try:', fg='cyan')} {check.hint}"
