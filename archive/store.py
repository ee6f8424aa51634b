"""Writes lines: each exactly once, in the order in which they become visible.

Every way in ends in `_append`, which gives ids, anchors and totals under the order lock. Two ways lead
there:

- `record`, for what a bot hears now. A line with a msgid is known by it. Without one, a line that
  another source of the same network wrote a moment ago is the same line (`archive/others.py`).
- `merge`, for server history and log files. What is there already (`archive/twins.py` says what counts as
  the same) stays, only the excess is added.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import case, insert, or_, update
from sqlmodel import Session, func

from archive.addresses import line_ref, slug
from archive.redaction import redacted_digests
from archive.tables import ChannelRow, DayRow, LineRow
from archive.twins import Stock
from hub.clock import DAY, SECOND, micros
from hub.events import in_order
from hub.irc import SPOKEN, Line, keepable, keepable_text
from hub.module import Heard

LINE = LineRow.__table__  # type: ignore[attr-defined]
DAYS = DayRow.__table__  # type: ignore[attr-defined]
CHANNEL = ChannelRow.__table__  # type: ignore[attr-defined]

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
    if not lines:
        return 0
    lines = [keepable(line) for line in lines]
    chan = channel_id(session, network, keepable_text(channel))
    known = known_msgids(session, chan, lines)
    had = frozenset(known)
    unknown = [line for line in lines if _is_new(line, known)]
    new = _excess(session, chan, unknown, had, slack_s)
    _append(session, chan, new, slot)
    return len(new)


def append(
    session: Session, chan: int, lines: Sequence[Line], *, slot: int | None, live: bool
) -> Sequence[Heard]:
    """Append lines of one channel as they are (see `keepable`), with ids, anchors and totals."""
    rows = _append(session, chan, lines, slot)
    return [
        Heard(line, line_ref(line.network, line.channel, at, nth), live)
        for line, (_, _, at, nth, *_) in zip(lines, rows, strict=True)
    ]


def _append(
    session: Session, chan: int, lines: Sequence[Line], slot: int | None
) -> Sequence[tuple[Any, ...]]:
    if not lines:
        return []
    next_id = (session.execute(sa.select(func.max(LINE.c.id))).scalar() or 0) + 1
    times = [micros(line.at) for line in lines]
    counts = _counts_by_second(session, chan, times)
    rows = []
    for line_id, (line, at) in enumerate(zip(lines, times, strict=True), next_id):
        second = at // SECOND
        nth = counts[second] = counts[second] + 1
        said = (line.kind.value, line.nick, line.text, line.account, line.msgid)
        rows.append((line_id, chan, at, nth, *said, slot))
    connection = session.connection()
    # Straight to the driver: SQLAlchemy's handling of each row would cost more than storing it.
    connection.exec_driver_sql(_INSERT[connection.dialect.paramstyle], rows)
    _add_to_days(session, chan, lines, times)
    _add_to_channel(session, chan, lines, times)
    return rows


_COLUMNS = [column.name for column in LINE.columns]
_INSERT = {
    style: f"INSERT INTO line ({', '.join(_COLUMNS)}) VALUES ({', '.join([mark] * len(_COLUMNS))})"  # noqa: S608
    for style, mark in (("qmark", "?"), ("pyformat", "%s"), ("format", "%s"))
}


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
) -> list[Line]:
    """Return the lines that are more than what is stored, as a multiset, and not redacted.

    `had` are the msgids by which other lines of the batch were found already: their rows are used up.
    """
    if not lines:
        return []
    times = [micros(line.at) for line in lines]
    stock = _stock(session, chan, min(times), max(times), had, slack_s)
    redacted = redacted_digests(session, chan)
    new = []
    for line, at in zip(lines, times, strict=True):
        second = at // SECOND
        if not stock.take(second, line) and not redacted.hides(second, line, slack_s):
            new.append(line)
    return new


def _stock(
    session: Session, chan: int, first: int, last: int, had: Collection[str], slack_s: int
) -> Stock:
    """Return what is stored around the seconds from `first` to `last` and not used up yet."""
    start = (first // SECOND - slack_s) * SECOND
    end = (last // SECOND + slack_s + 1) * SECOND
    rows = session.execute(
        sa.select(LINE.c.at, LINE.c.kind, LINE.c.nick, LINE.c.text, LINE.c.msgid)
        .where(LINE.c.channel_id == chan, LINE.c.at >= start, LINE.c.at < end)
        .order_by(LINE.c.at)
    )
    stock = Stock(slack_s)
    for at, kind, nick, text, msgid in rows:
        if msgid is None or msgid not in had:
            stock.add(at // SECOND, (kind, nick, text), named=msgid is not None)
    return stock


def _counts_by_second(session: Session, chan: int, times: Sequence[int]) -> Counter[int]:
    """Return for each second how many anchors of the channel it has used up."""
    start = min(times) // SECOND * SECOND
    end = (max(times) // SECOND + 1) * SECOND
    rows = session.execute(
        sa.select(LINE.c.at, LINE.c.nth).where(
            LINE.c.channel_id == chan, LINE.c.at >= start, LINE.c.at < end
        )
    )
    counts: Counter[int] = Counter()
    for at, nth in rows:
        second = at // SECOND
        counts[second] = max(counts[second], nth)
    return counts


def _add_to_days(session: Session, chan: int, lines: Sequence[Line], times: Sequence[int]) -> None:
    total: Counter[int] = Counter(at // DAY for at in times)
    spoken: Counter[int] = Counter(
        at // DAY for at, line in zip(times, lines, strict=True) if line.kind in SPOKEN
    )
    for day, count in total.items():
        changed = session.execute(
            update(DAYS)
            .where(DAYS.c.channel_id == chan, DAYS.c.day == day)
            .values(
                lines=DAYS.c.lines + count,
                spoken=DAYS.c.spoken + spoken[day],
                version=DAYS.c.version + 1,
            )
        )
        if not changed.rowcount:  # type: ignore[attr-defined]
            row = {"channel_id": chan, "day": day, "lines": count, "spoken": spoken[day]}
            session.execute(insert(DAYS).values(**row, version=1))


def _add_to_channel(
    session: Session, chan: int, lines: Sequence[Line], times: Sequence[int]
) -> None:
    said = [at for at, line in zip(times, lines, strict=True) if line.kind in SPOKEN]
    first, last, spoken_at = min(times), max(times), max(said, default=None)
    session.execute(
        update(CHANNEL)
        .where(CHANNEL.c.id == chan)
        .values(
            lines=CHANNEL.c.lines + len(lines),
            spoken=CHANNEL.c.spoken + len(said),
            first_at=_extreme(CHANNEL.c.first_at, first, least=True),
            last_at=_extreme(CHANNEL.c.last_at, last, least=False),
            spoken_at=_extreme(CHANNEL.c.spoken_at, spoken_at, least=False),
        )
    )


def _extreme(column: sa.Column[int], value: int | None, *, least: bool) -> object:
    """Return the SQL for the least (or greatest) of a column that may be NULL and a value."""
    if value is None:
        return column
    beats = column > value if least else column < value
    return case((or_(column.is_(None), beats), value), else_=column)
