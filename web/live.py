"""Live streams: server-sent events to as many readers as the hub allows.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hub.metrics import Metrics

BEAT_S = 15.0
"""After so many quiet seconds a comment is sent, so that nobody between us takes the stream for dead."""

STUCK_S = 60.0
"""A reader that takes nothing for so many seconds loses its place to somebody who reads."""

BEAT = b": beat\n\n"
_RETRY_MS = 2000
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

    def __init__(self, limit: int, metrics: Metrics) -> None:
        self._limit = limit
        self._metrics = metrics
        self._closing = anyio.Event()
        self._open = 0

    def close(self) -> None:
        """End all streams, so that a server which waits for its answers can stop."""
        self._closing.set()

    def answer(self, request: Request, events: Callable[[], Events]) -> Response:
        """Answer with a stream of `events`, or say that there are too many already."""
        if self._open >= self._limit or self._closing.is_set():
            message = "Too many live pages are open. Reload in a minute to read along."
            return PlainTextResponse(message, 503, headers={"Retry-After": "30"})
        if request.method == "HEAD":
            return Response(headers=_HEADERS)
        return _Stream(self, events)

    def opened(self, change: int) -> None:
        """Count a stream in (1) or out (-1)."""
        self._open += change
        self._metrics.put("madang_live_streams", self._open)

    async def closed(self) -> None:
        """Wait until the streams have to end."""
        await self._closing.wait()


class _Stream(Response):
    def __init__(self, streams: Streams, events: Callable[[], Events]) -> None:
        super().__init__(headers=_HEADERS)
        self._streams = streams
        self._events = events

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader goes, the hub stops, or there are no more events."""
        headers = [h for h in self.raw_headers if h[0] != b"content-length"]
        self._streams.opened(1)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            async with anyio.create_task_group() as group:

                async def until_gone() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                async def until_closed() -> None:
                    await self._streams.closed()
                    group.cancel_scope.cancel()

                group.start_soon(until_gone)
                group.start_soon(until_closed)
                with contextlib.suppress(TimeoutError):
                    await self._send_all(send)
                group.cancel_scope.cancel()
        finally:
            self._streams.opened(-1)
        with anyio.move_on_after(1):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> None:
        first = f"retry: {_RETRY_MS}\n\n".encode()
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async with aclosing(self._events()) as events:
            async for chunk in events:
                with anyio.fail_after(STUCK_S):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
