"""Throttles: a burst, then one now and then; never more keys than agreed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.accounts.throttle import Throttle

START = datetime(2021, 5, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_after_a_burst_one_waits_for_the_next_try() -> None:
    throttle = Throttle(3, 10)
    assert [throttle.allow("ann", START) for _ in range(3)] == [None] * 3
    assert throttle.allow("ann", START) == 10
    assert throttle.allow("ann", at(4)) == 6
    assert throttle.allow("ann", at(10)) is None
    assert throttle.allow("ann", at(10)) == 10


def test_each_key_has_tries_of_its_own() -> None:
    throttle = Throttle(1, 10)
    assert throttle.allow("ann", START) is None
    assert throttle.allow("bob", START) is None
    assert throttle.allow("ann", START) is not None


def test_who_was_right_need_not_wait() -> None:
    throttle = Throttle(1, 10)
    throttle.allow("ann", START)
    throttle.forget("ann")
    throttle.forget("nobody")
    assert throttle.allow("ann", START) is None


def test_only_so_many_keys_are_kept_and_the_newest_stay() -> None:
    throttle = Throttle(1, 1_000, most=3)
    for number in range(10):
        throttle.allow(str(number), at(number))
    assert throttle.allow("9", at(10)) is not None
    assert throttle.allow("0", at(10)) is None
    assert len(throttle._buckets) == 3


@given(
    st.integers(1, 5),
    st.floats(0.1, 100),
    st.lists(st.floats(-50, 1_000), max_size=40),
)
def test_no_span_of_time_gives_more_tries_than_the_bucket_holds(
    burst: int, every_s: float, moments: list[float]
) -> None:
    throttle = Throttle(burst, every_s)
    moments = sorted(moments)
    taken = [moment for moment in moments if throttle.allow("ann", at(moment)) is None]
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            span = taken[last] - taken[first]
            assert last - first + 1 <= burst + span / every_s + 1e-3


@given(st.lists(st.floats(0, 1_000), min_size=1, max_size=30))
def test_who_waits_as_long_as_told_may_try(moments: list[float]) -> None:
    throttle = Throttle(2, 30)
    for moment in sorted(moments):
        wait = throttle.allow("ann", at(moment))
        if wait is not None:
            assert 0 < wait <= 30
            assert throttle.allow("ann", at(moment + wait + 1e-3)) is None
            return


def test_a_clock_that_goes_back_gives_nothing() -> None:
    throttle = Throttle(1, 10)
    throttle.allow("ann", at(100))
    assert throttle.allow("ann", at(0)) is not None
