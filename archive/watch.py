"""Who listens where: the sources of a network, how each stands to its channels, and honest gaps.

A source is one running bot; it holds a slot of its network by a lease (`token`) that its heartbeat keeps
alive. For each channel it notes until when it heard everything (`heard_at`). From these notes gaps are
found: a time that no source covered. A gap is a line of kind gap that stands where the silence began.

- On joining: if nobody else is listening, the gap runs from the last covered moment to now.
- When a source is found dead while another listens: the gap runs from its last moment to the other's
  arrival, if that came later.
"""

import os
import socket
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, update
from sqlmodel import Session, col, func, select

from archive.gaps import mark_gap
from archive.store import channel_id
from archive.tables import ChannelRow, LineRow, SourceRow, WatchRow
from hub.clock import from_micros, micros
from hub.errors import Conflict
from hub.events import in_order
from hub.irc import Kind
from hub.recorder import Memory

LEASE_S = 30
"""A source that gave no sign of life for so many seconds is dead."""

SLOTS = 1000
"""So many bots at most write one network's archive at the same time."""

JOINED, LOST = "joined", "lost"


@dataclass(frozen=True, slots=True)
class Watch:
    """How a source stands to a channel: state is joined, refused, kicked, left or lost."""

    slot: int
    state: str
    reason: str
    since_at: datetime
    heard_at: datetime | None
    retry_at: datetime | None
    invited: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A bot on a network: the state of its connection as it told it last."""

    network: str
    slot: int
    state: str
    reason: str
    seen_at: datetime
    alive: bool


def process_token() -> str:
    """Return a name for this process that no other living process has."""
    return f"{_machine()}:{os.getpid()}:{_started(os.getpid())}"


def claim_slot(
    session: Session, network: str, token: str, now: datetime, *, slots: int = SLOTS
) -> int:
    """Take the lowest slot of a network that no living source holds, or that this process held before.

    Raises: Conflict when all are taken.
    """
    in_order(session)  # two that look at the same time must not both take it
    rows = {row.slot: row for row in _sources(session, network)}
    for slot in range(slots):
        row = rows.get(slot)
        if row is None:
            session.add(SourceRow(network=network, slot=slot, token=token, seen_at=micros(now)))
            session.flush()
            return slot
        if row.token == token or not _alive(row, now):
            _bury(session, row)
            row.token, row.seen_at, row.state, row.reason = token, micros(now), "", ""
            session.add(row)
            return slot
    raise Conflict(f"All {slots} places for bots on {network} are taken. Stop some of them.")


def holds_slot(session: Session, network: str, slot: int, token: str) -> bool:
    """Tell whether a slot is (still) held by that process."""
    query = select(SourceRow.token).where(SourceRow.network == network, SourceRow.slot == slot)
    return session.exec(query).one_or_none() == token


def note_connection(
    session: Session, network: str, slot: int, state: str, reason: str, now: datetime
) -> None:
    """Note what a source's connection is doing."""
    session.execute(
        update(SourceRow)
        .where(col(SourceRow.network) == network, col(SourceRow.slot) == slot)
        .values(state=state, reason=reason, seen_at=micros(now))
    )


def heartbeat(
    session: Session, network: str, slot: int, heard_at: datetime | None, now: datetime
) -> None:
    """Give a sign of life; up to `heard_at` everything in the joined channels was heard."""
    in_order(session)  # before any row is locked: whoever buries the dead does so under it
    session.execute(
        update(SourceRow)
        .where(col(SourceRow.network) == network, col(SourceRow.slot) == slot)
        .values(seen_at=micros(now))
    )
    if heard_at is not None:
        session.execute(
            update(WatchRow)
            .where(
                col(WatchRow.slot) == slot,
                col(WatchRow.state) == JOINED,
                col(WatchRow.channel_id).in_(_channel_ids(network)),
                or_(col(WatchRow.heard_at).is_(None), col(WatchRow.heard_at) < micros(heard_at)),
            )
            .values(heard_at=micros(heard_at))
        )
    for row in _sources(session, network):
        if row.slot != slot and not _alive(row, now):
            _bury(session, row)


def note_joined(
    session: Session, network: str, channel: str, slot: int, at: datetime, *, invited: bool = False
) -> None:
    """Note that a source listens to a channel from now on, and mark the gap before, if any."""
    chan = channel_id(session, network, channel)
    watches = session.exec(select(WatchRow).where(WatchRow.channel_id == chan)).all()
    living = {row.slot for row in _sources(session, network) if _alive(row, at)}
    others = [w for w in watches if w.slot != slot and w.state == JOINED and w.slot in living]
    mine = next((w for w in watches if w.slot == slot), None)
    if not others:
        noted = max((w.heard_at for w in watches if w.heard_at is not None), default=None)
        if noted is not None:
            covered = _covered(session, chan, noted, before=micros(at))
            mark_gap(session, network, channel, chan, covered, micros(at))
    row = mine or WatchRow(channel_id=chan, slot=slot, state=JOINED, since_at=0)
    row.state, row.reason, row.retry_at, row.invited = JOINED, "", None, invited
    row.since_at = row.heard_at = micros(at)
    session.add(row)


def note_absent(
    session: Session,
    network: str,
    channel: str,
    slot: int,
    state: str,
    reason: str,
    *,
    at: datetime,
    retry_at: datetime | None,
) -> None:
    """Note that a source is not in a channel (any more), why, and when it tries again."""
    chan = channel_id(session, network, channel)
    row = session.get(WatchRow, (chan, slot))
    if row is None:
        row = WatchRow(channel_id=chan, slot=slot, state=state, since_at=micros(at))
    if row.state == JOINED:
        row.heard_at = max(row.heard_at or 0, micros(at))
    if row.state != state:
        row.since_at = micros(at)
    row.state, row.reason = state, reason
    row.retry_at = micros(retry_at) if retry_at else None
    session.add(row)


def memory(session: Session, network: str) -> Memory:
    """Return where the network's bots were invited to, and which channels threw them out last."""
    rows = session.exec(
        select(WatchRow, ChannelRow.name)
        .join(ChannelRow, col(ChannelRow.id) == col(WatchRow.channel_id))
        .where(ChannelRow.network == network)
        .order_by(col(WatchRow.since_at))
    ).all()
    latest = {name: row for row, name in rows}
    return Memory(
        invited=[name for name, row in latest.items() if row.invited and row.state != "left"],
        kicked=[name for name, row in latest.items() if row.state == "kicked"],
    )


def note_missed(
    session: Session, network: str, slot: int, since: datetime, until: datetime
) -> None:
    """Mark a gap in every channel that a source is in: it heard, but could not keep what it heard."""
    rows = session.exec(
        select(ChannelRow)
        .join(WatchRow, col(WatchRow.channel_id) == col(ChannelRow.id))
        .where(ChannelRow.network == network, WatchRow.slot == slot, WatchRow.state == JOINED)
    ).all()
    for row in rows:
        assert row.id is not None
        mark_gap(session, network, row.name, row.id, micros(since), micros(until))


def watches(session: Session) -> Mapping[int, Sequence[Watch]]:
    """Return how each channel is watched, by the channel's id."""
    found: defaultdict[int, list[Watch]] = defaultdict(list)
    for row in session.exec(select(WatchRow).order_by(col(WatchRow.slot))):
        found[row.channel_id].append(_watch(row))
    return found


def channel_watches(session: Session, chan: int) -> Sequence[Watch]:
    """Return how one channel is watched."""
    rows = session.exec(
        select(WatchRow).where(WatchRow.channel_id == chan).order_by(col(WatchRow.slot))
    )
    return [_watch(row) for row in rows]


def sources(session: Session, now: datetime) -> Sequence[Source]:
    """Return all bots that ever held a slot, the living and the dead."""
    rows = session.exec(select(SourceRow).order_by(col(SourceRow.network), col(SourceRow.slot)))
    return [
        Source(r.network, r.slot, r.state, r.reason, from_micros(r.seen_at), _alive(r, now))
        for r in rows
    ]


def _watch(row: WatchRow) -> Watch:
    return Watch(
        row.slot,
        row.state,
        row.reason,
        from_micros(row.since_at),
        None if row.heard_at is None else from_micros(row.heard_at),
        None if row.retry_at is None else from_micros(row.retry_at),
        row.invited,
    )


def _sources(session: Session, network: str) -> Sequence[SourceRow]:
    return session.exec(
        select(SourceRow).where(SourceRow.network == network).order_by(col(SourceRow.slot))
    ).all()


def _channel_ids(network: str) -> Any:
    return select(ChannelRow.id).where(ChannelRow.network == network)


def _alive(row: SourceRow, now: datetime) -> bool:
    if from_micros(row.seen_at) < now - timedelta(seconds=LEASE_S):
        return False
    return not _known_dead(row.token)


def _known_dead(token: str) -> bool:
    """Tell whether a token's process ran on this machine and is no more, sooner than its lease."""
    machine, pid, started = ("::" + token).rsplit(":", 2)
    if machine.removeprefix("::") != _machine() or not (pid.isascii() and pid.isdecimal()):
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    """Return a name for everything that shares this process's numbers: container, boot, machine.

    Containers may have the same host name and number their processes alike.
    """
    parts = [socket.gethostname()]
    try:
        parts.append(str(Path("/proc/self/ns/pid").readlink()).strip("pid:[]"))
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8])
    except OSError:
        pass  # no /proc: the host name has to do
    return "/".join(parts)


def _started(pid: int) -> str:
    """Return when a process started, in the kernel's ticks; empty when there is none (or no /proc)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in {"Z", "X"} else rest[18]


def _bury(session: Session, dead: SourceRow) -> None:
    """Take a dead source out of its channels; mark what nobody heard until the next one came."""
    rows = session.exec(
        select(WatchRow, ChannelRow)
        .join(ChannelRow, col(ChannelRow.id) == col(WatchRow.channel_id))
        .where(
            ChannelRow.network == dead.network, WatchRow.slot == dead.slot, WatchRow.state == JOINED
        )
    ).all()
    for watch, channel in rows:
        watch.state, watch.reason = LOST, "the bot stopped"
        watch.since_at = watch.heard_at or watch.since_at
        session.add(watch)
        session.flush()
        _mark_gap_until_next(session, channel, watch)


def _mark_gap_until_next(session: Session, channel: ChannelRow, dead: WatchRow) -> None:
    watches = session.exec(select(WatchRow).where(WatchRow.channel_id == dead.channel_id)).all()
    others = [w for w in watches if w.slot != dead.slot and w.state == JOINED]
    if not others:
        return  # the next one to come marks it
    arrived = min(w.since_at for w in others)
    noted = max(w.heard_at or w.since_at for w in watches if w not in others)
    covered = _covered(session, dead.channel_id, noted, before=arrived)
    if not _has_gap(session, dead.channel_id, covered, arrived):
        mark_gap(session, channel.network, channel.name, dead.channel_id, covered, arrived)


def _has_gap(session: Session, chan: int, start: int, end: int) -> bool:
    """Whether the one who arrived knew of the death already and marked the gap itself."""
    query = select(LineRow.id).where(
        LineRow.channel_id == chan,
        LineRow.at >= start,
        LineRow.at < end,
        LineRow.kind == Kind.GAP.value,
    )
    return session.exec(query.limit(1)).first() is not None


def _covered(session: Session, chan: int, noted: int, before: int) -> int:
    """Return until when a channel was heard: as noted, or as its newest line by a bot shows."""
    query = select(func.max(LineRow.at)).where(
        LineRow.channel_id == chan,
        LineRow.at > noted,
        LineRow.at < before,
        col(LineRow.slot).is_not(None),
    )
    return max(noted, session.exec(query).one() or 0)
