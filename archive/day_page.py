"""Reads what the archive's pages show, each by an index and bounded by what the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from archive.entries import Channel, Day, Entry, day_number, day_of
from archive.queries import LINE, around, entries_between, same_nick
from archive.tables import DayRow
from hub.clock import SECOND, micros
from hub.irc import SPOKEN, Kind
from hub.refs import Backlink, backlinks, links_from

_TALK = [kind.value for kind in SPOKEN]
_WALK = 20_000  # lines that one request may look through, some 20 ms
_MENTIONS, _NAMED = 100, 500
_FOR_EVER = 1 << 62


@dataclass(frozen=True, slots=True)
class DayFacts:
    """What a day's page depends on: cheap to read, so that most readers get their 304 at once.

    mentions: what speaks of its lines. links: what its lines speak of, as source and target.
    """

    day: Day | None
    before: date | None
    after: date | None
    mentions: Sequence[Backlink]
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a channel; `years` are all from the first line to the last, newest first."""

    year: int
    days: Sequence[Day]
    years: Sequence[int]


def day_facts(session: Session, channel: Channel, day: date) -> DayFacts:
    """Return what a day's page depends on."""
    prefix = f"line:{channel.network}/{channel.slug}/{day.isoformat()}"
    mentions = backlinks(session, f"{prefix}T", f"{prefix}U", _MENTIONS)
    before, found, after = around(session, channel, day)
    links = links_from(session, f"{prefix}T", f"{prefix}U", _NAMED)
    return DayFacts(found, before, after, mentions, links)


def newest_day(session: Session, channel: Channel) -> date | None:
    """Return the newest day that holds lines."""
    query = (
        select(DayRow.day)
        .where(DayRow.channel_id == channel.id)
        .order_by(col(DayRow.day).desc())
        .limit(1)
    )
    number = session.exec(query).one_or_none()
    return None if number is None else day_of(number)


def channel_year(session: Session, channel: Channel, year: int | None) -> Year | None:
    """Return a year's days, the newest year for None; None itself without any line."""
    if channel.first_at is None or channel.last_at is None:
        return None
    years = range(channel.last_at.year, channel.first_at.year - 1, -1)
    shown = years[0] if year is None else year
    if shown not in years:
        return Year(shown, [], years)
    rows = session.exec(
        select(DayRow)
        .where(
            DayRow.channel_id == channel.id,
            col(DayRow.day) >= day_number(date(shown, 1, 1)),
            col(DayRow.day) <= day_number(date(shown, 12, 31)),
        )
        .order_by(col(DayRow.day))
    )
    days = [Day(day_of(row.day), row.lines, row.spoken, row.version) for row in rows]
    return Year(shown, days, years)


def recent_talk(
    session: Session, channel: Channel, limit: int, *, walk: int = _WALK
) -> Sequence[Entry]:
    """Return the last spoken lines among the newest `walk` of a channel, oldest first."""
    newest = _newest(channel, walk)
    query = (
        sa.select(newest)
        .where(newest.c.kind.in_(_TALK))
        .order_by(newest.c.at.desc(), newest.c.id.desc())
        .limit(limit)
    )
    return _entries(session, query)[::-1]


def last_spoke(
    session: Session, channel: Channel, nick: str, *, before: int = _FOR_EVER, walk: int = _WALK
) -> Entry | None:
    """Return what a nick (in any case) said last among the newest `walk` lines of a channel.

    before: only what was said before this moment (microseconds since 1970).
    """
    newest = _newest(channel, walk)
    nicks = session.execute(sa.select(newest.c.nick).distinct()).scalars()
    query = (
        sa.select(newest)
        .where(
            newest.c.kind.in_(_TALK),
            newest.c.nick.in_(same_nick(nicks, nick)),
            newest.c.at < before,
        )
        .order_by(newest.c.at.desc(), newest.c.id.desc())
        .limit(1)
    )
    found = _entries(session, query)
    return found[0] if found else None


def lines_since(session: Session, channel: Channel, at: datetime, limit: int) -> Sequence[Entry]:
    """Return up to `limit` lines from the second of `at` on."""
    start = micros(at) // SECOND * SECOND
    return entries_between(session, channel, start, _FOR_EVER, limit)


def _newest(channel: Channel, walk: int) -> sa.Subquery:
    return (
        sa.select(LINE.c.id, LINE.c.at, LINE.c.nth, LINE.c.kind, LINE.c.nick, LINE.c.text)
        .where(LINE.c.channel_id == channel.id)
        .order_by(LINE.c.at.desc(), LINE.c.id.desc())
        .limit(walk)
        .subquery()
    )


def _entries(
    session: Session, query: sa.Select[tuple[int, int, int, str, str, str]]
) -> list[Entry]:
    return [
        Entry(id_, at, nth, Kind(kind), nick, text)
        for id_, at, nth, kind, nick, text in session.execute(query).all()
    ]
