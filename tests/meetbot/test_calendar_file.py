"""iCalendar files: what another program reads from them is what the schedule says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import recurring_ical_events
from hypothesis import given, settings
from icalendar import Calendar

from meetbot.calendar_file import Entry, calendar_file
from meetbot.recurrence import occurrences
from meetbot.schedule import Schedule
from meetbot.schedule_text import read_schedule
from tests.meetbot.data import schedules
from tests.meetbot.timetables import SCHEDULES, SWIFT

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEARS = timedelta(days=730)


def entry(schedule: Schedule, **other: Any) -> Entry:
    """Return a series in a calendar, just imported."""
    given: dict[str, Any] = {
        "uid": "1@hub",
        "url": "https://hub.example.org/meetings/swift/",
        "revision": 1,
    }
    given |= {"created_at": NOW, "changed_at": NOW} | other
    return Entry(schedule, **given)


def of_text(text: str) -> Schedule:
    """Return the schedule of a text."""
    reading = read_schedule(text)
    assert reading.schedule is not None, [str(p) for p in reading.problems]
    return reading.schedule


def told(file: bytes, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return begin and end of each meeting that an independent reader finds."""
    calendar: Any = Calendar.from_ical(file)
    found: Any = recurring_ical_events.of(calendar).between(since, until)
    pairs = [(event.start.astimezone(UTC), event.end.astimezone(UTC)) for event in found]
    return sorted(pair for pair in pairs if since <= pair[0] < until)


def events(file: bytes) -> list[Any]:
    """Return the events of a file as they are read back."""
    return list(Calendar.from_ical(file).walk("VEVENT"))


def ours(schedule: Schedule, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return begin and end of each meeting by our own reckoning."""
    return sorted((m.at, m.ends_at) for m in occurrences(schedule, since, until))


def test_all_real_schedules_mean_the_same_to_another_reader_over_two_years() -> None:
    compared = 0
    for path in sorted(schedules().glob("*.yaml")):
        schedule = of_text(path.read_text(encoding="utf-8"))
        found = told(calendar_file("x", [entry(schedule)]), NOW, NOW + YEARS)
        assert found == ours(schedule, NOW, NOW + YEARS), path.name
        compared += len(found)
    assert compared > 5000


@settings(max_examples=60, deadline=None)
@given(SCHEDULES)
def test_any_schedule_means_the_same_to_another_reader(schedule: Schedule) -> None:
    until = NOW + timedelta(days=200)
    found = told(calendar_file("x", [entry(schedule)]), NOW, until)
    assert [begin for begin, _ in found] == [begin for begin, _ in ours(schedule, NOW, until)]


@settings(max_examples=60, deadline=None)
@given(SCHEDULES)
def test_lines_are_folded_at_75_bytes_between_characters(schedule: Schedule) -> None:
    file = calendar_file("마당의 모임", [entry(schedule)])
    assert file.endswith(b"END:VCALENDAR\r\n")
    for line in file.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")
        assert b"\n" not in line


def test_texts_come_back_as_they_were() -> None:
    name = "마당 모임, 매주; with \\ and\nall of it " * 5
    text = SWIFT.replace("Storage, objects and rings.", "가나다라마바사, x; y \\ " * 30)
    file = calendar_file(name, [entry(of_text(text))])
    for key in ("NAME", "X-WR-CALNAME"):
        told = f"\r\n{key}:" + "마당 모임\\, 매주\\; with \\\\ and\\nall of it " * 5 + "\r\n"
        assert told.encode() in file.replace(b"\r\n ", b"")
    (event,) = events(file)
    assert str(event["description"]).startswith("가나다라마바사, x; y \\ 가나다라")
    assert str(event["description"]).endswith(
        "\n\nChair: Tim Burke (timburke)\n\nAgenda: https://example.org/swift-agenda"
        "\n\nMinutes: https://hub.example.org/meetings/swift/"
    )


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    later = NOW + timedelta(days=3)
    changed = of_text(SWIFT.replace("2100", "2200"))
    before = calendar_file("x", [entry(of_text(SWIFT))])
    after = calendar_file("x", [entry(changed, revision=2, changed_at=later)])
    (old,), (new,) = events(before), events(after)
    assert old["uid"] == new["uid"] == "1-1@hub"
    assert (old["sequence"], new["sequence"]) == (0, 1)
    assert old["dtstamp"].dt == NOW
    assert new["dtstamp"].dt == new["last-modified"].dt == later


def test_the_same_schedule_gives_the_same_bytes() -> None:
    assert calendar_file("x", [entry(of_text(SWIFT))]) == calendar_file(
        "x", [entry(of_text(SWIFT))]
    )


def test_a_skipped_day_is_excluded() -> None:
    text = SWIFT.replace(
        "    start_date", "    skip_dates: [{skip_date: 20261223}]\n    start_date"
    )
    file = calendar_file("x", [entry(of_text(text))])
    assert b"EXDATE:20261223T210000Z\r\n" in file
    assert all(
        begin.date().isoformat() != "2026-12-23" for begin, _ in told(file, NOW, NOW + YEARS)
    )


def test_a_zone_is_described_in_the_file() -> None:
    file = calendar_file("x", [entry(of_text("timezone: Europe/Berlin\n" + SWIFT))])
    assert b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" in file
    assert b"DTSTART;TZID=Europe/Berlin:20210106T210000\r\n" in file


def test_a_meeting_as_needed_is_no_event() -> None:
    file = calendar_file("x", [entry(of_text(SWIFT.replace("weekly", "adhoc")))])
    assert b"VEVENT" not in file
