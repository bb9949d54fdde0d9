"""A wire with a length and with faults: a TCP proxy on loopback; needs no root.

It delays, throttles, freezes, refuses, cuts and vanishes. It runs an event loop in a thread of its own. What is set
holds from the next chunk on, for connections that stand as well.
"""

import asyncio
import contextlib
import itertools
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Thread
from typing import Any, Self

CHUNK = 16384
ROOM = 1 << 20
"""Bytes under way each way of each connection, unless a test says otherwise."""
LOOK_EVERY = 0.02
"""Seconds between two looks at a frozen wire."""
GRAIN = 0.0005
"""Seconds that are not worth a sleep, which takes a millisecond; what comes next makes up for it."""
BACKLOG = 100
PACKET = 1400
"""Bytes of a packet on a line that holds little; loopback's own have 64 KiB."""


class Shaper:
    """Leads `port` to one of the ports of this machine; several are taken in turns."""

    def __init__(
        self, *to: int, delay: float = 0.0, room: int = ROOM, chunk: int = CHUNK
    ) -> None:
        self.delay = delay
        """Seconds that each byte takes, each way; a round trip takes twice as long."""

        self.rate = 0.0
        """Bytes per second each way of each connection; 0: as many as there are."""

        self.frozen = False
        """Nothing arrives, and nobody is told; new connections stand and hear nothing."""

        self.refusing = False
        """New connections are reset."""

        self.port = 0
        self.carried = 0
        """Bytes that arrived, both ways together."""

        self.accepted = 0
        """Connections that were made."""

        self._room = room
        self._chunk = min(chunk, room // 16)
        self._backends = itertools.cycle(to)
        self._ends: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="shaper", daemon=True)
        self._listener = socket.socket()
        self._accepting: asyncio.Task[None] | None = None
        self._carrying: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._small(self._listener)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._thread.start()
        self._do(self._begin())
        return self

    def __exit__(self, *_exc: object) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._listener.close()

    @property
    def standing(self) -> int:
        """Connections that stand now."""
        return len(self._carrying)

    def lead(self, *to: int) -> None:
        """New connections go to these ports instead."""
        self._backends = itertools.cycle(to)

    def cut(self) -> None:
        """Reset every connection that stands."""
        self._loop.call_soon_threadsafe(self._abort)

    def forget(self) -> None:
        """What stands now is never heard of again and nobody is told, as by a NAT that lost its table."""
        self._forgotten |= self._ends

    @contextmanager
    def freezing(self) -> Iterator[None]:
        """While inside, nothing arrives and new connections hear nothing: a frozen sshd."""
        self.frozen = True
        try:
            yield
        finally:
            self.frozen = False

    @contextmanager
    def vanishing(self) -> Iterator[None]:
        """While inside, nothing arrives and nothing answers: a cable that was pulled.

        A listener whose queue is full drops whoever knocks (tcp(7), tcp_abort_on_overflow is off).
        """
        self.frozen = True
        self._do(self._stop_accepting())
        self._listener.listen(0)
        full = [socket.socket() for _ in range(2)]
        for one in full:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
        try:
            yield
        finally:
            for one in full:
                one.close()
            self._listener.listen(BACKLOG)
            self.frozen = False
            self._do(self._begin())

    def _do(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    def _small(self, sock: socket.socket) -> None:
        """A wire that holds little is not followed by a large buffer of the system's, and takes small packets."""
        if self._room < ROOM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * self._chunk)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, PACKET)

    async def _begin(self) -> None:
        self._accepting = asyncio.ensure_future(self._accept())

    async def _stop_accepting(self) -> None:
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            sock, _ = await self._loop.sock_accept(self._listener)
            self.accepted += 1
            task = asyncio.ensure_future(self._carry(sock))
            self._carrying.add(task)
            task.add_done_callback(self._carrying.discard)

    async def _end(self) -> None:
        self._abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _abort(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _carry(self, sock: socket.socket) -> None:
        """One connection, until both directions have ended."""
        reader, writer = await asyncio.open_connection(sock=sock, limit=self._chunk)
        self._ends.add(writer)
        far_writer = None
        try:
            if not self.refusing:
                far_reader, far_writer = await self._far()
                self._ends.add(far_writer)
                ways = (self._pump(reader, far_writer), self._pump(far_reader, writer))
                await asyncio.gather(*ways)
        except (OSError, asyncio.CancelledError):
            pass  # one end is gone, or we are: `finally` tells who is left
        finally:
            for end in (writer, far_writer):
                if end is not None:
                    self._ends.discard(end)
                    end.transport.abort()

    async def _far(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        sock = socket.socket()
        self._small(sock)
        sock.setblocking(False)
        await self._loop.sock_connect(sock, ("127.0.0.1", next(self._backends)))
        return await asyncio.open_connection(sock=sock, limit=self._chunk)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One direction: read at once, so that what is under way overlaps; write when it is due."""
        under_way: asyncio.Queue[tuple[float, bytes]]
        under_way = asyncio.Queue(self._room // self._chunk)
        reading = asyncio.ensure_future(_read(reader, under_way, self._chunk))
        free = 0.0
        try:
            while True:
                sent, data = await under_way.get()
                while self.frozen or writer in self._forgotten:  # noqa: ASYNC110  # an asyncio.Event cannot be set from a test's thread
                    await asyncio.sleep(LOOK_EVERY)
                free = max(
                    free, sent + self.delay
                )  # when the line has sent what came before
                if self.rate:
                    free += len(data) / self.rate
                if (wait := free - time.monotonic()) > GRAIN:
                    await asyncio.sleep(wait)
                if not data:
                    break
                writer.write(data)
                await writer.drain()
                self.carried += len(data)
            with contextlib.suppress(OSError):
                writer.write_eof()
        finally:
            reading.cancel()


async def _read(
    reader: asyncio.StreamReader,
    under_way: "asyncio.Queue[tuple[float, bytes]]",
    chunk: int,
) -> None:
    """Take what comes, with the time; empty bytes are the end."""
    data = b"?"
    while data:
        try:
            data = await reader.read(chunk)
        except OSError:
            data = b""
        await under_way.put((time.monotonic(), data))
