"""When meetings are: the days of each cadence, in every zone, and never on a skipped day."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meetbot.recurrence import (
    FREQUENCIES,
    EachMonth,
    EachWeeks,
    occurrences,
    rhythm,
    slot_days,
    slot_occurrences,
)
from meetbot.schedule import Schedule, Skip, Slot
from tests.meetbot.timetables import SCHEDULES, slots

_DAY_S = 86_400
_TIMES = st.integers(16_000 * _DAY_S, 22_000 * _DAY_S).map(lambda s: datetime.fromtimestamp(s, UTC))


def slot(frequency: str, weekday: int = 2, **other: object) -> Slot:
    """Return a slot at nine o'clock."""
    return replace(Slot(time(9), weekday, "#yard", frequency), **other)  # type: ignore[arg-type]


def days(found: Slot, since: date, count: int) -> list[str]:
    """Return the first days of a slot."""
    return [str(day) for day in islice(slot_days(found, since), count)]


@given(slots(), _TIMES)
def test_each_meeting_is_on_its_day_at_its_time_and_not_skipped(
    found: Slot, since: datetime
) -> None:
    for meeting in islice(slot_occurrences(found, since), 20):
        local = meeting.at.astimezone(ZoneInfo(found.zone))
        assert meeting.at >= since
        assert local.weekday() == found.weekday
        assert local.date() not in {skip.on for skip in found.skips}
        assert found.start_on is None or local.date() >= found.start_on
        assert local.time() == found.at or _clocks_change(local)


def _clocks_change(local: datetime) -> bool:
    midnight = local.replace(hour=0, minute=0)
    return midnight.utcoffset() != (midnight + timedelta(days=1)).utcoffset()


@given(slots(), st.dates(date(2014, 1, 1), date(2032, 1, 1)))
def test_the_cadence_is_right(found: Slot, since: date) -> None:
    told = list(islice(slot_days(found, since), 15))
    gaps = {(after - before).days for before, after in pairwise(told)}
    match FREQUENCIES[found.frequency]:
        case EachWeeks(every):
            assert gaps == {7 * every}
        case EachMonth(nth):
            assert all(_is_nth(day, nth) for day in told)
            assert gaps <= ({28, 35} if nth != 5 else {28, 35, 63, 91, 98, 119, 126})
        case _:
            assert told == []


def _is_nth(day: date, nth: int) -> bool:
    if nth < 0:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 == nth - 1


@given(SCHEDULES, _TIMES, st.timedeltas(timedelta(0), timedelta(days=400)), st.floats(0, 1))
def test_two_halves_are_the_whole(
    schedule: Schedule, since: datetime, length: timedelta, part: float
) -> None:
    middle, until = since + length * part, since + length
    halves = [*occurrences(schedule, since, middle), *occurrences(schedule, middle, until)]
    assert [m.at for m in halves] == [m.at for m in occurrences(schedule, since, until)]


@given(slots(), _TIMES, st.integers(0, 9))
def test_skipping_a_meeting_leaves_all_others(found: Slot, since: datetime, number: int) -> None:
    assume(FREQUENCIES[found.frequency] != FREQUENCIES["adhoc"])
    before = [meeting.at for meeting in islice(slot_occurrences(found, since), 10)]
    off = before[number].astimezone(ZoneInfo(found.zone)).date()
    without = replace(found, skips=(*found.skips, Skip(off)))
    after = [meeting.at for meeting in islice(slot_occurrences(without, since), 9)]
    assert after == before[:number] + before[number + 1 :]


def test_odd_and_even_weeks_take_turns_over_a_year_of_53_weeks() -> None:
    start = date(2026, 11, 30)
    odd = slot("biweekly-odd", start_on=start)
    even = slot("biweekly-even", start_on=start)
    assert days(odd, start, 4) == ["2026-12-02", "2026-12-16", "2026-12-30", "2027-01-13"]
    assert days(even, start, 4) == ["2026-12-09", "2026-12-23", "2027-01-06", "2027-01-20"]


@pytest.mark.parametrize(
    ("frequency", "first"),
    [
        ("biweekly-odd", "2021-01-06"),
        ("biweekly-even", "2021-01-13"),
        ("quadweekly", "2021-01-27"),
        ("quadweekly-week-1", "2021-01-06"),
        ("quadweekly-alternate", "2021-01-13"),
        ("quadweekly-week-3", "2021-01-20"),
        ("first-wednesday", "2021-01-06"),
        ("last-wednesday", "2021-01-27"),
        ("fifth-wednesday", "2021-03-31"),
    ],
)
def test_each_frequency_begins_in_its_week(frequency: str, first: str) -> None:
    assert days(slot(frequency, start_on=date(2021, 1, 1)), date(2021, 1, 1), 1) == [first]


def test_a_meeting_follows_its_zone_through_the_change_of_clocks() -> None:
    berlin = slot("weekly", 6, zone="Europe/Berlin")
    since = datetime(2026, 10, 18, tzinfo=UTC)
    assert [m.at.hour for m in islice(slot_occurrences(berlin, since), 3)] == [7, 8, 8]


def test_a_time_that_the_clocks_leave_out_is_held_after_the_change() -> None:
    berlin = slot("weekly", 6, zone="Europe/Berlin", at=time(2, 30))
    (held,) = slot_occurrences(
        berlin, datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)
    )
    assert held.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_slots_are_told_in_the_order_of_time() -> None:
    two = (slot("weekly", 3), slot("weekly", 1))
    told = occurrences(Schedule("P", "p", two), datetime(2026, 11, 23, tzinfo=UTC))
    assert [m.at.day for m in islice(told, 4)] == [24, 26, 1, 3]


def test_time_ends_without_an_error() -> None:
    for frequency in FREQUENCIES:
        assert len(days(slot(frequency), date(9998, 1, 1), 200)) < 105


def test_a_rhythm_in_words() -> None:
    assert rhythm(slot("biweekly-odd")) == "every two weeks on Wednesday"
    assert rhythm(slot("last-friday", 4)) == "on the last Friday of each month"
    assert rhythm(slot("adhoc")) == "as needed"
