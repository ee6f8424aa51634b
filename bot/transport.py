"""One TCP or TLS connection to an IRC server: the `irc` package's asyncio client, contained.

What `irc` does well is used: opening the connection and writing commands. What kills a bot in it
is replaced: its buffer (dies of the first Latin-1 byte), its parser and dispatcher (dies of a QUIT
without a reason), its PING answers (ours are enough), its length check (raises), its rate limit
(sleeps). Everything that goes out passes `send_raw`, whoever calls it, and so the outbox.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from ssl import SSLContext

from irc.client_aio import AioConnection, AioReactor, IrcProtocol
from irc.connection import AioFactory

from bot.outbox import Outbox, urgency_of
from bot.timing import Clock
from bot.wire import MAX_OUT, outgoing


@dataclass(frozen=True, slots=True)
class Ends:
    """Whom a transport calls."""

    received: Callable[[bytes], None]
    written: Callable[[str], None]
    """After a line has been handed to the network."""
    gone: Callable[[str], None]
    """Once, with what is known of why; empty for an orderly end."""


class _Protocol(IrcProtocol):
    """Tells the transport what `irc` doesn't ask for: the start, back-pressure, the end."""

    connection: "Transport"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self.connection.transport = transport

    def pause_writing(self) -> None:
        self.connection.paused = True

    def resume_writing(self) -> None:
        self.connection.paused = False
        self.connection.flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.connection.end(str(exc) if exc else "")


class Transport(AioConnection):
    """A connection that writes in time and never more than `outbox` lets it."""

    protocol_class = _Protocol

    def __init__(self, ends: Ends, outbox: Outbox[str], clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        reactor = AioReactor(loop=self._loop)  # type: ignore[no-untyped-call]
        super().__init__(reactor)  # type: ignore[no-untyped-call]
        self._ends = ends
        self._outbox = outbox
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self.transport: asyncio.WriteTransport | None = None
        self.paused = False
        self.line_length = MAX_OUT

    async def open(self, address: str, port: int, tls: SSLContext | None, host: str) -> None:
        """Connect to an address, which must prove to be `host` where TLS is given.

        Raises: OSError (ssl.SSLError too) when that fails.
        """
        named = {"ssl": tls, "server_hostname": host} if tls is not None else {}
        protocol = self.protocol_class(self, self._loop)  # type: ignore[no-untyped-call]
        connect = AioFactory(**named)  # type: ignore[no-untyped-call]
        self.transport, self.protocol = await connect(protocol, (address, port))
        self.connected = True
        self.flush()

    def process_data(self, new_data: bytes) -> None:  # type: ignore[override]
        """Hand on bytes as they came; framing and decoding are bot/wire.py's."""
        self._ends.received(new_data)

    def send_raw(self, string: str) -> bool:
        """Queue a line and send what is due; False when too much waits already."""
        taken = not self._ended and self._outbox.put(string, urgency_of(string))
        self.flush()
        return taken

    def flush(self) -> None:
        """Send what may be sent now, and come back for the rest."""
        if self.transport is None or self.paused or self._ended:
            return
        due = self._outbox.due(self._clock.monotonic())
        if due:
            self.transport.write(b"".join(outgoing(line, self.line_length) for line in due))
        for line in due:
            self._ends.written(line)
        self._come_back()

    def _come_back(self) -> None:
        wait_s = self._outbox.wait_s(self._clock.monotonic())
        if wait_s is None or self._ended:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(wait_s, self.flush)

    def disconnect(self, message: str = "") -> None:
        """Close at once, whatever waits: a peer that doesn't read would hold us for ever."""
        if self.transport is not None:
            self.transport.abort()
        self.end(message)

    def end(self, reason: str) -> None:
        """Take it that nothing can be sent or heard any more."""
        if self._ended:
            return
        self._ended = True
        self.connected = False
        if self._timer is not None:
            self._timer.cancel()
        self._ends.gone(reason)
