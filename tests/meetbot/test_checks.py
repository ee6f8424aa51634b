"""`madang check` on meetings: it finds each damage, and nothing after whatever was done in order."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from hub.app import App
from hub.errors import HubError
from hub.events import Event
from hub.people import Actor
from meetbot.actions import close_action, reopen_action
from meetbot.checks import check_meetings
from meetbot.documents import DOCUMENTS
from meetbot.forgetting import forget_redacted
from meetbot.minutes import minutes
from meetbot.queries import newest, open_actions
from meetbot.series import (
    add_alias,
    all_series,
    merge_series,
    rename_series,
    require_series,
)
from meetbot.state import Meeting
from meetbot.store import begin, drop, find_row, finish, follow, keep, revise, running
from meetbot.tables import MeetingRow
from meetbot.versions import read_log, read_version
from tests.databases import NETWORK, OPERATOR, START, Yard
from tests.meetbot.channel import Channel
from tests.meetbot.held import TALK, hold

ANN = Actor("irc:net/ann")
NAMES = ("Weekly", "weekly!", "Nova", "회의", "#x", "Spec Meeting", "___")
CHANNELS = ("#a", "#b", "#c")

names = st.sampled_from(NAMES)
channels = st.sampled_from(CHANNELS)
places = st.integers(0, 5)
talks = st.lists(st.sampled_from(TALK[1:-1]), max_size=6)
steps = st.one_of(
    st.tuples(st.just("begin"), names, channels),
    st.tuples(st.just("finish"), channels, talks),
    st.tuples(st.just("call itself"), names, channels),
    st.tuples(st.just("drop"), channels),
    st.tuples(st.just("keep"), names, channels, places, talks),
    st.tuples(st.just("correct"), places, places),
    st.tuples(st.just("rename"), places, names),
    st.tuples(st.just("merge"), places, places),
    st.tuples(st.just("alias"), places, names),
    st.tuples(st.just("close"), places),
    st.tuples(st.just("reopen"), places),
    st.tuples(st.just("redact"), places, places),
)


@dataclass
class World:
    """A hub's meetings in one transaction, and the verbs of what may happen to them."""

    session: Session

    def does(self, step: tuple[object, ...]) -> None:
        verb, *given = step
        with suppress(HubError):  # refused is as good as done
            getattr(self, str(verb).replace(" ", "_"))(*given)

    def begin(self, name: str, channel: str) -> None:
        if not running(self.session, NETWORK, channel):
            begin(self.session, meeting(name, channel), f"line:{NETWORK}/{channel}/{START:%FT%T}")

    def finish(self, channel: str, talk: list[str]) -> None:
        for run in running(self.session, NETWORK, channel):
            ended = replace(meeting(run.series, channel, talk), ended_at=run.started_at + HOUR)
            finish(self.session, run, ended, refs(ended))

    def call_itself(self, name: str, channel: str) -> None:
        for run in running(self.session, NETWORK, channel):
            follow(self.session, run, replace(meeting(name, channel), is_restricted=True))

    def drop(self, channel: str) -> None:
        for run in running(self.session, NETWORK, channel):
            drop(self.session, run)

    def keep(self, name: str, channel: str, minute: int, talk: list[str]) -> None:
        held = meeting(name, channel, talk)
        written = minutes(replace(held, started_at=held.started_at + timedelta(minutes=minute)))
        written = replace(written, ended_at=written.started_at + HOUR)
        keep(self.session, written, refs(held), OPERATOR, now=START)

    def correct(self, place: int, item: int) -> None:
        for brief in newest(self.session, 99)[place : place + 1]:
            row = find_row(self.session, brief.key)
            assert row is not None
            written = read_version(self.session, row, brief.key.series, row.revision)
            assert written is not None
            items = [i for number, i in enumerate(written.items) if number != item]
            actions = tuple(a for a in written.actions if a.line in {i.line for i in items})
            better = replace(written.with_items(items), actions=actions, people=written.people[1:])
            revise(self.session, ANN, brief.key, better, "", over=row.revision, now=START)

    def rename(self, place: int, name: str) -> None:
        for series in all_series(self.session)[place : place + 1]:
            rename_series(self.session, OPERATOR, series, name, now=START)

    def merge(self, one: int, other: int) -> None:
        known = all_series(self.session)
        if max(one, other) < len(known):
            merge_series(self.session, OPERATOR, known[one], known[other], now=START)

    def alias(self, place: int, name: str) -> None:
        for series in all_series(self.session)[place : place + 1]:
            add_alias(self.session, OPERATOR, series, name, now=START)

    def close(self, place: int) -> None:
        for action in open_actions(self.session)[place : place + 1]:
            close_action(self.session, ANN, action.id, "done", now=START)

    def reopen(self, place: int) -> None:
        reopen_action(self.session, ANN, place, now=START)

    def redact(self, place: int, line: int) -> None:
        for brief in newest(self.session, 99)[place : place + 1]:
            row = find_row(self.session, brief.key)
            for logged in (read_log(self.session, row) if row else ())[line : line + 1]:
                event = Event(1, START, "line.redacted", logged.ref, "operator")
                forget_redacted(self.session, event)


HOUR = timedelta(hours=1)


def meeting(name: str, channel: str, talk: list[str] | None = None) -> Meeting:
    """Return a meeting that runs, of `nick text` lines."""
    room = Channel().starts(name=name)
    for line in talk or ():
        nick, _, text = line.partition(" ")
        room.says(nick, text)
    return replace(room.running, channel=channel, network=NETWORK)


def refs(held: Meeting) -> list[str]:
    return [f"line:{NETWORK}/{held.channel}/{line.at:%FT%T}" for line in held.record]


@contextmanager
def world(app: App) -> Iterator[World]:
    """One writing transaction that is never committed."""
    with Session(app.db._writer) as session:
        yield World(session)
        session.rollback()


def test_nothing_that_is_done_in_order_breaks_an_invariant(app: App) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.lists(steps, min_size=1, max_size=14))
    def holds(taken: list[tuple[object, ...]]) -> None:
        with world(app) as here:
            for step in taken:
                here.does(step)
            here.session.flush()
            assert list(check_meetings(app, here.session)) == []
            found = list(DOCUMENTS.all(here.session))
            assert [DOCUMENTS.get(here.session, each.ref) for each in found] == found
            rows = here.session.exec(select(MeetingRow)).all()
            assert len(found) == sum(row.ended_at is not None for row in rows)
            for series in all_series(here.session):
                assert require_series(here.session, series.slug) == series

    holds()


@pytest.fixture
def lived(yard: Yard) -> Yard:
    yard.app.db.write(lambda s: hold(s))
    yard.app.db.write(lambda s: World(s).begin("Nova", "#b"))
    assert yard.problems == []
    return yard


DAMAGES = {
    "a version is gone": ("DELETE FROM minutes", r"its newest version is 1, but it has \[\]"),
    "the log is gone": ("DELETE FROM meeting_log", "has 13 lines, its log is missing"),
    "a line too many": ("UPDATE meeting SET lines = 14 WHERE id = 1", "has 14 lines, its log 13"),
    "no document": ("UPDATE minutes SET document = '{}'", "version 1 of its minutes can't be read"),
    "an action too few": (
        "DELETE FROM assignee; DELETE FROM meeting_action WHERE position = 1",
        "its actions are not those of its minutes",
    ),
    "another's action": ("UPDATE assignee SET folded = 'eve'", "action 1 is for others than"),
    "nobody there": ("DELETE FROM presence", "who was there is not who its minutes name"),
    "people": ("UPDATE meeting SET people = 9 WHERE id = 1", "it counts 9 people, its minutes name"),
    "another minute": ("UPDATE meeting SET minute = 7 WHERE id = 1", "is listed under minute 7"),
    "an early end": ("UPDATE meeting SET ended_at = 7 WHERE id = 1", "ended before it began"),
    "no line": ("UPDATE meeting SET first_ref = '' WHERE id = 2", "no line of the archive began it"),
    "minutes of a running one": (
        "UPDATE meeting SET revision = 1 WHERE id = 2",
        "runs, but has minutes already",
    ),
    "no name": ("DELETE FROM series_alias", "The series nova has no name"),
    "another name": (
        "UPDATE series SET slug = 'other' WHERE slug = 'nova'",
        "The series other is not found by its own name",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found(lived: Yard, damage: str) -> None:
    sql, told = DAMAGES[damage]
    for statement in sql.split(";"):
        lived.sql(statement)
    problems = "\n".join(lived.app.db.read(lambda s: list(check_meetings(lived.app, s))))
    assert re.search(told, problems), problems
