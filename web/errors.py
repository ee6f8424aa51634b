"""Turns errors into answers: a page for people, JSON for programs; here and nowhere else."""

import logging
import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import Conflict, HubError, Invalid, NotFound, Refused, Unavailable
from hub.language import gettext, mark
from hub.request_id import request_id
from web.page import page

_log = logging.getLogger(__name__)

_STATUS: Mapping[type[HubError], int] = {
    NotFound: 404,
    Refused: 403,
    Invalid: 400,
    Conflict: 409,
    Unavailable: 503,
}
_TITLES = {
    400: mark("That can't be understood"),
    403: mark("Not for you"),
    404: mark("Nothing here"),
    405: mark("Not like this"),
    409: mark("Somebody was quicker"),
    413: mark("Too much at once"),
    429: mark("Too fast"),
    500: mark("Something broke"),
    503: mark("Not right now"),
}
_FAILED = mark("That did not work")
_MESSAGES = {
    404: mark(
        "There is no page at this address. It may have been mistyped, or what was there has gone."
    ),
    405: mark("This address can't be asked in that way. Open it in a browser as a page."),
    500: mark(
        "The fault is ours. Try again in a moment; if it stays, tell the operator the number below."
    ),
}


async def answer_hub_error(request: Request, error: Exception) -> Response:
    """Answer an error that was raised for a person to read."""
    assert isinstance(error, HubError)
    status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
    if status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error)
    message = str(error)
    if status == 503:
        message = gettext("The database is not there. Try again in a moment.")
    headers = {"Retry-After": "5"} if status == 503 else {}
    return _answer(request, status, message, headers)


async def answer_http_error(request: Request, error: Exception) -> Response:
    """Answer what the router or the shell refuse: no such page, not that method, too large."""
    assert isinstance(error, HTTPException)
    status = error.status_code
    message = gettext(_MESSAGES[status]) if status in _MESSAGES else error.detail
    return _answer(request, status, message, dict(error.headers or {}))


class Catch:
    """Middleware; the last line of defence: whatever broke is logged, and nothing of it is shown."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with a 500 when nothing else answers."""
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            request = Request(scope, receive)
            if isinstance(error, HTTPException):
                answer = await answer_http_error(request, error)
            else:
                _log.exception("%s %s failed", request.method, request.url.path)
                answer = _answer(request, 500, gettext(_MESSAGES[500]), {})
            await answer(scope, receive, send)


def _answer(request: Request, status: int, message: str, headers: dict[str, str]) -> Response:
    if _wants_json(request):
        answer: Response = JSONResponse(
            {"error": message, "status": status, "request_id": request_id.get()}, status
        )
    else:
        answer = page(
            request,
            "web/error.html",
            status=status,
            title=gettext(_TITLES.get(status, _FAILED)),
            code=status,
            message=message,
            meant=_meant(request.url.path),
            request_id=request_id.get(),
        )
    answer.headers.update(headers | {"Cache-Control": "no-store"})
    return answer


def _meant(path: str) -> str:
    """Return the words at the end of an address, for whoever looks for them instead."""
    last = path.rstrip("/").rpartition("/")[2][:100]
    return " ".join(re.split(r"[\W_]+", last.removesuffix(".html"))).strip()


def _wants_json(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    path = request.url.path
    if path.startswith("/api/") or path.endswith(".json"):
        return True
    return "application/json" in accepted and "text/html" not in accepted
