"""One command as it is carried out: who ordered what, where, and the ways to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hub.irc import Line, Say, SetTopic
from meetbot.effects import Effect
from meetbot.rules import Rules, Surroundings
from meetbot.state import Item, ItemKind, Meeting

Answer = tuple[Meeting | None, Sequence[Effect]]
"""The meeting afterwards, None when it is over, and what is to be done."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command in a meeting, whose line is in the record already. `text` is its argument, trimmed."""

    meeting: Meeting
    line: Line
    word: str
    text: str
    speaker: int
    rules: Rules
    around: Surroundings

    @property
    def is_chair(self) -> bool:
        """Whether the speaker chairs."""
        return may_chair(self.meeting, self.speaker)

    @property
    def number(self) -> int:
        """The line's place in the meeting's log, from 1."""
        return len(self.meeting.record)

    def say(self, *texts: str) -> tuple[Effect, ...]:
        """Speak in the channel."""
        return say(self.meeting, *texts)

    def hint(self, text: str) -> tuple[Effect, ...]:
        """Tell only the speaker, quietly."""
        return (Say(self.line.network, self.line.nick, text, notice=True),)

    def note(self, kind: ItemKind, text: str) -> Meeting:
        """Return the meeting with an item more, by the speaker, on this line."""
        item = Item(kind, text, self.line.nick, self.line.at, self.number, self.speaker)
        return replace(self.meeting, items=(*self.meeting.items, item))

    def hint_once(self, key: str, text: str) -> Answer:
        """Hint, unless it was hinted at in this meeting."""
        told = self.meeting.told
        if key in told:
            return self.meeting, ()
        return replace(self.meeting, told=told | {key}), self.hint(text)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: who may use it, whether it says nothing without a text, and what it does."""

    name: str
    usage: str
    help: str
    run: Callable[[Order], Answer]
    aliases: tuple[str, ...] = ()
    by_chairs: bool = False
    needs_text: bool = False


def say(meeting: Meeting, *texts: str) -> tuple[Effect, ...]:
    """Speak in the meeting's channel."""
    return tuple(Say(meeting.network, meeting.channel, text) for text in texts)


def set_topic(meeting: Meeting, rules: Rules, topic: str) -> tuple[Effect, ...]:
    """Set the channel's topic where the rules have it."""
    if not rules.sets_topic:
        return ()
    return (SetTopic(meeting.network, meeting.channel, topic),)


def may_chair(meeting: Meeting, speaker: int) -> bool:
    """Tell whether a person is among the chairs."""
    whose = meeting.attendance.whose
    return any(whose(chair) == speaker for chair in meeting.chairs)


def chair_nicks(meeting: Meeting) -> list[str]:
    """Return the nicks that the chairs have now, sorted as MeetBot sorts them."""
    return sorted({meeting.attendance.person(chair).nick for chair in meeting.chairs})
