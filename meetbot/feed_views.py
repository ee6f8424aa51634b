"""Serves the feeds of all meetings and of each series."""

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from meetbot.addresses import ROOT, series_url
from meetbot.desk import Desk
from meetbot.feed import Feed, News, atom
from meetbot.places import Place
from meetbot.queries import newest
from meetbot.series import find_series
from meetbot.shown import find, newest_version, show
from meetbot.sight import sees_private
from web.page import base_url, etag, not_modified, pages_of

_ENTRIES = 20


async def show_feed(desk: Desk, request: Request, place: Place) -> Response:
    """Show the newest minutes, of all series or of one, as Atom."""
    actor = desk.actor(request)

    def read(session: Session) -> Response:
        series = find_series(session, place.name) if place.name else None
        private = sees_private(actor, series)
        news = []
        for meeting in newest(session, _ENTRIES, series, private=private):
            known = find(session, actor, meeting.key)
            version = newest_version(session, known)
            shown = show(session, known, desk.app.config, desk.past)
            news.append(News(meeting, shown.minutes, version.at if version else meeting.started_at))
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, series, news, base_url(request)), headers)
        if same is not None:
            return same
        hub = pages_of(request).hub_name
        title = f"{series.name}: minutes" if series else f"Minutes of {hub}"
        here = series_url(series.slug) if series else ROOT
        xml = atom(Feed(title, base_url(request), here), news, desk.app.clock())
        return Response(xml, media_type="application/atom+xml; charset=utf-8", headers=headers)

    return await desk.app.read(read)
