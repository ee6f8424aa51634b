"""Meetings that the archive holds already: found in a channel's old lines, and kept like any other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from hub.people import Actor
from hub.reading import Told
from meetbot.actions import close_done
from meetbot.addresses import MeetingKey
from meetbot.effects import MeetingEnded
from meetbot.log_refs import refs_of
from meetbot.machine import step
from meetbot.minutes import minutes
from meetbot.rules import Rules, Surroundings
from meetbot.state import Meeting
from meetbot.store import is_kept, keep


@dataclass(slots=True)
class Gathering:
    """Finds meetings in lines that go by, oldest first; holds no more than the meeting that runs."""

    rules: Rules
    _meeting: Meeting | None = None
    _told: list[Told] = field(default_factory=list)

    def take(self, told: Told) -> Iterator[tuple[Meeting, Sequence[str]]]:
        """Take one line; yield each meeting that ended with it, and its log's refs."""
        after, effects = step(self._meeting, told.line, self.rules, Surroundings())
        if self._meeting is None and after is not None:
            self._told = []
        if after is not None or self._meeting is not None:
            self._told.append(told)
        self._meeting = after
        for effect in effects:
            if isinstance(effect, MeetingEnded):
                yield effect.meeting, refs_of(effect.meeting.record, self._told)


def gather(
    session: Session, told: Iterable[Told], rules: Rules, actor: Actor, *, now: datetime
) -> Sequence[MeetingKey]:
    """Keep the minutes of all meetings in a channel's lines that are not kept yet; return those."""
    gathering = Gathering(rules)
    found: list[MeetingKey] = []
    for each in told:
        for meeting, refs in gathering.take(each):
            written = minutes(meeting)
            if is_kept(session, written):
                continue
            written = close_done(session, written, now=meeting.ended_at or now)
            key = keep(session, written, refs, actor, now=now, meeting=meeting)
            if key is not None:
                found.append(key)
    return found
