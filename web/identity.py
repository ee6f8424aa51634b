"""Gives each request its id: taken over when sane, set for the logs, and told in the answer."""

import re
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.request_id import request_id

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """Middleware; the outermost one, so that even a refusal carries its id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = taken_over(Headers(scope=scope).get("x-request-id"))
        before = request_id.set(given)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-Id"] = given
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            request_id.reset(before)


def taken_over(given: str | None) -> str:
    """Return the id that a client or proxy gave when it is sane, otherwise a new one."""
    if given is not None and _SANE.fullmatch(given):
        return given
    return secrets.token_hex(8)
