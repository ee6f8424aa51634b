"""StoryBoard's API at /api/v1 and /v1: takes a request apart, answers it, and tells errors in its shapes."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.app import App
from hub.errors import Conflict, HubError, Invalid, NotFound, Refused, Unavailable
from tracker.storyboard.login_views import login_routes
from tracker.storyboard.router import Answer, Router
from tracker.storyboard.wire import Args, Call, Denied, Fault, Misfit, Reply
from web.sessions import visit
from web.visitor import visitor

PREFIXES = ("/api/v1", "/v1")
_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
_STATUS: Mapping[type[HubError], int] = {
    NotFound: 404,
    Refused: 403,
    Invalid: 400,
    Conflict: 409,
    Unavailable: 503,
}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
}
_TEXTS = {
    401: (
        "This server could not verify that you are authorized to access the document you requested."
        " Either you supplied the wrong credentials (e.g., bad password), or your browser does not"
        " understand how to supply the credentials required."
    ),
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    405: "The method is not allowed for this resource.",
}


def storyboard_routes(app: App) -> Sequence[Route]:
    """Return the API's routes."""
    api = Api(app, Router())

    async def answer(request: Request) -> Response:
        return await api.answer(request)

    return [
        *(route for prefix in PREFIXES for route in login_routes(prefix)),
        *(_whatever_follows(prefix, answer) for prefix in PREFIXES),
    ]


def _whatever_follows(prefix: str, answer: Callable[[Request], Awaitable[Response]]) -> Route:
    """Return the route of all that begins so; Starlette's own patterns stop at a line's end."""
    route = Route(f"{prefix}/{{rest:path}}", answer, methods=_METHODS)
    route.path_regex = re.compile(route.path_regex.pattern, re.DOTALL)
    return route


class Api:
    """The API of one hub."""

    def __init__(self, app: App, router: Router) -> None:
        self._app = app
        self._router = router

    async def answer(self, request: Request) -> Response:
        """Answer one request; whatever is wrong with it is told in the shape that clients know."""
        try:
            reply = await self._reply(request)
        except Misfit as error:
            return _json({"message": str(error), "field": error.field}, 400)
        except Fault as error:
            return _fault(error.status, str(error))
        except Denied as error:
            return _denied(request, error)
        except HubError as error:
            status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
            return _fault(status, str(error))
        return _told(reply)

    async def _reply(self, request: Request) -> Reply:
        known = visit(request)
        if known is None and "authorization" in request.headers:
            raise Denied(401)
        found = self._router.find(_path(request))
        if found is None:
            raise Denied(404)
        answer = found.answers.get("GET" if request.method == "HEAD" else request.method)
        if answer is None:
            raise Denied(405)
        raw = await request.body()
        return await self._run(request, answer, found.path, raw)

    async def _run(
        self, request: Request, answer: Answer, path: Mapping[str, str], raw: bytes
    ) -> Reply:
        known = visit(request)
        is_reading = request.method in ("GET", "HEAD")
        if not is_reading and (known is None or known.csrf):
            raise Denied(401)  # a browser's session is for forms: a program brings a token
        body = None if is_reading else _read_json(raw)
        pairs = tuple(parse_qsl(request.url.query, keep_blank_values=True))
        actor, now = visitor(request), self._app.clock()

        def run(session: Session) -> Reply:
            return answer(Call(session, known, actor, Args(pairs), body, now, path))

        if not is_reading:
            return await self._app.write(run)
        return await self._app.read(run)


def _path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    path = raw.decode("ascii", "replace")
    prefix = next(each for each in PREFIXES if path.startswith(f"{each}/"))
    return path.removeprefix(prefix)


def _read_json(raw: bytes) -> Any:
    if not raw.strip():
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Fault(400, "The body is no JSON.") from error


def _told(reply: Reply) -> Response:
    if reply.status == 204:
        return Response(status_code=204, headers=dict(reply.headers))
    # Clients take the length of a single object from its header: it is never compressed.
    plain = {"Content-Encoding": "identity"} if reply.is_one else {}
    return _json(reply.data, reply.status, {**reply.headers, **plain})


def _json(data: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    # All in ASCII: a client in the wild counts bytes for characters.
    body = json.dumps(data).encode("ascii")
    kept = {"Cache-Control": "no-store", "Vary": "Authorization, Cookie"}
    return Response(body, status, {**kept, **(headers or {})}, "application/json")


def _fault(status: int, message: str) -> Response:
    who = "Client" if status < 500 else "Server"
    return _json({"faultcode": who, "faultstring": message, "debuginfo": None}, status)


def _denied(request: Request, error: Denied) -> Response:
    title = _TITLES[error.status]
    if "application/json" in request.headers.get("accept", ""):
        told = {"code": error.status, "title": title, "description": error.description}
        return _json(told, error.status)
    lines = f"{error.status} {title}\n\n{_TEXTS[error.status]}\n\n {error.description or ''}  "
    return Response(lines, error.status, media_type="text/plain; charset=UTF-8")
