"""A command on the host without a terminal, that ends when who asked for it goes.

Nothing of SSH tells such a command that nobody waits for it any more: it hears of it when it next reads or
writes, and `sleep` never does. So the command line begins by saying its process id on standard error, behind
a mark of its own that is taken out again, and whoever lets go of it early ends that process's group.
"""

import re
from contextlib import suppress
from threading import Event, Lock, Timer

from nbtui.errors import NbtuiError
from nbtui.model.shell import Shell, Terminal

FOREWORD = 65536
"""Bytes of standard error, such as a login shell's own, before which the mark has to come."""

PATIENCE = 5.0
"""Seconds for the mark of a command that is to be ended."""

MOMENT = 0.01

# Runs on by itself: whoever asks next does not wait for it. An interactive shell in the midst of an
# activation heeds neither of the first two.
_END = """\
(
  target=-{pid}
  kill -0 $target || target={pid}
  for signal in INT TERM KILL; do
    kill -$signal $target || exit
    n=0
    while kill -0 $target && [ $n -lt 20 ]; do n=$((n+1)); sleep 0.1 || sleep 1; done
  done
) > /dev/null 2>&1 < /dev/null &
"""


class Leash:
    """See the module, and `nbtui.model.shell.Terminal`.

    Args:
        terminal: the command.
        mark: what stands before its process id; see `nbtui.model.runner.Shells.run_command`.
        shell: of the same host.
    """

    def __init__(self, terminal: Terminal, *, mark: str, shell: Shell) -> None:
        self._terminal, self._shell = terminal, shell
        self._mark = re.compile(rb"%b (\d{1,10})\n" % mark.encode())
        self._held = b""
        self._pid = 0
        self._over = False
        self._looked = Event()
        self._reading = Lock()
        self._closing = Lock()
        self._closed = False

    def read(self) -> tuple[bytes, bytes]:
        """See `Terminal.read`."""
        while True:
            with self._reading:
                out, err = self._read()
            if out or err or self._over:
                return out, err

    def _read(self) -> tuple[bytes, bytes]:
        """What comes next, which may be the mark and nothing else; under `_reading`."""
        out, err = self._terminal.read()
        self._over = not out and not err
        return out, err if self._looked.is_set() else self._unmarked(err)

    def _unmarked(self, err: bytes) -> bytes:
        """Standard error without the mark; held back until that has come, or cannot come any more."""
        held = self._held = self._held + err
        found = self._mark.search(held)
        if found:
            self._pid = int(found[1])
            held = held[: found.start()] + held[found.end() :]
        elif len(held) < FOREWORD and not self._over:
            return b""
        self._held = b""
        self._looked.set()
        return held

    def write(self, data: bytes) -> None:
        """See `Terminal.write`."""
        self._terminal.write(data)

    def end_of_input(self) -> None:
        """See `Terminal.end_of_input`."""
        self._terminal.end_of_input()

    def resize(self, columns: int, rows: int) -> None:
        """See `Terminal.resize`."""
        self._terminal.resize(columns, rows)

    def status(self) -> int:
        """See `Terminal.status`."""
        return self._terminal.status()

    def close(self) -> None:
        """See `Terminal.close`; ends the command if it goes on."""
        with self._closing:
            closed, self._closed = self._closed, True
        if closed:
            return
        self._learn()
        over = self._over
        self._terminal.close()  # before the shell, whose place for a channel it may have borrowed
        if self._pid and not over:
            with suppress(NbtuiError):  # with the link goes whoever could end it
                self._shell.run(_END.format(pid=self._pid))

    def _learn(self) -> None:
        """Wait for the mark: it is on its way when somebody goes at once."""
        late = Timer(PATIENCE, self._terminal.close)
        late.start()
        while not self._looked.wait(MOMENT):
            if self._reading.acquire(
                blocking=False
            ):  # else another thread reads, and will see it
                try:
                    self._read()
                finally:
                    self._reading.release()
        late.cancel()
