"""Agendas: a pad for each meeting of a series, by which it is held, and which is closed with it.

Everything runs inside the caller's transaction: an agenda is made, read and closed in the one that says so.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, delete, select

from hub.agenda import AgendaPads, Closing, NewAgenda
from hub.clock import from_micros, micros
from hub.errors import HubError, Invalid, Refused
from hub.events import emit, take_turn
from hub.irc import plain
from hub.language import gettext
from hub.people import Actor, may
from meetbot.agenda_tables import AgendaReadingRow, AgendaRow, AgendaSettingRow
from meetbot.series import Series

_log = logging.getLogger(__name__)

HOURS = 48
_MOST_HOURS = 24 * 14
_NEAR = timedelta(hours=36)
"""So far from its time a meeting is still held by an agenda."""

_LONGEST = 200
_NAME = 39
"""Letters of a series' name in its pads' names: a pad's has fifty, and the day needs its place."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Whether a series has agendas, the pad that they are made from, and how many hours before."""

    is_on: bool = False
    template: str = ""
    hours: int = HOURS


@dataclass(frozen=True, slots=True)
class Agenda:
    """The agenda of a meeting at `at`; `pad` is its ref. closed_at: when the meeting was over."""

    id: int
    series_id: int
    at: datetime
    pad: str
    meeting_id: int | None
    closed_at: datetime | None


def settings_of(session: Session, series: Series) -> Settings:
    """Return how a series has its agendas."""
    row = session.get(AgendaSettingRow, series.id)
    return Settings(row.is_on, row.template, row.hours) if row else Settings()


def keep_settings(
    session: Session,
    actor: Actor,
    series: Series,
    wanted: Settings,
    pads: AgendaPads,
    *,
    now: datetime,
) -> None:
    """Say whether and how a series has agendas.

    Raises: Refused; Invalid for a template that there is not, or hours that are too many.
    """
    if not may(actor, "edit", series.ref):
        raise Refused(gettext("Only chairs may say how a series has its agendas."))
    if not 1 <= wanted.hours <= _MOST_HOURS:
        raise Invalid(
            "hours", gettext("Give a number of hours from 1 to %(most)s.", most=_MOST_HOURS)
        )
    template = pads.template(session, actor, wanted.template) if wanted.template else ""
    if template is None:
        raise Invalid("template", gettext("There is no pad %(name)s.", name=wanted.template[:100]))
    row = AgendaSettingRow(
        series_id=series.id, is_on=wanted.is_on, template=template, hours=wanted.hours
    )
    session.merge(row)
    session.flush()
    emit(session, actor, "series.described", series.ref, at=now)


def series_with_agendas(session: Session) -> Mapping[int, Settings]:
    """Return the series that have agendas, by their ids."""
    rows = session.exec(select(AgendaSettingRow).where(col(AgendaSettingRow.is_on)))
    return {row.series_id: Settings(row.is_on, row.template, row.hours) for row in rows}


def make_agenda(
    session: Session, series: Series, at: datetime, pads: AgendaPads, *, now: datetime
) -> Agenda:
    """Return the agenda of a series' meeting at a time; begin its pad when there is none.

    Raises: Refused, NotFound, Conflict when no pad can be begun.
    """
    take_turn(session, f"agenda:{series.id}")  # two bots may make one at once
    found = select(AgendaRow).where(AgendaRow.series_id == series.id, AgendaRow.at == micros(at))
    row = session.exec(found.execution_options(populate_existing=True)).first()
    if row is not None:
        return _agenda(row)
    left = _left_over(session, series.id)
    row = AgendaRow(
        series_id=series.id,
        at=micros(at),
        pad=_begin(session, series, at, "\n".join(each.left for each in left), pads, now),
    )
    for each in left:
        each.left = ""
        session.add(each)
    session.add(row)
    session.flush()
    return _agenda(row)


def _begin(
    session: Session, series: Series, at: datetime, carried: str, pads: AgendaPads, now: datetime
) -> str:
    """Begin a pad by the first name that fits, and return its ref."""
    template = settings_of(session, series).template
    failed: HubError | None = None
    for name in _names(series, at):
        new = NewAgenda(name, series.name, at, template, carried)
        try:
            with session.begin_nested():
                ref = pads.begin(session, new, now)
                if session.exec(select(AgendaRow.id).where(AgendaRow.pad == ref)).first() is None:
                    return ref
                raise Refused(gettext("There is an agenda %(name)s already.", name=name))
        except HubError as error:
            failed = error
    assert failed is not None
    raise failed


def _names(series: Series, at: datetime) -> Iterator[str]:
    """Yield what an agenda's pad may be called: by its day, and by the minute too."""
    slug, moment = series.slug[:_NAME].rstrip("_"), at.astimezone(UTC)
    yield f"{slug}-{moment:%Y-%m-%d}"
    yield f"{slug[: _NAME - 5]}-{moment:%Y-%m-%d-%H%M}"


def _left_over(session: Session, series_id: int) -> Sequence[AgendaRow]:
    query = select(AgendaRow).where(AgendaRow.series_id == series_id, AgendaRow.left != "")
    return session.exec(query.order_by(col(AgendaRow.at))).all()


def open_agendas(session: Session, series_id: int) -> Sequence[Agenda]:
    """Return the agendas of a series whose meetings have not begun, the next one first."""
    rows = session.exec(
        select(AgendaRow)
        .where(
            AgendaRow.series_id == series_id,
            col(AgendaRow.meeting_id).is_(None),
            col(AgendaRow.closed_at).is_(None),
        )
        .order_by(col(AgendaRow.at))
    )
    return [_agenda(row) for row in rows]


def agendas_of(session: Session, series: Series, limit: int) -> Sequence[Agenda]:
    """Return the last agendas of a series, newest first."""
    rows = session.exec(
        select(AgendaRow)
        .where(AgendaRow.series_id == series.id)
        .order_by(col(AgendaRow.at).desc())
        .limit(limit)
    )
    return [_agenda(row) for row in rows]


def next_agenda(session: Session, series: Series, now: datetime) -> Agenda | None:
    """Return the agenda of the meeting that comes next, if it is made already."""
    found = open_agendas(session, series.id)
    return next((each for each in found if each.at > now - timedelta(hours=6)), None)


def agenda_of(session: Session, meeting_id: int) -> Agenda | None:
    """Return the agenda that a meeting is or was held by."""
    row = _row_of(session, meeting_id)
    return _agenda(row) if row else None


def agenda_at(session: Session, pad: str) -> Agenda | None:
    """Return the agenda that a pad is."""
    row = session.exec(select(AgendaRow).where(AgendaRow.pad == pad)).first()
    return _agenda(row) if row else None


def hold_by(
    session: Session, series: Series, meeting_id: int, pads: AgendaPads, *, now: datetime
) -> Agenda | None:
    """Let a meeting that begins be held by its agenda, which is made when it is missing.

    None for a series that has none, or when no pad can be begun.
    """
    if not settings_of(session, series).is_on:
        return None
    found = open_agendas(session, series.id)
    near = [each for each in found if abs(each.at - now) <= _NEAR]
    agenda = min(near, key=lambda each: abs(each.at - now), default=None)
    if agenda is None:
        try:
            at = now.replace(second=0, microsecond=0)
            agenda = make_agenda(session, series, at, pads, now=now)
        except HubError as error:
            _log.warning("%s meets without an agenda: %s", series.slug, error)
            return None
    if agenda.meeting_id is not None:  # another meeting of that minute has it
        return None
    return take_agenda(session, agenda, meeting_id)


def take_agenda(session: Session, agenda: Agenda, meeting_id: int) -> Agenda:
    """Let an agenda be a meeting's from now on."""
    row = session.get(AgendaRow, agenda.id)
    assert row is not None  # made or found in this transaction
    row.meeting_id = meeting_id
    session.add(row)
    session.flush()
    return _agenda(row)


def read_agenda(session: Session, meeting_id: int, ref: str, pads: AgendaPads) -> tuple[str, ...]:
    """Return the topics of a running meeting's agenda as the line of that ref finds them, and keep them."""
    agenda = agenda_of(session, meeting_id)
    if agenda is None:
        return ()
    told = [plain(topic).strip()[:_LONGEST] for topic in pads.topics(session, agenda.pad)]
    topics = [topic for topic in told if topic]
    session.merge(AgendaReadingRow(meeting_id=meeting_id, ref=ref, topics=json.dumps(topics)))
    session.flush()
    return tuple(topics)


def readings(session: Session, meeting_id: int) -> Mapping[str, tuple[str, ...]]:
    """Return what a running meeting's lines found in its agenda, by their refs."""
    rows = session.exec(select(AgendaReadingRow).where(AgendaReadingRow.meeting_id == meeting_id))
    return {row.ref: tuple(json.loads(row.topics)) for row in rows}


def close_agenda(
    session: Session, meeting_id: int, closing: Closing, pads: AgendaPads, *, now: datetime
) -> None:
    """Close the agenda of a meeting that is over; what is left over goes to the next one, once."""
    gone = delete(AgendaReadingRow).where(col(AgendaReadingRow.meeting_id) == meeting_id)
    session.connection().execute(gone)
    row = _row_of(session, meeting_id)
    if row is None or row.closed_at is not None:
        return
    take_turn(session, f"agenda:{row.series_id}")
    row.closed_at = micros(now)
    try:
        with session.begin_nested():
            row.left = pads.close(session, row.pad, closing, now)
    except HubError as error:  # a meeting ends in any case
        _log.warning("the agenda %s can't be closed: %s", row.pad, error)
    following = next(iter(open_agendas(session, row.series_id)), None)
    if row.left and following is not None:
        try:
            with session.begin_nested():
                pads.carry(session, following.pad, row.left, now)
            row.left = ""
        except HubError as error:  # the one after that gets it
            _log.warning("nothing is carried to %s: %s", following.pad, error)
    session.add(row)
    session.flush()


def _row_of(session: Session, meeting_id: int) -> AgendaRow | None:
    return session.exec(select(AgendaRow).where(AgendaRow.meeting_id == meeting_id)).first()


def _agenda(row: AgendaRow) -> Agenda:
    closed = None if row.closed_at is None else from_micros(row.closed_at)
    return Agenda(row.id or 0, row.series_id, from_micros(row.at), row.pad, row.meeting_id, closed)
