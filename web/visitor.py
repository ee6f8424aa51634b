"""Who visits: somebody logged in (web/sessions.py), the holder of a pass (hub/passes.py), or a guest.

A pass comes as a link (web/passing.py), which puts it into a cookie.
"""

from dataclasses import replace

from starlette.requests import HTTPConnection, Request

from hub.app import App
from hub.people import GUEST, Actor
from web.sessions import find_visit, visit

COOKIE = "pass"
MOST_PASSES = 8


def visitor(request: HTTPConnection) -> Actor:
    """Return who visits, with all that the passes in their cookie give them.

    Who comes with a token is only what the token says.
    """
    known = visit(request)
    actor = known.actor if known else GUEST
    if known is not None and known.token_id is not None:
        return actor
    held = [given for given in map(_app(request).passes.read, held_passes(request)) if given]
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
    return any(map(_app(request).passes.read, held_passes(request)))


def held_passes(request: HTTPConnection) -> list[str]:
    """Return the texts of the passes in a browser's cookie, the newest last; they may be good for nothing."""
    return request.cookies.get(COOKIE, "").split()[-MOST_PASSES:]


def _app(request: HTTPConnection) -> App:
    app = request.app.state.app
    assert isinstance(app, App)
    return app
