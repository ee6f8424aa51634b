"""Spans of time as years, months and days: a few terms of an index instead of every moment in it. Pure."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

DAY_S = 86_400
FIELDS = ("year", "month", "day")


@dataclass(frozen=True, slots=True)
class Month:
    """A month of which there are documents: when it begins, in seconds since 1970, and how many."""

    start: int
    documents: int


def month_of(name: str, documents: int) -> Month:
    """Return a month by its name, `2014-06`."""
    year, month = map(int, name.split("-"))
    return Month((date(year, month, 1) - date(1970, 1, 1)).days * DAY_S, documents)


@lru_cache(10_000)
def names_of(day: int) -> tuple[str, str, str]:
    """Return the names of a day, counted from 1970: of its year, of its month, and its own."""
    at = time.gmtime(day * DAY_S)
    year = f"{at.tm_year:04}"
    return year, f"{year}-{at.tm_mon:02}", f"{year}-{at.tm_mon:02}-{at.tm_mday:02}"


def covered(
    after: int | None, before: int | None, months: Sequence[Month]
) -> Mapping[str, Sequence[str]] | None:
    """Return the fewest years, months and days that make up a span; None when it ends within a day.

    after, before: seconds since 1970, from and until before. months: those that there are, newest first,
    with whose years an open span ends.
    """
    if not months or (after or 0) % DAY_S or (before or 0) % DAY_S:
        return None
    years = [time.gmtime(month.start).tm_year for month in (months[-1], months[0])]
    first, last = date(years[0], 1, 1), date(min(years[1], 9998) + 1, 1, 1)
    day = first if after is None else max(first, _day(after, first))
    end = last if before is None else min(last, _day(before, last))
    found: dict[str, list[str]] = {field: [] for field in FIELDS}
    while day < end:
        field, following = _largest(day, end)
        found[field].append(day.isoformat()[: {"year": 4, "month": 7, "day": 10}[field]])
        day = following
    return found


def _largest(day: date, end: date) -> tuple[str, date]:
    """Return the largest of the three that begins on a day and ends by another, and when the next begins."""
    if (day.month, day.day) == (1, 1) and (year := day.replace(year=day.year + 1)) <= end:
        return "year", year
    if day.day == 1 and (month := (day + timedelta(days=31)).replace(day=1)) <= end:
        return "month", month
    return "day", day + timedelta(days=1)


def _day(seconds: int, otherwise: date) -> date:
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return otherwise


def within(months: Sequence[Month], after: int | None, before: int | None) -> Sequence[Month]:
    """Return the months that a span touches, of months that are newest first."""
    longest = 31 * DAY_S
    return [
        month
        for month in months
        if (before is None or month.start < before)
        and (after is None or month.start + longest > after)
    ]


def newest_starts(months: Sequence[Month], share: float, enough: int) -> Iterator[int]:
    """Yield where to begin so that enough is found from there on, then eight times as much, and so on.

    months: newest first. share: of how many documents one is likely to be found. The last start is not
    yielded: after it comes all there is.
    """
    gathered = 0.0
    for month in months[:-1]:
        gathered += month.documents * share
        if gathered >= enough:
            yield month.start
            enough *= 8
