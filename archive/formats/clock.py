"""Turns what a log says of the time into UTC: dates come from lines, headers or the file's name.

Rules:
- A clock time belongs to the day last told. Where the format tells no day changes, a clock that
  jumps back by `MIDNIGHT_JUMP` or more has passed midnight; a smaller step back is a late line.
- A month and day without a year (`Oct 17`) belong to the year last told; from late to early in the
  year, the next one.
- Local time becomes UTC by the zone's rules. The hour that happens twice when summer time ends is
  its first run until the clock steps back inside it; then it is the second. A time that never
  was (the spring hour) counts with the offset before the change.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.errors import Invalid

MIDNIGHT_JUMP = timedelta(hours=4)
SECOND_RUN = timedelta(minutes=1)
"""A step back of more than this inside the doubled hour starts its second run."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class NoDate(ValueError):
    """A line has a clock time, and nothing tells the day."""

    def __init__(self) -> None:
        super().__init__("has a clock time but the file tells no date: give the date")


def month_number(word: str) -> int:
    """Return 1 to 12 for `Oct`, `October` or `10월`. Raises: ValueError."""
    short = word[:3].lower()
    if short in _MONTHS:
        return _MONTHS.index(short) + 1
    return int(word.rstrip("월月."))


def zone(tz: str) -> ZoneInfo | None:
    """Return the zone of an IANA name, None for UTC. Raises: Invalid."""
    if tz == "UTC":
        return None
    try:
        return ZoneInfo(tz)
    except (ValueError, OSError, KeyError):
        raise Invalid("tz", f"There is no time zone {tz!r}. Use a name such as Asia/Seoul.")


class Clock:
    """Where in time the reading of one file is; `day` is the local day last told, or None."""

    def __init__(self, day: date | None, tz: str = "UTC", *, guesses_midnight: bool = True) -> None:
        self.day = day
        self._zone = zone(tz)
        self._guesses = guesses_midnight
        self._last: datetime | None = None

    def tell_day(self, day: date) -> None:
        """Take a day that the log itself told."""
        self.day = day
        self._last = None

    def at_clock(self, hour: int, minute: int, second: int = 0) -> datetime:
        """Return the moment of a clock time. Raises: NoDate, ValueError, OverflowError."""
        if self.day is None:
            raise NoDate
        local = datetime(self.day.year, self.day.month, self.day.day, hour, minute, second)  # noqa: DTZ001
        if self._guesses and self._last is not None and self._last - local >= MIDNIGHT_JUMP:
            local += timedelta(days=1)
            self.day = local.date()
        return self.at_local(local)

    def at_month_day(self, month: int, day: int, clock: tuple[int, int, int]) -> datetime:
        """Return the moment of a date without a year. Raises: NoDate, ValueError."""
        if self.day is None:
            raise NoDate
        year = self.day.year + (self.day.month - month > 6)
        local = datetime(year, month, day, *clock)  # noqa: DTZ001
        self.day = local.date()
        return self.at_local(local)

    def at_local(self, local: datetime) -> datetime:
        """Return the UTC of a full local time without zone. Raises: OverflowError."""
        if self._zone is None:
            self._last = local
            return datetime.combine(local, local.time(), UTC)  # a fifth of what `replace` costs
        aware = local.replace(tzinfo=self._zone)
        again = aware.replace(fold=1)
        if again.utcoffset() != aware.utcoffset() and self._is_second_run(local):
            local, aware = local.replace(fold=1), again
        self._last = local
        return aware.astimezone(UTC)

    def _is_second_run(self, local: datetime) -> bool:
        last = self._last
        if last is None or not timedelta(hours=-3) < local - last < timedelta(hours=3):
            return False
        return bool(last.fold) or last - local > SECOND_RUN


def clock_numbers(text: str) -> tuple[int, int, int]:
    """Return hour, minute, second of `9:05`, `09:05` or `09:05:30`. Raises: ValueError."""
    hour, minute, *second = text.split(":")
    return int(hour), int(minute), int(second[0]) if second else 0


def tell_clock(stamp: str, clock: Clock) -> datetime:
    """Read `HH:MM` or `HH:MM:SS`."""
    return clock.at_clock(*clock_numbers(stamp))


def tell_iso(stamp: str, clock: Clock) -> datetime:
    """Read an ISO date and time; with a zone of its own it is taken by its word."""
    at = datetime.fromisoformat(stamp)
    return clock.at_local(at) if at.tzinfo is None else at.astimezone(UTC)


def tell_iso_or_clock(stamp: str, clock: Clock) -> datetime:
    """Read whichever of the two the line has."""
    return tell_iso(stamp, clock) if "-" in stamp else tell_clock(stamp, clock)


def tell_month_first(stamp: str, clock: Clock) -> datetime:
    """Read `Oct 17 10:53:26`."""
    month, day, time = stamp.split()
    return clock.at_month_day(month_number(month), int(day), clock_numbers(time))


def tell_day_first(stamp: str, clock: Clock) -> datetime:
    """Read `15 Jan 08:42`."""
    day, month, time = stamp.split()
    return clock.at_month_day(month_number(month), int(day), clock_numbers(time))


def tell_day_month_year(stamp: str, clock: Clock) -> datetime:
    """Read `02-Feb-2004 10:53:26`."""
    on, time = stamp.split()
    day, month, year = on.split("-")
    numbers = int(year), month_number(month), int(day)
    return clock.at_local(datetime(*numbers, *clock_numbers(time)))  # noqa: DTZ001


def tell_unix(stamp: str, _clock: Clock) -> datetime:
    """Read seconds since 1970, which need no zone."""
    return datetime.fromtimestamp(int(stamp), UTC)
