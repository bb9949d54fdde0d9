"""`nbtui hints`."""

import click

from nbtui.cli import output
from nbtui.cli.arguments import as_json, names, pass_shared
from nbtui.cli.shared import Shared


@click.command()
@names
@as_json
@pass_shared
def command(shared: Shared, *, names: tuple[str, ...], as_json: bool) -> None:
    """Proposals to resize NAME… (default: what is connected), with the evidence they rest on.

    \b
    Example: nbtui hints myvm
    """
    found = shared.engine.hints(names or None, shared.talk)
    shared.talk.done()
    if as_json:
        output.document({"hints": [hint.to_json() for hint in found]})
        return
    for hint in found:
        output.line(f"{hint.profile}\t{hint.kind}\t{hint.text}")
        if hint.hint:
            output.say(f"try: {hint.hint}")
