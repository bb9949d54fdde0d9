"""`python -m nbtui.cli.held [NAME=VALUE…] -- WORDS…`: nbtui in a window of its own, which stays until an error was read.

Icons run it (`nbtui shortcut`), because no desktop keeps a window whose program has ended, and a shell that did would have to be another on each platform.
Variables come first, as with env(1), because an icon inherits none.
"""

import contextlib
import os
import sys
from collections.abc import Sequence

import click


def main(words: Sequence[str]) -> int:
    """Run nbtui; its exit status."""
    end = list(words).index("--")
    for variable in words[:end]:
        name, _, value = variable.partition("=")
        os.environ[name] = value
    status = _run(list(words[end + 1 :]))
    if status and sys.stdin.isatty():
        click.echo("Press Enter to close this window.", err=True)
        with contextlib.suppress(KeyboardInterrupt):
            sys.stdin.readline()
    return status


def _run(words: list[str]) -> int:
    if words:
        from nbtui.cli.main import run

        return run(words)
    from nbtui.cli import dashboard

    return dashboard.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
