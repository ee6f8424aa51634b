"""The channels that the bot should be in, and how it stands to each of them.

Pure. Wanted and joined are compared for ever: a channel that isn't joined is asked for again, each
time after a longer wait. Only being thrown out ends that: then the bot stays out until somebody
who may invites it.

    WANTED --ask--> ASKED --JOIN--> JOINED --connection lost--> WANTED
                      |  \\--refusal, no answer--> REFUSED --after a wait--> ASKED
    any state --kick--> KICKED --invitation--> WANTED
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.timing import Patience, doubled


class Stand(StrEnum):
    """How the bot stands to a channel."""

    WANTED = "wanted"
    ASKED = "asked"
    JOINED = "joined"
    REFUSED = "refused"
    KICKED = "kicked"


@dataclass(slots=True)
class Place:
    """One channel. `due_at` is monotonic: when to ask, or to stop waiting for the answer."""

    name: str
    key: str = ""
    stand: Stand = Stand.WANTED
    due_at: float = 0.0
    tries: int = 0
    invited_by: str = ""
    may_invite: frozenset[str] = frozenset()
    """After a kick: accounts (`=ann`) and hostmasks of those who were operators then."""
    hurried_at: float | None = None
    """When an invitation last cut a wait short; monotonic."""
    is_recalled: bool = False
    """Whether it is known until when the channel was heard; it isn't asked for before."""
    heard_until: datetime | None = None
    """Until when all of it was heard; None: nothing before the next JOIN is ours to know."""

    def is_due(self, now: float) -> bool:
        """Say whether it is time to ask for the channel."""
        is_out = self.stand in (Stand.WANTED, Stand.REFUSED)
        return is_out and self.is_recalled and self.due_at <= now


LimitOf = Callable[[str], tuple[str, int] | None]
"""For a channel, the kinds of channels that share its limit, and the limit; None: no limit."""


class Places:
    """All channels of one connection; outlives the connection's losses."""

    def __init__(self, patience: Patience, chance: random.Random) -> None:
        self._patience = patience
        self._chance = chance
        self._places: dict[str, Place] = {}
        self._fold: Callable[[str], str] = str.lower

    def __iter__(self) -> Iterator[Place]:
        return iter(list(self._places.values()))

    def refold(self, fold: Callable[[str], str]) -> None:
        """Compare names as the server does."""
        self._fold = fold
        self._places = {fold(place.name): place for place in self._places.values()}

    def get(self, channel: str) -> Place | None:
        """Return a channel's place; None when the bot doesn't want to be there."""
        return self._places.get(self._fold(channel))

    def add(
        self, channel: str, key: str = "", *, kicked: bool = False, recalled: bool = False
    ) -> Place:
        """Want to be in a channel; one that is known already is wanted anew."""
        place = self.get(channel) or Place(channel)
        place.key = key or place.key
        place.is_recalled = place.is_recalled or recalled or kicked
        if kicked:
            place.stand = Stand.KICKED
        elif place.stand is not Stand.JOINED:
            place.stand, place.due_at, place.tries = Stand.WANTED, 0.0, 0
        self._places[self._fold(channel)] = place
        return place

    def hurry(self, channel: str, now: float) -> bool:
        """Ask for a channel that refused the bot before its wait is over; say whether that may be.

        Anybody can invite: the waits go on growing, and one is cut short only so often.
        """
        place = self.get(channel)
        if place is None or place.stand is not Stand.REFUSED:
            return False
        if place.hurried_at is not None and now < place.hurried_at + self._patience.join_retry_s:
            return False
        place.due_at, place.hurried_at = now, now
        return True

    def remove(self, channel: str) -> Place | None:
        """Stop wanting to be in a channel; return its place as it was."""
        return self._places.pop(self._fold(channel), None)

    def silent(self, now: float) -> list[Place]:
        """Return the channels whose JOIN the server has left unanswered for too long."""
        return [p for p in self if p.stand is Stand.ASKED and p.due_at <= now]

    def to_ask(self, now: float, limit_of: LimitOf) -> tuple[list[Place], list[Place]]:
        """Return the channels to ask for now (they count as asked), and those beyond the limit."""
        ask, beyond = [], []
        taken = self._taken(limit_of)
        for place in self:
            if not place.is_due(now):
                continue
            group = limit_of(place.name)
            if group is not None and taken.get(group[0], 0) >= group[1]:
                beyond.append(place)
                continue
            if group is not None:
                taken[group[0]] = taken.get(group[0], 0) + 1
            place.stand, place.due_at = Stand.ASKED, now + self._patience.join_answer_s
            ask.append(place)
        return ask, beyond

    def _taken(self, limit_of: LimitOf) -> dict[str, int]:
        taken: dict[str, int] = {}
        for place in self:
            group = limit_of(place.name)
            if group is not None and place.stand in (Stand.JOINED, Stand.ASKED):
                taken[group[0]] = taken.get(group[0], 0) + 1
        return taken

    def joined(self, channel: str) -> Place | None:
        """Take it that the bot is in a channel; None when it has no business there."""
        place = self.get(channel)
        if place is None or place.stand is Stand.KICKED:
            return None
        place.stand, place.tries = Stand.JOINED, 0
        return place

    def refused(self, channel: str, now: float) -> float | None:
        """Take a refusal; return in how many seconds it is tried again; None: it wasn't ours."""
        place = self.get(channel)
        if place is None or place.stand is not Stand.ASKED:
            return None
        wait_s = doubled(
            self._patience.join_retry_s,
            self._patience.longest_join_retry_s,
            place.tries,
            self._chance,
        )
        place.stand, place.due_at = Stand.REFUSED, now + wait_s
        place.tries += 1
        return wait_s

    def missing(self, channel: str, heard_until: datetime) -> Place | None:
        """Take it that the bot isn't in a channel where it thought to be; it is asked for anew."""
        place = self.get(channel)
        if place is None or place.stand is not Stand.JOINED:
            return None
        place.stand, place.due_at, place.heard_until = Stand.WANTED, 0.0, heard_until
        return place

    def kicked(self, channel: str, may_invite: Iterable[str]) -> Place | None:
        """Take it that the bot was thrown out; `may_invite` are those who were operators.

        What is said until it is invited is never asked for: nobody wanted it logged.
        """
        place = self.get(channel)
        if place is not None:
            place.stand, place.may_invite = Stand.KICKED, frozenset(may_invite)
            place.heard_until = None
        return place

    def lost(self, heard_until: datetime) -> list[Place]:
        """Take it that the connection is gone; return the channels in which the bot was."""
        gone = [place for place in self if place.stand is Stand.JOINED]
        for place in gone:
            place.heard_until = heard_until
        for place in self:
            if place.stand in (Stand.JOINED, Stand.ASKED):
                place.stand, place.due_at = Stand.WANTED, 0.0
        return gone


def join_lines(places: Iterable[Place], most: int, limit: int = 510) -> list[str]:
    """Return JOIN lines for the channels: those with keys first, `most` to a line, within `limit`.

    Source: RFC 2812 3.2.1; keys belong to the first channels of a list.
    """
    out: list[str] = []
    batch: list[Place] = []
    for place in sorted(places, key=lambda place: not place.key):
        if batch and (len(batch) >= most or len(_join([*batch, place]).encode()) > limit):
            out.append(_join(batch))
            batch = []
        batch.append(place)
    return [*out, _join(batch)] if batch else out


def _join(places: list[Place]) -> str:
    names = ",".join(place.name for place in places)
    keys = ",".join(place.key for place in places if place.key)
    return f"JOIN {names} {keys}".rstrip(" ")
