"""A meeting while it runs and when it is over: one frozen value, all that its minutes are made of."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from meetbot.attendance import Attendance
from meetbot.record import Record
from meetbot.votes import Outcome, Vote


class ItemKind(StrEnum):
    """What sort of thing the minutes note."""

    TOPIC = "topic"
    SUBTOPIC = "subtopic"
    INFO = "info"
    LINK = "link"
    ACTION = "action"
    AGREED = "agreed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IDEA = "idea"
    HELP = "help"
    DONE = "done"
    VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing noted.

    line: the 1-based line of the meeting's log. author: an id of the attendance. vote: there for a vote.
    """

    kind: ItemKind
    text: str
    nick: str
    at: datetime
    line: int
    author: int
    vote: Outcome | None = None

    def with_text(self, text: str) -> "Item":
        """Return the item in other words."""
        return replace(self, text=text)


@dataclass(frozen=True, slots=True)
class Polling:
    """How votes are held: the open one, who may vote (ids; none is everyone), and when a vote counts."""

    vote: Vote | None = None
    voters: tuple[int, ...] = ()
    quorum: int = 0
    margin: int = 0


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting.

    series: its name in addresses. title: its topic as people wrote it. owner and chairs are ids of the
    attendance. saved_topic: the channel's before the meeting, None while unknown. topic: the current item's.
    quiet_since: when a person last spoke. told: what was hinted at once already. ended_at: None while
    it runs.
    """

    network: str
    channel: str
    started_at: datetime
    series: str
    title: str
    owner: int
    chairs: tuple[int, ...]
    attendance: Attendance
    record: Record
    quiet_since: datetime
    saved_topic: str | None = None
    topic: str = ""
    items: tuple[Item, ...] = ()
    polling: Polling = field(default_factory=Polling)
    told: frozenset[str] = frozenset()
    is_lurking: bool = False
    is_restricted: bool = False
    has_reminded: bool = False
    has_warned: bool = False
    ended_at: datetime | None = None

    def hearing(
        self, record: Record, attendance: Attendance, quiet_since: datetime, *, has_warned: bool
    ) -> "Meeting":
        """Return the meeting with one line more: spelled out, as `replace` took half of all time."""
        return Meeting(
            self.network,
            self.channel,
            self.started_at,
            self.series,
            self.title,
            self.owner,
            self.chairs,
            attendance,
            record,
            quiet_since,
            self.saved_topic,
            self.topic,
            self.items,
            self.polling,
            self.told,
            self.is_lurking,
            self.is_restricted,
            self.has_reminded,
            has_warned,
            self.ended_at,
        )
