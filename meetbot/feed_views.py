"""Serves the feeds of all meetings and of each series."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from hub.language import gettext
from meetbot.addresses import ROOT, series_url
from meetbot.desk import Desk
from meetbot.feed import Feed, News, atom
from meetbot.places import Place
from meetbot.queries import Brief, newest_minutes
from meetbot.read_json import read_object
from meetbot.series import find_series
from meetbot.sight import sees_private
from web.page import base_url, etag, not_modified, pages_of

_ENTRIES = 20


async def show_feed(desk: Desk, request: Request, place: Place) -> Response:
    """Show the newest minutes, of all series or of one, as Atom."""
    actor = desk.actor(request)

    def read(session: Session) -> Response:
        series = find_series(session, place.name) if place.name else None
        private = sees_private(actor, series)
        news = list(_news(newest_minutes(session, _ENTRIES, series, private=private)))
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, series, news, base_url(request)), headers)
        if same is not None:
            return same
        hub = pages_of(request).hub_name
        title = (
            gettext("%(name)s: minutes", name=series.name)
            if series
            else gettext("Minutes of %(name)s", name=hub)
        )
        here = series_url(series.slug) if series else ROOT
        xml = atom(Feed(title, base_url(request), here), news, desk.app.clock())
        return Response(xml, media_type="application/atom+xml; charset=utf-8", headers=headers)

    return await desk.app.read(read)


def _news(found: Iterable[tuple[Brief, datetime, str]]) -> Iterator[News]:
    for meeting, written_at, document in found:
        yield News(meeting, read_object(json.loads(document)), written_at)
