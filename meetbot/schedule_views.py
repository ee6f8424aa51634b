"""The schedules' pages: calendars to subscribe to, and the page where a schedule is read and changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.app import App
from hub.errors import Conflict, NotFound, Refused
from hub.language import gettext
from hub.people import may
from meetbot.addresses import series_url
from meetbot.schedule import Problem
from meetbot.schedule_card import CALENDAR_URL, calendar_url, edit_url
from meetbot.schedule_store import keep_schedule, newest_version, schedule_versions
from meetbot.schedule_text import read_schedule
from meetbot.schedule_writing import new_schedule
from meetbot.series import Series, no_series, require_series
from meetbot.shown import sees_series
from meetbot.timetable import Scheduled, Timetable
from web.forms import read_form
from web.page import base_url, etag, not_modified, page
from web.visitor import visitor

_VERSIONS = 20


def schedule_routes(app: App, timetable: Timetable) -> Sequence[Route]:
    """Return the routes; they come before any that takes every name below /meetings/."""
    views = ScheduleViews(app, timetable)
    return [
        Route(CALENDAR_URL, views.all_calendars),
        Route("/meetings/{name}.ics", views.calendar),
        Route("/meetings/{name}/schedule", views.show),
        Route("/meetings/{name}/schedule", views.change, methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Draft:
    """A schedule's text in the form: as it is, or as somebody would have it and what is wrong with that."""

    text: str
    over: int
    problems: Sequence[Problem] = ()
    conflict: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleViews:
    """The endpoints of one hub."""

    app: App
    timetable: Timetable

    async def all_calendars(self, request: Request) -> Response:
        """Give the calendar of all series that the visitor may know of."""

        def read(session: Session) -> Response:
            actor = visitor(request)
            every = self.timetable.all(session)
            found = [each for each in every if sees_series(session, actor, each.series)]
            return _calendar(
                request, gettext("%(name)s meetings", name=self.app.config.hub.name), found
            )

        return await self.app.read(read)

    async def calendar(self, request: Request) -> Response:
        """Give the calendar of one series.

        Raises: NotFound for a series that there is not, or that has no schedule.
        """

        def read(session: Session) -> Response:
            series = self._series(session, request)
            if series.slug != request.path_params["name"]:
                return RedirectResponse(calendar_url(series.slug), 301)
            found = self.timetable.of(session, series)
            if found is None:
                raise NotFound(
                    gettext(
                        "%(name)s has no schedule, so there is no calendar of it.", name=series.name
                    )
                )
            return _calendar(request, series.name, [found])

        return await self.app.read(read)

    async def show(self, request: Request) -> Response:
        """Show a schedule's text and history, in a form for whoever may change it.

        Raises: NotFound.
        """

        def read(session: Session) -> Response:
            series = self._series(session, request)
            if series.slug != request.path_params["name"]:
                return RedirectResponse(edit_url(series.slug), 301)
            newest = newest_version(session, series)
            text = newest.text if newest else ""
            if not text and may(visitor(request), "edit", series.ref):
                text = new_schedule(series.name, series.slug, series.agenda_url)
            problems = read_schedule(text).problems if text else ()
            draft = Draft(text, newest.revision if newest else 0, problems)
            return self._form(session, request, series, draft)

        return await self.app.read(read)

    async def change(self, request: Request) -> Response:
        """Keep a new version of a schedule, or show the form again with what is wrong.

        Raises: NotFound; Refused for whoever may not change it.
        """
        form = await read_form(request)
        text = "\n".join(form.get("text", "").splitlines()).strip()
        text += "\n" if text else ""
        over = form.get("over", "0")
        number = int(over) if over.isascii() and over.isdecimal() and len(over) < 10 else 0
        actor = visitor(request)

        def write(session: Session) -> Response:
            series = self._series(session, request)
            if not may(actor, "edit", series.ref):
                raise Refused(
                    gettext(
                        "Only chairs may change a schedule. The bot gives them a link to do so"
                        " when a meeting ends."
                    )
                )
            reading = read_schedule(text)
            draft = Draft(text, number, reading.problems)
            if text and reading.schedule is None:
                return self._form(session, request, series, draft, 422)
            now, schedule = self.app.clock(), reading.schedule if text else None
            try:
                keep_schedule(session, actor, series, schedule, text, now=now, over=number)
            except Conflict as error:
                return self._form(session, request, series, _beside(session, series, draft, error))
            way = edit_url(series.slug) if reading.problems else series_url(series.slug)
            return RedirectResponse(way, 303)

        return await self.app.write(write)

    def _series(self, session: Session, request: Request) -> Series:
        """Return the series that the address names, if the visitor may know of it.

        The schedule of a series that has met in private only is as private as its pages. Raises: NotFound.
        """
        series, actor = require_series(session, request.path_params["name"]), visitor(request)
        if may(actor, "edit", series.ref) or sees_series(session, actor, series):
            return series
        raise no_series(request.path_params["name"])

    def _form(
        self, session: Session, request: Request, series: Series, draft: Draft, status: int = 200
    ) -> Response:
        versions = schedule_versions(session, series)
        return page(
            request,
            "meetbot/schedule.html",
            status=409 if draft.conflict else status,
            series=series,
            series_url=series_url(series.slug),
            draft=draft,
            versions=versions[:_VERSIONS],
            more=max(0, len(versions) - _VERSIONS),
            writable=may(visitor(request), "edit", series.ref),
        )


def _beside(session: Session, series: Series, draft: Draft, error: Conflict) -> Draft:
    """Return the draft beside what somebody else made of the schedule, to be sent over that."""
    newest = newest_version(session, series)
    theirs, number = (newest.text, newest.revision) if newest else ("", 0)
    return Draft(draft.text, number, draft.problems, str(error), theirs)


def _calendar(request: Request, name: str, found: Sequence[Scheduled]) -> Response:
    # a tenth of a second to import, which nobody else has to wait for
    from meetbot.calendar_file import Entry, calendar_file

    headers: dict[str, str] = {}
    versions = [(each.series.slug, each.series.title, each.revision) for each in found]
    known = not_modified(request, etag(request, "ics", name, versions), headers)
    if known:
        return known
    base = base_url(request)
    entries = [
        Entry(
            each.schedule,
            f"series-{each.series.id}@{urlsplit(base).hostname}",
            f"{base}{series_url(each.series.slug)}",
            each.revision,
            each.created_at,
            each.changed_at,
        )
        for each in found
    ]
    file = calendar_file(name, entries)
    return Response(file, media_type="text/calendar; charset=utf-8", headers=headers)
