"""Who visits, as far as known: by the session in the cookie, or by a token in the Authorization header.

It is found out once for each request. Guests cost no query.
"""

from dataclasses import replace

from sqlmodel import Session
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.accounts.sessions import LONGEST_LIFE, read_session, touch_session
from hub.accounts.tokens import read_token, touch_token
from hub.accounts.visits import Visit
from hub.app import App
from hub.errors import Unavailable
from hub.language import LANGUAGES, language
from hub.notices.inbox import unread_of

_PLAIN, _SECURE = "session", "__Host-session"


class Sessions:
    """Middleware: puts the visit into the request's state and speaks the person's language."""

    def __init__(self, app: ASGIApp, hub: App) -> None:
        self.app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one WebSocket, for who visits."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        found = await find_visit(self._hub, HTTPConnection(scope))
        scope.setdefault("state", {})["visit"] = found
        if found is None or found.language not in LANGUAGES:
            await self.app(scope, receive, send)
            return
        before = language.set(found.language)
        try:
            await self.app(scope, receive, send)
        finally:
            language.reset(before)


async def find_visit(hub: App, request: HTTPConnection) -> Visit | None:
    """Return who visits as the database knows it now, None for a guest, and note that they do."""
    bearer, cookie = _bearer(request), session_of(request)
    if not (bearer or cookie):
        return None
    now = hub.clock()
    try:
        found = await hub.read(
            lambda s: (
                read_token(s, bearer, now, hub.modules)
                if bearer
                else _with_unread(hub, s, read_session(s, cookie, now, hub.modules))
            )
        )
        if found is not None and found.is_stale:
            await _touch(hub, found)
    except Unavailable:
        return None  # the page itself will say so
    return found


def _with_unread(hub: App, session: Session, found: Visit | None) -> Visit | None:
    """Return a visit that knows how much in their inbox has news: one row more to read."""
    if found is None:
        return None
    return replace(found, unread=unread_of(session, hub.modules, found.actor))


async def _touch(hub: App, found: Visit) -> None:
    now, session_id, token_id = hub.clock(), found.session_id, found.token_id
    if session_id is not None:
        await hub.write(lambda s: touch_session(s, session_id, now=now))
    elif token_id is not None:
        await hub.write(lambda s: touch_token(s, token_id, now=now))


def visit(request: HTTPConnection) -> Visit | None:
    """Return who visits when they are logged in or bring a token, None for a guest."""
    found = request.scope.get("state", {}).get("visit")
    assert found is None or isinstance(found, Visit)
    return found


def session_of(request: HTTPConnection) -> str:
    """Return the secret of the browser's session, empty when it has none."""
    return request.cookies.get(_name(request), "")


def keep_session(request: HTTPConnection, answer: Response, secret: str) -> None:
    """Have the browser keep a new session."""
    answer.set_cookie(
        _name(request), secret, max_age=int(LONGEST_LIFE.total_seconds()), path="/", httponly=True,
        samesite="lax", secure=_is_tls(request),
    )  # fmt: skip


def drop_session(request: HTTPConnection, answer: Response) -> None:
    """Have the browser forget its session."""
    answer.delete_cookie(_name(request), path="/", secure=_is_tls(request), httponly=True)


def _bearer(request: HTTPConnection) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _name(request: HTTPConnection) -> str:
    """Return the cookie's name: with TLS one that no other host or path can set."""
    return _SECURE if _is_tls(request) else _PLAIN


def _is_tls(request: HTTPConnection) -> bool:
    return request.url.scheme in ("https", "wss")
