"""The agendas of the sample community: last week's, closed with its meeting, and the one that comes."""

from datetime import datetime, timedelta

from sqlmodel import Session

from hub.agenda import AgendaPads, Closing
from hub.people import operator
from meetbot.agendas import Settings, close_agenda, keep_settings, make_agenda, take_agenda
from meetbot.queries import newest
from meetbot.recurrence import occurrences
from meetbot.render_markdown import as_short_markdown
from meetbot.series import require_series
from meetbot.state import ItemKind
from meetbot.store import find_row
from meetbot.timetable import Timetable
from meetbot.versions import read_version

_SERIES = "jangdokdae"
_TEMPLATE = "weekly-template"
_OPERATOR = operator("sample")
_HOURS = 24 * 7
"""A week ahead: whoever looks at the sample finds the next agenda."""


def load_sample_agendas(
    session: Session, now: datetime, pads: AgendaPads, *, public_url: str
) -> None:
    """Close the agenda of the series' last meeting with its minutes, and make the next one."""
    series = require_series(session, _SERIES)
    settings = Settings(True, _TEMPLATE, _HOURS)
    keep_settings(session, _OPERATOR, series, settings, pads, now=now)
    last = newest(session, 1, series, private=False)[0]
    row = find_row(session, last.key)
    written = read_version(session, row, series.slug, last.revision) if row else None
    if row is None or row.id is None or written is None or last.ended_at is None:
        return
    held = make_agenda(session, series, last.started_at, pads, now=last.started_at)
    take_agenda(session, held, row.id)
    told = as_short_markdown(written, public_url + last.key.url(""))
    reached = [item.text for item in written.items if item.kind is ItemKind.TOPIC]
    close_agenda(session, row.id, Closing(told, reached, last.key.stem), pads, now=last.ended_at)
    scheduled = Timetable().of(session, series)
    coming = occurrences(scheduled.schedule, now, now + timedelta(days=15)) if scheduled else ()
    for meeting in coming:
        make_agenda(session, series, meeting.at, pads, now=now)
        return
