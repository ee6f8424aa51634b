"""Stored lines as readers see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from hub.clock import DAY, SECOND, from_micros
from hub.irc import Kind, Line

_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that has an archive, with its totals. Times are aware UTC, None before any line."""

    id: int
    network: str
    name: str
    slug: str
    topic: str
    lines: int
    spoken: int
    first_at: datetime | None
    last_at: datetime | None
    spoken_at: datetime | None


Row = tuple[int, int, str, str, str]
"""A line as its day's page needs it: second of the day, `nth`, kind, nick, text.

A bare tuple as it comes from the database, for a page has thousands.
"""


class Entry(NamedTuple):
    """A stored line: `at` in microseconds since 1970 UTC, `nth` its place within its second.

    A named tuple, which is made in a tenth of a frozen dataclass' time: a page has thousands.
    """

    id: int
    at: int
    nth: int
    kind: Kind
    nick: str
    text: str

    @property
    def anchor(self) -> str:
        """The permanent name of the line in its day, without the leading `t`."""
        return anchor(self.at, self.nth)

    @property
    def row(self) -> Row:
        """The line as its day's page needs it."""
        return (self.at % DAY // SECOND, self.nth, self.kind, self.nick, self.text)

    def line(self, channel: Channel) -> Line:
        """Return what was heard."""
        return Line(
            channel.network, channel.name, from_micros(self.at), self.kind, self.nick, self.text
        )


@dataclass(frozen=True, slots=True)
class Day:
    """One UTC day of a channel in figures; `version` grows with every change."""

    day: date
    lines: int
    spoken: int
    version: int


def anchor(at: int, nth: int) -> str:
    """Return `YYYY-MM-DDTHH:MM:SS`, with `-2`, `-3` ... from the second line of a second on."""
    moment = from_micros(at // SECOND * SECOND).replace(tzinfo=None).isoformat()
    return moment if nth == 1 else f"{moment}-{nth}"


def day_number(day: date) -> int:
    """Return the days since 1970."""
    return day.toordinal() - _EPOCH_DAY


def day_of(number: int) -> date:
    """Return the date of days since 1970."""
    return date.fromordinal(number + _EPOCH_DAY)


def day_bounds(day: date) -> tuple[int, int]:
    """Return the first microsecond of a UTC day and the first one after it."""
    start = day_number(day) * DAY
    return start, start + DAY
