"""`python -m nbtui` and the `nbtui` script."""

import sys

from nbtui import __version__


def main() -> None:
    """Run the command line; `--version` alone is answered before anything is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"nbtui {__version__}")  # noqa: T201  # click would cost ten times as much
        return
    try:
        from nbtui.cli.main import run  # noqa: PLC0415  # see above

        status = run()
    except (
        KeyboardInterrupt
    ):  # before or after the command itself, which says so on its own
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
