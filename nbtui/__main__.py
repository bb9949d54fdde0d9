"""`python -m nbtui` and the `nbtui` script."""

import sys

from nbtui import __version__


def main() -> None:
    """Run the command line; `--version` alone is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"nbtui {__version__}")  # noqa: T201  # click would cost ten times as much
        return
    from nbtui.cli.main import run  # noqa: PLC0415  # see above

    sys.exit(run())


if __name__ == "__main__":
    main()
