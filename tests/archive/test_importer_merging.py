"""Merging as a multiset: twice changes nothing, overlaps add the excess, equal lines stay."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from archive.importer import Key, chunks, key
from hub.irc import Kind, Line
from tests.archive.multiset import excess

START = datetime(2026, 11, 22, 23, 59, 50, tzinfo=UTC)


def say(second: int, text: str) -> Line:
    at = START + timedelta(seconds=second)
    return Line("oftc", "#yard", at, Kind.SAY, "ann", text)


few_lines = st.builds(say, st.integers(0, 20), st.sampled_from("ab"))
files = st.lists(few_lines, max_size=40)


class Archive:
    """What a store promises, kept in memory: how often each line is there."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self.counts: Counter[Key] = Counter(map(key, lines))
        self.given: list[list[Line]] = []

    def store(self, network: str, channel: str, lines: Sequence[Line]) -> int:
        self.given.append(list(lines))
        new = excess(self.counts, lines)
        self.counts.update(map(key, new))
        return len(new)

    def take_file(self, lines: Sequence[Line], limit: int, gather: int = 1) -> int:
        parts = chunks(lines, limit=limit, gather=gather)
        return sum(self.store("oftc", "#yard", part) for part in parts)


def count(lines: Sequence[Line]) -> Counter[Key]:
    return Counter(map(key, lines))


def fits_the_limit(lines: Sequence[Line], limit: int) -> bool:
    """Tell whether no moment has more lines than two chunks hold."""
    return max(Counter(line.at for line in lines).values(), default=0) <= 2 * limit


@given(files, files)
def test_what_is_added_fills_up_to_the_greater_count(there: list[Line], coming: list[Line]) -> None:
    added = excess(count(there), coming)
    assert count(there) + count(added) == count(there) | count(coming)


@given(files)
def test_nothing_is_added_of_what_is_there(lines: list[Line]) -> None:
    assert excess(count(lines), lines) == []
    assert excess({}, lines) == lines


@given(files, files)
def test_what_is_added_keeps_its_order(there: list[Line], coming: list[Line]) -> None:
    rest = iter(coming)
    assert all(line in rest for line in excess(count(there), coming))


def test_a_line_said_three_times_in_one_second_stays_three() -> None:
    thrice = [say(1, "ha")] * 3
    assert excess({}, thrice) == thrice
    assert excess(count(thrice[:1]), thrice) == thrice[:2]


def test_a_live_lines_fraction_of_a_second_does_not_double_it() -> None:
    live = Line("oftc", "#yard", START.replace(microsecond=123_456), Kind.SAY, "ann", "hi")
    assert excess(count([live]), [say(0, "hi")]) == []


@given(files, st.integers(2, 9), st.integers(1, 9))
def test_chunks_lose_and_double_nothing(lines: list[Line], limit: int, gather: int) -> None:
    assume(fits_the_limit(lines, limit))
    archive = Archive()
    assert archive.take_file(sorted(lines, key=lambda line: line.at), limit, gather) == len(lines)
    assert archive.counts == count(lines)


@given(files)
def test_a_log_that_steps_back_in_time_loses_nothing(lines: list[Line]) -> None:
    archive = Archive()
    assert archive.take_file(lines, limit=40) == len(lines)
    assert archive.counts == count(lines)


@given(files, files, st.integers(2, 9))
def test_overlapping_files_come_to_the_greater_count(
    first: list[Line], second: list[Line], limit: int
) -> None:
    assume(fits_the_limit(first, limit) and fits_the_limit(second, limit))
    archive = Archive()
    ordered = [sorted(lines, key=lambda line: line.at) for lines in (first, second)]
    for lines in ordered:
        archive.take_file(lines, limit)
    assert archive.counts == count(first) | count(second)
    assert sum(archive.take_file(lines, limit) for lines in ordered) == 0


def test_a_chunk_is_a_whole_day() -> None:
    lines = [say(second, str(second)) for second in (0, 5, 9, 10, 11, 86_410)]
    assert [[line.text for line in part] for part in chunks(lines)] == [
        ["0", "5", "9"],
        ["10", "11"],
        ["86410"],
    ]


def test_days_can_be_gathered_to_larger_chunks() -> None:
    lines = [say(second, str(second)) for second in (0, 5, 9, 10, 11, 86_410, 86_411)]
    parts = [[line.text for line in part] for part in chunks(lines, gather=4)]
    assert parts == [["0", "5", "9", "10", "11"], ["86410", "86411"]]


def test_a_day_with_very_many_lines_comes_in_parts_cut_where_time_moves_on() -> None:
    lines = [say(second // 3 % 9, "same") for second in range(27)]
    parts = list(chunks(lines, limit=7))
    assert [len(part) for part in parts] == [9, 9, 9]
    assert Archive().take_file(lines, limit=7) == 27


def test_lines_of_one_moment_without_end_are_cut_too() -> None:
    archive = Archive()
    assert archive.take_file([say(0, str(n)) for n in range(100)], limit=10) == 100
    assert max(len(given) for given in archive.given) <= 40


def test_equal_lines_on_both_sides_of_a_cut_are_all_kept() -> None:
    lines = [say(1, "ha"), say(2, "ho"), say(1, "ha"), say(3, "hi"), say(1, "ha")]
    archive = Archive()
    assert archive.take_file(lines, limit=3) == 5
    assert [len(given) for given in archive.given] == [3, 4]
