"""A series' schedule as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hub.coming import Coming
from hub.config import Config
from hub.language import gettext
from meetbot.addresses import ROOT, series_url
from meetbot.recurrence import has_time, rhythm
from meetbot.schedule import Schedule, Skip, Slot
from meetbot.series import Series
from meetbot.timetable import Timetable, coming_meetings, network_of

_SHOWN = 5

CALENDAR_URL = f"{ROOT}calendar.ics"
"""The address of the calendar of all series."""


@dataclass(frozen=True, slots=True)
class SlotCard:
    """One regular time in words; `skips` are the days left out from today on."""

    when: str
    duration_min: int
    network: str
    channel: str
    skips: Sequence[Skip]


@dataclass(frozen=True, slots=True)
class ScheduleCard:
    """All that a series' page says of its schedule; `coming` are the next meetings, at most five."""

    schedule: Schedule
    slots: Sequence[SlotCard]
    coming: Sequence[Coming]
    calendar_url: str
    edit_url: str


def calendar_url(slug: str) -> str:
    """Return the address of a series' calendar."""
    return f"{series_url(slug).rstrip('/')}.ics"


def edit_url(slug: str) -> str:
    """Return the address at which a series' schedule is shown and changed."""
    return f"{series_url(slug)}schedule"


def schedule_card(
    session: Session, timetable: Timetable, config: Config, series: Series, now: datetime
) -> ScheduleCard | None:
    """Return what a series' page says of its schedule; None if it has none."""
    found = timetable.of(session, series)
    if found is None:
        return None
    return ScheduleCard(
        found.schedule,
        [_slot(config, slot, now) for slot in found.schedule.slots],
        coming_meetings(timetable, config, session, now, _SHOWN, series),
        calendar_url(series.slug),
        edit_url(series.slug),
    )


def _slot(config: Config, slot: Slot, now: datetime) -> SlotCard:
    today = (now - timedelta(days=1)).date()  # it is still yesterday somewhere
    return SlotCard(
        _when(slot),
        slot.duration_min,
        network_of(config, slot),
        slot.channel,
        [skip for skip in slot.skips if skip.on >= today],
    )


def _when(slot: Slot) -> str:
    """Return when a slot's meetings are, as a sentence without its full stop."""
    words = rhythm(slot)
    if has_time(slot):
        words = gettext(
            "%(rhythm)s at %(time)s %(zone)s",
            rhythm=words,
            time=f"{slot.at:%H:%M}",
            zone=slot.zone,
        )
    return words[:1].upper() + words[1:]
