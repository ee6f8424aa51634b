"""A year of a channel as month calendars, newest first, warmer where more was said."""

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archive.entries import Day

_LEVELS = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of a month: its lines in figures and how warm it is, 0 (nobody spoke) to 4."""

    date: date
    day: Day | None
    heat: int


@dataclass(frozen=True, slots=True)
class Month:
    """One month in weeks of seven; None stands for days of other months."""

    first: date
    spoken: int
    weeks: Sequence[Sequence[Cell | None]]


def months(days: Sequence[Day]) -> Sequence[Month]:
    """Return the months that hold lines, the newest first."""
    by_date = {day.day: day for day in days}
    most = max((day.spoken for day in days), default=0)
    firsts = sorted({day.day.replace(day=1) for day in days}, reverse=True)
    return [_month(first, by_date, most) for first in firsts]


def heat(spoken: int, most: int) -> int:
    """Return how warm a day is: by orders of magnitude, squared so that only busy days glow."""
    if spoken == 0:
        return 0
    share = math.log(spoken) / math.log(max(most, spoken, 2))
    return min(_LEVELS, 1 + int(_LEVELS * share**2))


def _month(first: date, by_date: dict[date, Day], most: int) -> Month:
    weeks = [
        [_cell(d, by_date, most) if d.month == first.month else None for d in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    spoken = sum(c.day.spoken for week in weeks for c in week if c and c.day)
    return Month(first, spoken, weeks)


def _cell(on: date, by_date: dict[date, Day], most: int) -> Cell:
    day = by_date.get(on)
    return Cell(on, day, heat(day.spoken, most) if day else 0)
