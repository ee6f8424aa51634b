"""Knows a line again that another source of the network wrote, where lines have no msgid.

Two bots on linked servers hear the same talk. Each keeps a pool of the lines that the others wrote since
it joined; a line it hears itself uses up its oldest twin there (same channel, kind, nick and text, said
within the window) and is not written again. Said three times, it is in the pool three times: what both
heard is stored once for each time it was said. What was said in a channel before this source came in is
not its to hear, and so no line that it hears is that.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session

from archive.addresses import slug
from archive.queries import last_id
from archive.tables import ChannelRow, LineRow
from hub.clock import SECOND, micros
from hub.irc import Line

LINE = LineRow.__table__  # type: ignore[attr-defined]
CHANNEL = ChannelRow.__table__  # type: ignore[attr-defined]

_WINDOW = 30 * SECOND
_CLOCKS_DIFFER = SECOND  # by so much may two servers' times for one moment

Twin = tuple[str, str, str, str]
"""Channel slug, kind, nick, text."""


@dataclass(slots=True)
class Others:
    """What the other sources of one network wrote and this one has not heard yet.

    `look` and `match` change nothing, so that a transaction may be tried again; `settle` does, after the
    commit.
    """

    network: str
    slot: int
    cursor: int = 0
    pool: defaultdict[Twin, deque[int]] = field(default_factory=lambda: defaultdict(deque))
    since: dict[str, int] = field(default_factory=dict)

    @classmethod
    def from_now(cls, session: Session, network: str, slot: int) -> "Others":
        """Begin with an empty pool: what was written before this source came is not its to match."""
        return cls(network, slot, last_id(session))

    def look(self, session: Session) -> "Glance":
        """Read what the others have written since the last `settle`."""
        newest = last_id(session)
        rows = session.execute(
            sa.select(LINE.c.id, LINE.c.at, LINE.c.kind, LINE.c.nick, LINE.c.text, CHANNEL.c.folded)
            # + 0: by the line's id alone. From the channels SQLite would walk all of their lines.
            .join(CHANNEL, CHANNEL.c.id == LINE.c.channel_id + 0)
            .where(
                # min: after an older backup was restored the ids begin again further down
                LINE.c.id > min(self.cursor, newest),
                LINE.c.slot != self.slot,  # NULL for imported lines: never equal, never matched
                LINE.c.msgid.is_(None),
                CHANNEL.c.network == self.network,
            )
            .order_by(LINE.c.id)
        )
        fresh: defaultdict[Twin, deque[int]] = defaultdict(deque)
        for _, at, kind, nick, text, folded in rows:
            fresh[folded, kind, nick, text].append(at)
        return Glance(fresh, newest)

    def came_in(self, channel: str, at: int) -> None:
        """Note since when this source is in a channel."""
        self.since[slug(channel)] = at - _CLOCKS_DIFFER

    def match(self, glance: "Glance", lines: Sequence[Line]) -> frozenset[int]:
        """Return the places of those lines that another source has written already."""
        places: defaultdict[Twin, int] = defaultdict(int)
        taken = set()
        for i, line in enumerate(lines):
            twin = _twin(line)
            waiting = [*self.pool.get(twin, ()), *glance.fresh.get(twin, ())]
            place = self._oldest(waiting, places[twin], line)
            if place is not None:
                places[twin] = place + 1
                taken.add(i)
        return frozenset(taken)

    def settle(self, glance: "Glance", lines: Sequence[Line], taken: frozenset[int]) -> None:
        """Take over what a committed transaction saw and used up."""
        for twin, times in glance.fresh.items():
            self.pool[twin].extend(times)
        for i in sorted(taken):
            times = self.pool[_twin(lines[i])]
            place = self._oldest(times, 0, lines[i])
            for _ in range(0 if place is None else place + 1):
                times.popleft()
        self.cursor = glance.last_id
        if lines:
            self._forget_before(micros(lines[-1].at) - _WINDOW)

    def _oldest(self, times: Sequence[int], start: int, line: Line) -> int | None:
        """Return the place of the oldest time, from `start` on, at which the line may have been said."""
        if line.msgid is not None:
            return None
        at = micros(line.at)
        earliest = max(at - _WINDOW, self.since.get(slug(line.channel), at - _WINDOW))
        for place in range(start, len(times)):
            if times[place] > at + _WINDOW:
                return None
            if times[place] >= earliest:
                return place
        return None

    def _forget_before(self, at: int) -> None:
        for twin in list(self.pool):
            times = self.pool[twin]
            while times and times[0] < at:
                times.popleft()
            if not times:
                del self.pool[twin]


@dataclass(frozen=True, slots=True)
class Glance:
    """What one look found: when the others wrote what, and up to which id."""

    fresh: Mapping[Twin, deque[int]]
    last_id: int


def _twin(line: Line) -> Twin:
    return slug(line.channel), line.kind.value, line.nick, line.text
