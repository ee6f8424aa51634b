"""The meeting machine: lines in, the meeting and effects out. Pure: no clock, no database, no configuration.

Rules:
- The state is what the lines make of it: `replay` of a channel's log is the meeting. There is nothing else to
  keep, so that a restart loses nothing.
- Time comes from lines and from `tick`. What is due at a time follows from the lines alone, so ticks may
  come often, late or never without changing what comes out.
- The log holds talk, `say` and `action`, from `#startmeeting` to `#endmeeting`. Notices, joins and the like
  are no part of it, but who is who follows nick changes and joins.
- Only a `say` can be a command, and only at its beginning. Bots are logged and counted but never obeyed.
- A text that its author kept out of logs is neither in the record nor obeyed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hub.irc import NOT_LOGGED, Kind, Line, Say, SetTopic, plain, withhold
from meetbot.commands import COMMANDS, answer_unknown, argument, obey, parse
from meetbot.effects import Effect, MeetingAborted, MeetingEnded
from meetbot.links import is_bare_link
from meetbot.opening import open_meeting, pass_time
from meetbot.orders import Answer, Order
from meetbot.polling import speak_vote
from meetbot.rules import UNKNOWN, Rules, Surroundings
from meetbot.state import ItemKind, Meeting
from meetbot.suggestions import suggest
from meetbot.topics import learn_saved_topic

State = tuple[Meeting | None, Sequence[Effect]]


def step(
    meeting: Meeting | None, line: Line, rules: Rules, around: Surroundings = UNKNOWN
) -> State:
    """Take one line of the channel into its meeting, if there is one, and say what is to be done.

    The meeting given is left as it is. Lines of other channels do nothing. Raises: nothing.
    """
    if meeting is not None and (line.channel, line.network) != (meeting.channel, meeting.network):
        return meeting, ()
    due: Sequence[Effect] = ()
    if meeting is not None:
        meeting, due = tick(meeting, line.at, rules)
    if meeting is None:
        after, effects = _outside(line, rules, around)
    else:
        after, effects = _inside(meeting, line, rules, around)
        if effects:
            effects = _hushed(meeting, after, effects)
    return after, (*due, *effects) if due else effects


def tick(meeting: Meeting, now: datetime, rules: Rules) -> State:
    """Let time pass: the reminder, the warning and the end after long silence.

    Asking twice is harmless; a time before that of the last line does nothing.
    """
    after, effects = pass_time(meeting, now, rules)
    return after, _hushed(meeting, after, effects) if effects else ()


def _hushed(before: Meeting, after: Meeting | None, effects: Sequence[Effect]) -> Sequence[Effect]:
    """Leave out what is said while the bot lurks; at the end it still gives the topic back."""
    if not effects or not (after or before).is_lurking:
        return effects
    silent = (Say, SetTopic) if after is not None else Say
    return tuple(effect for effect in effects if not isinstance(effect, silent))


def _heard(line: Line) -> Line:
    """Return a line of talk as it may be kept: without opted-out text and formatting."""
    kept = withhold(line)
    text = plain(kept.text)
    return kept if text == line.text else replace(kept, text=text)


def _outside(line: Line, rules: Rules, around: Surroundings) -> Answer:
    """Take a line while no meeting runs: only a start counts, or what was meant as one."""
    if line.kind is not Kind.SAY or "#" not in line.text[:100] or rules.is_bot(line.nick):
        return None, ()
    line = _heard(line)
    command = parse(line.text)
    if command is None:
        return None, ()
    word, rest = command
    if word == "startmeeting":
        return open_meeting(line, argument(rest), rules, around)
    if len(word) > 6 and word not in COMMANDS and suggest(word, ("startmeeting",)):
        hint = f"There is no #{word}. Did you mean #startmeeting?"
        return None, (Say(line.network, line.nick, hint, notice=True),)
    return None, ()


def _inside(meeting: Meeting, line: Line, rules: Rules, around: Surroundings) -> Answer:
    match line.kind:
        case Kind.SAY | Kind.ACTION:
            return _spoken(meeting, _heard(line), rules, around)
        case Kind.NICK:
            attendance = meeting.attendance.rename(line.nick, line.text)
        case Kind.JOIN:
            attendance = meeting.attendance.arrive(line.nick, line.account)
        case Kind.TOPIC:
            return learn_saved_topic(meeting, line.text), ()
        case Kind.GAP:
            return _not_listening(meeting, line), ()
        case _:
            return meeting, ()
    return replace(meeting, attendance=attendance), ()


def _not_listening(meeting: Meeting, line: Line) -> Meeting:
    """Count no silence from where nobody listened."""
    try:
        until = datetime.fromisoformat(line.text.partition(" ")[0]).astimezone(UTC)
    except (ValueError, OverflowError):
        return meeting
    return replace(meeting, quiet_since=max(meeting.quiet_since, until))


def _spoken(meeting: Meeting, line: Line, rules: Rules, around: Surroundings) -> Answer:
    is_bot = rules.is_bot(line.nick)
    attendance = meeting.attendance.meet(line.nick, line.account, lines=1)
    meeting = meeting.hearing(
        meeting.record.append(line),
        attendance,
        meeting.quiet_since if is_bot else max(meeting.quiet_since, line.at),
        has_warned=meeting.has_warned and (is_bot or line.at < meeting.quiet_since),
    )
    if is_bot or line.kind is not Kind.SAY or line.text.startswith(NOT_LOGGED):
        return meeting, ()
    return _told(meeting, line, rules, around)


def _told(meeting: Meeting, line: Line, rules: Rules, around: Surroundings) -> Answer:
    """Carry out what a line asks for: a command, a ballot, a link; most lines ask for nothing."""
    command = parse(line.text)
    if command is None and meeting.polling.vote is None and not is_bare_link(line.text):
        return meeting, ()
    speaker = meeting.attendance.find(line.nick, line.account)
    if speaker is None:  # can't be: it has just been met
        return meeting, ()
    if command is None:
        return _unprompted(Order(meeting, line, "", line.text, speaker.id, rules, around))
    word, rest = command
    order = Order(meeting, line, word, argument(rest), speaker.id, rules, around)
    return obey(order) if word in COMMANDS else answer_unknown(order, rest)


def _unprompted(order: Order) -> Answer:
    ballot = speak_vote(order)
    if ballot is not None:
        return ballot
    if is_bare_link(order.line.text):
        return order.note(ItemKind.LINK, order.line.text), ()
    return order.meeting, ()


@dataclass(frozen=True, slots=True)
class Replayed:
    """Where a replay has come to, from which it may go on."""

    meeting: Meeting | None = None
    around: Surroundings = UNKNOWN
    effects: tuple[Effect, ...] = ()

    @property
    def ended(self) -> Sequence[Meeting]:
        """The meetings that ended, oldest first; those that were called off are left out."""
        return [effect.meeting for effect in self.effects if isinstance(effect, MeetingEnded)]

    @property
    def aborted(self) -> Sequence[Meeting]:
        """The meetings that were called off."""
        return [effect.meeting for effect in self.effects if isinstance(effect, MeetingAborted)]

    @property
    def meetings(self) -> Sequence[Meeting]:
        """All meetings that minutes are due of: those that ended, and the one that runs."""
        return [*self.ended, *([self.meeting] if self.meeting else [])]


START = Replayed()


def replay(lines: Iterable[Line], rules: Rules, start: Replayed = START) -> Replayed:
    """Fold a channel's lines: the meeting as it stands after them, and all that was asked for on the way.

    Going on from where an earlier replay ended is the same as one replay of all lines. Raises: nothing.
    """
    meeting, around = start.meeting, start.around
    effects = list(start.effects)
    for line in lines:
        meeting, told = step(meeting, line, rules, around)
        effects += told
        if line.kind is Kind.TOPIC:
            around = replace(around, topic=plain(line.text))
    return Replayed(meeting, around, tuple(effects))
