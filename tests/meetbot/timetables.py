"""Schedules for tests: some to read, and any that there may be."""

from datetime import date, time

from hypothesis import strategies as st

from meetbot.recurrence import FREQUENCIES, EachMonth
from meetbot.schedule import Extra, Schedule, Skip, Slot

SWIFT = """\
project: Swift Team Meeting
meeting_id: swift
agenda_url: https://example.org/swift-agenda
schedule:
  - time: '2100'
    day: Wednesday
    irc: yard
    frequency: weekly
    start_date: 20210106
chair: Tim Burke (timburke)
description: >
  Storage, objects and rings.
"""

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Seoul", "Australia/Lord_Howe")

_DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))
_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), max_size=60
).map(lambda text: " ".join(text.split()))


@st.composite
def slots(draw: st.DrawFn, zones: tuple[str, ...] = ZONES) -> Slot:
    """Any regular time, in one of the zones."""
    frequency = draw(st.sampled_from(sorted(FREQUENCIES)))
    cadence = FREQUENCIES[frequency]
    weekday = cadence.weekday if isinstance(cadence, EachMonth) else draw(st.integers(0, 6))
    return Slot(
        at=draw(st.builds(time, st.integers(0, 23), st.integers(0, 59))),
        weekday=weekday,
        channel=draw(st.sampled_from(["#yard", "#마당", "##c", "&local"])),
        frequency=frequency,
        zone=draw(st.sampled_from(zones)),
        start_on=draw(st.none() | _DAYS),
        duration_min=draw(st.integers(1, 1440)),
        network=draw(st.sampled_from(["", "oftc"])),
        skips=tuple(draw(st.lists(st.builds(Skip, _DAYS, _WORDS), max_size=3))),
    )


SCHEDULES = st.builds(
    Schedule,
    project=_WORDS.filter(bool),
    meeting_id=_WORDS.filter(bool),
    slots=st.lists(slots(), min_size=1, max_size=3).map(tuple),
    chair=_WORDS,
    description=st.lists(_WORDS, max_size=5).map(lambda lines: "\n".join(lines).strip()),
    agenda_url=st.sampled_from(["", "https://example.org/a?b=c#d"]),
    project_url=st.sampled_from(["", "https://example.org/"]),
    reminders=st.none() | st.lists(st.integers(0, 10_080), max_size=5).map(tuple),
    extras=st.sampled_from([(), (Extra("wiki", '"a: b"'), Extra("list", '["1", {"a": "2"}]'))]),
)
