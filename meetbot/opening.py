"""How a meeting begins, is kept in time, and ends."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.irc import Line, Say, SetTopic
from meetbot.addresses import MeetingKey, minute_of
from meetbot.attendance import Attendance
from meetbot.effects import Effect, MeetingAborted, MeetingEnded, MeetingSaved, MeetingStarted
from meetbot.naming import series_name
from meetbot.orders import Answer, Order, chair_nicks, say, set_topic
from meetbot.polling import close_vote
from meetbot.record import Record
from meetbot.rules import Rules, Surroundings
from meetbot.state import Meeting
from meetbot.topics import channel_topic

_NEEDS_NAME = "A meeting name is required, e.g., '#startmeeting Marketing Committee'"


def open_meeting(line: Line, name: str, rules: Rules, around: Surroundings) -> Answer:
    """Begin a meeting: who says so owns and chairs it."""
    if rules.name_required and not name:
        return None, (Say(line.network, line.channel, _NEEDS_NAME),)
    attendance = Attendance(rules.casemapping).meet(line.nick, line.account, lines=1)
    meeting = Meeting(
        network=line.network,
        channel=line.channel,
        started_at=line.at,
        series=series_name(name, line.channel),
        title=name,
        owner=0,
        chairs=(0,),
        attendance=attendance,
        record=Record([line]),
        quiet_since=line.at,
        saved_topic=around.topic or None,
    )
    topic = set_topic(meeting, rules, channel_topic(meeting)) if name else ()
    return meeting, (
        *say(meeting, *_welcome(meeting, line, rules)),
        *topic,
        MeetingStarted(meeting),
    )


def _welcome(meeting: Meeting, line: Line, rules: Rules) -> tuple[str, ...]:
    due = f" and is due to finish in {minutes(rules.length)}" if rules.length else ""
    info = f" Information about MeetBot at {rules.info_url}." if rules.info_url else ""
    return (
        f"Meeting started {line.at.ctime()} UTC{due}.  The chair is {line.nick}.{info}",
        "Useful Commands: #action #agreed #help #info #idea #link #topic #startvote.",
        f"The meeting name has been set to '{meeting.series}'",
    )


def minutes(span: timedelta) -> str:
    """Say a span in minutes."""
    whole = int(span.total_seconds() // 60)
    return f"{whole} minute" if whole == 1 else f"{whole} minutes"


def start_again(order: Order) -> Answer:
    """Refuse a second meeting in the channel."""
    return order.meeting, order.say(
        "Can't start another meeting, one is in progress.  Use #endmeeting first."
    )


def is_overdue(meeting: Meeting, at: datetime, rules: Rules) -> bool:
    """Tell whether the meeting's time is up, from when on anybody may end it."""
    return at - meeting.started_at >= rules.length


def end(order: Order) -> Answer:
    """End the meeting: chairs any time, anyone once it is overdue."""
    if not order.is_chair and not is_overdue(order.meeting, order.line.at, order.rules):
        return order.hint_once(
            f"endmeeting/{order.speaker}",
            f"Until the meeting has run for {minutes(order.rules.length)} only a chair may end it:"
            f" {', '.join(chair_nicks(order.meeting))}.",
        )
    return close(order.meeting, order.line.at, order.rules, order.speaker)


def close(meeting: Meeting, at: datetime, rules: Rules, closer: int) -> Answer:
    """End a meeting, whatever the reason: an open vote is counted, the channel's topic given back."""
    meeting, votes = close_vote(meeting, closer)
    meeting = replace(meeting, ended_at=at)
    told = (*votes, *_goodbye(meeting, at, rules))
    return None, (*_old_topic(meeting, rules), *say(meeting, *told), MeetingEnded(meeting))


def _goodbye(meeting: Meeting, at: datetime, rules: Rules) -> tuple[str, ...]:
    info = f"  Information about MeetBot at {rules.info_url} ." if rules.info_url else ""
    ended = f"Meeting ended {at.ctime()} UTC.{info}"
    if not rules.base_url:
        return (ended,)
    key = MeetingKey(meeting.series, minute_of(meeting.started_at))
    return (
        ended,
        f"Minutes:        {rules.base_url}{key.url()}",
        f"Minutes (text): {rules.base_url}{key.url('txt')}",
        f"Log:            {rules.base_url}{key.url('log.html')}",
    )


def _old_topic(meeting: Meeting, rules: Rules) -> tuple[SetTopic, ...]:
    """Give the channel back the topic it had; never an empty one."""
    if not meeting.saved_topic or not rules.sets_topic:
        return ()
    return (SetTopic(meeting.network, meeting.channel, meeting.saved_topic),)


def abort(order: Order) -> Answer:
    """Call the meeting off: no minutes are made of it."""
    meeting = replace(order.meeting, ended_at=order.line.at)
    told = order.say("Meeting aborted; no minutes are kept.")
    return None, (*_old_topic(meeting, order.rules), *told, MeetingAborted(meeting))


def save(order: Order) -> Answer:
    """Have what there is so far written now."""
    return order.meeting, (MeetingSaved(order.meeting),)


def name_meeting(order: Order) -> Answer:
    """Give the meeting the name that its address has."""
    series = series_name(order.text, order.meeting.channel)
    meeting = replace(order.meeting, series=series)
    return meeting, order.say(f"The meeting name has been set to '{series}'")


def pass_time(
    meeting: Meeting, now: datetime, rules: Rules
) -> tuple[Meeting | None, tuple[Effect, ...]]:
    """Do what is due by `now`: remind that the time is up, warn of silence, end after long silence.

    What is due follows from the lines and the time alone, so it comes out the same however often it is asked
    for, and after a restart. A meeting that ended by itself ended when a person last spoke.
    """
    quiet = now - meeting.quiet_since
    if rules.silence is not None and quiet >= rules.silence:
        return _end_by_itself(meeting, rules)
    told: tuple[str, ...] = ()
    if not meeting.has_reminded and is_overdue(meeting, now, rules):
        meeting = replace(meeting, has_reminded=True)
        told = (f"The meeting's {minutes(rules.length)} are up. Anyone may #endmeeting now.",)
    if rules.quiet is not None and not meeting.has_warned and quiet >= rules.quiet:
        meeting = replace(meeting, has_warned=True)
        told = (*told, _warning(rules))
    return meeting, say(meeting, *told) if told else ()


def _warning(rules: Rules) -> str:
    quiet, silence = rules.quiet or timedelta(), rules.silence
    said = f"Nobody has spoken for {minutes(quiet)}."
    if silence is None:
        return said + " #endmeeting ends the meeting."
    return (
        f"{said} In {minutes(silence - quiet)} the meeting ends by itself, unless somebody speaks."
    )


def _end_by_itself(meeting: Meeting, rules: Rules) -> tuple[Meeting | None, tuple[Effect, ...]]:
    span = minutes(rules.silence or timedelta())
    why = f"Nobody has spoken for {span}, so the meeting ends."
    # whether the reminders were said depends on when somebody looked, and nothing may depend on that
    whole = replace(meeting, has_reminded=True, has_warned=True)
    owner = meeting.attendance.whose(meeting.owner)
    gone, effects = close(whole, meeting.quiet_since, rules, owner)
    return gone, (*say(meeting, why), *effects)
