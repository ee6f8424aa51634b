"""A series' schedule: when it meets, where, and who holds it. Values only.

The words are those of the irc-meetings format, which OpenDev keeps its meetings in; meetbot/schedule_text.py
reads and writes it. A `Slot` is one regular time; a series may have several, as one for each half of the
world.

Source: the format of yaml2ical and irc-meetings (opendev.org/opendev/irc-meetings).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from hub.language import mark

DAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)


@dataclass(frozen=True, slots=True)
class Skip:
    """A day, by the slot's own calendar, on which there is no meeting, and why."""

    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One regular time of a meeting.

    `at` is the wall clock's time in `zone` (an IANA name), `weekday` counts from 0 for Monday, `channel` has
    its `#`. `network` is empty where the hub is to find the network that has the channel. `start_on` is the
    first day that counts; None if it was always so. `frequency` is a name of meetbot/recurrence.py.
    """

    at: time
    weekday: int
    channel: str
    frequency: str
    zone: str = "UTC"
    start_on: date | None = None
    duration_min: int = 60
    network: str = ""
    skips: Sequence[Skip] = ()

    @property
    def day(self) -> str:
        """The weekday's name."""
        return DAYS[self.weekday]


@dataclass(frozen=True, slots=True)
class Extra:
    """A key that the format leaves to its users, with its value as JSON."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that a schedule says of a series.

    `meeting_id` is the word after #startmeeting, `chair` whoever holds it, in free words. `reminders` says
    how many minutes before the bot reminds, None to leave that to the channel.
    """

    project: str
    meeting_id: str
    slots: Sequence[Slot]
    chair: str = ""
    description: str = ""
    agenda_url: str = ""
    project_url: str = ""
    reminders: Sequence[int] | None = None
    extras: Sequence[Extra] = ()

    @property
    def chair_nicks(self) -> Sequence[str]:
        """The nicks of those who hold it: what stands in brackets, `Jay Bryant (jungleboyj)`."""
        return [nick for nick in _NICK.findall(self.chair) if nick]


_NICK = re.compile(r"\(([^\s()]{1,60})\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a schedule's text: where, and what would be right.

    `line` counts from 1, `key` is like `schedule.2.time`, empty when all of the text is meant. What does not
    block is told, and the schedule counts without it.
    """

    file: str
    line: int
    key: str
    value: str
    right: str
    blocks: bool = True

    def __str__(self) -> str:
        """Say it in one line, as `file:7: schedule.2.time = '25': should be ...`."""
        given = f" = {_shown(self.value)}" if self.value else ""
        key = f" {self.key}{given}:" if self.key else ""
        return f"{self.file}:{self.line}:{key} {self.right}"


_LONGEST = 60


def _shown(value: str) -> str:
    return repr(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…")
