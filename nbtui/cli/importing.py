"""What all of `nbtui profile import …` share: the plan, the questions about conflicts, the deed, and its report."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import filter as filter_names, fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, TypeVar

import click

from nbtui.cli import output
from nbtui.cli.shared import Shared, colored
from nbtui.errors import NoSuchSession
from nbtui.model.question import Question
from nbtui.model.text import clean_line
from nbtui.quoting import quote

if TYPE_CHECKING:
    from nbtui.client.engine import Talk
    from nbtui.profiles.importing.candidates import Candidate, Choice, Outcome, Skipped
    from nbtui.profiles.importing.host_keys import KeyOutcome
    from nbtui.profiles.importing.plan import Choose

F = TypeVar("F", bound=Callable[..., Any])
WIDEST = 48
"""Characters of a name in a table for people."""

FEW = 3
"""Outcomes that a toast can give reasons for."""

COLORS = {"new": "green", "updated": "cyan", "conflict": "yellow", "skipped": "red"}


class Given(TypedDict):
    """The options of every import, as click has checked them."""

    theirs: tuple[str, ...]
    mine: tuple[str, ...]
    dry_run: bool
    as_json: bool


UNSAID: Given = {"theirs": (), "mine": (), "dry_run": False, "as_json": False}
"""No option at all."""


def options(function: F) -> F:
    """--theirs, --mine, --dry-run and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON document."),
        click.option("--dry-run", is_flag=True, help="Show it, and change nothing."),
        click.option(
            "--mine", multiple=True, metavar="NAME",
            help="Where both have changed: keep yours. Repeatable; '*' is all.",
        ),
        click.option(
            "--theirs", multiple=True, metavar="NAME",
            help="Where both have changed: take what comes in. Repeatable; '*' is all.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


class Report(NamedTuple):
    """What was done, or would be."""

    outcomes: "tuple[Outcome, ...]"
    dry_run: bool
    host_keys: "tuple[KeyOutcome, ...]" = ()

    def to_json(self) -> dict[str, Any]:
        """The document of `profile import … --json`."""
        rows = [one.to_json() for one in self.outcomes]
        keys = [one.to_json() for one in self.host_keys]
        return {"dry_run": self.dry_run, "imports": rows, "host_keys": keys}


def bring(
    shared: Shared, candidates: "Iterable[Candidate | Skipped]", given: Given, talk: "Talk"
) -> Report:
    """Import, or say what would be; whoever sits there is asked about each conflict.

    Raises: NoSuchSession: a choice is for a name that does not come in.
    """
    from nbtui.profiles.consents import Consents
    from nbtui.profiles.importing.carry_out import carry_out
    from nbtui.profiles.importing.plan import plan
    from nbtui.profiles.importing.remembered import Imports

    imports = Imports(shared.paths.imports_json)
    saved, wanted = shared.store.load(), tuple(candidates)
    _check(given, [one.name for one in wanted])
    choose = partial(_chosen, given)
    first = plan(wanted, saved=saved, memories=imports.read(), choose=choose)
    if given["dry_run"]:
        return Report(first.outcomes, dry_run=True)
    done = carry_out(
        wanted,
        store=shared.store,
        imports=imports,
        consents=Consents(shared.paths.state_json),
        choose=_asked(talk, first.outcomes, choose),
    )
    return Report(done.outcomes, dry_run=False)


def _chosen(given: Given, name: str) -> "Choice | None":
    if any(name == one or fnmatchcase(name, one) for one in given["theirs"]):
        return "theirs"
    if any(name == one or fnmatchcase(name, one) for one in given["mine"]):
        return "mine"
    return None


def _check(given: Given, names: Sequence[str]) -> None:
    """A choice for a name that does not come in is a typing error. Raises: NoSuchSession."""
    for chosen in (*given["theirs"], *given["mine"]):
        if chosen != "*" and chosen not in names and not filter_names(names, chosen):
            raise no_such(chosen, names)


def no_such(name: str, known: Sequence[str]) -> NoSuchSession:
    """Nothing of this name comes in; with the nearest that does."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return NoSuchSession(name, nearest=near[0] if near else "")


def _asked(talk: "Talk", outcomes: "Sequence[Outcome]", choose: "Choose") -> "Choose":
    """With the answers of whoever sits there; nobody there, or no answer: nothing is chosen."""
    if not talk.can_ask:
        return choose
    open_ones = [
        one for one in outcomes if one.action == "conflict" and not choose(one.name)
    ]
    answers = {one.name: _answer(talk, one) for one in open_ones}
    return lambda name: choose(name) or answers.get(name)


def _answer(talk: "Talk", one: "Outcome") -> "Choice | None":
    question = Question(
        kind="confirm",
        text=f"{clean_line(one.name)}: {one.why}. Take what comes in?",
        detail=tuple(clean_line(str(each)) for each in one.differences),
    )
    match talk.ask(question):
        case "yes":
            return "theirs"
        case "no":
            return "mine"
        case _:
            return None


def show(shared: Shared, report: Report, *, again: str) -> None:
    """The table on stdout, a line each; what is worth knowing on stderr.

    Args: again: the command that imports one by its name, up to the name.
    """
    for row in _rows(report.outcomes, paint=colored(sys.stdout, shared.environ)):
        output.line(row)
    shared.talk.note(_notes(report.outcomes))
    shared.talk.note(str(one) for one in report.host_keys if one.action != "known")
    output.say(summary(report))
    conflicts = [one for one in report.outcomes if one.action == "conflict"]
    if conflicts:
        name = quote(conflicts[0].name)
        output.hint(f"{again} {name} --theirs {name}, or --mine {name}")


def _rows(outcomes: "Iterable[Outcome]", *, paint: bool) -> Iterable[str]:
    """For a person aligned, and a name that is longer than a line is cut; else as they are."""
    if not sys.stdout.isatty():
        return ("\t".join(_cells(one)) for one in outcomes)
    rows = (tuple(_painted(one, paint=paint)) for one in outcomes)
    return output.table(rows, paint=paint)


def _painted(one: "Outcome", *, paint: bool) -> Iterator[str]:
    action, name, *rest = _cells(one)
    yield click.style(action, fg=COLORS.get(action)) if paint else action
    yield name if len(name) <= WIDEST else f"{name[: WIDEST - 1]}…"
    yield from rest


def _cells(one: "Outcome") -> Iterator[str]:
    profile = one.profile
    where = ""
    if profile:
        user = f"{profile.user}@" if profile.user else ""
        where = f"{user}{profile.host or profile.name}"
        where += f":{profile.port}" if profile.port else ""
    yield one.action
    yield clean_line(one.name)
    yield clean_line(where)
    yield clean_line("; ".join(filter(None, (_why(one), *map(str, one.differences)))))


def _why(one: "Outcome") -> str:
    """Of what is left out also where it stands."""
    if one.action != "skipped" or not one.place or one.place in one.why:
        return one.why
    return f"{one.why} ({one.place})"


def _notes(outcomes: "Iterable[Outcome]") -> Iterator[str]:
    """A line a note, with how many have it where they are many."""
    bearers: dict[str, list[str]] = {}
    for one in outcomes:
        for note in one.notes if one.action != "skipped" else ():
            bearers.setdefault(clean_line(note), []).append(clean_line(one.name))
    for note, names in bearers.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield f"{names[0]}{more}: {note}"


def told(report: Report) -> str:
    """In a few lines for who imported one or all; of few, with the reasons."""
    few = report.outcomes if len(report.outcomes) <= FEW else ()
    reasons = (f"{one.name}: {one.why}" for one in few if one.why)
    return "\n".join(map(clean_line, (summary(report), *reasons)))


def summary(report: Report) -> str:
    """How many of what, in one line."""
    actions = Counter[str](one.action for one in report.outcomes)
    keys = Counter(one.action for one in report.host_keys)
    parts = [
        f"{number} {action}{'s' if action == 'conflict' and number > 1 else ''}"
        for action, number in actions.items()
    ]
    parts += (f"{n} host key{'s' if n > 1 else ''} {what}" for what, n in keys.items())
    text = ", ".join(parts)
    return ("a dry run: " if report.dry_run else "") + (text or "nothing to import")
