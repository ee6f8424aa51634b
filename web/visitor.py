"""Who visits: somebody logged in (web/sessions.py), the holder of a pass (hub/passes.py), or a guest.

A pass comes as a link, which puts it into a cookie and leads on, so that it stands in no other address.
"""

from dataclasses import replace

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from hub.app import App
from hub.errors import Refused
from hub.language import gettext
from hub.people import GUEST, Actor
from hub.refs import RefKind
from web.forms import read_form
from web.sessions import find_visit, visit

COOKIE = "pass"
_KEPT = 8
_MAX_AGE_S = 30 * 86_400


def visitor(request: HTTPConnection) -> Actor:
    """Return who visits, with all that the passes in their cookie give them.

    Who comes with a token is only what the token says.
    """
    known = visit(request)
    actor = known.actor if known else GUEST
    if known is not None and known.token_id is not None:
        return actor
    held = [given for given in map(_app(request).passes.read, _held(request)) if given]
    if not held:
        return actor
    rights = frozenset(right for given in held for right in given.rights)
    if known is not None:
        return replace(actor, rights=actor.rights | rights)
    return Actor(held[-1].name, rights=rights)


async def is_visitor_still(request: HTTPConnection, before: Actor) -> bool:
    """Tell whether who asked is still who they were: nothing has ended, been taken from them or given."""
    request.scope["state"]["visit"] = await find_visit(_app(request), request)
    return visitor(request) == before


def has_passes(request: Request) -> bool:
    """Tell whether the browser holds passes that are good for something."""
    return any(map(_app(request).passes.read, _held(request)))


async def take_pass(request: Request) -> Response:
    """Keep a pass and lead to what it is for.

    Raises: Refused for one that is none, or too old.
    """
    text = request.path_params["text"]
    actor = _app(request).passes.read(text)
    if actor is None:
        raise Refused(
            gettext("This link gives no right, or no longer. The bot tells chairs a new one.")
        )
    held = [known for known in _held(request) if known != text][-(_KEPT - 1) :]
    answer = RedirectResponse(_way(_app(request), actor), 303)
    _keep(request, answer, " ".join([*held, text]))
    return answer


async def leave(request: Request) -> Response:
    """Forget all passes of this browser."""
    await read_form(request)
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _keep(request: Request, answer: Response, value: str) -> None:
    answer.set_cookie(
        COOKIE, value, max_age=_MAX_AGE_S, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip


def _held(request: HTTPConnection) -> list[str]:
    return request.cookies.get(COOKIE, "").split()[-_KEPT:]


def _way(app: App, actor: Actor) -> str:
    """Return the address of the first thing that a pass is for and that has one."""
    kinds: dict[str, RefKind] = {kind.kind: kind for module in app.modules for kind in module.refs}
    for _, ref in sorted(actor.rights):
        kind = kinds.get(ref.partition(":")[0])
        if kind is not None:
            return kind.url(ref)
    return "/"


def _app(request: HTTPConnection) -> App:
    app = request.app.state.app
    assert isinstance(app, App)
    return app
