"""Gaps: lines that say from when until when nobody listened, and what server history closes of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.store import append, channel_id
from archive.tables import DayRow, LineRow
from hub.clock import DAY, SECOND, from_micros, micros
from hub.irc import Kind, Line


def mark_gap(session: Session, network: str, channel: str, chan: int, start: int, end: int) -> None:
    """Mark that nobody heard a channel from `start` to `end` (microseconds since 1970)."""
    if end <= start:
        return
    line = Line(network, channel, from_micros(start), Kind.GAP, "", _stamp(end))
    append(session, chan, [line], slot=None, live=True)


def fill_gaps(session: Session, network: str, channel: str, since: datetime | None) -> None:
    """Mark the gaps as filled that the server's history closed; it is complete from `since` on.

    One that began before ends at `since` now: that much of it stays open. None means that the history
    went back to the channel's beginning.
    """
    chan = channel_id(session, network, channel)
    start = 0 if since is None else _latest(micros(since))
    rows = session.exec(
        select(LineRow).where(
            LineRow.channel_id == chan,
            LineRow.kind == Kind.GAP.value,
            col(LineRow.text).not_like("% filled"),
        )
    ).all()
    for row in rows:
        if row.at >= start:
            row.text += " filled"
        elif _stamp(start) < row.text:
            row.text = _stamp(start)
        session.add(row)
        _touch_day(session, chan, row.at)


def behind_gaps(
    session: Session, network: str, channel: str, lines: Sequence[Line]
) -> Sequence[Line]:
    """Return lines of a history with those behind the gaps that were said in the gaps' first seconds.

    A server may tell the times of the past in whole seconds (InspIRCd does). What was said in a second
    before the gap began is stored already; what is told anew was said after that.
    """
    cut = [at for line in lines if (at := micros(line.at)) % SECOND == 0]
    if not cut:
        return lines
    chan = channel_id(session, network, channel)
    query = select(LineRow.at).where(
        LineRow.channel_id == chan,
        LineRow.at >= min(cut),
        LineRow.at < max(cut) + SECOND,
        LineRow.kind == Kind.GAP.value,
    )
    starts = {at // SECOND * SECOND: at for at in session.exec(query.order_by(col(LineRow.at)))}
    return [replace(line, at=from_micros(starts.get(at := micros(line.at), at))) for line in lines]


def _latest(at: int) -> int:
    """Return the latest moment that a time can mean: one in whole seconds may be cut off."""
    return at + SECOND - 1 if at % SECOND == 0 else at


def _stamp(at: int) -> str:
    """Return the first whole second by which a gap is over: it hides nothing that was missed."""
    whole = from_micros(-(-at // SECOND) * SECOND)
    return whole.strftime("%Y-%m-%dT%H:%M:%SZ")


def _touch_day(session: Session, chan: int, at: int) -> None:
    session.execute(
        update(DayRow)
        .where(col(DayRow.channel_id) == chan, col(DayRow.day) == at // DAY)
        .values(version=DayRow.version + 1)
    )
