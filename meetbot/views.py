"""The meetings' pages: where each address leads. The pages themselves stand in the `*_views` files.

Addresses are read from the raw path: a series may be called anything that a name in IRC may be.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.agenda import AgendaPads
from hub.app import App
from hub.errors import NotFound
from hub.filing import FileWish
from hub.language import gettext
from hub.people import Actor
from hub.reading import ChannelPast
from meetbot.action_views import change_action, show_actions
from meetbot.addresses import ROOT
from meetbot.correction_views import correct, show_form
from meetbot.desk import Desk
from meetbot.feed_views import show_feed
from meetbot.history_views import bring_back, show_history
from meetbot.index_views import latest, show_index, show_person, show_series
from meetbot.live_minutes import LiveMinutes
from meetbot.meeting_views import show_file, show_live
from meetbot.places import Place, parse_path
from meetbot.series import find_series
from meetbot.shown import may_find, sees_series
from meetbot.timetable import Timetable

View = Callable[[Desk, Request, Place], Awaitable[Response]]

_VIEWS: Mapping[str, View] = {
    "index": show_index,
    "actions": show_actions,
    "feed": show_feed,
    "person": show_person,
    "series": show_series,
    "latest": latest,
    "series_feed": show_feed,
    "meeting": show_file,
    "edit": show_form,
    "history": show_history,
    "live": show_live,
}
_FORMS: Mapping[str, View] = {
    "actions": change_action,
    "edit": correct,
    "history": bring_back,
}


def meeting_routes(
    app: App,
    past: ChannelPast,
    timetable: Timetable,
    file: FileWish | None = None,
    pads: AgendaPads | None = None,
) -> Sequence[Route]:
    """Return the meetings' routes: everything below /meetings/."""
    kinds = {kind.kind: kind for module in app.modules for kind in module.refs}
    views = Views(Desk(app, past, LiveMinutes(app, past), kinds, timetable, file, pads))
    both = ["GET", "POST"]
    return [
        Route("/meetings", views.anything, methods=both),
        Route("/meetings/{rest:path}", views.anything, methods=both),
    ]


@dataclass(frozen=True, slots=True)
class Views:
    """The endpoints of one hub."""

    desk: Desk

    async def anything(self, request: Request) -> Response:
        """Answer whatever stands below /meetings/, or show the way to where it stands.

        Raises: NotFound when it names nothing.
        """
        raw = request.scope["raw_path"].decode("ascii", "replace")
        place = parse_path(raw) if raw != ROOT.rstrip("/") else Place("index")
        if place is None:
            raise _nothing()
        view = place.ending if place.ending in _VIEWS else place.page
        if request.method == "POST":
            if view not in _FORMS:
                raise HTTPException(405, headers={"Allow": "GET, HEAD"})
            return await _FORMS[view](self.desk, request, place)
        actor = self.desk.actor(request)
        canonical = await self.desk.app.read(lambda s: _canonical(s, actor, place))
        if raw != canonical:
            return RedirectResponse(_with_query(canonical, request), 301)
        return await _VIEWS[view](self.desk, request, place)


def _canonical(session: Session, actor: Actor, place: Place) -> str:
    """Return the one address of a place, whose series may be asked for by any of its names.

    Raises: NotFound, in the same words for what there is not and what is not theirs to know of.
    """
    if not place.name or place.page == "person":
        return place.url()
    series = find_series(session, place.name if place.key is None else place.key.series)
    if series is None or not (
        sees_series(session, actor, series)
        or (place.key is not None and may_find(session, actor, place.key))
    ):
        raise _nothing()
    return place.url(series.slug)


def _with_query(address: str, request: Request) -> str:
    query = request.url.query
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _nothing() -> NotFound:
    return NotFound(
        gettext(
            "There is no such series or meeting here. It may be mistyped: the list at %(url)s has all.",
            url=ROOT,
        )
    )
