"""What has been said in a channel before a line: the archive's side of `hub.reading.ChannelPast`."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session

from archive.addresses import line_ref
from archive.entries import Entry
from archive.queries import LINE, find_line
from hub.clock import from_micros
from hub.irc import Kind, Line
from hub.reading import ChannelPast

_ORDER = (LINE.c.at, LINE.c.id)


def _is_before(entry: Entry) -> sa.ColumnElement[bool]:
    same_time = sa.and_(LINE.c.at == entry.at, LINE.c.id < entry.id)
    return sa.or_(LINE.c.at < entry.at, same_time)


def line_before(session: Session, ref: str) -> str | None:
    """Return the ref of the line before one, in the order of time."""
    found = find_line(session, ref)
    if found is None:
        return None
    channel, entry = found
    row = session.execute(
        sa.select(LINE.c.at, LINE.c.nth)
        .where(LINE.c.channel_id == channel.id, LINE.c.at <= entry.at, _is_before(entry))
        .order_by(LINE.c.at.desc(), LINE.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else line_ref(channel.network, channel.slug, row[0], row[1])


def lines_since(session: Session, ref: str, words: str, back: timedelta) -> Sequence[Line]:
    """Return a channel's lines from the last that begins with `words`, any case, until before one."""
    found = find_line(session, ref)
    if found is None:
        return ()
    channel, entry = found
    first = entry.at - back // timedelta(microseconds=1)
    mine = sa.and_(
        LINE.c.channel_id == channel.id,
        LINE.c.at >= first,
        LINE.c.at <= entry.at,
        _is_before(entry),
    )
    start = session.execute(
        sa.select(LINE.c.at, LINE.c.id)
        .where(mine, LINE.c.kind == Kind.SAY.value, LINE.c.text.istartswith(words, autoescape=True))
        .order_by(LINE.c.at.desc(), LINE.c.id.desc())
        .limit(1)
    ).one_or_none()
    if start is None:
        return ()
    after = sa.or_(LINE.c.at > start[0], sa.and_(LINE.c.at == start[0], LINE.c.id >= start[1]))
    rows = session.execute(
        sa.select(LINE.c.at, LINE.c.kind, LINE.c.nick, LINE.c.text, LINE.c.account)
        .where(mine, LINE.c.at >= start[0], after)
        .order_by(*_ORDER)
    )
    return [
        Line(channel.network, channel.name, from_micros(at), Kind(kind), nick, text, account)
        for at, kind, nick, text, account in rows
    ]


def topic(session: Session, ref: str) -> str:
    """Return the topic of the channel that a line is of, as it was last told."""
    found = find_line(session, ref)
    return "" if found is None else found[0].topic


PAST = ChannelPast(line_before, lines_since, topic)
