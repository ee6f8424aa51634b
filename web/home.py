"""The yard (`/`): what goes on now, out of the panels of all modules."""

from collections.abc import Callable, Sequence
from itertools import chain

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.now import Panel, Spot
from hub.people import Actor
from web.live import Streams
from web.page import etag, not_modified, pages_of, render
from web.visitor import visitor
from web.yard_live import YardLive


def home_routes(app: App) -> Sequence[Route]:
    """Return the routes of the yard, and of what keeps an open one as it is now."""
    live = YardLive(app)

    async def yard(request: Request) -> Response:
        return await show_yard(app, request)

    async def follow(request: Request) -> Response:
        return await follow_yard(app, live, request)

    return [Route("/", yard), Route("/live", follow)]


async def show_yard(app: App, request: Request) -> Response:
    """Show what goes on now, as far as the visitor may know of it."""
    actor = visitor(request)

    def read(session: Session) -> Response:
        panels = panels_for(app, session, actor)
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, panels), headers)
        if same is not None:
            return same
        return HTMLResponse(render(request, "web/yard.html", spots=_spots(panels)), headers=headers)

    return await app.read(read)


async def follow_yard(app: App, live: YardLive, request: Request) -> Response:
    """Send what goes on now, whenever it is something else."""
    actor, draw = visitor(request), drawing(app, request)
    streams: Streams = request.app.state.streams
    return streams.answer(request, lambda: live.events(actor, draw))


def panels_for(app: App, session: Session, actor: Actor) -> Sequence[Panel]:
    """Return all modules' panels that have something to say, in the order of the modules."""
    now = app.clock()
    told = (module.now(app, session, actor, now) for module in app.modules if module.now)
    return [panel for panel in chain.from_iterable(told) if panel.items or panel.empty]


def drawing(app: App, request: Request) -> Callable[[Session, Actor], str]:
    """Return what renders the part of the yard that changes, for one reader."""
    template = pages_of(request).environment.get_template("web/now.html")

    def draw(session: Session, actor: Actor) -> str:
        return template.render(spots=_spots(panels_for(app, session, actor)))

    return draw


def _spots(panels: Sequence[Panel]) -> dict[str, list[Panel]]:
    return {spot.value: [panel for panel in panels if panel.spot is spot] for spot in Spot}
