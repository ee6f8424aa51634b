"""Refuses request bodies that are larger than anything the hub asks for."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.language import gettext

LARGEST_BODY = 1_000_000  # bytes


class BodyLimit:
    """Middleware; goes by what is announced and by what arrives."""

    def __init__(self, app: ASGIApp, *, largest: int = LARGEST_BODY) -> None:
        self.app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request unless its body is too large.

        Raises: HTTPException 413.
        """
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdecimal() and int(announced) > self._largest:
            raise self._refusal()
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._largest:
                raise self._refusal()
            return message

        await self.app(scope, receive_some, send)

    def _refusal(self) -> HTTPException:
        return HTTPException(
            413, gettext("A request may have at most %(most)s bytes.", most=self._largest)
        )
