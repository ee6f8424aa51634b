"""Spans of time as years, months and days: exactly the days that are meant, in few names."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from search.spans import DAY_S, Month, covered, month_of, names_of, newest_starts, within

DAYS = st.integers(-3_000, 30_000)
MONTHS = (Month(20_000 * DAY_S, 5), Month(-2_500 * DAY_S, 1))


def _days_in(names: dict[str, list[str]], days: range) -> set[int]:
    return {
        day
        for day in days
        if any(name in names[f] for f, name in zip(names, names_of(day), strict=True))
    }


@given(first=DAYS, length=st.integers(0, 2_000))
def test_a_span_is_covered_by_exactly_its_days(first: int, length: int) -> None:
    last = first + length
    names = covered(first * DAY_S, last * DAY_S, MONTHS)
    assert names is not None
    known = range(-2_557, 20_089)  # the years from that of the first month to that of the last
    expected = {day for day in range(first, last) if day in known}
    assert _days_in(dict(names), range(first - 40, last + 40)) == expected  # type: ignore[arg-type]
    assert sum(map(len, names.values())) <= 31 + 11 + 62 + 11 + 31


def test_an_open_span_goes_as_far_as_there_are_months() -> None:
    start = datetime(2023, 11, 30, tzinfo=UTC).timestamp()
    names = covered(int(start), None, MONTHS)
    assert names == {"year": ["2024"], "month": ["2023-12"], "day": ["2023-11-30"]}
    assert covered(None, None, MONTHS) == {
        "year": [str(year) for year in range(1963, 2025)],
        "month": [],
        "day": [],
    }


def test_a_span_that_ends_within_a_day_is_not_covered() -> None:
    assert covered(DAY_S + 1, None, MONTHS) is None
    assert covered(None, 5 * DAY_S - 1, MONTHS) is None
    assert covered(0, DAY_S, ()) is None


@given(st.dates(date(1900, 1, 1), date(9000, 1, 1)))
def test_a_month_begins_where_its_name_says(day: date) -> None:
    number = (day - date(1970, 1, 1)).days
    _, month, _ = names_of(number)
    found = month_of(month, 1)
    assert found.start == (day.replace(day=1) - date(1970, 1, 1)).days * DAY_S
    assert within([found], number * DAY_S, (number + 1) * DAY_S) == [found]
    assert within([found], None, found.start) == []


def test_starts_go_back_until_enough_is_likely_and_then_eight_times_as_far() -> None:
    months = [month_of(f"{2024 - i // 12}-{12 - i % 12:02}", 100) for i in range(60)]
    assert list(newest_starts(months, 0.5, 100)) == [months[1].start, months[15].start]
    assert list(newest_starts(months[:1], 0.5, 10)) == []
    ages = [
        timedelta(seconds=months[0].start - start).days for start in newest_starts(months, 1, 1)
    ]
    assert ages == sorted(ages)
