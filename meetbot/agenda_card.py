"""The agendas of a series as its pages show them, and the meeting of an agenda as the pad's page does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.agenda import AgendaPads, MeetingAt
from hub.clock import from_micros
from hub.people import Actor
from meetbot.addresses import series_url
from meetbot.agendas import Agenda, Settings, agenda_at, agendas_of, next_agenda, settings_of
from meetbot.queries import brief
from meetbot.series import Series, series_by_id
from meetbot.shown import sees_series
from meetbot.sight import sees
from meetbot.tables import MeetingRow

_SHOWN = 30


@dataclass(frozen=True, slots=True)
class AgendaLink:
    """An agenda: when its meeting is, where the pad is, and where the minutes are once it has begun."""

    at: datetime
    url: str
    name: str
    minutes: str = ""


@dataclass(frozen=True, slots=True)
class AgendaCard:
    """How a series has its agendas, and the one of the meeting that comes next."""

    settings: Settings
    coming: AgendaLink | None


def agenda_url(slug: str) -> str:
    """Return the address at which a series' agendas are listed, and how it has them is said."""
    return f"{series_url(slug)}agenda"


def agenda_card(
    session: Session, series: Series, pads: AgendaPads, now: datetime
) -> AgendaCard | None:
    """Return what a series' page says of its agendas; None when it has none."""
    settings, coming = settings_of(session, series), next_agenda(session, series, now)
    if not settings.is_on and coming is None:
        return None
    return AgendaCard(settings, _link(coming, pads) if coming else None)


def agenda_links(
    session: Session, actor: Actor, series: Series, pads: AgendaPads
) -> Sequence[AgendaLink]:
    """Return the last agendas of a series, newest first; minutes of those that somebody may see."""
    found = []
    for agenda in agendas_of(session, series, _SHOWN):
        row = session.get(MeetingRow, agenda.meeting_id) if agenda.meeting_id else None
        met = brief(row, series.slug) if row else None
        found.append(_link(agenda, pads, met.key.url() if met and sees(actor, met) else ""))
    return found


def meets_at(session: Session, actor: Actor, pad: str) -> MeetingAt | None:
    """Return the meeting that a pad is the agenda of, when somebody may know of it."""
    agenda = agenda_at(session, pad)
    series = series_by_id(session, agenda.series_id) if agenda else None
    if agenda is None or series is None:
        return None
    row = session.get(MeetingRow, agenda.meeting_id) if agenda.meeting_id else None
    if row is not None:
        met = brief(row, series.slug)
        if not sees(actor, met):
            return None
        is_running = met.ended_at is None
        at = from_micros(row.started_at)
        return MeetingAt(met.name, met.key.url(), at, is_running, not is_running)
    if not sees_series(session, actor, series):
        return None
    return MeetingAt(series.name, series_url(series.slug), agenda.at)


def _link(agenda: Agenda, pads: AgendaPads, minutes: str = "") -> AgendaLink:
    return AgendaLink(agenda.at, pads.url(agenda.pad), agenda.pad.partition(":")[2], minutes)
