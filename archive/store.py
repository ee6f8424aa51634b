"""Writes lines: each exactly once, in the order in which they become visible.

Every way in ends in `_append`, which gives ids, anchors and totals under the order lock. Two ways lead
there:

- `record`, for what a bot hears now. A line with a msgid is known by it. Without one, a line that
  another source of the same network wrote a moment ago is the same line (`archive/others.py`).
- `merge`, for server history and log files. What is there already (`archive/twins.py` says what counts as
  the same) stays, only the excess is added.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy import case, or_, update
from sqlmodel import Session, func

from archive.addresses import line_ref, slug
from archive.erasure import erased_nicks
from archive.redaction import redacted_digests
from archive.tables import ChannelRow, LineRow
from archive.twins import Stock
from hub.clock import DAY, SECOND, micros
from hub.events import in_order
from hub.irc import SPOKEN, Kind, Line, keepable, keepable_text
from hub.module import Heard

LINE = LineRow.__table__  # type: ignore[attr-defined]
CHANNEL = ChannelRow.__table__  # type: ignore[attr-defined]

_SOON_S = 3 * 86_400
_CHUNK = 500  # values in one IN (...): well under the limits of both databases


def channel_id(session: Session, network: str, name: str) -> int:
    """Return the id of a channel, making it when it is new."""
    in_order(session)
    folded = slug(name)
    found = session.execute(
        sa.select(CHANNEL.c.id).where(CHANNEL.c.network == network, CHANNEL.c.folded == folded)
    ).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = ChannelRow(network=network, name=name, folded=folded)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def record(
    session: Session, lines: Sequence[Line], slot: int, taken: Collection[int] = ()
) -> Sequence[Heard]:
    """Append the lines that are not there yet, and return those in their order.

    `taken` holds the places (indexes into `lines`) of lines that another source has written already.
    """
    in_order(session)
    lines = [keepable(line) for line in lines]
    fresh: list[tuple[int, Heard]] = []
    for channel, places in _by_channel(lines).items():
        chan = channel_id(session, *channel)
        known = known_msgids(session, chan, [lines[i] for i in places])
        new = [i for i in places if i not in taken and _is_new(lines[i], known)]
        heard = append(session, chan, [lines[i] for i in new], slot=slot, live=True)
        fresh += zip(new, heard, strict=True)
    # They were stored channel by channel; they are returned as they came.
    return [heard for _, heard in sorted(fresh, key=lambda pair: pair[0])]


def _is_new(line: Line, known: set[str]) -> bool:
    """Tell whether a line's msgid is not known yet, and know it from now on."""
    if line.msgid is None:
        return True
    if line.msgid in known:
        return False
    known.add(line.msgid)
    return True


def merge(
    session: Session,
    network: str,
    channel: str,
    lines: Sequence[Line],
    *,
    slot: int | None = None,
    slack_s: int = 0,
) -> int:
    """Add what is not there yet of lines that were said earlier; return how many were new.

    `lines` are in order. A stored line counts as the same when the msgids are equal; else, unless both
    have one, when kind, nick and text are equal and its time is within `slack_s` of the same second.
    Doing it again changes nothing.
    """
    kept = _kept(lines)
    return len(_merge(session, network, keepable_text(channel), kept, slot, slack_s))


def merge_each(session: Session, chunks: Sequence[Sequence[Line]]) -> Sequence[int]:
    """Merge chunks of log files one after the other; return how many lines of each were new.

    Each chunk is of one channel and not empty. It is the same as to `merge` each of them, only that chunks
    that follow each other in time, as the days of a channel do, share the work.
    """
    counts: list[int] = []
    for run in _runs([_kept(chunk) for chunk in chunks]):
        lines = [line for chunk in run for line in chunk]
        new = _merge(session, lines[0].network, lines[0].channel, lines, None, 0)
        if len(new) == len(lines):
            counts += map(len, run)
        else:
            fresh = set(map(id, new))
            counts += [sum(id(line) in fresh for line in chunk) for chunk in run]
    return counts


def _kept(lines: Sequence[Line]) -> Sequence[Line]:
    """Return the lines as they may be kept (see `keepable`).

    Nearly always nothing is to be done, and one look at all their words together tells.
    """
    words = [line.text for line in lines] + [line.nick for line in lines]
    words += {word for line in lines for word in (line.channel, line.account, line.msgid) if word}
    told = "".join(words)
    wide = "".join([word for word in words if not word.isascii()])
    if not ("\0" in told or "\r" in told or "\n" in told) and keepable_text(wide) == wide:
        return lines
    return [keepable(line) for line in lines]


def _runs(chunks: Sequence[Sequence[Line]]) -> Iterator[list[Sequence[Line]]]:
    """Group chunks that can't share a line: of one channel, each soon after the last one's end.

    Soon, because what is stored between the ends of a run is looked through.
    """
    run: list[Sequence[Line]] = []
    last = 0
    for chunk in chunks:
        times = [line.at for line in chunk]
        first = micros(min(times)) // SECOND
        soon = last < first <= last + _SOON_S
        if run and not (soon and _same_channel(run[-1][0], chunk[0])):
            yield run
            run = []
        run.append(chunk)
        last = micros(max(times)) // SECOND
    if run:
        yield run


def _same_channel(line: Line, other: Line) -> bool:
    return (line.network, line.channel) == (other.network, other.channel)


def _merge(
    session: Session,
    network: str,
    channel: str,
    lines: Sequence[Line],
    slot: int | None,
    slack_s: int,
) -> Sequence[Line]:
    """Add what is not there yet, and return it."""
    if not lines:
        return []
    chan = channel_id(session, network, channel)
    known = known_msgids(session, chan, lines)
    had = frozenset(known)
    unknown = [line for line in lines if line.msgid is None or _is_new(line, known)]
    new, kept, times = _excess(session, chan, unknown, had, slack_s)
    _append(session, chan, kept, times, slot)
    return new


def append(
    session: Session, chan: int, lines: Sequence[Line], *, slot: int | None, live: bool
) -> Sequence[Heard]:
    """Append lines of one channel as they are (see `keepable`), with ids, anchors and totals."""
    rows = _append(session, chan, lines, _times(lines), slot)
    return [
        Heard(line, line_ref(line.network, line.channel, at, nth), live)
        for line, (_, _, at, nth, *_) in zip(lines, rows, strict=True)
    ]


def _append(
    session: Session, chan: int, lines: Sequence[Line], times: Sequence[int], slot: int | None
) -> Sequence[tuple[Any, ...]]:
    if not lines:
        return []
    next_id = (session.execute(sa.select(func.max(LINE.c.id))).scalar() or 0) + 1
    counts = _counts_by_second(session, chan, times)
    kinds = _KINDS
    rows = []
    for line_id, (line, at) in enumerate(zip(lines, times, strict=True), next_id):
        second = at // SECOND
        nth = counts[second] = counts[second] + 1
        kind = kinds[line.kind]
        rows.append(
            (line_id, chan, at, nth, kind, line.nick, line.text, line.account, line.msgid, slot)
        )
    _insert(session.connection(), rows)
    said = [at for at, line in zip(times, lines, strict=True) if line.kind in SPOKEN]
    _add_to_days(session, chan, times, said)
    _add_to_channel(session, chan, times, said)
    _set_topic(session, chan, lines, times)
    return rows


def _times(lines: Sequence[Line]) -> list[int]:
    return [micros(line.at) for line in lines]


def _insert(connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of the line table, straight by the driver: SQLAlchemy would cost more for each.

    Many rows go in one statement where they can: sqlite3 gives up the interpreter's lock for each statement,
    and while the bot reads a flood in another thread it takes up to 5 ms to have it back. With a statement
    for each row a flood was stored many times slower than it is read.
    """
    whole = len(rows) // _BLOCK * _BLOCK if connection.dialect.name == "sqlite" else 0
    for start in range(0, whole, _BLOCK):
        block = chain.from_iterable(rows[start : start + _BLOCK])
        connection.exec_driver_sql(_INSERT_BLOCK, tuple(block))
    if len(rows) > whole:
        connection.exec_driver_sql(_INSERT[connection.dialect.paramstyle], list(rows[whole:]))


_KINDS = {kind: kind.value for kind in Kind}
"""Asked for each line: `kind.value` costs several times as much."""


def _for_drivers(statement: str) -> Mapping[str, str]:
    """Return the statement with its ? as each driver writes them."""
    return {
        "qmark": statement,
        "pyformat": statement.replace("?", "%s"),
        "format": statement.replace("?", "%s"),
    }


_COLUMNS = [column.name for column in LINE.columns]
_ROW = f"({', '.join('?' for _ in _COLUMNS)})"
_INTO_LINE = f"INSERT INTO line ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own columns
_INSERT = _for_drivers(_INTO_LINE + _ROW)
_BLOCK = 200
"""Rows of one statement: 2,000 values, where SQLite takes 32,766."""
_INSERT_BLOCK = _INTO_LINE + ", ".join([_ROW] * _BLOCK)
_ADD_TO_DAY = _for_drivers(
    "INSERT INTO day (channel_id, day, lines, spoken, version) VALUES (?, ?, ?, ?, 1)"
    " ON CONFLICT (channel_id, day) DO UPDATE SET lines = day.lines + excluded.lines,"
    " spoken = day.spoken + excluded.spoken, version = day.version + 1"
)


def _by_channel(lines: Sequence[Line]) -> Mapping[tuple[str, str], list[int]]:
    places: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        places[line.network, line.channel].append(i)
    return places


def known_msgids(session: Session, chan: int, lines: Iterable[Line]) -> set[str]:
    """Return those of the lines' msgids that are stored already."""
    wanted = [line.msgid for line in lines if line.msgid is not None]
    known: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        known.update(
            session.execute(
                sa.select(LINE.c.msgid).where(LINE.c.channel_id == chan, LINE.c.msgid.in_(part))
            ).scalars()
        )
    return known


def _excess(
    session: Session, chan: int, lines: Sequence[Line], had: Collection[str], slack_s: int
) -> tuple[Sequence[Line], Sequence[Line], Sequence[int]]:
    """Return the lines that are more than what is stored, as a multiset, and not redacted.

    After them the same lines as they may be kept, without names that were erased; and their times.

    `had` are the msgids by which other lines of the batch were found already: their rows are used up.
    """
    if not lines:
        return [], [], []
    times = _times(lines)
    stock = _stock(session, chan, times, had, slack_s)
    redacted = redacted_digests(session, chan)
    erased = erased_nicks(session, chan, {at // DAY for at in times})
    if stock.is_empty and not redacted.digests and not erased.known:
        return lines, lines, times
    new: list[Line] = []
    kept: list[Line] = []
    new_times: list[int] = []
    for line, at in zip(lines, times, strict=True):
        second = at // SECOND
        if stock.take(second, line) or redacted.hides(second, line, slack_s):
            continue
        nameless = erased.stands_for(second, line)
        if nameless is line or not stock.take(second, nameless):
            new.append(line)
            kept.append(nameless)
            new_times.append(at)
    return new, kept, new_times


def _stock(
    session: Session, chan: int, times: Sequence[int], had: Collection[str], slack_s: int
) -> Stock:
    """Return what is stored in the seconds in question and not used up yet.

    The archive between them may be large.
    """
    seconds = {at // SECOND for at in times}
    start = (min(seconds) - slack_s) * SECOND
    end = (max(seconds) + slack_s + 1) * SECOND
    rows = session.execute(
        sa.select(LINE.c.at, LINE.c.kind, LINE.c.nick, LINE.c.text, LINE.c.msgid)
        .where(LINE.c.channel_id == chan, LINE.c.at >= start, LINE.c.at < end)
        .order_by(LINE.c.at)
    )
    stock = Stock(slack_s)
    for at, kind, nick, text, msgid in rows:
        second = at // SECOND
        if (slack_s or second in seconds) and (msgid is None or msgid not in had):
            stock.add(second, (kind, nick, text), named=msgid is not None)
    return stock


def _counts_by_second(session: Session, chan: int, times: Sequence[int]) -> dict[int, int]:
    """Return for each second how many anchors of the channel it has used up."""
    counts = dict.fromkeys([at // SECOND for at in times], 0)
    first, last = min(counts), max(counts)
    second = ((LINE.c.at - first * SECOND) // SECOND).label("second")
    rows = session.execute(
        sa.select(second, func.max(LINE.c.nth))
        .where(
            LINE.c.channel_id == chan, LINE.c.at >= first * SECOND, LINE.c.at < (last + 1) * SECOND
        )
        .group_by(second)
    )
    counts.update((first + after, nth) for after, nth in rows if first + after in counts)
    return counts


def _add_to_days(session: Session, chan: int, times: Sequence[int], said: Sequence[int]) -> None:
    """Count lines into their days; `said` are the times of those that are talk."""
    total = Counter([at // DAY for at in times])
    spoken = Counter([at // DAY for at in said])
    connection = session.connection()
    rows = [(chan, day, count, spoken[day]) for day, count in total.items()]
    connection.exec_driver_sql(_ADD_TO_DAY[connection.dialect.paramstyle], rows)


def _add_to_channel(session: Session, chan: int, times: Sequence[int], said: Sequence[int]) -> None:
    first, last, spoken_at = min(times), max(times), max(said, default=None)
    session.execute(
        update(CHANNEL)
        .where(CHANNEL.c.id == chan)
        .values(
            lines=CHANNEL.c.lines + len(times),
            spoken=CHANNEL.c.spoken + len(said),
            first_at=_extreme(CHANNEL.c.first_at, first, least=True),
            last_at=_extreme(CHANNEL.c.last_at, last, least=False),
            spoken_at=_extreme(CHANNEL.c.spoken_at, spoken_at, least=False),
        )
    )


def _set_topic(session: Session, chan: int, lines: Sequence[Line], times: Sequence[int]) -> None:
    """Keep the channel's topic: what the latest of all topic lines says."""
    kind = Kind.TOPIC
    topics = [(at, line) for at, line in zip(times, lines, strict=True) if line.kind is kind]
    if not topics:
        return
    at, line = max(topics, key=lambda topic: topic[0])
    known = CHANNEL.c.topic_at
    session.execute(
        update(CHANNEL)
        .where(CHANNEL.c.id == chan, or_(known.is_(None), known <= at))
        .values(topic=line.text, topic_at=at)
    )


def _extreme(column: sa.Column[int], value: int | None, *, least: bool) -> object:
    """Return the SQL for the least (or greatest) of a column that may be NULL and a value."""
    if value is None:
        return column
    beats = column > value if least else column < value
    return case((or_(column.is_(None), beats), value), else_=column)
