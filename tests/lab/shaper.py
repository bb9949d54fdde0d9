"""A wire with a length: a TCP proxy on loopback that delays, throttles, freezes, refuses and cuts; needs no root.

It runs an event loop in a thread of its own. What is set holds from the next chunk on, for connections that stand as well.
"""

import asyncio
import contextlib
import itertools
import time
from threading import Thread
from typing import Self

CHUNK = 16384
LOOK_EVERY = 0.02
"""Seconds between two looks at a frozen wire."""


class Shaper:
    """Leads `port` to one of the ports of this machine; several are taken in turns."""

    def __init__(self, *to: int, delay: float = 0.0) -> None:
        self.delay = delay
        """Seconds that each byte takes, each way; a round trip takes twice as long."""

        self.rate = 0.0
        """Bytes per second each way of each connection; 0: as many as there are."""

        self.frozen = False
        """Nothing arrives, and nobody is told."""

        self.refusing = False
        """New connections are reset."""

        self.port = 0
        self._backends = itertools.cycle(to)
        self._ends: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="shaper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        serving = asyncio.start_server(self._carry, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_exc: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lead(self, *to: int) -> None:
        """New connections go to these ports instead."""
        self._backends = itertools.cycle(to)

    def cut(self) -> None:
        """Reset every connection that stands."""
        self._loop.call_soon_threadsafe(self._abort)

    async def _end(self) -> None:
        self._server.close()
        self._abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _abort(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One connection, until both directions have ended."""
        self._ends.add(writer)
        far_writer = None
        try:
            if not self.refusing:
                port = next(self._backends)
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
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

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One direction: read at once, so that what is under way overlaps; write when it is due."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(64)
        reading = asyncio.ensure_future(_read(reader, under_way))
        try:
            while True:
                sent, data = await under_way.get()
                while self.frozen:  # noqa: ASYNC110  # an asyncio.Event cannot be set from a test's thread
                    await asyncio.sleep(LOOK_EVERY)
                await asyncio.sleep(sent + self.delay - time.monotonic())
                if not data:
                    break
                writer.write(data)
                await writer.drain()
                if self.rate:
                    await asyncio.sleep(len(data) / self.rate)
            with contextlib.suppress(OSError):
                writer.write_eof()
        finally:
            reading.cancel()


async def _read(
    reader: asyncio.StreamReader, under_way: "asyncio.Queue[tuple[float, bytes]]"
) -> None:
    """Take what comes, with the time; empty bytes are the end."""
    data = b"?"
    while data:
        try:
            data = await reader.read(CHUNK)
        except OSError:
            data = b""
        await under_way.put((time.monotonic(), data))
