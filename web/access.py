"""Tells the operator of each request: one log line and a few figures."""

import logging
import time
from bisect import bisect_left

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.metrics import Metrics

_log = logging.getLogger("web.access")
BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Access:
    """Middleware; counts and times every answer."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and tell of it when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, lasting = time.perf_counter(), 0, False

        async def send_watched(message: Message) -> None:
            nonlocal status, lasting
            if message["type"] == "http.response.start":
                status = message["status"]
                lasting = any(v.startswith(b"text/event-stream") for _, v in message["headers"])
            await send(message)

        try:
            await self.app(scope, receive, send_watched)
        finally:
            duration_s = time.perf_counter() - started
            self._count(scope["method"], status, None if lasting else duration_s)
            path = _shown(scope.get("raw_path", b"").decode("ascii", "replace"))
            _log.info("%s %s %s %.1f ms", scope["method"], path, status, duration_s * 1000)

    def _count(self, method: str, status: int, duration_s: float | None) -> None:
        add = self._metrics.add
        known = method if method in ("GET", "HEAD", "POST") else "other"
        add("madang_http_requests_total", method=known, status=str(status))
        if duration_s is None:  # a stream lasts as long as its reader likes
            return
        add("madang_http_seconds_sum", duration_s)
        add("madang_http_seconds_count")
        for limit in BUCKETS_S[bisect_left(BUCKETS_S, duration_s) :]:
            add("madang_http_seconds_bucket", le=str(limit))
        add("madang_http_seconds_bucket", le="+Inf")


def _shown(path: str) -> str:
    """Return a path as logs may have it: who can read them shall not hold another's pass."""
    return "/pass/..." if path.startswith("/pass/") else path
