"""Refuses request bodies that are larger than anything the hub asks for."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.language import gettext

LARGEST_BODY = 1_000_000  # bytes

LARGEST_UPLOAD = 10_000_000
"""The most bytes of a form with files, where some are asked for: at addresses that end in `_BRINGING`."""

_BRINGING = ("/import", "/attach")


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
        headers = Headers(scope=scope)
        largest = LARGEST_UPLOAD if _brings_file(scope, headers) else self._largest
        announced = headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > largest:
            raise _refusal(largest)
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise _refusal(largest)
            return message

        await self.app(scope, receive_some, send)


def _brings_file(scope: Scope, headers: Headers) -> bool:
    kind = headers.get("content-type", "").lower()
    return bool(scope["path"].endswith(_BRINGING)) and kind.startswith("multipart/form-data")


def _refusal(largest: int) -> HTTPException:
    return HTTPException(413, gettext("A request may have at most %(most)s bytes.", most=largest))
