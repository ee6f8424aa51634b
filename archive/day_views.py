"""One day of a channel: as a page, as text, and the way to the newest."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from archive.addresses import Place
from archive.day_page import DayFacts, day_facts, newest_day
from archive.desk import Desk, file_of
from archive.entries import Channel, Row
from archive.formats import write
from archive.mentions import all_kinds, mentions, named
from archive.queries import day_entries, day_rows, last_id
from archive.render import render_parts
from archive.shelves import Shelf, State
from hub.errors import NotFound
from hub.irc import SPOKEN
from hub.language import gettext
from hub.people import GUEST
from hub.refs import Signs, no_signs, signs_of
from web.page import REVALIDATE, etag, keeping, not_modified, render
from web.visitor import visitor

_LINES = Markup("<!-- the day's lines -->")
"""Where the lines go in the page; no text can hold it, for every text is escaped."""

_TALK = frozenset(kind.value for kind in SPOKEN)

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
        sheet = _sheet(session, desk, place)
        headers = _keeping(desk, sheet.date)
        tag = etag(request, "text", sheet.channel.id, sheet.facts.day)
        known = not_modified(request, tag, headers)
        if known:
            return known
        entries = day_entries(session, sheet.channel, sheet.date)
        text = "".join(f"{write(entry.line(sheet.channel))}\n" for entry in entries)
        return PlainTextResponse(text.encode("utf-8", "replace"), headers=headers)

    return await desk.app.read(read)


async def latest(desk: Desk, _request: Request, place: Place) -> Response:
    """Lead to the newest day, which stays where it is; this address moves on.

    Raises: NotFound when nothing was ever logged.
    """

    def read(session: Session) -> date | None:
        return newest_day(session, desk.stored(session, place)[1])

    day = await desk.app.read(read) or desk.today()
    address = desk.addresses.day(place.network, place.slug, day)
    return RedirectResponse(address, 302, headers={"Cache-Control": REVALIDATE})


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A day that there is, with what its page depends on."""

    date: date
    shelf: Shelf
    channel: Channel
    facts: DayFacts


def _sheet(session: Session, desk: Desk, place: Place) -> _Sheet:
    """Find a day.

    Raises: NotFound for a day in which nothing happened, unless it is today.
    """
    day = place.day
    assert day is not None
    shelf, channel = desk.stored(session, place, watched=day >= desk.today())
    facts = day_facts(session, channel, day)
    if facts.day is None and day != desk.today():
        around = [d for d in (facts.before, facts.after) if d]
        raise NotFound(_nothing_on(day, shelf.name, around))
    return _Sheet(day, shelf, channel, facts)


def _nothing_on(day: date, name: str, around: Sequence[date]) -> str:
    told = gettext("Nothing was logged in %(name)s on %(day)s.", name=name, day=day)
    if len(around) == 1:
        near = gettext("The nearest day is %(day)s.", day=around[0])
        return f"{told} {near}"
    if around:
        near = gettext(
            "The nearest days are %(one)s and %(other)s.", one=around[0], other=around[1]
        )
        return f"{told} {near}"
    return told


def _day(session: Session, desk: Desk, request: Request, place: Place) -> Response:
    sheet = _sheet(session, desk, place)
    everything = request.query_params.get("show") == "all"
    live = sheet.date >= desk.today()
    actor, modules = visitor(request), desk.app.modules
    told = mentions(session, modules, actor, sheet.facts.mentions)
    spoken_of = named(session, modules, actor, sheet.facts.links)
    headers = _keeping(desk, sheet.date)
    if actor != GUEST:
        headers = {"Cache-Control": keeping(request)}
    known = not_modified(
        request, _tag(request, sheet, everything, live, told, spoken_of.places), headers
    )
    if known:
        return known
    whole = day_html(
        request,
        day_rows(session, sheet.channel, sheet.date),
        shelf=sheet.shelf,
        day=sheet.date,
        before=sheet.facts.before,
        after=sheet.facts.after,
        file=file_of(place),
        spoken=sheet.facts.day.spoken if sheet.facts.day else 0,
        live=live,
        troubles=_troubles(sheet) if live else [],
        cursor=last_id(session) if live else 0,
        everything=everything,
        mentions=told,
        signs=signs_of(all_kinds(modules), spoken_of.places),
        names=spoken_of.names,
    )
    return HTMLResponse(whole, headers=headers)


def day_html(
    request: Request,
    rows: Sequence[Row],
    *,
    day: date,
    file: str,
    signs: Signs = no_signs,
    names: Collection[str] = (),
    **shown: object,
) -> bytes:
    """Return a day's whole page; `shown` is what else its template shows, for signs see `render_parts`."""
    lines = render_parts(rows, day, f"{file}.{day}.log.html", signs, names)
    html = render(
        request,
        "archive/day.html",
        day=day,
        file=file,
        html=_LINES if lines else "",
        people=_people(rows),
        **shown,
    )
    # Put in as bytes: one emoji makes every copy of the whole page cost four bytes a character.
    before, mark, after = html.partition(_LINES)
    return b"".join((before.encode(), *(lines if mark else ()), after.encode()))


def _people(rows: Sequence[Row]) -> int:
    return len({nick for _, _, kind, nick, _ in rows if kind in _TALK})


def _keeping(desk: Desk, day: date) -> dict[str, str]:
    """Return how long a day's page may be kept: not at all while it may still grow."""
    settled = day < desk.today() - timedelta(days=1)
    return {"Cache-Control": _PAST if settled else REVALIDATE}


def _tag(request: Request, sheet: _Sheet, everything: bool, live: bool, *told: object) -> str:
    return etag(
        request,
        (sheet.channel.id, sheet.shelf.name, sheet.shelf.noindex),
        (sheet.facts.day, sheet.facts.before, sheet.facts.after),
        told,
        (everything, live),
        _troubles(sheet) if live else (),
    )


def _troubles(sheet: _Sheet) -> Sequence[State]:
    """Return why what is said now may not come: no bot hears it."""
    return [state for state in sheet.shelf.states if not state.good]
