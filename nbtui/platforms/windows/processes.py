"""Detaching by flags of CreateProcess.

Surprise: DETACHED_PROCESS, the flag by that name, leaves a program without a console, and then every console program that
it starts itself (a ProxyCommand of the agent's) flashes a window up. CREATE_NO_WINDOW gives it a console that nobody sees and
its children share; closing our window does not end it, because its console is another.
"""

from typing import Final, Protocol

_CREATE_NEW_PROCESS_GROUP = 0x00000200
"""Ctrl-C of our console is not for it."""

_CREATE_NO_WINDOW = 0x08000000

DETACHED: Final = _CREATE_NEW_PROCESS_GROUP | _CREATE_NO_WINDOW
"""See `nbtui.platforms.processes`. Source: Process Creation Flags of the Windows documentation."""


class Started(Protocol):
    """What is used of a process."""

    def terminate(self) -> None:
        """TerminateProcess."""


def end_group(process: Started) -> None:
    """See `nbtui.platforms.processes`; a shell's children notice that their pipes close."""
    process.terminate()
