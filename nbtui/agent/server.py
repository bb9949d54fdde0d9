"""The agent's door: accepts clients, greets them, does what each asks, in a thread of its own."""

import logging
import os
from collections.abc import Callable
from threading import Lock, Thread

from nbtui import __version__
from nbtui.agent.operations import Service, perform
from nbtui.agent.peer import Peer
from nbtui.clock import Clock
from nbtui.errors import AgentError, NbtuiError
from nbtui.ipc import messages
from nbtui.ipc.address import Listener
from nbtui.ipc.framing import Channel, Data
from nbtui.model.failure import Failure

log = logging.getLogger(__name__)


class Server:
    """Serves clients until the listener is closed."""

    def __init__(
        self,
        *,
        listener: Listener,
        service: Service,
        links: Callable[[], int],
        clock: Clock,
    ) -> None:
        self._listener, self._service, self._links = listener, service, links
        self._clock = clock
        self._last = clock.monotonic()
        self._lock = Lock()
        self._clients = 0

    def seen(self) -> float:
        """When the last client was there, on the clock."""
        with self._lock:
            return self._clock.monotonic() if self._clients else self._last

    def run(self) -> None:
        """Accept until `close`."""
        while (channel := self._listener.accept()) is not None:
            Thread(target=self._serve, args=(channel,), name="client", daemon=True).start()

    def close(self) -> None:
        """End `run`; requests under way go on until their clients' connections end."""
        self._listener.close()

    def _serve(self, channel: Channel) -> None:
        self._count(1)
        try:
            with channel:
                self._talk(channel)
        except AgentError as exc:
            log.debug("a client: %s", exc)
        except Exception:  # a thread ends here
            log.exception("serving a client failed")
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        with self._lock:
            self._clients += change
            self._last = self._clock.monotonic()

    def _talk(self, channel: Channel) -> None:
        request = self._greet(channel)
        if request is None:
            return
        peer = Peer(channel, request)
        try:
            peer.send(messages.Done(value=perform(self._service, peer)))
        except NbtuiError as exc:
            log.info("%s: %s", request.op, exc.message)
            name = str(request.args.get("name") or "NAME")
            peer.send(messages.Failed(failure=Failure.of(exc, name=name)))
        except Exception as exc:  # a fault of ours: the client is told that it is one
            log.exception("%s", request.op)
            failure = Failure(
                code=1,
                message=f"internal error: {type(exc).__name__}",
                hint="nbtui agent logs",
            )
            peer.send(messages.Failed(failure=failure))

    def _greet(self, channel: Channel) -> messages.Request | None:
        """Both say hello; then the one request of this connection."""
        if not isinstance(_heard(channel), messages.Hello):
            return None
        hello = messages.AgentHello(
            version=__version__, pid=os.getpid(), links=self._links()
        )
        channel.send(hello.to_json())
        request = _heard(channel)
        return request if isinstance(request, messages.Request) else None


def _heard(channel: Channel) -> messages.FromClient | None:
    said = channel.recv()
    return None if said is None or isinstance(said, Data) else messages.from_client(said)
