"""Reads the dates that people type: 2021, 2021-05, 2021-05-12, today, yesterday, 7d, 2w, 3m, 1y."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days in UTC: from `start` until before `end`."""

    start: datetime
    end: datetime


def read_date(text: str, now: datetime) -> Period | None:
    """Return the period that a date names; None when it is none."""
    word = text.strip().lower()
    try:
        return _named(word, now.astimezone(UTC).date()) or _written(word)
    except (ValueError, OverflowError):
        return None


def _named(word: str, today: date) -> Period | None:
    ago = _AGO.fullmatch(word)
    if ago is not None:
        return _days(today - timedelta(days=int(ago[1]) * _DAYS[ago[2]]), 1)
    if word in {"today", "오늘", "今天"}:
        return _days(today, 1)
    if word in {"yesterday", "어제", "昨天"}:
        return _days(today - timedelta(days=1), 1)
    return None


def _written(word: str) -> Period | None:
    match = _DATE.fullmatch(word)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    first = date(year, month, day)
    if match[3]:
        return _days(first, 1)
    if match[2]:
        return Period(_midnight(first), _midnight(date(year + month // 12, month % 12 + 1, 1)))
    return Period(_midnight(first), _midnight(date(year + 1, 1, 1)))


def _days(first: date, count: int) -> Period:
    return Period(_midnight(first), _midnight(first + timedelta(days=count)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
