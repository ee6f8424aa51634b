"""People's pages: who is here, and what one of them does, out of the panels of all modules.

The list is for who is logged in: to anybody it would be a list of names to try passwords with. Guests come to
somebody's page from where they acted, and who has no name on IRC and has done nothing in public has no page
for guests.
"""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.accounts.handles import Handle, handles_of, knows, person_called
from hub.accounts.identity import identity_of
from hub.accounts.people import ACTIVE, Person, list_people
from hub.app import App
from hub.errors import NotFound
from hub.language import gettext
from hub.now import Panel, Spot
from hub.people import Actor
from web.accounts.desk import app_of, logged_in
from web.page import page
from web.visitor import visitor

ROOT = "/people/"
_PAGE = 100


def person_routes() -> list[Route]:
    """Return the routes of people's pages."""
    return [Route(ROOT, logged_in(people)), Route(ROOT + "{slug}", person)]


async def people(request: Request) -> Response:
    """List those who have an account for who has one, in the order of their names in addresses."""
    after, words = request.query_params.get("after", ""), request.query_params.get("q", "")[:200]
    found = await app_of(request).read(lambda s: list_people(s, after, _PAGE + 1, words))
    return page(
        request, "web/accounts/list.html", people=found[:_PAGE], words=words,
        more=found[_PAGE - 1].slug if len(found) > _PAGE else "",
    )  # fmt: skip


async def person(request: Request) -> Response:
    """Show one person: their names, meetings, what they have to do, channels.

    Raises: NotFound, in the same words for nobody, somebody suspended, somebody erased, and for guests
    somebody of whom nothing public is known.
    """
    app, slug, actor = app_of(request), request.path_params["slug"], visitor(request)

    def read(session: Session) -> tuple[Person | None, Sequence[Handle], Sequence[Panel]]:
        found = person_called(session, slug)
        if found is None or found.state != ACTIVE:
            return None, (), ()
        panels = panels_of(app, session, actor, found)
        if not knows(session, actor, found) and not any(panel.items for panel in panels):
            return None, (), ()
        return found, handles_of(session, found.slug, "irc"), panels

    found, handles, panels = await app.read(read)
    if found is None:
        raise NotFound(gettext("There is nobody called %(slug)s here.", slug=slug[:64]))
    if found.slug != slug:
        return RedirectResponse(f"{ROOT}{found.slug}", 302)
    spots = {spot.value: [panel for panel in panels if panel.spot is spot] for spot in Spot}
    return page(request, "web/accounts/person.html", person=found, handles=handles, spots=spots)


def panels_of(app: App, session: Session, actor: Actor, found: Person) -> Sequence[Panel]:
    """Return what all modules tell of somebody, as far as the reader may know of it."""
    identity, now = identity_of(session, found.slug), app.clock()
    parts = [m.personal.panels for m in app.modules if m.personal and m.personal.panels]
    told = (panel for part in parts for panel in part(app, session, actor, identity, now))
    return [panel for panel in told if panel.items or panel.empty]
