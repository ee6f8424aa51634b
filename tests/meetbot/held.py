"""Meetings that are over, and those that are planned, for tests that begin after them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session, select

from hub.clock import micros
from meetbot.addresses import MeetingKey
from meetbot.agenda_tables import AgendaReadingRow, AgendaRow, AgendaSettingRow
from meetbot.minutes import minutes
from meetbot.schedule_store import claim, keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series
from meetbot.store import BOT, keep
from meetbot.tables import MeetingRow
from tests.meetbot.channel import Channel
from tests.meetbot.timetables import SWIFT

TALK = (
    "ann #startmeeting {name}",
    "bob #here",
    "ann #topic 회의록",
    "bob #info the tests pass <b>now</b>",
    "ann #action bob to write the docs",
    "bob #agreed ignored",
    "ann #agreed we release",
    "ann #startvote Ship it? yes, not yet",
    "bob #vote yes",
    "ann #endvote",
    "ann #action somebody mends the roof",
    "bob https://example.org/roof",
    "ann #endmeeting",
)


def hold(session: Session, name: str = "Swift", talk: Sequence[str] = TALK) -> MeetingKey:
    """Keep the minutes of a meeting held by `nick text` lines."""
    channel = Channel()
    for line in talk:
        nick, _, text = line.format(name=name).partition(" ")
        channel.says(nick, text)
    (meeting,) = channel.ended
    refs = [f"line:oftc/#swift/2021-05-12T21:{n // 6:02}:{n % 6}0" for n in range(len(talk))]
    key = keep(session, minutes(meeting), refs, BOT, now=channel.now)
    assert key is not None
    return key


def plan(session: Session) -> None:
    """Keep a schedule of the series, that the bot has reminded of its next meeting, and its agenda."""
    series, at = make_series(session, "Swift"), datetime(2021, 5, 19, 21, tzinfo=UTC)
    keep_schedule(session, BOT, series, read_schedule(SWIFT).schedule, SWIFT, now=at)
    assert claim(session, series, "oftc", "#yard", at, 15)
    session.add(AgendaSettingRow(series_id=series.id, is_on=True, template="", hours=4))
    row = session.exec(select(MeetingRow.id).limit(1)).first()
    agenda = AgendaRow(
        series_id=series.id, at=micros(at), pad="pad:swift-2021-05-19", meeting_id=row
    )
    session.add(agenda)
    if row is not None:
        session.add(AgendaReadingRow(meeting_id=row, ref="line:oftc/x", topics='["회의록"]'))
    session.flush()
