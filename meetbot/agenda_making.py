"""Makes the agendas of scheduled meetings, some hours before each."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from hub.agenda import AgendaPads
from hub.config import Config
from hub.errors import HubError
from hub.irc import Effect
from meetbot.agendas import make_agenda, open_agendas, series_with_agendas
from meetbot.recurrence import occurrences
from meetbot.series import Series
from meetbot.timetable import Scheduled, Timetable, network_of

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AgendaMaker:
    """Makes the agendas of one hub, at a bot's heartbeat."""

    config: Config
    timetable: Timetable
    pads: AgendaPads

    def on_tick(self, session: Session, network: str, now: datetime) -> Sequence[Effect]:
        """Make the agendas that are due for a network's meetings; called every few seconds. Says nothing."""
        settings = series_with_agendas(session)
        for scheduled in self.timetable.all(session) if settings else ():
            wanted = settings.get(scheduled.series.id)
            if wanted is not None:
                self._make(session, scheduled, network, timedelta(hours=wanted.hours), now)
        return ()

    def _make(
        self, session: Session, scheduled: Scheduled, network: str, ahead: timedelta, now: datetime
    ) -> None:
        series = scheduled.series
        made = {each.at for each in open_agendas(session, series.id)}
        for meeting in occurrences(scheduled.schedule, now, now + ahead):
            if meeting.at in made or network_of(self.config, meeting.slot) != network:
                continue
            try:
                with session.begin_nested():
                    make_agenda(session, series, meeting.at, self.pads, now=now)
            except HubError as error:
                _log.warning("the agenda of %s can't be made: %s", series.slug, error)


def next_meeting(
    session: Session, timetable: Timetable, series: Series, now: datetime
) -> datetime | None:
    """Return when a series meets next by its schedule, None when nobody knows."""
    scheduled = timetable.of(session, series)
    if scheduled is None:
        return None
    coming = occurrences(scheduled.schedule, now, now + timedelta(days=366))
    return next((meeting.at for meeting in coming), None)
