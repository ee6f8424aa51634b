"""Which page sent a request: what changes something is taken from our own pages only.

Browsers tell it by themselves (Sec-Fetch-Site, or Origin where that is not known). Programs send neither, and
come without cookies. Forms of who is logged in carry a token besides (web/forms.py).
"""

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.language import gettext

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class OwnPages:
    """Middleware: refuses what another site's page sends, unless a token of ours stands for itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in _SAFE:
            request = HTTPConnection(scope)
            if not (is_own(request) or _brings_token(request)):
                raise HTTPException(
                    403,
                    gettext("This form came from another site. Open the page here and try again."),
                )
        await self.app(scope, receive, send)


def is_own(request: HTTPConnection) -> bool:
    """Tell whether a request comes from our own pages, or from no page at all.

    Source: Fetch Metadata, RFC 6454 7.3.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def is_own_socket(request: HTTPConnection) -> bool:
    """Tell whether a WebSocket comes from our own pages: browsers send its Origin always."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _brings_token(request: HTTPConnection) -> bool:
    """Tell whether it is a program with a token; cookies don't count beside it (web/sessions.py)."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and bool(secret.strip())
