"""How the names of who was erased leave the schedules: from who holds the meeting, in every version."""

import re
from collections.abc import Container

from sqlmodel import Session, col, select

from hub.clock import micros
from hub.events import emit
from hub.irc import casefold
from hub.people import Actor
from hub.personal import Erasure
from meetbot.schedule_tables import ScheduleRow, ScheduleVersionRow
from meetbot.tables import SeriesRow

_CHAIR = re.compile(r"^(chair[ \t]*:)(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
"""A schedule's line that says who holds the meeting, with the lines that go on with it."""

_FULL = re.compile(r"(?:[^\W\d_][\w.'-]*[ \t]+)*\(([^\s()]{1,60})\)")
"""A name and a nick: `Jay Bryant (jungleboyj)`."""

_WORD = re.compile(r"[\w\[\]\\`^{|}.-]+")


def without_names(text: str, nicks: Container[str], tombstone: str) -> str:
    """Return a schedule's text with a tombstone for who has one of the folded nicks. Pure."""

    def full(found: re.Match[str]) -> str:
        return f"({tombstone})" if casefold(found[1]) in nicks else found[0]

    def word(found: re.Match[str]) -> str:
        return tombstone if casefold(found[0]) in nicks else found[0]

    return _CHAIR.sub(lambda chair: chair[1] + _WORD.sub(word, _FULL.sub(full, chair[2])), text)


def erase_from_schedules(session: Session, erasure: Erasure) -> None:
    """Take somebody's names out of all schedules. There are few: it is done in one go."""
    identity = erasure.identity
    nicks = {name for _, name in identity.accounts | identity.nicks}
    versions = session.exec(
        select(ScheduleVersionRow, ScheduleRow, SeriesRow.slug)
        .join(ScheduleRow, col(ScheduleRow.series_id) == col(ScheduleVersionRow.series_id))
        .join(SeriesRow, col(SeriesRow.id) == col(ScheduleVersionRow.series_id))
    ).all()
    changed = set()
    for version, schedule, slug in versions:
        text = without_names(version.text, nicks, erasure.tombstone)
        if text != version.text:
            version.text = text
            schedule.changed_at = micros(erasure.now)  # so that it is read anew
            session.add_all((version, schedule))
            changed.add(slug)
    by = Actor(f"person:{erasure.tombstone}")
    for slug in sorted(changed):
        emit(session, by, "series.scheduled", f"series:{slug}", at=erasure.now)
