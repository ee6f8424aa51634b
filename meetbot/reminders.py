"""What the bot says of scheduled meetings: reminders before them, and what is open when they begin.

A reminder is claimed in the database in the transaction that decides to say it, so two bots or a restarted
one say it once; one whose process dies between the commit and the sending is lost rather than said twice.
A reminder that comes late is said with the time that is left, as long as a later one is not due, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.agenda import AgendaPads
from hub.config import Config
from hub.irc import Effect, Say, casefold
from meetbot.addresses import series_url
from meetbot.agendas import open_agendas
from meetbot.channel_rules import has_meetings, reminders_of
from meetbot.queries import OpenAction, open_actions
from meetbot.recurrence import Occurrence, slot_occurrences
from meetbot.schedule import Slot
from meetbot.schedule_store import claim
from meetbot.series import Series
from meetbot.store import running
from meetbot.timetable import Scheduled, Timetable, network_of

if TYPE_CHECKING:
    from hub.app import App

_LATE = timedelta(minutes=5)
"""So long after its beginning a meeting is still announced."""

_SHOWN = 5
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Reminders:
    """Reminds the channels of one hub."""

    config: Config
    timetable: Timetable
    pads: AgendaPads | None = None

    def on_tick(
        self, _app: "App", session: Session, network: str, now: datetime
    ) -> Sequence[Effect]:
        """Return what is to be said on a network now, each reminder once; called every few seconds."""
        told: list[Effect] = []
        for scheduled in self.timetable.all(session):
            for slot in scheduled.schedule.slots:
                minutes = self._minutes(scheduled, slot, network)
                for before, meeting in due(slot, minutes, now):
                    told += self._say(session, scheduled, meeting, network, before, now)
        return told

    def _minutes(self, scheduled: Scheduled, slot: Slot, network: str) -> Sequence[int]:
        """Return when a network's channel is reminded of a slot; nothing if it is not this network's."""
        if network_of(self.config, slot) != network:
            return ()
        if not has_meetings(self.config, network, slot.channel):
            return ()
        own = scheduled.schedule.reminders
        return reminders_of(self.config, network, slot.channel) if own is None else own

    def _say(
        self, session: Session, scheduled: Scheduled, meeting: Occurrence, network: str,
        before: int, now: datetime,
    ) -> Iterator[Say]:  # fmt: skip
        channel = meeting.slot.channel
        on = [run.series for run in running(session, network, channel)]
        if scheduled.series.slug in on:
            return  # it has begun already
        if claim(session, scheduled.series, network, casefold(channel), meeting.at, before):
            agenda = self._agenda(session, scheduled, meeting)
            yield Say(network, channel, reminder(scheduled, meeting, now, agenda))

    def _agenda(self, session: Session, scheduled: Scheduled, meeting: Occurrence) -> str:
        """Return the address of a meeting's agenda: of its own pad, when there is one."""
        found = open_agendas(session, scheduled.series.id) if self.pads else ()
        pad = next((each.pad for each in found if each.at == meeting.at), None)
        if pad is None or self.pads is None:
            return scheduled.schedule.agenda_url
        return self.config.public_url + self.pads.url(pad)


def due(slot: Slot, minutes: Sequence[int], now: datetime) -> Iterator[tuple[int, Occurrence]]:
    """Yield each meeting of a slot of which to remind now, with which of the `minutes` before it is due."""
    if not minutes:
        return
    ahead = now + timedelta(minutes=max(minutes), microseconds=1)
    for meeting in slot_occurrences(slot, now - _LATE + timedelta(microseconds=1), ahead):
        before = min((m for m in minutes if meeting.at - timedelta(minutes=m) <= now), default=None)
        if before is not None and (before == 0 or now < meeting.at):
            yield before, meeting


def reminder(scheduled: Scheduled, meeting: Occurrence, now: datetime, agenda_url: str) -> str:
    """Return the words of a reminder."""
    schedule = scheduled.schedule
    agenda = f" Agenda: {agenda_url}" if agenda_url else ""
    left = -((now - meeting.at) // timedelta(minutes=1))
    if left > 0:
        when = f"{meeting.at:%H:%M} UTC"
        return f"{schedule.project} begins here in {_span(left)}, at {when}.{agenda}"
    chair = ", ".join(schedule.chair_nicks)
    called = f"{chair}: it" if chair else "It"
    return f"{called} is time for {schedule.project} (#startmeeting {schedule.meeting_id}).{agenda}"


def _span(minutes: int) -> str:
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0 and minutes >= size:
            count = minutes // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "a moment"


def opening_lines(session: Session, series: Series, base_url: str, pad: str = "") -> Sequence[str]:
    """Return what to say when a meeting of a series has begun: the agenda, and what is still to be done.

    At most 7 lines. What a restricted meeting wanted done is not told. pad: the address of its own agenda.
    """
    agenda = f"{base_url}{pad} (#next goes on to its next topic)" if pad else series.agenda_url
    told = [f"Agenda: {agenda}"] if agenda else []
    actions = open_actions(session, series=series, private=False)
    told += [f"Still open: {_action(action)}" for action in actions[:_SHOWN]]
    if len(actions) > _SHOWN:
        told.append(f"and {len(actions) - _SHOWN} more: {base_url}{series_url(series.slug)}")
    return told


def _action(action: OpenAction) -> str:
    text = action.text if len(action.text) <= _LONGEST else action.text[: _LONGEST - 1] + "…"
    return f"#{action.id} {text} ({action.meeting.started_at:%Y-%m-%d})"
