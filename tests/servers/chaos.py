"""A TCP proxy that does to connections what networks do."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from tests.servers.ports import Ports

T = TypeVar("T")


class ChaosProxy:
    """Forwards `port` to `target`; every change takes effect at once, on open connections too.

    cut       resets all connections; new ones are welcome
    refuse    like cut, and nobody listens until `accept`
    stall     half-open: connections stay, new ones too, and not a byte passes until `flow`
    delay_s   seconds that each piece waits on its way, in both directions
    dribble   pieces of one byte
    """

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.host = host
        self.target = target
        self.delay_s = 0.0
        self.dribble = False
        self._ports = Ports()
        self.port = self._ports.claim()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos", daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._listener: socket.socket | None = None
        self.accepted = 0
        """How many connections there have been."""

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return self._call(lambda: len(self._writers) // 2)

    def start(self) -> Self:
        """Listen and forward."""
        self._thread.start()
        self._call(self._flows.set)
        self.accept()
        return self

    def close(self) -> None:
        """End all connections and the proxy. Repeatable."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()
        self._ports.close()

    def cut(self) -> None:
        """Reset all connections."""
        self._call(self._reset)

    def refuse(self) -> None:
        """Reset all connections and refuse new ones."""
        self._call(self._stop_listening)
        self.cut()

    def accept(self) -> None:
        """Take connections, again after `refuse`."""
        self._call(self._listen)

    def stall(self) -> None:
        """Pass nothing on, in either direction, and keep every connection open."""
        self._call(self._flows.clear)

    def flow(self) -> None:
        """Pass on what waited, and everything from now."""
        self._call(self._flows.set)

    # -- in the proxy's own thread

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server((self.host, self.port), backlog=128)
            self._listener.setblocking(False)
            self._loop.add_reader(self._listener, self._take_one, self._listener)

    def _take_one(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # gone again before it was taken
        self.accepted += 1
        task = self._loop.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(partial(self._forget, connection))

    def _forget(self, connection: socket.socket, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        connection.close()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    async def _end(self) -> None:
        self._stop_listening()
        tasks = list(self._tasks)
        self._reset()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _reset(self) -> None:
        for writer in list(self._writers):
            _reset(writer)
        for task in list(self._tasks):
            task.cancel()

    async def _serve(self, connection: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=connection)
        self._writers.add(writer)
        try:
            await self._join(reader, writer)
        except* OSError:
            _reset(writer)  # one side refused or broke off: the other hears it
        finally:
            self._writers.discard(writer)
            await _closed(writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.host, self.target)
        self._writers.add(back)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, back))
                group.create_task(self._pump(there, writer))
        finally:
            self._writers.discard(back)
            await _closed(back)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(1 if self.dribble else 65_536):
            await self._flows.wait()
            if self.delay_s:
                await asyncio.sleep(self.delay_s)
            for part in _parts(piece, self.dribble):
                sink.write(part)
                await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    # -- between the threads

    def _call(self, work: Callable[[], T]) -> T:
        async def call() -> T:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _parts(piece: bytes, one_by_one: bool) -> list[bytes]:
    return [piece[i : i + 1] for i in range(len(piece))] if one_by_one else [piece]


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a router's table overflow does: no goodbye, the peer gets a reset."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):  # the other side was quicker and the socket is gone
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()
