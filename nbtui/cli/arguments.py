"""Arguments that several commands share."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from nbtui.cli.shared import Shared
from nbtui.quoting import quote

F = TypeVar("F", bound=Callable[..., Any])


def names_of(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Completion: the saved profiles that begin like this; silent when the file cannot be read."""
    from nbtui.errors import NbtuiError

    shared: Shared = ctx.find_object(Shared) or Shared.here()
    try:
        saved = shared.reader.load().profiles
    except NbtuiError:
        return []
    return beginning(shared, incomplete, [one.name for one in saved])


def beginning(shared: Shared, incomplete: str, words: Sequence[str]) -> list[str]:
    """Completion: the words that begin like this, as the shell that asks needs them."""
    found = [one for one in words if one.startswith(incomplete)]
    # the others quote what they are told; bash puts it into the line as it is, `$(…)` included
    in_bash = shared.environ.get("_NBTUI_COMPLETE", "").startswith("bash")
    return [quote(one) for one in found] if in_bash else found


class Name(click.Argument):
    """NAME; where it is missing, the saved ones are worth a word."""

    def offer(self, ctx: click.Context) -> str:
        """What to try in place of a command without a name; empty when nothing is saved."""
        saved = names_of(ctx, self, "")
        return f"{ctx.command_path} {saved[0]}" if saved else ""


def name(function: F) -> F:
    """NAME: a profile, a host of ssh_config, or [user@]host[:port]."""
    return click.argument("name", cls=Name, shell_complete=names_of)(function)


def names(function: F) -> F:
    """NAME…: none means all."""
    return click.argument("names", nargs=-1, shell_complete=names_of)(function)


def as_json(function: F) -> F:
    """--json: one document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document.")(
        function
    )


def wait(function: F) -> F:
    """--wait S: bounds the whole command."""
    return click.option(
        "--wait", type=click.FloatRange(min=0.1), metavar="S",
        help="Give up after S seconds in all (default: 10 to the link, 60 to Jupyter).",
    )(function)  # fmt: skip


pass_shared = click.make_pass_decorator(Shared)
