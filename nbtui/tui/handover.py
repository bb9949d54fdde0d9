"""Gives the terminal to somebody else and takes it back: attach, shell, the editor.

Surprise: `App.suspend` has no `finally`; whatever is raised inside it would leave the dashboard without
input for good. So everything is caught inside, Ctrl-C included.
"""

import signal
from collections.abc import Callable

from textual.app import App, SuspendNotSupported

from nbtui.client.engine import Engine
from nbtui.errors import NbtuiError, NoTerminal
from nbtui.model.failure import Failure
from nbtui.tui.messages import Takeover
from nbtui.tui.outside import Outside
from nbtui.tui.talk import TerminalTalk


class Handover:
    """See the module. Belongs to the interface's thread, which stands still meanwhile."""

    def __init__(self, *, app: App[str], engine: Engine, outside: Outside) -> None:
        self._app = app
        self._engine = engine
        self._outside = outside

    def take_over(self, name: str, kind: Takeover) -> Failure | None:
        """Attach or open a shell: in a new window where that is better, else right here."""
        if self._outside.inside_tmux and self._window(kind, name):
            return None
        return self._suspended(
            lambda: self._remote(name, kind), name, lambda: self._window(kind, name)
        )

    def edit(self, name: str | None) -> Failure | None:
        """Run the editor on the profiles."""
        editor = self._outside.edit
        if editor is None:
            return Failure(code=1, message="no editor is known", hint="export EDITOR=nano")
        return self._suspended(lambda: editor(name), name or "", lambda: False)

    def demo(self) -> Failure | None:
        """The pretend VM: in a new window where that is better, else right here."""
        show = self._outside.demo
        if show is None or (self._outside.inside_tmux and self._open(("demo",))):
            return None
        return self._suspended(show, "the pretend VM", lambda: self._open(("demo",)))

    def _window(self, kind: Takeover, name: str) -> bool:
        return self._open((kind, name))

    def _open(self, words: tuple[str, ...]) -> bool:
        opener = self._outside.new_window
        return opener is not None and opener(words)

    def _remote(self, name: str, kind: Takeover) -> None:
        """The engine says how to detach before the first byte of the host."""
        if kind == "attach":
            self._engine.attach(name, TerminalTalk())
        else:
            self._engine.shell(name, None, TerminalTalk())

    def _suspended(
        self, job: Callable[[], None], name: str, instead: Callable[[], bool]
    ) -> Failure | None:
        try:
            with self._app.suspend():
                return _caught(job, name)
        except SuspendNotSupported:
            if instead():
                return None
            return Failure.of(
                NoTerminal(f"{name}: this terminal cannot be given away", host=name)
            )


def _caught(job: Callable[[], None], name: str) -> Failure | None:
    # asyncio's own handler would take Ctrl-C for the wish to end the dashboard
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        job()
    except NbtuiError as error:
        return Failure.of(error)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # nothing may leave a suspended app
        return Failure(code=1, message=f"{type(error).__name__}: {error}", host=name)
    finally:
        signal.signal(signal.SIGINT, before)
    return None
