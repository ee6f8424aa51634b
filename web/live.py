"""Live streams: server-sent events to as many readers as the hub allows.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import contextlib
import ipaddress
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

import anyio
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hub.config import LimitsSection
from hub.language import gettext
from hub.metrics import Metrics
from hub.people import GUEST
from web.visitor import is_visitor_still, visitor

BEAT_S = 15.0
"""After so many quiet seconds a comment is sent, so that nobody between us takes the stream for dead."""

STUCK_S = 60.0
"""A reader that takes nothing for so many seconds loses its place to somebody who reads."""

LOOK_S = 30.0
"""How often is looked whether a reader is still who they were; if not, they have to come again."""

BEAT = b": beat\n\n"
OPEN = b"retry: 2000\n\n"
"""What every stream begins with, once nothing that happens is missed any more; only then it is answered."""

_HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}
Events = AsyncGenerator[bytes, None]


def event(data: object, *, id_: int | None = None, name: str = "") -> bytes:
    """Return one event with its data as JSON."""
    head = (f"id: {id_}\n" if id_ is not None else "") + (f"event: {name}\n" if name else "")
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Streams:
    """All open streams of one process."""

    def __init__(self, limits: LimitsSection, metrics: Metrics, *, look_s: float = LOOK_S) -> None:
        self._limits = limits
        self._look_s = look_s
        self._metrics = metrics
        self._closing = anyio.Event()
        self._open: Counter[str] = Counter()

    def close(self) -> None:
        """End all streams, so that a server which waits for its answers can stop."""
        self._closing.set()

    async def closed(self) -> None:
        """Wait until the hub stops."""
        await self._closing.wait()

    def answer(self, request: Request, events: Callable[[], Events]) -> Response:
        """Answer with a stream of `events`, or say that there are too many already."""
        if self._open.total() >= self._limits.live_streams or self._closing.is_set():
            return _refusal(
                503, gettext("Too many live pages are open. Reload in a minute to read along.")
            )
        reader = reader_of(request)
        if reader and self._open[reader] >= self._limits.live_streams_per_address:
            return _refusal(
                429,
                gettext(
                    "Too many live pages are open at your address. Reload in a minute to read along."
                ),
            )
        if request.method == "HEAD":
            return Response(headers=_HEADERS)
        return _Stream(self, reader, events, self.ending(request))

    def ending(self, request: HTTPConnection) -> Callable[[], Awaitable[None]]:
        """Return what waits until a reader's stream, or a socket, has to end: the hub stops, or
        their rights changed.

        Guests have no rights to lose, so looking after them costs nothing.
        """
        before = visitor(request)
        if before == GUEST:
            return self._closing.wait

        async def ending() -> None:
            while True:
                with anyio.move_on_after(self._look_s):
                    await self._closing.wait()
                    return
                if not await is_visitor_still(request, before):
                    return

        return ending

    def opened(self, reader: str, change: int) -> None:
        """Count a stream of a reader in (1) or out (-1)."""
        self._open[reader] += change
        if not self._open[reader]:
            del self._open[reader]
        self._metrics.put("madang_live_streams", self._open.total())


def reader_of(request: Request) -> str:
    """Return whom a stream is counted for: an address, or the network of one home; empty for nobody.

    A proxy on this machine that is not among the `trusted_proxies` speaks for all its readers: they are
    only counted together.
    """
    host = request.client.host if request.client else ""
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host
    return "" if is_loopback and _FORWARDED & set(request.headers.keys()) else network_of(host)


def network_of(host: str) -> str:
    """Return an address, or for IPv6 the network of one home: it has addresses without end."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), 64), strict=False))
    return host


_FORWARDED = {"forwarded", "x-forwarded-for", "x-real-ip"}


def _refusal(status: int, message: str) -> Response:
    return PlainTextResponse(message, status, headers={"Retry-After": "30"})


class _Stream(Response):
    def __init__(
        self,
        streams: Streams,
        reader: str,
        events: Callable[[], Events],
        ending: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(headers=_HEADERS)
        self._reader = reader
        self._streams = streams
        self._events = events
        self._ending = ending

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader goes or is another, the hub stops, or there are no more events."""
        headers = [h for h in self.raw_headers if h[0] != b"content-length"]
        self._streams.opened(self._reader, 1)
        try:
            async with aclosing(self._events()) as events:
                opening = await anext(events)
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await _send(send, opening)
                await self._send_all(events, receive, send)
        finally:
            self._streams.opened(self._reader, -1)
        with anyio.move_on_after(1):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, events: Events, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:

            async def until_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            async def until_closed() -> None:
                await self._ending()
                group.cancel_scope.cancel()

            group.start_soon(until_gone)
            group.start_soon(until_closed)
            with contextlib.suppress(TimeoutError):
                async for chunk in events:
                    with anyio.fail_after(STUCK_S):
                        await _send(send, chunk)
            group.cancel_scope.cancel()


async def _send(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})
