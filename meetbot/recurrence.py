"""When a schedule's meetings are: days of a cadence, and the moments they make. Pure; no clock.

The rules:
- weekly: each week on the slot's day, from `start_on` on.
- biweekly-odd, biweekly-even, quadweekly...: the first day from `start_on` on whose ISO week has the right
  number, and then every 14 or 28 days. A year of 53 weeks does not break the rhythm: two odd weeks would
  follow each other, or people would wait for three. Published calendars do the same, and only this can be
  said in one rule of iCalendar. Without `start_on` weeks are counted from 2021-01-04, when ISO week 1 began.
- first-monday ... fifth-sunday, last-friday: that day of each month that has it.
- adhoc: no regular time.
A meeting's moment is its wall clock's in its zone. Where clocks go forward over it, it is as long after
the change as it stands on the clock; where they go back, it is the earlier one (RFC 5545 3.3.5).
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hub.language import gettext, mark
from meetbot.schedule import DAYS, Schedule, Slot

_ANCHOR = date(2021, 1, 4)
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class EachWeeks:
    """Every so many weeks; the first ISO week's number divided by `every` leaves `rest`."""

    every: int = 1
    rest: int = 0


@dataclass(frozen=True, slots=True)
class EachMonth:
    """A weekday of each month: its `nth`, -1 for the last."""

    nth: int
    weekday: int


@dataclass(frozen=True, slots=True)
class AdHoc:
    """No regular time."""


Cadence = EachWeeks | EachMonth | AdHoc

_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

_BY_WEEKS: dict[str, Cadence] = {
    "weekly": EachWeeks(),
    "biweekly-odd": EachWeeks(2, 1),
    "biweekly-even": EachWeeks(2, 0),
    "quadweekly": EachWeeks(4, 0),
    "quadweekly-week-1": EachWeeks(4, 1),
    "quadweekly-week-2": EachWeeks(4, 2),
    "quadweekly-week-3": EachWeeks(4, 3),
    "quadweekly-alternate": EachWeeks(4, 2),
    "adhoc": AdHoc(),
}
_BY_MONTH: dict[str, Cadence] = {
    f"{word}-{day.lower()}": EachMonth(nth, weekday)
    for word, nth in _NTH.items()
    for weekday, day in enumerate(DAYS)
}
FREQUENCIES: Mapping[str, Cadence] = _BY_WEEKS | _BY_MONTH
"""Each name that a slot's frequency may have."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One meeting to come or gone: when it begins (UTC), and by which slot."""

    at: datetime
    slot: Slot

    @property
    def ends_at(self) -> datetime:
        """When it should be over."""
        return self.at + timedelta(minutes=self.slot.duration_min)


def occurrences(
    schedule: Schedule, since: datetime, until: datetime | None = None
) -> Iterator[Occurrence]:
    """Yield the meetings that begin at or after `since` and before `until`, in the order of time."""
    runs = [slot_occurrences(slot, since, until) for slot in schedule.slots]
    return heapq.merge(*runs, key=lambda occurrence: occurrence.at)


def slot_occurrences(
    slot: Slot, since: datetime, until: datetime | None = None
) -> Iterator[Occurrence]:
    """Yield the meetings of one slot that begin at or after `since` and before `until`."""
    zone, skipped = ZoneInfo(slot.zone), {skip.on for skip in slot.skips}
    for day in slot_days(slot, since.astimezone(zone).date() - _DAY):
        at = datetime.combine(day, slot.at, tzinfo=zone).astimezone(UTC)
        if until is not None and at >= until:
            return
        if at >= since and day not in skipped:
            yield Occurrence(at, slot)


def slot_days(slot: Slot, since: date) -> Iterator[date]:
    """Yield the days of a slot's cadence from `since` on, those that are skipped too."""
    since = max(since, slot.start_on) if slot.start_on else since
    match FREQUENCIES[slot.frequency]:
        case EachWeeks() as cadence:
            yield from _each_weeks(cadence, slot, since)
        case EachMonth() as cadence:
            yield from _each_month(cadence, since)


def _each_weeks(cadence: EachWeeks, slot: Slot, since: date) -> Iterator[date]:
    step = cadence.every * _WEEK
    first = slot.start_on or _ANCHOR
    first += (slot.weekday - first.weekday()) % 7 * _DAY
    while first.isocalendar().week % cadence.every != cadence.rest:
        first += _WEEK
    passed = -((first - since) // step)
    day = first + (max(passed, 0) if slot.start_on else passed) * step
    while day <= date.max - step:
        yield day
        day += step


def _each_month(cadence: EachMonth, since: date) -> Iterator[date]:
    for month in range(since.year * 12 + since.month - 1, date.max.year * 12):
        day = _nth_weekday(month // 12, month % 12 + 1, cadence)
        if day is not None and day >= since:
            yield day


def _nth_weekday(year: int, month: int, cadence: EachMonth) -> date | None:
    """Return the month's weekday that is meant; None if the month has no such day."""
    first = date(year, month, 1)
    if cadence.nth < 0:
        last = (first + 31 * _DAY).replace(day=1) - _DAY
        return last - (last.weekday() - cadence.weekday) % 7 * _DAY
    day = first + ((cadence.weekday - first.weekday()) % 7) * _DAY + (cadence.nth - 1) * _WEEK
    return day if day.month == month else None


_EACH_WEEKS = {
    1: mark("every week on %(day)s"),
    2: mark("every two weeks on %(day)s"),
    4: mark("every four weeks on %(day)s"),
}
_EACH_MONTH = {
    1: mark("on the first %(day)s of each month"),
    2: mark("on the second %(day)s of each month"),
    3: mark("on the third %(day)s of each month"),
    4: mark("on the fourth %(day)s of each month"),
    5: mark("on the fifth %(day)s of each month"),
    -1: mark("on the last %(day)s of each month"),
}


def rhythm(slot: Slot) -> str:
    """Return a slot's cadence in words: `every week on Tuesday`, `on the first Friday of each month`."""
    match FREQUENCIES[slot.frequency]:
        case EachWeeks(every):
            return gettext(_EACH_WEEKS[every], day=gettext(slot.day))
        case EachMonth(nth):
            return gettext(_EACH_MONTH[nth], day=gettext(slot.day))
    return gettext("as needed")


def has_time(slot: Slot) -> bool:
    """Tell whether a slot's meetings have a regular time."""
    return not isinstance(FREQUENCIES[slot.frequency], AdHoc)
