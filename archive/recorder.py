"""The archive behind the bot's port: stores what one source hears on one network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from archive import watch
from archive.addresses import slug
from archive.gaps import behind_gaps, fill_gaps
from archive.others import Glance, Others
from archive.queries import last_seen
from archive.store import merge, record
from hub.clock import from_micros, micros
from hub.events import in_order
from hub.irc import Line, keepable
from hub.module import Heard
from hub.recorder import Memory, Presence, Standing

_SLACK_S = 2
"""How far a bouncer's clock may be from ours for a replayed line to be the one we have."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a `record` saw and used up, taken over when it is committed."""

    glance: Glance
    lines: Sequence[Line]
    taken: frozenset[int]


@dataclass(slots=True)
class NetworkRecorder:
    """One source of one network. Not shared between threads: one dispatcher uses it in order."""

    network: str
    token: str
    slot: int = -1
    others: Others | None = field(default=None)
    _joined: dict[str, bool] = field(default_factory=dict)

    def open(self, session: Session, now: datetime) -> None:
        """Take a place among the network's sources."""
        self.slot = watch.claim_slot(session, self.network, self.token, now)
        self.others = Others.from_now(session, self.network, self.slot)

    def memory(self, session: Session) -> Memory:
        """Return the channels that an earlier run was invited to, and those that it was kicked from."""
        return watch.memory(session, self.network)

    def record(self, session: Session, lines: Sequence[Line]) -> tuple[Sequence[Heard], Settlement]:
        """Store live lines, each once; return the new ones and what `settle` needs."""
        in_order(session)  # before looking: what the others write after this look comes after us
        lines = [keepable(line) for line in lines]
        if lines:
            self._keep_place(session, lines[-1].at)
        others = self._opened()
        glance = others.look(session)
        taken = others.match(glance, lines)
        heard = record(session, lines, self.slot, taken)
        return heard, Settlement(glance, lines, taken)

    def settle(self, settlement: Settlement) -> None:
        """Take note that the transaction of a `record` was committed."""
        self._opened().settle(settlement.glance, settlement.lines, settlement.taken)

    def replay(self, session: Session, lines: Sequence[Line]) -> int:
        """Store what the server's history gives, each once; return how many were new."""
        new = 0
        for channel, group in groupby(
            sorted(lines, key=lambda line: line.channel), key=lambda line: line.channel
        ):
            told = behind_gaps(session, self.network, channel, list(group))
            new += merge(session, self.network, channel, told, slot=self.slot, slack_s=_SLACK_S)
        return new

    def replayed(self, session: Session, channel: str, since: datetime | None) -> None:
        """Note that a channel's history is complete from `since` on."""
        fill_gaps(session, self.network, channel, since)

    def stand(self, session: Session, standing: Standing) -> None:
        """Note how the bot stands to a channel, and mark the gap that a return ends."""
        self._keep_place(session, standing.at)
        if standing.presence is Presence.JOINED:
            self._joined[standing.channel] = standing.invited
            self._opened().came_in(standing.channel, micros(standing.at))
            watch.note_joined(
                session,
                self.network,
                standing.channel,
                self.slot,
                standing.at,
                invited=standing.invited,
            )
            return
        self._joined.pop(standing.channel, None)
        watch.note_absent(
            session,
            self.network,
            standing.channel,
            self.slot,
            standing.presence.value,
            standing.reason,
            at=standing.at,
            retry_at=standing.retry_at,
        )

    def connection(self, session: Session, state: str, reason: str, now: datetime) -> None:
        """Note the state of the connection."""
        self._keep_place(session, now)
        watch.note_connection(session, self.network, self.slot, state, reason, now)

    def heartbeat(self, session: Session, heard_at: datetime | None, now: datetime) -> None:
        """Give a sign of life; everything up to `heard_at` was heard."""
        self._keep_place(session, now)
        watch.heartbeat(session, self.network, self.slot, heard_at, now)

    def missed(self, session: Session, since: datetime, until: datetime) -> None:
        """Mark a gap in all joined channels: lines that had to be dropped."""
        watch.note_missed(session, self.network, self.slot, since, until)

    def last_seen(self, session: Session, channel: str) -> tuple[datetime, str | None] | None:
        """Return time and msgid of the newest stored line of a channel."""
        found = last_seen(session, self.network, slug(channel))
        return (from_micros(found[0]), found[1]) if found else None

    def _keep_place(self, session: Session, now: datetime) -> None:
        """Take a new place when the old one was lost: all channels then count as joined again, now.

        It is lost to a source that found this one silent for too long, or by restoring a backup.
        """
        if watch.holds_slot(session, self.network, self.slot, self.token):
            return
        self.open(session, now)
        for channel, invited in self._joined.items():
            self._opened().came_in(channel, micros(now))
            watch.note_joined(session, self.network, channel, self.slot, now, invited=invited)

    def _opened(self) -> Others:
        assert self.others is not None, "open() comes first"
        return self.others
