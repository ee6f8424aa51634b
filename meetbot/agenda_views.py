"""The page of a series' agendas: those that there are, how it has them, a button that makes the next."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.agenda import AgendaPads
from hub.app import App
from hub.errors import Invalid, Refused
from hub.language import gettext
from hub.people import may
from meetbot.addresses import series_url
from meetbot.agenda_card import agenda_links, agenda_url
from meetbot.agenda_making import next_meeting
from meetbot.agendas import Settings, keep_settings, make_agenda, settings_of
from meetbot.series import Series, no_series, require_series
from meetbot.shown import sees_series
from meetbot.timetable import Timetable
from web.forms import Form, read_form
from web.page import page
from web.visitor import visitor


def agenda_routes(app: App, timetable: Timetable, pads: AgendaPads) -> Sequence[Route]:
    """Return the routes; they come before any that takes every name below /meetings/."""
    views = AgendaViews(app, timetable, pads)
    at = "/meetings/{name}/agenda"
    return [Route(at, views.show), Route(at, views.change, methods=["POST"])]


@dataclass(frozen=True, slots=True)
class AgendaViews:
    """The endpoints of one hub."""

    app: App
    timetable: Timetable
    pads: AgendaPads

    async def show(self, request: Request) -> Response:
        """Show the agendas of a series, with a form for whoever may say how it has them.

        Raises: NotFound.
        """

        def read(session: Session) -> Response:
            series = self._series(session, request)
            if series.slug != request.path_params["name"]:
                return RedirectResponse(agenda_url(series.slug), 301)
            return self._page(session, request, series, settings_of(session, series))

        return await self.app.read(read)

    async def change(self, request: Request) -> Response:
        """Keep how a series has its agendas, or make the next one (`make`) and lead there.

        Raises: NotFound, Refused, Conflict.
        """
        form = await read_form(request)
        actor, now = visitor(request), self.app.clock()
        wanted = _settings(form)

        def write(session: Session) -> Response:
            series = self._series(session, request)
            if "make" not in form:
                keep_settings(session, actor, series, wanted, self.pads, now=now)
                return RedirectResponse(agenda_url(series.slug), 303)
            if not may(actor, "edit", series.ref):
                raise Refused(gettext("Only chairs may make an agenda."))
            at = next_meeting(session, self.timetable, series, now) or now
            made = make_agenda(session, series, at, self.pads, now=now)
            return RedirectResponse(self.pads.url(made.pad), 303)

        try:
            return await self.app.write(write)
        except Invalid as error:
            problem = error
        return await self.app.read(
            lambda s: self._page(s, request, self._series(s, request), wanted, problem)
        )

    def _page(
        self,
        session: Session,
        request: Request,
        series: Series,
        settings: Settings,
        problem: Invalid | None = None,
    ) -> Response:
        actor = visitor(request)
        return page(
            request, "meetbot/agenda.html", status=400 if problem else 200, series=series,
            series_url=series_url(series.slug), settings=settings, problem=problem,
            agendas=agenda_links(session, actor, series, self.pads),
            writable=may(actor, "edit", series.ref),
        )  # fmt: skip

    def _series(self, session: Session, request: Request) -> Series:
        """Return the series that the address names, if the visitor may know of it. Raises: NotFound."""
        series, actor = require_series(session, request.path_params["name"]), visitor(request)
        if may(actor, "edit", series.ref) or sees_series(session, actor, series):
            return series
        raise no_series(request.path_params["name"])


def _settings(form: Form) -> Settings:
    hours = form.line("hours")
    is_number = hours.isascii() and hours.isdecimal() and len(hours) < 6
    return Settings(form.get("on") == "1", form.line("template"), int(hours) if is_number else 0)
