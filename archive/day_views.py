"""One day of a channel: as a page, as text, and the way to the newest."""

from datetime import date, timedelta

from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archive.addresses import Place
from archive.day_page import DayFacts, day_facts, day_lines, newest_day
from archive.desk import Desk, file_of
from archive.formats import write
from archive.mentions import mentions
from archive.queries import day_entries
from archive.render import render_day
from archive.shelves import Shelf
from hub.errors import NotFound
from hub.irc import SPOKEN
from web.page import REVALIDATE, etag, not_modified, render

_PAST = "public, max-age=60, must-revalidate"
"""A past day changes only by redaction and by late lines: a minute's age does no harm."""


async def show_day(desk: Desk, request: Request, place: Place) -> Response:
    """Show one day.

    Raises: NotFound for a day in which nothing happened, unless it is today.
    """
    return await desk.app.read(lambda session: _day(session, desk, request, place))


async def show_text(desk: Desk, request: Request, place: Place) -> Response:
    """Show one day as ChannelLogger's text.

    Raises: NotFound for a day in which nothing happened.
    """

    def read(session: Session) -> Response:
        day, facts, _ = _facts(session, desk, place)
        headers = _keeping(desk, day)
        version = facts.day.version if facts.day else 0
        known = not_modified(
            request, etag(request, "text", facts.channel.id, day, version), headers
        )
        if known:
            return known
        entries = day_entries(session, facts.channel, day)
        text = "".join(f"{write(entry.line(facts.channel))}\n" for entry in entries)
        return PlainTextResponse(text.encode("utf-8", "replace"), headers=headers)

    return await desk.app.read(read)


async def latest(desk: Desk, _request: Request, place: Place) -> Response:
    """Lead to the newest day, which stays where it is; this address moves on.

    Raises: NotFound when nothing was ever logged.
    """

    def read(session: Session) -> date | None:
        return newest_day(session, desk.channel(session, place))

    day = await desk.app.read(read) or desk.today()
    address = desk.addresses.day(place.network, place.slug, day)
    return RedirectResponse(address, 302, headers={"Cache-Control": REVALIDATE})


def _day(session: Session, desk: Desk, request: Request, place: Place) -> Response:
    day, facts, shelf = _facts(session, desk, place)
    everything = request.query_params.get("show") == "all"
    live = day >= desk.today()
    headers = _keeping(desk, day)
    known = not_modified(request, _tag(request, facts, shelf, everything, live), headers)
    if known:
        return known
    lines = day_lines(session, facts.channel, day)
    file = file_of(place)
    spoken = [entry for entry in lines.entries if entry.kind in SPOKEN]
    html = render(
        request,
        "archive/day.html",
        shelf=shelf,
        day=day,
        before=facts.before,
        after=facts.after,
        file=file,
        html=Markup(render_day(lines.entries, day, f"{file}.{day}.log.html")),  # noqa: S704 - escaped
        spoken=len(spoken),
        people=len({entry.nick for entry in spoken}),
        live=live,
        cursor=lines.cursor,
        everything=everything,
        mentions=mentions(session, desk.app.modules, facts.mentions),
    )
    return HTMLResponse(html, headers=headers)


def _facts(session: Session, desk: Desk, place: Place) -> tuple[date, DayFacts, Shelf]:
    """Return what a day's page depends on.

    Raises: NotFound for a day in which nothing happened, unless it is today.
    """
    day = place.day
    assert day is not None
    shelf = desk.shelf(session, place)
    facts = day_facts(session, place.network, place.slug, day)
    if facts is None or (facts.day is None and day != desk.today()):
        around = [d for d in (facts.before, facts.after) if d] if facts else []
        near = f" The nearest days are {' and '.join(map(str, around))}." if around else ""
        raise NotFound(f"Nothing was logged in {shelf.name} on {day}.{near}")
    return day, facts, shelf


def _keeping(desk: Desk, day: date) -> dict[str, str]:
    """Return how long a day's page may be kept: not at all while it may still grow."""
    settled = day < desk.today() - timedelta(days=1)
    return {"Cache-Control": _PAST if settled else REVALIDATE}


def _tag(request: Request, facts: DayFacts, shelf: Shelf, everything: bool, live: bool) -> str:
    return etag(
        request,
        (facts.channel.id, shelf.name, shelf.noindex),
        (facts.day, facts.before, facts.after, facts.mentions),
        (everything, live),
    )
