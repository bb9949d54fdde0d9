"""`nbtui demo`: a pretend VM on this machine, and the dashboard or the whole job on it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from nbtui.cli import output
from nbtui.cli.arguments import pass_shared
from nbtui.cli.shared import Shared
from nbtui.errors import ExitCode, NbtuiError, NoTerminal
from nbtui.paths import user_paths

if TYPE_CHECKING:
    from nbtui.demo.vm import PretendVm


@click.command()
@click.option("--check", is_flag=True, help="Do the whole job unattended and report.")
@pass_shared
def command(shared: Shared, *, check: bool) -> int:
    """Try everything on a pretend VM: a real SSH server, tmux and Jupyter on this machine.

    Nothing of yours is read or changed, and nothing stays. With --check: connect, tunnel, a cell in
    a kernel, hints, disconnect, connect again, stop, proof; exit 0 only if all held.

    \b
    Example: nbtui demo
             nbtui demo --check
    """
    from nbtui.cli.dashboard import has_terminal
    from nbtui.demo.needs import check_needs

    if not check and not has_terminal():
        raise NoTerminal("the dashboard needs a terminal", hint="nbtui demo --check")
    check_needs()
    return _check(shared) if check else _explore(shared)


def _explore(shared: Shared) -> int:
    """The dashboard on the VM. Its browser is the user's own, with the user's own environment."""
    from nbtui.cli.dashboard import draw, outside_of

    with Demo.start(shared) as demo:
        vm = demo.vm
        output.say(
            f"myvm is pretend: 127.0.0.1:{vm.port}, with real tmux and Jupyter below {vm.folder.home}"
        )
        browse = outside_of(shared).open_url
        outside = outside_of(demo.desk)._replace(
            open_url=browse, hosts=tuple, key_files=tuple, demo=None
        )
        word = draw(demo.desk, outside)
    output.say("myvm is gone, and its files with it")
    return ExitCode.FAILED if word is None else ExitCode.OK


def _check(shared: Shared) -> int:
    from nbtui.cli.demo_check import DemoCheck

    with Demo.start(shared) as demo:
        held = DemoCheck(shared=demo.desk, vm=demo.vm, switch_off=demo.close).run()
    return ExitCode.OK if held else ExitCode.FAILED


@dataclass(frozen=True, kw_only=True, slots=True)
class Demo(AbstractContextManager["Demo"]):
    """A pretend VM, and somebody who has nothing but a profile for it."""

    vm: "PretendVm"
    desk: Shared
    """What that person's commands are handed."""

    @classmethod
    def start(cls, shared: Shared) -> "Demo":
        """Switch a VM on."""
        from nbtui.demo.vm import PretendVm

        vm = PretendVm(environ=shared.environ, clock=shared.clock)
        desk = Shared(paths=user_paths(vm.environ), environ=vm.environ, clock=shared.clock)
        return cls(vm=vm, desk=desk)

    def close(self) -> bool:
        """End the agent and the VM; False: something is left. Safe to call twice."""
        try:
            self.desk.engine.agent_stop()
        except NbtuiError as exc:  # the VM's end takes it along
            output.error(exc)
        return self.vm.close()

    def __exit__(self, *_: object) -> None:
        self.close()
