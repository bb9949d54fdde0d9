"""`python -m nbtui` and the `nbtui` script.

A command is over in a tenth of a second, most of which are imports. They make hardly any garbage, so the collector
is told to look for it more rarely, and not once more through everything at the end: that is a sixth of the time.
"""

import gc
import os
import sys
from collections.abc import Callable

from nbtui import __version__

_COMPLETING = "_NBTUI_COMPLETE"
"""By this variable a shell asks click for completions."""

_COLLECT_EVERY = 50_000
"""Objects more than at the last look, instead of 700."""


def main() -> None:
    """Run the command line; `--version` alone is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"nbtui {__version__}")  # noqa: T201  # click would cost ten times as much
        return
    gc.set_threshold(_COLLECT_EVERY)
    status = _run()
    gc.freeze()
    sys.exit(status)


def _run() -> int:
    try:
        return _chosen()()
    except KeyboardInterrupt:  # while it was imported; what comes later is said there
        sys.stderr.write("nbtui: interrupted\n")
        return 130


def _chosen() -> Callable[[], int]:
    if len(sys.argv) == 1 and _COMPLETING not in os.environ:
        from nbtui.cli import dashboard  # noqa: PLC0415  # see the module

        return dashboard.run
    from nbtui.cli import main as commands  # noqa: PLC0415  # see the module

    return commands.run


if __name__ == "__main__":
    main()
