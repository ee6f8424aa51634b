"""The pages that lead to meetings: all, one series, one person."""

from collections.abc import Sequence
from datetime import UTC

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.coming import Coming
from hub.errors import NotFound
from hub.language import gettext
from hub.people import Actor, may
from hub.refs import signs_for
from meetbot.addresses import ROOT
from meetbot.agenda_card import AgendaCard, agenda_card
from meetbot.desk import Desk
from meetbot.meeting_views import number_asked
from meetbot.persons import people_called
from meetbot.places import Place
from meetbot.queries import (
    Brief,
    attendance,
    attended,
    closed_actions,
    newest,
    of_year,
    open_actions,
    running_now,
    series_list,
    years,
)
from meetbot.schedule_card import ScheduleCard, schedule_card
from meetbot.series import Series, aliases, find_series
from meetbot.shown import given_in
from meetbot.sight import sees_private, visible
from meetbot.timetable import coming_meetings
from web.markdown import to_html
from web.page import base_url, etag, keeping, not_modified

_NEWEST = 12
_COMING = 8
_ACTIONS = 100
_ATTENDED = 200
_DONE = 30


async def show_index(desk: Desk, request: Request, _place: Place) -> Response:
    """Show what runs, the newest meetings, and all series."""
    actor = desk.actor(request)

    def read(session: Session) -> Response:
        private = sees_private(actor)
        runs = visible(actor, running_now(session))
        known = series_list(session, private=private)
        last = newest(session, _NEWEST, private=private)
        is_open = bool(open_actions(session, private=private, limit=1))
        shown = {
            "runs": runs,
            "coming": _coming(desk, session),
            "series": known,
            "newest": last,
            "is_open": is_open,
        }
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, shown), headers)
        if same is not None:
            return same
        return HTMLResponse(desk.html(request, "index.html", **shown), headers=headers)

    return await desk.app.read(read)


async def show_series(desk: Desk, request: Request, place: Place) -> Response:
    """Show one year of a series, what it has still to do, and who came."""
    actor, wanted = desk.actor(request), number_asked(request, "year")

    def read(session: Session) -> Response:
        series = _series(session, place)
        private = sees_private(actor, series)
        counts = years(session, series, private=private)
        year = wanted or (counts[0][0] if counts else desk.app.clock().astimezone(UTC).year)
        runs, held = _of_year(session, actor, series, year)
        shown = {
            "series": series,
            "about": to_html(series.about, signs_for([*desk.kinds.values()], session, actor)),
            "years": counts,
            "year": year,
            "runs": runs,
            "held": held,
            "others": aliases(session, series),
            "card": _card(desk, session, series),
            "agenda": _agenda(desk, session, series),
            "address": base_url(request),
            "writable": may(actor, "edit", series.ref),
            "actions": open_actions(session, series=series, private=private, limit=_ACTIONS),
            "people": attendance(session, series, year=year, private=private),
        }
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, shown), headers)
        if same is not None:
            return same
        return HTMLResponse(desk.html(request, "series.html", **shown), headers=headers)

    return await desk.app.read(read)


async def latest(desk: Desk, request: Request, place: Place) -> Response:
    """Lead to the newest meeting of a series that the visitor may see, the running one if there is one.

    Raises: NotFound when there was none yet.
    """
    actor = desk.actor(request)

    def read(session: Session) -> Brief | None:
        series = _series(session, place)
        runs = [b for b in running_now(session) if b.key.series == series.slug]
        last = newest(session, 1, series, private=sees_private(actor, series))
        held = sorted([*last, *given_in(session, actor, series)], key=lambda b: b.started_at)
        return next(iter([*visible(actor, runs), *reversed(held)]), None)

    found = await desk.app.read(read)
    if found is None:
        raise NotFound(
            gettext(
                "%(name)s has not met yet. Look again after its first meeting.", name=place.name
            )
        )
    return RedirectResponse(found.key.url(), 302, headers={"Cache-Control": keeping(request)})


async def show_person(desk: Desk, request: Request, place: Place) -> Response:
    """Show in which meetings somebody was, and what they have to do and have done.

    Raises: NotFound for a nick that no meeting knows.
    """
    actor, nick = desk.actor(request), place.name

    def read(session: Session) -> Response:
        private = sees_private(actor)
        was_there = attended(session, nick, _ATTENDED, private=private)
        todo = open_actions(session, nick=nick, private=private, limit=_ACTIONS)
        done = closed_actions(session, nick=nick, private=private, limit=_DONE)
        if not (was_there or todo or done):
            raise NotFound(
                gettext(
                    "No meeting knows %(nick)s. The series at %(url)s say who came.",
                    nick=nick,
                    url=ROOT,
                )
            )
        called = was_there[0][1] if was_there else nick
        people = people_called(session, nick, private=private)
        shown = {
            "nick": called, "attended": was_there, "actions": todo, "done": done, "people": people,
        }  # fmt: skip
        headers: dict[str, str] = {}
        same = not_modified(request, etag(request, shown), headers)
        if same is not None:
            return same
        return HTMLResponse(desk.html(request, "person.html", **shown), headers=headers)

    return await desk.app.read(read)


def _coming(desk: Desk, session: Session) -> Sequence[Coming]:
    app = desk.app
    return coming_meetings(desk.timetable, app.config, session, app.clock(), _COMING)


def _card(desk: Desk, session: Session, series: Series) -> ScheduleCard | None:
    app = desk.app
    return schedule_card(session, desk.timetable, app.config, series, app.clock())


def _agenda(desk: Desk, session: Session, series: Series) -> AgendaCard | None:
    return agenda_card(session, series, desk.pads, desk.app.clock()) if desk.pads else None


def _series(session: Session, place: Place) -> Series:
    found = find_series(session, place.name)
    if found is None:
        raise NotFound(
            gettext("There is no such series here. The list at %(url)s has all.", url=ROOT)
        )
    return found


def _of_year(
    session: Session, actor: Actor, series: Series, year: int
) -> tuple[list[Brief], list[Brief]]:
    """Return the meetings of a year that run, and those that are over."""
    found = visible(actor, of_year(session, series, year))
    return [b for b in found if not b.ended_at], [b for b in found if b.ended_at]
