"""The bytes of attach and shell between a client and a command on the host."""

from typing import Any

from nbtui.agent.peer import Peer
from nbtui.errors import AgentError
from nbtui.ipc import messages
from nbtui.model.shell import Terminal

STDOUT, STDERR = 1, 2


def serve(peer: Peer, terminal: Terminal, *, note: str = "") -> dict[str, Any]:
    """Carry bytes until the command ends or the client goes; `{"status": exit status}`."""
    with peer.at(terminal):
        peer.send(messages.Ready(note=note))
        try:
            _pump(peer, terminal)
        except AgentError:  # the client has gone, and with it whoever wanted the status
            return {"status": 255}
        if peer.gone.is_set():
            return {"status": 255}
        return {"status": terminal.status()}


def _pump(peer: Peer, terminal: Terminal) -> None:
    while not peer.gone.is_set():
        out, err = terminal.read()
        if not out and not err:
            return
        peer.out(STDOUT, out)
        peer.out(STDERR, err)
