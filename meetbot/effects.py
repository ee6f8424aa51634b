"""What the machine asks the shell to do: speak, set the topic, and take a meeting's life in."""

from dataclasses import dataclass

from hub.irc import Say, SetTopic
from meetbot.state import Meeting


@dataclass(frozen=True, slots=True)
class MeetingStarted:
    """A meeting has begun."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class MeetingSaved:
    """The chair wants what there is so far to be written."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class MeetingEnded:
    """A meeting is over; `meeting.ended_at` says when."""

    meeting: Meeting


@dataclass(frozen=True, slots=True)
class MeetingAborted:
    """A meeting was called off; there are to be no minutes of it."""

    meeting: Meeting


Effect = Say | SetTopic | MeetingStarted | MeetingSaved | MeetingEnded | MeetingAborted
