"""Reads the archive. Every query goes by an index and costs what it returns, not what there is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from archive.addresses import LineRef, parse_line_ref
from archive.entries import Channel, Day, Entry, Row, day_bounds, day_number, day_of
from archive.tables import ChannelRow, DayRow, LineRow
from hub.clock import SECOND, from_micros
from hub.irc import SPOKEN, Kind, casefold, keepable_text

LINE = LineRow.__table__  # type: ignore[attr-defined]
DAYS = DayRow.__table__  # type: ignore[attr-defined]
CHANNEL = ChannelRow.__table__  # type: ignore[attr-defined]

_COLUMNS = (LINE.c.id, LINE.c.at, LINE.c.nth, LINE.c.kind, LINE.c.nick, LINE.c.text)
_KINDS = {kind.value: kind for kind in Kind}
_TALK = [kind.value for kind in SPOKEN]
_TALK_APART = 30 * 60 * SECOND


def channels(session: Session, network: str | None = None) -> Sequence[Channel]:
    """Return all channels, or a network's, the one spoken in last first."""
    query = select(ChannelRow).order_by(
        func.coalesce(ChannelRow.spoken_at, 0).desc(), col(ChannelRow.folded)
    )
    if network is not None:
        query = query.where(ChannelRow.network == network)
    return [_channel(row) for row in session.exec(query)]


def find_channel(session: Session, network: str, slug: str) -> Channel | None:
    """Return the channel of that name, None when it has no archive."""
    if (network, slug) != (keepable_text(network), keepable_text(slug)):
        return None  # no name holds such characters, and the database would refuse to look for them
    named = {"network": network, "folded": slug}
    row = session.connection().execute(_CHANNEL_NAMED, named).one_or_none()
    return _channel(row) if row else None


# Statements of the page that is asked for most are made once, and given to the connection itself: to make
# one costs more than to run it, and so does what a session does around it for objects that are not asked for.
_CHANNEL_NAMED = sa.select(CHANNEL).where(
    CHANNEL.c.network == sa.bindparam("network"), CHANNEL.c.folded == sa.bindparam("folded")
)


def days(session: Session, channel: Channel) -> Sequence[Day]:
    """Return all days of a channel that hold lines, newest first."""
    rows = session.exec(
        select(DayRow).where(DayRow.channel_id == channel.id).order_by(col(DayRow.day).desc())
    )
    return [_day(row) for row in rows]


def around(
    session: Session, channel: Channel, day: date
) -> tuple[date | None, Day | None, date | None]:
    """Return one day in figures, None when nothing happened; and the nearest days with lines around it."""
    number = day_number(day)
    rows = session.connection().execute(_AROUND, {"channel": channel.id, "number": number}).all()
    found = {(row.day > number) - (row.day < number): _day(row) for row in rows}
    before, after = found.get(-1), found.get(1)
    return (before.day if before else None), found.get(0), (after.day if after else None)


_MINE = sa.select(DAYS.c.day).where(DAYS.c.channel_id == sa.bindparam("channel"))
_BEFORE = _MINE.where(DAYS.c.day < sa.bindparam("number")).order_by(DAYS.c.day.desc()).limit(1)
_AFTER = _MINE.where(DAYS.c.day > sa.bindparam("number")).order_by(DAYS.c.day).limit(1)
_AROUND = sa.select(DAYS).where(
    DAYS.c.channel_id == sa.bindparam("channel"),
    sa.or_(
        DAYS.c.day == sa.bindparam("number"),
        DAYS.c.day == _BEFORE.scalar_subquery(),
        DAYS.c.day == _AFTER.scalar_subquery(),
    ),
)


def day_entries(session: Session, channel: Channel, day: date) -> Sequence[Entry]:
    """Return a day's lines in the order of time."""
    start, end = day_bounds(day)
    query = sa.select(*_COLUMNS).where(
        LINE.c.channel_id == channel.id, LINE.c.at >= start, LINE.c.at < end
    )
    return _entries(session, query.order_by(LINE.c.at, LINE.c.id))


def day_rows(session: Session, channel: Channel, day: date) -> Sequence[Row]:
    """Return a day's lines as its page needs them, in the order of time."""
    start, end = day_bounds(day)
    # The driver's own rows: SQLAlchemy's would cost as much again as SQLite does.
    its = {"channel": channel.id, "start": start, "end": end}
    return session.connection().execute(_DAY_ROWS, its).cursor.fetchall()


_DAY_ROWS = (
    sa.select(
        ((LINE.c.at - sa.bindparam("start")) // SECOND),
        LINE.c.nth,
        LINE.c.kind,
        LINE.c.nick,
        LINE.c.text,
    )
    .where(
        LINE.c.channel_id == sa.bindparam("channel"),
        LINE.c.at >= sa.bindparam("start"),
        LINE.c.at < sa.bindparam("end"),
    )
    .order_by(LINE.c.at, LINE.c.id)
)


def entries_between(
    session: Session, channel: Channel, start: int, end: int, limit: int
) -> Sequence[Entry]:
    """Return up to `limit` lines from `start` until before `end` (microseconds since 1970)."""
    query = sa.select(*_COLUMNS).where(
        LINE.c.channel_id == channel.id, LINE.c.at >= start, LINE.c.at < end
    )
    return _entries(session, query.order_by(LINE.c.at, LINE.c.id).limit(limit))


def newest_entries(
    session: Session, channel: Channel, limit: int, *, spoken: bool = False
) -> Sequence[Entry]:
    """Return the last lines of a channel, oldest of them first; only talk with `spoken`."""
    query = sa.select(*_COLUMNS).where(LINE.c.channel_id == channel.id)
    if spoken:
        query = query.where(LINE.c.kind.in_(_TALK))
    found = _entries(session, query.order_by(LINE.c.at.desc(), LINE.c.id.desc()).limit(limit))
    return found[::-1]


def spoken_around(session: Session, channel: Channel, entry: Entry, each: int) -> Sequence[Entry]:
    """Return the talk right before a line and right after it, at most so many of each, and the line.

    What half an hour of time parts belongs to another talk.
    """
    given = {
        "channel": channel.id,
        "at": entry.at,
        "id": entry.id,
        "first": entry.at - _TALK_APART,
        "last": entry.at + _TALK_APART,
        "each": each,
    }
    before = _entries(session, _TALK_BEFORE, given)
    return [*before[::-1], entry, *_entries(session, _TALK_AFTER, given)]


_PLACE = sa.tuple_(LINE.c.at, LINE.c.id)
_HERE = sa.tuple_(
    sa.bindparam("at", type_=LINE.c.at.type), sa.bindparam("id", type_=LINE.c.id.type)
)
_TALK_OF = sa.select(*_COLUMNS).where(
    LINE.c.channel_id == sa.bindparam("channel"),
    LINE.c.kind.in_([sa.literal_column(f"'{kind}'") for kind in _TALK]),  # parameters cost as much
)
_TALK_BEFORE = (
    _TALK_OF.where(_PLACE < _HERE, LINE.c.at > sa.bindparam("first"))
    .order_by(LINE.c.at.desc(), LINE.c.id.desc())
    .limit(sa.bindparam("each"))
)
_TALK_AFTER = (
    _TALK_OF.where(_PLACE > _HERE, LINE.c.at < sa.bindparam("last"))
    .order_by(LINE.c.at, LINE.c.id)
    .limit(sa.bindparam("each"))
)


def entries_after(session: Session, channel: Channel, cursor: int, limit: int) -> Sequence[Entry]:
    """Return up to `limit` lines of a channel that became visible after `cursor`, by id."""
    # + 0: by the id alone. By the channel's index all of its lines would be sorted for the newest few.
    query = sa.select(*_COLUMNS).where(LINE.c.id > cursor, LINE.c.channel_id + 0 == channel.id)
    return _entries(session, query.order_by(LINE.c.id).limit(limit))


def last_id(session: Session) -> int:
    """Return the id of the line that became visible last, 0 when there is none."""
    return session.execute(sa.select(func.max(LINE.c.id))).scalar() or 0


def find_line(session: Session, ref: str) -> tuple[Channel, Entry] | None:
    """Return the line that a ref names."""
    place = parse_line_ref(ref)
    return _at_place(session, place) if place else None


def spoken_by(session: Session, channel: Channel, nick: str) -> Sequence[Entry]:
    """Return all that a nick (in any case) said in a channel. Walks the channel: for operators."""
    nicks = session.execute(
        sa.select(LINE.c.nick).where(LINE.c.channel_id == channel.id).distinct()
    ).scalars()
    query = sa.select(*_COLUMNS).where(
        LINE.c.channel_id == channel.id,
        LINE.c.kind.in_(_TALK),
        LINE.c.nick.in_(same_nick(nicks, nick)),
    )
    return _entries(session, query.order_by(LINE.c.at, LINE.c.id))


def same_nick(nicks: Iterable[str], nick: str) -> Sequence[str]:
    """Return those of the nicks that are the same in another case.

    Not by SQL's lower(): SQLite's knows ASCII only, PostgreSQL's goes by the locale, neither by IRC.
    """
    return [name for name in nicks if _folded(name) == _folded(nick)]


def _folded(nick: str) -> str:
    return casefold(nick).casefold()


def last_seen(session: Session, network: str, slug: str) -> tuple[int, str | None] | None:
    """Return time and msgid of a channel's newest line, for asking a server what came after it."""
    channel = sa.select(CHANNEL.c.id).where(CHANNEL.c.network == network, CHANNEL.c.folded == slug)
    row = session.execute(
        sa.select(LINE.c.at, LINE.c.msgid)
        .where(LINE.c.channel_id == channel.scalar_subquery())
        .order_by(LINE.c.at.desc(), LINE.c.id.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def stream(session: Session, cursor: int, limit: int) -> Iterator[tuple[int, str, str, Entry]]:
    """Yield (id, network, slug, entry) of all channels' lines after `cursor`, in order of ids."""
    rows = session.execute(
        sa.select(*_COLUMNS, CHANNEL.c.network, CHANNEL.c.folded)
        .join(CHANNEL, CHANNEL.c.id == LINE.c.channel_id)
        .where(LINE.c.id > cursor)
        .order_by(LINE.c.id)
        .limit(limit)
    )
    for id_, at, nth, kind, nick, text, network, slug in rows:
        yield id_, network, slug, Entry(id_, at, nth, _KINDS[kind], nick, text)


def _at_place(session: Session, place: LineRef) -> tuple[Channel, Entry] | None:
    channel = find_channel(session, place.network, place.slug)
    if channel is None:
        return None
    start = place.second * SECOND
    given = {"channel": channel.id, "start": start, "end": start + SECOND, "nth": place.nth}
    found = _entries(session, _LINE_AT, given)
    return (channel, found[0]) if found else None


_LINE_AT = sa.select(*_COLUMNS).where(
    LINE.c.channel_id == sa.bindparam("channel"),
    LINE.c.at >= sa.bindparam("start"),
    LINE.c.at < sa.bindparam("end"),
    LINE.c.nth == sa.bindparam("nth"),
)


def _entries(
    session: Session,
    query: sa.Select[*tuple[Any, ...]],
    given: Mapping[str, Any] = MappingProxyType({}),
) -> list[Entry]:
    """Return the entries of a query for `_COLUMNS`.

    The driver's own rows are taken, and tuples made directly: a page has thousands, and SQLAlchemy's rows
    and Entry's own `__new__` would cost as much again as SQLite does.
    """
    make, kinds = tuple.__new__, _KINDS
    result = session.execute(query, given)
    assert isinstance(result, sa.CursorResult)
    return [
        make(Entry, (id_, at, nth, kinds[kind], nick, text))
        for id_, at, nth, kind, nick, text in result.cursor.fetchall()
    ]


def _day(row: Any) -> Day:
    """Take over a row of `day`, SQLModel's or the statement's own."""
    return Day(day_of(row.day), row.lines, row.spoken, row.version)


def _channel(row: Any) -> Channel:
    """Take over a row of `channel`, SQLModel's or the statement's own."""
    first, last, spoken = (
        None if at is None else from_micros(at) for at in (row.first_at, row.last_at, row.spoken_at)
    )
    return Channel(
        row.id,
        row.network,
        row.name,
        row.folded,
        row.topic,
        row.lines,
        row.spoken,
        first,
        last,
        spoken,
    )
