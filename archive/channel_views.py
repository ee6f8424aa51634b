"""The list of channels, and the page of one channel."""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from archive.addresses import Place
from archive.calendars import months
from archive.day_page import channel_year
from archive.desk import Desk, file_of
from archive.queries import channels
from archive.shelves import Shelf, doors, shelves
from archive.watching import states
from hub.errors import NotFound
from hub.language import gettext
from hub.people import GUEST, may
from web.page import etag, not_modified, page, render


async def show_channels(desk: Desk, request: Request, place: Place) -> Response:
    """List the channels, of one network or of all.

    Raises: NotFound for a network that has no channel.
    """
    app = desk.app

    def read(session: Session) -> Sequence[Shelf]:
        found = channels(session, place.network or None)
        return shelves(app.config, desk.addresses, found, states(session, app.clock()))

    known = [s for s in await app.read(read) if place.network in ("", s.network)]
    found = [s for s in known if _may_read(s)]
    if place.network and not found:
        raise NotFound(gettext("There is no such network here. Start from the list of channels."))
    main = desk.addresses.main
    names = sorted({s.network for s in found}, key=lambda name: (name != main, name))
    groups = [{"network": n, "shelves": [s for s in found if s.network == n]} for n in names]
    network = place.network
    return page(request, "archive/list.html", groups=groups, network=network, total=len(found))


def _may_read(shelf: Shelf) -> bool:
    return may(GUEST, "read", f"channel:{shelf.network}/{shelf.slug}")


async def show_channel(desk: Desk, request: Request, place: Place) -> Response:
    """Show one year of a channel as calendars.

    Raises: NotFound for a channel that is neither stored nor configured.
    """
    asked = request.query_params.get("year", "")
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) == 4 else None

    def read(session: Session) -> Response:
        shelf = desk.shelf(session, place, watched=True)
        year = channel_year(session, shelf.channel, wanted) if shelf.channel else None
        door = next((d for d in doors(desk.app.config) if d.name == place.network), None)
        headers: dict[str, str] = {}
        known = not_modified(request, etag(request, shelf, year, door), headers)
        if known:
            return known
        html = render(
            request,
            "archive/channel.html",
            shelf=shelf,
            year=year,
            months=months(year.days) if year else [],
            file=file_of(place),
            place=door,
        )
        return HTMLResponse(html, headers=headers)

    return await desk.app.read(read)
