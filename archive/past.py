"""What has been said in a channel before a line: the archive's side of `hub.reading.ChannelPast`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from archive.addresses import line_ref, parse_line_ref
from archive.entries import Channel, Entry
from archive.queries import LINE, find_channel, find_line
from hub.clock import SECOND, from_micros, micros
from hub.irc import Kind, Line, casefold, keepable_text
from hub.reading import ChannelPast, Told

_ORDER = (LINE.c.at, LINE.c.id)
_TOLD = (LINE.c.at, LINE.c.nth, LINE.c.kind, LINE.c.nick, LINE.c.text, LINE.c.account)
_STEP = 5000


def _is_before(entry: Entry) -> sa.ColumnElement[bool]:
    same_time = sa.and_(LINE.c.at == entry.at, LINE.c.id < entry.id)
    return sa.or_(LINE.c.at < entry.at, same_time)


# Said as text: each line of a running meeting asks, and building these anew took longer than answering.
_PLACE = sa.text(
    "SELECT line.channel_id, line.at, line.id FROM channel JOIN line ON line.channel_id = channel.id"
    " WHERE channel.network = :network AND channel.folded = :slug"
    " AND line.at >= :start AND line.at < :stop AND line.nth = :nth"
)
_BEFORE = sa.text(
    "SELECT at, nth FROM line WHERE channel_id = :channel AND at <= :at AND (at < :at OR id < :id)"
    " ORDER BY at DESC, id DESC LIMIT 1"
)


def line_before(session: Session, ref: str) -> str | None:
    """Return the ref of the line before one, in the order of time."""
    place = parse_line_ref(ref)
    if place is None or ref != keepable_text(ref):
        return None
    session.flush()
    run, start = session.connection().execute, place.second * SECOND
    values = {"network": place.network, "slug": place.slug, "nth": place.nth}
    found = run(_PLACE, {**values, "start": start, "stop": start + SECOND}).one_or_none()
    if found is None:
        return None
    channel, at, id_ = found
    row = run(_BEFORE, {"channel": channel, "at": at, "id": id_}).one_or_none()
    return None if row is None else line_ref(place.network, place.slug, row.at, row.nth)


def newest_line(session: Session, network: str, channel: str) -> str | None:
    """Return the ref of the last line of a channel, None when it has none."""
    found = find_channel(session, network, casefold(channel))
    if found is None:
        return None
    row = session.execute(
        sa.select(LINE.c.at, LINE.c.nth)
        .where(LINE.c.channel_id == found.id)
        .order_by(LINE.c.at.desc(), LINE.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else line_ref(found.network, found.slug, row[0], row[1])


def lines_between(session: Session, first: str, last: str | None) -> Sequence[Told]:
    """Return a channel's lines from one to another, both among them, or to the newest."""
    found = find_line(session, first)
    end = find_line(session, last) if last is not None else None
    if found is None or (last is not None and end is None):
        return ()
    channel, entry = found
    within = [LINE.c.channel_id == channel.id, LINE.c.at >= entry.at, sa.not_(_is_before(entry))]
    if end is not None:
        within += [
            LINE.c.at <= end[1].at,
            sa.or_(_is_before(end[1]), LINE.c.id == end[1].id),
        ]
    rows = session.execute(sa.select(*_TOLD).where(*within).order_by(*_ORDER))
    return [_told(channel, row) for row in rows]


def find_lines(
    session: Session, network: str, channel: str, first_at: datetime, last_at: datetime
) -> Sequence[Told]:
    """Return a channel's lines from one time to another, both among them, oldest first."""
    found = find_channel(session, network, casefold(channel))
    if found is None:
        return ()
    within = [
        LINE.c.channel_id == found.id,
        LINE.c.at >= micros(first_at),
        LINE.c.at <= micros(last_at),
    ]
    rows = session.execute(sa.select(*_TOLD).where(*within).order_by(*_ORDER))
    return [_told(found, row) for row in rows]


def all_lines(session: Session, network: str, channel: str) -> Iterator[Told]:
    """Yield all of a channel's lines, oldest first, without holding more than some of them."""
    found = find_channel(session, network, casefold(channel))
    after = (-(1 << 62), 0)
    while found is not None:
        later = sa.or_(LINE.c.at > after[0], sa.and_(LINE.c.at == after[0], LINE.c.id > after[1]))
        mine = sa.and_(LINE.c.channel_id == found.id, LINE.c.at >= after[0], later)
        query = sa.select(*_TOLD, LINE.c.id).where(mine).order_by(*_ORDER).limit(_STEP)
        rows = session.execute(query).all()
        if not rows:
            return
        yield from (_told(found, row) for row in rows)
        after = (rows[-1].at, rows[-1].id)


def _told(channel: Channel, row: Any) -> Told:
    line = Line(
        channel.network, channel.name, from_micros(row.at), Kind(row.kind), row.nick, row.text,
        row.account,
    )  # fmt: skip
    return Told(line, line_ref(channel.network, channel.slug, row.at, row.nth))


def topic(session: Session, ref: str) -> str:
    """Return the topic of the channel that a line is of, as it was last told."""
    found = find_line(session, ref)
    return "" if found is None else found[0].topic


PAST = ChannelPast(all_lines, line_before, newest_line, lines_between, topic, find_lines)
