"""Schedules as an iCalendar file, which Thunderbird, Google and others subscribe to.

Each slot is one event with a rule of recurrence; days that are skipped are its EXDATEs. Slots in UTC need no
time zone, others bring their VTIMEZONE. The same values always give the same bytes: DTSTAMP is when the
schedule was last changed, which is what RFC 5545 3.8.7.2 asks of a file without a METHOD. Meetings without
a regular time are no events.

`icalendar` takes a tenth of a second to import, so whoever needs this imports it only then.

Source: RFC 5545, RFC 7986 (NAME, REFRESH-INTERVAL).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration, vRecur, vText

from meetbot.recurrence import FREQUENCIES, Cadence, EachMonth, EachWeeks, slot_occurrences
from meetbot.schedule import Schedule, Slot

_REFRESH = timedelta(hours=6)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Entry:
    """A series in a calendar.

    `uid` never changes, whatever becomes of the series' name or schedule; `revision` counts the schedule's
    versions from 1, of which the first is from `created_at`; `url` is the series' page. Times are aware UTC.
    """

    schedule: Schedule
    uid: str
    url: str
    revision: int
    created_at: datetime
    changed_at: datetime


def calendar_file(name: str, entries: Iterable[Entry]) -> bytes:
    """Return the file, folded and with CRLF as the format has it; `name` is the calendar's."""
    calendar = Calendar()
    calendar.add("prodid", "-//Madang//Meetings//EN")
    calendar.add("version", "2.0")
    # properties that the library does not know as texts would go out without their escapes
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    calendar.add("x-wr-timezone", "UTC")
    calendar.add("refresh-interval", vDuration(_REFRESH), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_REFRESH))
    events = [event for entry in entries for event in _events(entry)]
    for event in events:
        calendar.add_component(event)
    if events:  # the history of zones from the first meeting on, not from 1970
        calendar.add_missing_timezones(first_date=min(event.start for event in events))
    return bytes(calendar.to_ical())


def _events(entry: Entry) -> Iterator[Event]:
    for number, slot in enumerate(entry.schedule.slots, 1):
        began = datetime.combine(slot.start_on, slot.at, UTC) if slot.start_on else entry.created_at
        # a day early, for the zone; days before `start_on` are none of the slot's anyway
        first = next(slot_occurrences(slot, began - timedelta(days=1)), None)
        if first is not None:
            yield _event(entry, slot, number, first.at)


def _event(entry: Entry, slot: Slot, number: int, first_at: datetime) -> Event:
    zone = UTC if slot.zone == "UTC" else ZoneInfo(slot.zone)
    begins = datetime.combine(first_at.astimezone(zone).date(), slot.at, zone)
    event = Event()
    event.add("uid", f"{number}-{entry.uid}")
    event.add("dtstamp", entry.changed_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("sequence", entry.revision - 1)
    event.add("summary", entry.schedule.project)
    event.add("dtstart", begins)
    event.add("duration", timedelta(minutes=slot.duration_min))
    event.add("rrule", _rule(FREQUENCIES[slot.frequency], slot.weekday))
    for skipped in _skipped(slot, begins):
        event.add("exdate", skipped)
    event.add("location", _where(slot))
    event.add("description", _about(entry))
    event.add("url", entry.url)
    return event


def _rule(cadence: Cadence, weekday: int) -> vRecur:
    if isinstance(cadence, EachMonth):
        return vRecur(freq="MONTHLY", byday=f"{cadence.nth}{_CODES[cadence.weekday]}")
    every = cadence.every if isinstance(cadence, EachWeeks) else 1
    if every == 1:
        return vRecur(freq="WEEKLY", byday=_CODES[weekday])
    return vRecur(freq="WEEKLY", interval=every, byday=_CODES[weekday])


def _skipped(slot: Slot, begins: datetime) -> Sequence[datetime]:
    """Return the moments that the rule would give and the schedule leaves out."""
    days = sorted({skip.on for skip in slot.skips if skip.on >= begins.date()})
    return [datetime.combine(day, slot.at, begins.tzinfo) for day in days]


def _where(slot: Slot) -> str:
    return f"{slot.channel} ({slot.network})" if slot.network else slot.channel


def _about(entry: Entry) -> str:
    schedule = entry.schedule
    parts = [
        schedule.description,
        f"Chair: {schedule.chair}" if schedule.chair else "",
        f"Agenda: {schedule.agenda_url}" if schedule.agenda_url else "",
        f"More: {schedule.project_url}" if schedule.project_url else "",
        f"Minutes: {entry.url}",
    ]
    return "\n\n".join(part for part in parts if part)
