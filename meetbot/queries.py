"""Reads meetings. Every query goes by an index and costs what it returns, not what there is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from hub.clock import from_micros
from hub.irc import casefold
from meetbot.addresses import MeetingKey
from meetbot.schedule_tables import ScheduleRow
from meetbot.series import Series
from meetbot.tables import ActionRow, AssigneeRow, MeetingRow, MinutesRow, PresenceRow, SeriesRow


@dataclass(frozen=True, slots=True)
class Brief:
    """A meeting as lists show it. ended_at is None while it runs; revision is 0 then."""

    key: MeetingKey
    network: str
    channel: str
    title: str
    owner: str
    started_at: datetime
    ended_at: datetime | None
    people: int
    lines: int
    revision: int
    is_restricted: bool

    @property
    def visibility(self) -> str:
        """Who may see it: all, or who may see what is private."""
        return "private" if self.is_restricted else "public"

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.key.series


@dataclass(frozen=True, slots=True)
class OpenAction:
    """Something to be done. `outcome` and `closed_*` are empty while it is open."""

    id: int
    meeting: Brief
    line: int
    text: str
    nick: str
    at: datetime
    assignees: tuple[str, ...]
    closed_at: datetime | None = None
    closed_by: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class SeriesBrief:
    """A series with how many meetings it had, and the newest of them."""

    series: Series
    meetings: int
    last_at: datetime | None


_MEETING = select(MeetingRow, SeriesRow.slug).join(SeriesRow)
_NEWEST_FIRST = (col(MeetingRow.started_at).desc(), col(MeetingRow.id).desc())


def brief(row: MeetingRow, slug: str) -> Brief:
    """Return a row as lists show it."""
    return Brief(
        MeetingKey(slug, row.minute, row.copy_),
        row.network,
        row.channel,
        row.title,
        row.owner,
        from_micros(row.started_at),
        None if row.ended_at is None else from_micros(row.ended_at),
        row.people,
        row.lines,
        row.revision,
        row.restricted,
    )


_PUBLIC = col(MeetingRow.restricted).is_(False)
"""Where lists do without what is `private`; each takes that argument."""


def is_known(session: Session, series: Series) -> bool:
    """Tell whether anybody may know of a series: not if it has met, and in private only."""
    public = select(MeetingRow.id).where(
        MeetingRow.series_id == series.id, col(MeetingRow.restricted).is_(False)
    )
    return session.exec(public.limit(1)).first() is not None or not has_met(session, series.id)


def begins_series(session: Session, key: MeetingKey) -> bool:
    """Tell whether a meeting is the only one of its series so far, and nobody had planned it."""
    query = select(MeetingRow.series_id).join(SeriesRow).where(SeriesRow.slug == key.series)
    found = session.exec(query.limit(2)).all()
    return len(found) < 2 and not any(session.get(ScheduleRow, id_) for id_ in found)


def running_now(session: Session) -> Sequence[Brief]:
    """Return all meetings that run, the newest first."""
    # Sorted here: an order would have SQLite walk all meetings by time, not the few by the partial index.
    found = session.exec(_MEETING.where(col(MeetingRow.ended_at).is_(None))).all()
    newest_first = sorted(found, key=lambda each: (each[0].started_at, each[0].id), reverse=True)
    return [brief(row, slug) for row, slug in newest_first]


def newest(
    session: Session, limit: int, series: Series | None = None, *, private: bool = True
) -> Sequence[Brief]:
    """Return the meetings that ended last, of one series or of all."""
    query = _MEETING.where(col(MeetingRow.ended_at).is_not(None))
    if series is not None:
        query = query.where(MeetingRow.series_id == series.id)
    if not private:
        query = query.where(_PUBLIC)
    found = session.exec(query.order_by(*_NEWEST_FIRST).limit(limit))
    return [brief(row, slug) for row, slug in found]


def newest_minutes(
    session: Session, limit: int, series: Series | None = None, *, private: bool = True
) -> Sequence[tuple[Brief, datetime, str]]:
    """Return the meetings that ended last with when their newest minutes were written, and those."""
    query = (
        select(MeetingRow, SeriesRow.slug, MinutesRow.at, MinutesRow.document)
        .join(SeriesRow, col(SeriesRow.id) == MeetingRow.series_id)
        .join(
            MinutesRow,
            sa.and_(
                col(MinutesRow.meeting_id) == MeetingRow.id,
                col(MinutesRow.revision) == MeetingRow.revision,
            ),
        )
        .where(col(MeetingRow.ended_at).is_not(None))
    )
    if series is not None:
        query = query.where(MeetingRow.series_id == series.id)
    if not private:
        query = query.where(_PUBLIC)
    found = session.exec(query.order_by(*_NEWEST_FIRST).limit(limit))
    return [(brief(row, slug), from_micros(at), document) for row, slug, at, document in found]


def newest_in(
    session: Session, network: str, channel: str, limit: int, *, private: bool = True
) -> Sequence[Brief]:
    """Return the meetings of a channel that ended last."""
    query = _MEETING.where(
        MeetingRow.network == network,
        MeetingRow.folded == casefold(channel),
        col(MeetingRow.ended_at).is_not(None),
    )
    if not private:
        query = query.where(_PUBLIC)
    found = session.exec(query.order_by(*_NEWEST_FIRST).limit(limit))
    return [brief(row, slug) for row, slug in found]


def years(session: Session, series: Series, *, private: bool = True) -> Sequence[tuple[int, int]]:
    """Return the years in which a series met with how many meetings, newest first."""
    minutes = select(MeetingRow.minute).where(MeetingRow.series_id == series.id)
    if not private:
        minutes = minutes.where(_PUBLIC)
    counts = Counter(datetime.fromtimestamp(m * 60, UTC).year for m in session.exec(minutes))
    return sorted(counts.items(), reverse=True)


def of_year(
    session: Session, series: Series, year: int, *, private: bool = True
) -> Sequence[Brief]:
    """Return a series' meetings of one UTC year, newest first."""
    query = _MEETING.where(*_within(series, year, private=private))
    found = session.exec(
        query.order_by(col(MeetingRow.minute).desc(), col(MeetingRow.copy_).desc())
    )
    return [brief(row, slug) for row, slug in found]


def _within(series: Series, year: int, *, private: bool) -> Sequence[Any]:
    """Return the conditions for the meetings of a series in a UTC year (1 to 9999)."""
    first = int(datetime(year, 1, 1, tzinfo=UTC).timestamp() // 60)
    after = int(datetime(year + 1, 1, 1, tzinfo=UTC).timestamp() // 60) if year < 9999 else 1 << 60
    within = [
        MeetingRow.series_id == series.id,
        MeetingRow.minute >= first,
        MeetingRow.minute < after,
    ]
    return within if private else [*within, _PUBLIC]


def series_list(session: Session, *, private: bool = True) -> Sequence[SeriesBrief]:
    """Return all series, the one that met last first.

    Without what is private a series is left out that met in private only.
    """
    query = select(
        MeetingRow.series_id,
        sa.func.count().label("meetings"),
        sa.func.max(MeetingRow.started_at).label("last_at"),
    )
    counts = (
        (query if private else query.where(_PUBLIC)).group_by(col(MeetingRow.series_id)).subquery()
    )
    rows = session.execute(
        sa.select(SeriesRow, counts.c.meetings, counts.c.last_at)
        .outerjoin(counts, counts.c.series_id == SeriesRow.id)
        .order_by(sa.func.coalesce(counts.c.last_at, 0).desc(), SeriesRow.slug)
    )
    return [
        SeriesBrief(
            Series(row.id, row.slug, row.title, row.about, row.agenda_url),
            count or 0,
            None if last is None else from_micros(last),
        )
        for row, count, last in rows
        if private or count or not has_met(session, row.id)
    ]


def has_met(session: Session, series_id: int) -> bool:
    """Tell whether a series has met, in private or not."""
    found = select(MeetingRow.id).where(MeetingRow.series_id == series_id).limit(1)
    return session.exec(found).first() is not None


def open_actions(
    session: Session,
    *,
    series: Series | None = None,
    nick: str | None = None,
    private: bool = True,
    limit: int = 500,
) -> Sequence[OpenAction]:
    """Return what is still to be done, of one series, or of one person, newest meeting first."""
    query = _ACTIONS.where(col(ActionRow.closed_at).is_(None))
    if not private:
        query = query.where(_PUBLIC)
    if series is not None:
        query = query.where(MeetingRow.series_id == series.id)
    if nick is not None:
        query = query.join(AssigneeRow).where(AssigneeRow.folded == casefold(nick))
    return _with_assignees(session, query.order_by(*_ACTION_ORDER).limit(limit))


def action_of(session: Session, id_: int) -> OpenAction | None:
    """Return one action, open or closed, by its number; None when there is none."""
    found = _with_assignees(session, _ACTIONS.where(ActionRow.id == id_))
    return found[0] if found else None


def closed_actions(
    session: Session,
    series: Series | None = None,
    *,
    nick: str | None = None,
    private: bool = True,
    limit: int = 50,
) -> Sequence[OpenAction]:
    """Return what a series or a person has done, closed last first."""
    query = _ACTIONS.where(col(ActionRow.closed_at).is_not(None))
    if not private:
        query = query.where(_PUBLIC)
    if series is not None:
        query = query.where(MeetingRow.series_id == series.id)
    if nick is not None:
        query = query.join(AssigneeRow).where(AssigneeRow.folded == casefold(nick))
    return _with_assignees(session, query.order_by(col(ActionRow.closed_at).desc()).limit(limit))


def actions_where(
    session: Session, *conditions: sa.ColumnElement[bool], limit: int = 500
) -> Sequence[OpenAction]:
    """Return the actions under some conditions on action and meeting, newest meeting first."""
    return _with_assignees(
        session, _ACTIONS.where(*conditions).order_by(*_ACTION_ORDER).limit(limit)
    )


def actions_in(session: Session, key: MeetingKey) -> Sequence[OpenAction]:
    """Return the actions of one meeting, open and closed, in their order."""
    query = _ACTIONS.where(
        SeriesRow.slug == key.series,
        MeetingRow.minute == key.minute,
        MeetingRow.copy_ == key.copy,
    )
    return _with_assignees(session, query.order_by(col(ActionRow.position)))


def attendance(
    session: Session,
    series: Series,
    limit: int = 200,
    *,
    year: int | None = None,
    private: bool = True,
) -> Sequence[tuple[str, int, datetime]]:
    """Return who took part in a series' meetings (of a UTC year): nick, how often, last when.

    Most often first.
    """
    if year is not None:
        within = _within(series, year, private=private)
    else:
        within = [MeetingRow.series_id == series.id, *([] if private else [_PUBLIC])]
    rows = session.execute(
        sa.select(
            sa.func.max(PresenceRow.nick),
            sa.func.count(),
            sa.func.max(MeetingRow.started_at),
        )
        .join(MeetingRow, MeetingRow.id == PresenceRow.meeting_id)  # type: ignore[arg-type]
        .where(*within)
        .group_by(PresenceRow.folded)
        .order_by(sa.func.count().desc(), sa.func.max(MeetingRow.started_at).desc())
        .limit(limit)
    )
    return [(nick, count, from_micros(last)) for nick, count, last in rows]


def attended(
    session: Session, nick: str, limit: int, *, private: bool = True
) -> Sequence[tuple[Brief, str, int]]:
    """Return the meetings in which somebody took part, newest first: under which nick, how many lines."""
    query = (
        select(MeetingRow, SeriesRow.slug, PresenceRow.nick, PresenceRow.lines)
        .join(PresenceRow, col(PresenceRow.meeting_id) == MeetingRow.id)
        .join(SeriesRow, col(SeriesRow.id) == MeetingRow.series_id)
        .where(PresenceRow.folded == casefold(nick))
    )
    if not private:
        query = query.where(_PUBLIC)
    found = session.exec(query.order_by(*_NEWEST_FIRST).limit(limit))
    return [(brief(row, slug), called, lines) for row, slug, called, lines in found]


_ACTIONS: Select[ActionRow, MeetingRow, str] = (
    select(ActionRow, MeetingRow, SeriesRow.slug)
    .join(MeetingRow, col(MeetingRow.id) == ActionRow.meeting_id)
    .join(SeriesRow, col(SeriesRow.id) == MeetingRow.series_id)
)
_ACTION_ORDER = (col(MeetingRow.started_at).desc(), col(ActionRow.position))


def _with_assignees(
    session: Session, query: Select[ActionRow, MeetingRow, str]
) -> Sequence[OpenAction]:
    rows = session.exec(query).all()
    named: dict[int, list[str]] = {}
    ids = [action.id for action, _, _ in rows]
    for action_id, nick in session.exec(
        select(AssigneeRow.action_id, AssigneeRow.nick)
        .where(col(AssigneeRow.action_id).in_(ids))
        .order_by(AssigneeRow.folded)
    ):
        named.setdefault(action_id, []).append(nick)
    return [
        OpenAction(
            action.id or 0,
            brief(meeting, slug),
            action.line,
            action.text,
            action.nick,
            from_micros(action.at),
            tuple(named.get(action.id or 0, ())),
            None if action.closed_at is None else from_micros(action.closed_at),
            action.closed_by,
            action.outcome,
        )
        for action, meeting, slug in rows
    ]
