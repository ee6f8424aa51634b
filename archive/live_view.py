"""Serves a channel's live stream."""

from starlette.requests import Request
from starlette.responses import Response

from archive.addresses import Place
from archive.desk import Desk
from web.live import Streams


async def show_live(desk: Desk, request: Request, place: Place) -> Response:
    """Send a channel's lines as they are spoken; `Last-Event-ID` or `?after=` say what is known.

    With `?standing` it is also told how the bots stand to the channel.

    Raises: NotFound for an unknown channel.
    """
    _, channel = await desk.app.read(lambda session: desk.stored(session, place))
    given = request.headers.get("last-event-id") or request.query_params.get("after", "")
    after = int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
    standing = "standing" in request.query_params
    streams: Streams = request.app.state.streams
    return streams.answer(request, lambda: desk.live.events(channel, after, standing=standing))
