"""Says in words how the bots stand to each channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from archive.queries import channels
from archive.richtext import visible
from archive.shelves import State
from archive.watch import JOINED, LOST, Watch, sources, watches
from hub.language import gettext, mark


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
        return State(True, gettext("Logged live since %(moment)s", moment=_utc(since)))
    latest = max(found, key=lambda w: w.since_at)
    if latest.state in (JOINED, LOST):
        gone = latest.heard_at or latest.since_at
        words = gettext("The bot has been away since %(moment)s", moment=_utc(gone))
        return State(False, words, away=not any(w.invited for w in found))
    words = gettext(_TROUBLES.get(latest.state, _NOT_THERE))
    if latest.state in _TROUBLES and latest.reason:
        words = f"{words}: {visible(latest.reason)}"
    if latest.retry_at:
        retry = gettext("next try %(moment)s", moment=_utc(latest.retry_at))
        words = f"{words}; {retry}"
    return State(False, words)


_TROUBLES: Mapping[str, str] = {
    "refused": mark("The bot may not join"),
    "kicked": mark("The bot was kicked"),
    "left": mark("The bot has left"),
}
_NOT_THERE = mark("The bot is not there")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
