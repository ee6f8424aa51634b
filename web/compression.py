"""Compresses answers for those who take gzip, and only for them: `gzip;q=0` says that it is not wanted.

Source: RFC 9110 12.5.3. Starlette's own middleware looks for the word only.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Receive, Scope, Send


class Compression(GZipMiddleware):
    """Middleware; tells Starlette's whether gzip is wanted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            asked = Headers(scope=scope).get("accept-encoding", "")
            scope = {**scope, "headers": list(scope["headers"])}
            MutableHeaders(scope=scope)["accept-encoding"] = "gzip" if takes_gzip(asked) else ""
        await super().__call__(scope, receive, send)


def takes_gzip(asked: str) -> bool:
    """Say whether an Accept-Encoding header names gzip with a weight above 0."""
    for part in asked.lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        if name in ("gzip", "x-gzip"):
            return not any(_is_nothing(parameter) for parameter in parameters)
    return False


def _is_nothing(parameter: str) -> bool:
    key, _, weight = parameter.partition("=")
    return key.strip() == "q" and weight.strip(" 0.") == ""
