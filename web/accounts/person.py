"""People's pages: who is here, and what one of them does, out of the panels of all modules.

The list is for who is logged in: to anybody it would be a list of names to try passwords with. Guests come to
somebody's page from where they acted, and who has no name on IRC and has done nothing in public has no page
for guests.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.accounts.handles import Handle, handles_of, knows, person_called
from hub.accounts.identity import identity_of
from hub.accounts.people import ACTIVE, Person, list_people
from hub.app import App
from hub.around import Around, Neighbour, what_speaks_of
from hub.errors import NotFound
from hub.language import gettext
from hub.now import Panel, Spot
from hub.people import Actor, person_ref
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
    """Show one person: their names, meetings, what they have to do, channels, what speaks of them.

    Raises: NotFound, in the same words for nobody, somebody suspended, somebody erased, and for guests
    somebody of whom nothing public is known.
    """
    app, slug, actor = app_of(request), request.path_params["slug"], visitor(request)

    shown = await app.read(lambda session: _shown(app, session, actor, slug))
    if shown is None:
        raise NotFound(gettext("There is nobody called %(slug)s here.", slug=slug[:64]))
    if shown.person.slug != slug:
        return RedirectResponse(f"{ROOT}{shown.person.slug}", 302)
    spots = {spot.value: [p for p in shown.panels if p.spot is spot] for spot in Spot}
    return page(
        request, "web/accounts/person.html", person=shown.person, handles=shown.handles,
        spots=spots, around=Around(shown.speaks),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody's page tells, as its reader may know of it."""

    person: Person
    handles: Sequence[Handle]
    panels: Sequence[Panel]
    speaks: Sequence[Neighbour]


def _shown(app: App, session: Session, actor: Actor, slug: str) -> Shown | None:
    """Return what a page tells of somebody, None for who has none for this reader."""
    found = person_called(session, slug)
    if found is None or found.state != ACTIVE:
        return None
    panels = panels_of(app, session, actor, found)
    if not knows(session, actor, found) and not any(panel.items for panel in panels):
        return None
    return Shown(
        found,
        handles_of(session, found.slug, "irc"),
        panels,
        what_speaks_of(session, app.modules, actor, *_refs_of(session, found)),
    )


def _refs_of(session: Session, person: Person) -> Sequence[str]:
    """Return by which refs somebody is called: all of their names that mean nobody else."""
    identity = identity_of(session, person.slug)
    on_irc = {name for _, name in identity.accounts | identity.nicks}
    return [
        *identity.refs,
        *(person_ref(name) for name in sorted(on_irc) if person_called(session, name) == person),
    ]


def panels_of(app: App, session: Session, actor: Actor, found: Person) -> Sequence[Panel]:
    """Return what all modules tell of somebody, as far as the reader may know of it."""
    identity, now = identity_of(session, found.slug), app.clock()
    parts = [m.personal.panels for m in app.modules if m.personal and m.personal.panels]
    told = (panel for part in parts for panel in part(app, session, actor, identity, now))
    return [panel for panel in told if panel.items or panel.empty]
