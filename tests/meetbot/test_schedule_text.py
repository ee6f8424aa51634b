"""Schedules as text: what is read, every problem at once, and what is written."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetbot.schedule import Extra, Schedule, Skip, Slot
from meetbot.schedule_text import read_schedule
from meetbot.schedule_writing import write_schedule
from tests.meetbot.data import schedules
from tests.meetbot.timetables import SCHEDULES, SWIFT


def read(text: str) -> Schedule:
    """Return what a text without problems says."""
    reading = read_schedule(text)
    assert not reading.problems
    assert reading.schedule is not None
    return reading.schedule


def problems(text: str) -> list[str]:
    """Return what is wrong with a text, without the file's name."""
    return [str(problem).removeprefix("schedule:") for problem in read_schedule(text).problems]


def with_slot(*lines: str) -> str:
    """Return a schedule whose slot has these lines beyond its time, day, channel and frequency."""
    more = "".join(f"    {line}\n" for line in lines)
    return SWIFT.replace("    start_date: 20210106\n", more)


def test_a_schedule_is_read() -> None:
    schedule = read(SWIFT)
    slot = Slot(time(21), 2, "#yard", "weekly", start_on=date(2021, 1, 6))
    assert schedule == Schedule(
        "Swift Team Meeting",
        "swift",
        (slot,),
        "Tim Burke (timburke)",
        "Storage, objects and rings.",
        "https://example.org/swift-agenda",
    )
    assert schedule.chair_nicks == ["timburke"]


def test_every_real_file_is_read_and_written_again() -> None:
    files = sorted(schedules().glob("*.yaml"))
    assert len(files) == 85
    for file in files:
        schedule = read(file.read_text(encoding="utf-8"))
        assert schedule.slots
        assert read(write_schedule(schedule)) == schedule, file.name


@given(SCHEDULES)
def test_what_is_written_reads_as_the_same_schedule(schedule: Schedule) -> None:
    blocked = [p for p in read_schedule(write_schedule(schedule)).problems if p.blocks]
    assert blocked == []
    assert read_schedule(write_schedule(schedule)).schedule == schedule


@given(
    st.text() | st.lists(st.sampled_from([*SWIFT, "- ", "[", "{", "&a ", "*a ", "\n"])).map("".join)
)
def test_no_text_makes_it_stumble(text: str) -> None:
    reading = read_schedule(text)
    assert (reading.schedule is None) == any(problem.blocks for problem in reading.problems)


@pytest.mark.parametrize("text", ["a: " + "[" * 60_000, "{a: " * 10_000, "- " * 30_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    assert "not so deep" in problems(text)[0]


def test_aliases_are_refused() -> None:
    assert problems("a: &x [1]\nb: *x\n") == [
        "2: should be written out, without aliases and not so deep"
    ]


def test_all_problems_are_told_at_once_with_their_lines() -> None:
    text = (
        "agenda_url: javascript:alert(1)\n"
        "schedule:\n"
        "  - time: 730\n"
        "    day: Fryday\n"
        "    irc: #yard\n"
        "    frequency: fortnightly\n"
        "    start_date: 20261301\n"
        "    duration: 2h\n"
        "    timezone: Europe/Atlantis\n"
        "chair: [ann]\n"
    )
    told = problems(text)
    assert [line.split(":")[0:2] for line in told] == [
        ["1", " project"],
        ["1", " agenda_url = 'javascript"],
        ["3", " schedule.1.time = '730'"],
        ["4", " schedule.1.day = 'Fryday'"],
        ["5", " schedule.1.irc"],
        ["6", " schedule.1.frequency = 'fortnightly'"],
        ["7", " schedule.1.start_date = '20261301'"],
        ["8", " schedule.1.duration = '2h'"],
        ["9", " schedule.1.timezone = 'Europe/Atlantis'"],
        ["10", " chair"],
    ]
    assert "for example https://example.org/agenda" in told[1]
    assert "for example '0730'" in told[2]


def test_a_time_without_quotes_is_no_octal_number() -> None:
    assert read(SWIFT.replace("'2100'", "0730")).slots[0].at == time(7, 30)


def test_a_key_that_is_nearly_one_is_told_and_does_not_block() -> None:
    reading = read_schedule(with_slot("start_dates: 20210106"))
    assert [str(p) for p in reading.problems] == [
        "schedule:9: schedule.1.start_dates: is no known key. Is start_date meant?"
    ]
    assert reading.schedule is not None


def test_a_key_given_twice_is_told() -> None:
    assert problems(SWIFT + "project: Other\n") == [
        "13: project: is given twice. Keep one of the two"
    ]


def test_days_to_skip_have_reasons() -> None:
    text = with_slot("skip_dates:", "- skip_date: 20261223", "  reason: Holidays")
    assert read(text).slots[0].skips == (Skip(date(2026, 12, 23), "Holidays"),)


def test_a_day_to_skip_that_is_no_meeting_is_told_and_does_not_block() -> None:
    reading = read_schedule(with_slot("skip_dates: [{skip_date: 20261224, reason: x}]"))
    assert reading.schedule is not None
    assert "is a Thursday, while the meeting is on Wednesday" in str(reading.problems[0])


def test_a_frequency_that_names_a_day_agrees_with_the_day() -> None:
    text = SWIFT.replace("frequency: weekly", "frequency: first-friday")
    assert "should be Friday, for the frequency is first-friday" in problems(text)[0]
    assert read(text.replace("    day: Wednesday\n", "")).slots[0].day == "Friday"


def test_a_zone_at_the_top_is_that_of_all_slots() -> None:
    assert read("timezone: Asia/Seoul\n" + SWIFT).slots[0].zone == "Asia/Seoul"
    own = with_slot("timezone: Europe/Berlin")
    assert read("timezone: Asia/Seoul\n" + own).slots[0].zone == "Europe/Berlin"


def test_without_a_meeting_id_the_project_gives_it() -> None:
    assert read(SWIFT.replace("meeting_id: swift\n", "")).meeting_id == "swift_team_meeting"


def test_unknown_keys_at_the_top_are_kept() -> None:
    assert read(SWIFT + "wiki: [a, {b: 1}]\n").extras == (Extra("wiki", '["a", {"b": "1"}]'),)


def test_reminders_are_minutes() -> None:
    assert read("reminders: [30, 5]\n" + SWIFT).reminders == (30, 5)
    assert read("reminders: []\n" + SWIFT).reminders == ()
    assert "should be a list of minutes" in problems("reminders: soon\n" + SWIFT)[0]
