"""The composition root of the command line.

Each command lives in a module of its own that is imported when it is called, so that `nbtui status`
does not pay for the others. Errors end here: message, `try:` line, exit status.
"""

import importlib
import os
import sys
from typing import Final

import click

from nbtui import __version__
from nbtui.cli.ending import failed
from nbtui.cli.shared import Shared
from nbtui.errors import ExitCode, Interrupted
from nbtui.paths import SSH_CONFIG
from nbtui.quoting import quote

COMMANDS: Final[dict[str, str]] = {
    "connect": "connect to a notebook and open it",
    "disconnect": "close tunnel, forwards and link; what runs there goes on",
    "start": "start the server, without tunnel and browser",
    "stop": "shut the server down cleanly, with proof",
    "attach": "this terminal becomes the server's terminal",
    "shell": "a shell on the host, or one command",
    "open": "open the notebook in the browser",
    "url": "print the notebook's URL with its token",
    "status": "a line a profile: lights, port, kernels, since when",
    "hints": "proposals to resize, with evidence",
    "logs": "the server's terminal output",
    "doctor": "what is wrong, layer by layer, and the command that mends it",
    "profile": "saved profiles",
    "key": "private keys in files: PuTTY's as OpenSSH's",
    "agent": "the background process",
    "shortcut": "an icon that connects when it is double-clicked",
    "demo": "a pretend VM on this machine",
    "completion": "shell completion",
}
"""Name -> what `nbtui --help` says of it, so that the list costs no import."""


EXIT_STATUS: Final = (
    "Exit status: 0 done, 1 failed, 2 usage, 3 no such profile, 4 could not log in,"
    " 5 host key not trusted, 6 host not reached, 7 the host lacks something,"
    " 8 local port taken, 9 refused because work would be lost or was not meant,"
    " 130 interrupted."
)
"""The same numbers for every command, so every command's help says them."""


def _with_exit_status(command: click.Command) -> click.Command:
    command.epilog = EXIT_STATUS
    if isinstance(command, click.Group):
        for one in command.commands.values():
            _with_exit_status(one)
    return command


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import it."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"nbtui.cli.{cmd_name}")
        return _with_exit_status(module.command)

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and the nearest names for one that is not there."""
        if args and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            also = (
                f" Did you mean {near[0]!r}?"
                if near
                else f" try: nbtui connect {quote(args[0])}"
            )
            ctx.fail(f"No such command {args[0]!r}.{also}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Lazy,
    epilog=EXIT_STATUS,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="nbtui %(version)s")
@click.option(
    "--ssh-config",
    metavar="FILE",
    help="Heed this file in place of ~/.ssh/config and the system's, as ssh -F does; none: no file.",
)
@click.pass_context
def nbtui(ctx: click.Context, *, ssh_config: str | None) -> int:
    """Notebooks that run somewhere else.

    Without a command: the dashboard.

    \b
    Example: nbtui connect myvm
             nbtui --ssh-config ~/lab/ssh_config connect gpu1
    """
    if ssh_config is not None:
        _heed(ctx, ssh_config)
    if ctx.invoked_subcommand is not None:
        return ExitCode.OK
    from nbtui.cli.dashboard import show

    return show(ctx.obj)


def _heed(ctx: click.Context, ssh_config: str) -> None:
    """Said at once: a list of hosts would merely be short of some."""
    if not ssh_config:
        ctx.fail("--ssh-config needs the name of a file")
    ctx.obj.heed(ssh_config)
    if ssh_config.lower() != "none" and not os.path.exists(ctx.obj.environ[SSH_CONFIG]):  # noqa: PTH110  # pathlib takes 3 ms
        ctx.fail(f"--ssh-config: there is no file {ssh_config}")


def run(argv: list[str] | None = None) -> int:
    """Run one command; its exit status: see docs/commands.md."""
    try:
        status = nbtui.main(
            args=argv, prog_name="nbtui", standalone_mode=False, obj=Shared.here()
        )
        sys.stdout.flush()
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.ClickException as exc:
        return _misused(exc)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # no complaint at exit
        return ExitCode.OK
    except click.Abort:
        return failed(Interrupted("interrupted"))
    except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # the process ends here
        return failed(exc)
    return status if isinstance(status, int) else ExitCode.OK


def _misused(exc: click.ClickException) -> int:
    from nbtui.cli import output
    from nbtui.cli.arguments import Name

    exc.show()
    if isinstance(exc, click.MissingParameter) and isinstance(exc.param, Name) and exc.ctx:
        output.hint(exc.param.offer(exc.ctx))
    return ExitCode.USAGE
