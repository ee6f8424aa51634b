"""How long a connection may take to say what it wants: uvicorn itself waits for ever.

A request's head has to be there within `head_s` of the connection's beginning or of the answer before it, its
body within `body_s` more; a head may have `LARGEST_HEAD` bytes. Who takes longer, or drips line ends between
two requests, is hung up on. An answer may take as long as it likes: live pages never end.
"""

import asyncio
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 65_536  # bytes

_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """One connection."""

    head_s = 20.0
    body_s = 60.0
    _deadline: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for the first request."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait(self.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._hush()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take some bytes, unless the head that they belong to grows without end."""
        self._head += len(data)
        super().data_received(data)
        if self._head > LARGEST_HEAD and self._is_waiting_for_head():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Wait for the body."""
        super().on_headers_complete()
        self._head = 0
        self._wait(self.body_s)

    def on_message_complete(self) -> None:
        """Take the request as said; the next one is waited for when it is answered."""
        super().on_message_complete()
        self._head = 0
        if self._is_answering():
            self._hush()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._wait(self.head_s)

    def handle_websocket_upgrade(self) -> None:
        """Wait for no request any more: a WebSocket has its own pings."""
        self._hush()
        super().handle_websocket_upgrade()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_waiting_for_head(self) -> bool:
        return not self._is_answering() and not self.transport.is_closing()

    def _wait(self, seconds: float) -> None:
        self._hush()
        self._deadline = self.loop.call_later(seconds, self._hang_up)

    def _hush(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _hang_up(self) -> None:
        """Close, unless a whole request, come together with the one before, is being answered."""
        self._deadline = None
        if (
            not (self._is_answering() and not self.cycle.more_body)
            and not self.transport.is_closing()
        ):
            self.transport.close()
