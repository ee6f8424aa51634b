"""What machines ask: is it alive, and how is it doing."""

from collections.abc import Mapping

from sqlalchemy import text
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub import __version__
from hub.app import App
from hub.errors import Unavailable

KINDS: Mapping[str, tuple[str, str]] = {
    "madang_http_requests_total": ("counter", "Requests answered, by method and status."),
    "madang_http_seconds_sum": ("counter", "Seconds spent answering, live streams left out."),
    "madang_http_seconds_count": ("counter", "Answers that were timed."),
    "madang_http_seconds_bucket": ("counter", "Answers given within `le` seconds, cumulative."),
    "madang_live_streams": ("gauge", "Live pages open now."),
}
"""The shell's own figures: type and help."""


def ops_routes(app: App, kinds: Mapping[str, tuple[str, str]]) -> list[Route]:
    """Return `/healthz` and `/metrics`; `kinds` has all figures that are told."""

    async def healthz(_request: Request) -> Response:
        try:
            await app.read(_is_there)
        except Unavailable:
            return JSONResponse({"status": "no database", "version": __version__}, 503)
        return JSONResponse({"status": "ok", "version": __version__})

    async def metrics(_request: Request) -> Response:
        return PlainTextResponse(app.metrics.text(kinds), media_type="text/plain; version=0.0.4")

    return [Route("/healthz", healthz), Route("/metrics", metrics)]


def _is_there(session: Session) -> None:
    session.connection().execute(text("SELECT 1"))
