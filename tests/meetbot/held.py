"""Meetings that are over, and those that are planned, for tests that begin after them."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import Session

from meetbot.addresses import MeetingKey
from meetbot.minutes import minutes
from meetbot.schedule_store import claim, keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series
from meetbot.store import BOT, keep
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
    """Keep a schedule of the series, and that the bot has reminded of its next meeting."""
    series, at = make_series(session, "Swift"), datetime(2021, 5, 19, 21, tzinfo=UTC)
    keep_schedule(session, BOT, series, read_schedule(SWIFT).schedule, SWIFT, now=at)
    assert claim(session, series, "oftc", "#yard", at, 15)
