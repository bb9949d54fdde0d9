"""The whole job on the pretend VM, unattended: a line and a tick for each step.

It asks the same engine as every command, and then looks for itself: through the tunnel's port as a browser
does, and at the VM's process list from outside.
"""

import socket
import sys
from collections.abc import Callable, Iterator

import click

from nbtui.cli import output
from nbtui.cli.shared import Shared, colored
from nbtui.client.engine import ConnectOptions, Talk, Unattended
from nbtui.demo.furnish import NAME
from nbtui.demo.page import Page
from nbtui.demo.vm import PretendVm
from nbtui.errors import ExitCode, NbtuiError
from nbtui.model.snapshot import Snapshot

Step = Callable[[], str]
"""Does one thing and says what came of it. Raises NbtuiError: it did not hold."""

_PATIENCE = 5.0
"""Seconds until what was ended has to be gone."""

_LOOK_EVERY = 0.05


class DemoCheck:
    """See the module."""

    def __init__(
        self, *, shared: Shared, vm: PretendVm, switch_off: Callable[[], bool]
    ) -> None:
        self._engine, self._clock, self._vm = shared.engine, shared.clock, vm
        self._talk: Talk = shared.talk if sys.stderr.isatty() else Unattended()
        self._clear = shared.talk.done
        self._paint = colored(sys.stdout, shared.environ)
        self._switch_off = switch_off
        self._row = Snapshot(name=NAME, host="")
        self._kernel = ""

    def run(self) -> bool:
        """Do all steps up to the first that does not hold; False: one did not. Raises NbtuiError: Ctrl-C."""
        return all(self._holds(name, step) for name, step in self._steps())

    def _steps(self) -> Iterator[tuple[str, Step]]:
        yield "connect", self._connect
        yield "tunnel", self._tunnel
        yield "cell", self._cell
        yield "hints", self._hints
        yield "disconnect", self._disconnect
        yield "connect again", self._connect_again
        yield "stop", self._stop
        yield "proof", self._proof
        yield "switch off", self._end

    def _holds(self, name: str, step: Step) -> bool:
        began = self._clock.monotonic()
        try:
            said = step()
        except NbtuiError as exc:
            self._clear()
            if exc.code == ExitCode.INTERRUPTED:
                raise
            self._line("✗", "red", f"{name:<13}  {exc.message}")
            if exc.hint:
                output.line(f"  try: {exc.hint}")
            return False
        self._clear()
        seconds = self._clock.monotonic() - began
        self._line("✓", "green", f"{name:<13}  {said}  {seconds:.1f} s")
        return True

    def _line(self, tick: str, color: str, text: str) -> None:
        output.line(f"{click.style(tick, fg=color) if self._paint else tick} {text}")

    def _connect(self) -> str:
        self._row = row = self._engine.connect(NAME, ConnectOptions(), self._talk)
        _expect(row.state == "connected", f"the state is {row.state}, not connected")
        server = row.server
        _expect(server is not None, "no server is known")
        assert server is not None  # noqa: S101  # for mypy
        return (
            f"Jupyter {server.version} is pid {server.pid} in tmux session {server.session}"
        )

    def _tunnel(self) -> str:
        return f"{self._row.url} answered, Jupyter Server {self._page().version()}"

    def _cell(self) -> str:
        page = self._page()
        self._kernel = page.start_kernel()
        said = page.run(self._kernel, "answer = 6 * 7\nprint(answer)").strip()
        _expect(said == "42", f"6 * 7 printed {said!r}")
        return "6 * 7 printed 42 in a kernel"

    def _hints(self) -> str:
        found = self._engine.hints([NAME], self._talk)
        _expect(bool(found), "there is no hint")
        return found[0].text

    def _disconnect(self) -> str:
        self._engine.disconnect([NAME])
        self._port_closes()
        pids = [int(line.split()[0]) for line in self._vm.residents()]
        _expect(self._pid() in pids, "the server went away with the link")
        return "the port is closed, the server lives on"

    def _connect_again(self) -> str:
        before = self._pid()
        options = ConnectOptions(start=False)
        self._row = self._engine.connect(NAME, options, self._talk)
        _expect(self._pid() == before, f"pid {before} became pid {self._pid()}")
        said = self._page().run(self._kernel, "print(answer)").strip()
        _expect(said == "42", f"the kernel has forgotten: {said!r}")
        return f"the same pid {before}, and the kernel still knows the answer"

    def _stop(self) -> str:
        yes, force = True, False
        report = self._engine.stop(NAME, yes, force, self._talk)
        _expect(not report.left, f"not verified to be gone: {', '.join(report.left)}")
        bad = [step.step for step in report.steps if not step.ok]
        _expect(not bad, f"did not work: {', '.join(bad)}")
        return ", ".join(step.step for step in report.steps)

    def _proof(self) -> str:
        self._port_closes()
        self._becomes(
            lambda: not self._vm.residents(), lambda: "; ".join(self._vm.residents())
        )
        files = self._vm.left_behind()
        _expect(not files, f"files are left: {', '.join(files)}")
        return "no process is left on the VM, the port is closed, no file of a server lies about"

    def _end(self) -> str:
        _expect(self._switch_off(), f"something is left of {self._vm.folder.root}")
        return "the agent has ended, the folder is removed"

    def _page(self) -> Page:
        return Page.of(self._engine.url(NAME, self._talk))

    def _pid(self) -> int | None:
        return self._row.server.pid if self._row.server else None

    def _port_closes(self) -> None:
        port = self._row.local_port or 0
        self._becomes(lambda: not _answers(port), lambda: f"port {port} is still open")

    def _becomes(self, true: Callable[[], bool], else_say: Callable[[], str]) -> None:
        deadline = self._clock.monotonic() + _PATIENCE
        while not true():
            _expect(self._clock.monotonic() < deadline, else_say())
            self._clock.wait(_LOOK_EVERY)


def _expect(held: bool, otherwise: str) -> None:  # noqa: FBT001  # reads as a sentence
    if not held:
        raise NbtuiError(otherwise, layer="demo", hint="nbtui demo, and look for yourself")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
