"""Serves a channel's feed."""

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from archive.addresses import Place
from archive.day_page import recent_talk
from archive.desk import Desk
from archive.feed import CONVERSATION_LINES, Feed, atom
from web.page import base_url, etag, not_modified


async def show_feed(desk: Desk, request: Request, place: Place) -> Response:
    """Show a channel's last conversations as Atom.

    Raises: NotFound when nothing was ever logged.
    """

    def read(session: Session) -> Response:
        shelf, channel = desk.stored(session, place)
        talk = recent_talk(session, channel, CONVERSATION_LINES)
        headers: dict[str, str] = {}
        known = not_modified(request, etag(request, "feed", channel.id, talk), headers)
        if known:
            return known
        feed = Feed(channel, desk.addresses, base_url(request), shelf.name)
        xml = atom(feed, talk, desk.app.clock())
        return Response(xml, media_type="application/atom+xml; charset=utf-8", headers=headers)

    return await desk.app.read(read)
