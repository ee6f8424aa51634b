"""Says in words how the bots stand to each channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from archive.queries import channels
from archive.richtext import visible
from archive.shelves import State
from archive.watch import JOINED, LOST, Watch, sources, watches


def states(session: Session, now: datetime) -> Mapping[int, Sequence[State]]:
    """Return how each channel is listened to, by the channel's id, as far as any bot ever was."""
    living = {(s.network, s.slot) for s in sources(session, now) if s.alive}
    networks = {channel.id: channel.network for channel in channels(session)}
    return {
        chan: [told(found, [w.slot for w in found if (networks.get(chan), w.slot) in living])]
        for chan, found in watches(session).items()
    }


def told(found: Sequence[Watch], living: Collection[int]) -> State:
    """Sum up the bots of one channel: good while one of the living listens, else the latest trouble."""
    joined = [w for w in found if w.state == JOINED and w.slot in living]
    if joined:
        since = min(w.since_at for w in joined)
        return State(True, f"Logged live since {since:%Y-%m-%d %H:%M} UTC")
    latest = max(found, key=lambda w: w.since_at)
    reason = f": {visible(latest.reason)}" if latest.reason else ""
    if latest.state in (JOINED, LOST):
        gone = latest.heard_at or latest.since_at
        words = f"The bot has been away since {gone:%Y-%m-%d %H:%M} UTC"
        return State(False, words, away=not any(w.invited for w in found))
    words = {
        "refused": f"The bot may not join{reason}",
        "kicked": f"The bot was kicked{reason}",
        "left": f"The bot has left{reason}",
    }.get(latest.state, "The bot is not there")
    retry = f"; next try {latest.retry_at:%Y-%m-%d %H:%M} UTC" if latest.retry_at else ""
    return State(False, words + retry)
