"""Time as the database keeps it: whole microseconds since 1970 in UTC, sortable and cheap."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]
"""Tells the time, aware and in UTC."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND


def utc_now() -> datetime:
    """Tell the time now; for the edge only, pure code is given its time."""
    return datetime.now(UTC)


def micros(at: datetime) -> int:
    """Return the microseconds since 1970 of an aware time."""
    return (at - _EPOCH) // _MICROSECOND


def from_micros(value: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=value)
