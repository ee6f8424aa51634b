"""The bot reminds of scheduled meetings: in time, in the right channel, each reminder once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.app import App
from hub.config import Config
from hub.irc import Say
from hub.people import Actor
from meetbot.recurrence import slot_occurrences
from meetbot.reminders import Reminders, due, opening_lines
from meetbot.schedule_store import keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series
from meetbot.timetable import Timetable
from tests.meetbot.held import TALK, hold
from tests.meetbot.timetables import SWIFT, slots

WEDNESDAY = datetime(2026, 11, 25, 21, tzinfo=UTC)
AGENDA = "https://example.org/swift-agenda"


def config(**meeting: object) -> Config:
    """Return a configuration in which two networks have the channel of the schedules."""
    channel = {"name": "#Yard", "meeting": meeting}
    names = ("first", "second")
    networks = [{"name": n, "host": "h", "channel": [channel]} for n in names]
    return Config.model_validate({"network": networks})


class Clockwork:
    """Bots on a hub whose clock is moved by hand."""

    def __init__(self, app: App) -> None:
        self.app = app

    def keep(self, text: str, name: str = "swift") -> None:
        schedule, now = read_schedule(text).schedule, WEDNESDAY - timedelta(days=3)
        self.app.db.write(
            lambda s: keep_schedule(s, Actor("ann"), make_series(s, name), schedule, text, now=now)
        )

    def tick(
        self, minutes: float, network: str = "first", bot: Reminders | None = None
    ) -> Sequence[str]:
        """Return what a bot says so many minutes from the beginning on."""
        bot, now = bot or Reminders(config(), Timetable()), WEDNESDAY + timedelta(minutes=minutes)
        effects = self.app.db.write(lambda s: bot.on_tick(self.app, s, network, now))
        assert all(isinstance(e, Say) and e.target == "#yard" for e in effects)
        return [effect.text for effect in effects if isinstance(effect, Say)]


@pytest.fixture
def bots(app: App) -> Clockwork:
    """Bots on a hub with the schedule of a series."""
    made = Clockwork(app)
    made.keep(SWIFT)
    return made


def test_each_reminder_is_said_once_whoever_asks(bots: Clockwork) -> None:
    assert bots.tick(-15.1) == []
    before = f"Swift Team Meeting begins here in 15 minutes, at 21:00 UTC. Agenda: {AGENDA}"
    assert bots.tick(-15) == [before]
    assert bots.tick(-14.9) == bots.tick(-1) == []
    at = f"timburke: it is time for Swift Team Meeting (#startmeeting swift). Agenda: {AGENDA}"
    assert bots.tick(0) == [at]
    assert bots.tick(0.1) == bots.tick(7 * 24 * 60 - 20) == []
    assert len(bots.tick(7 * 24 * 60 - 15)) == 1


def test_two_bots_that_ask_at_the_same_moment_say_it_once(bots: Clockwork) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(bots.tick, -15) for _ in range(8)]
        said = [text for each in asked for text in each.result()]
    assert len(said) == 1


def test_a_late_bot_tells_the_time_that_is_left_and_says_nothing_of_what_is_past(
    bots: Clockwork,
) -> None:
    assert "in 4 minutes" in bots.tick(-4)[0]
    assert bots.tick(5) == []


def test_a_bot_that_comes_back_at_the_beginning_says_one_thing(bots: Clockwork) -> None:
    assert len(bots.tick(1)) == 1


def test_only_the_network_of_the_channel_is_reminded(bots: Clockwork) -> None:
    assert bots.tick(-15, "second") == []
    bots.keep(SWIFT.replace("irc: yard", "irc: yard\n    network: second"))
    assert bots.tick(-15, "first") == []
    assert len(bots.tick(-15, "second")) == 1


def test_the_channel_says_when_and_the_schedule_counts_more(bots: Clockwork) -> None:
    hourly = Reminders(config(reminders=[60]), Timetable())
    assert "in 1 hour," in bots.tick(-60, bot=hourly)[0]
    assert bots.tick(-15, bot=hourly) == bots.tick(0, bot=hourly) == []
    bots.keep("reminders: [1440]\n" + SWIFT)
    assert "in 1 day," in bots.tick(-1440, bot=hourly)[0]
    bots.keep("reminders: []\n" + SWIFT)
    assert bots.tick(-60, bot=hourly) == []


def test_a_channel_without_meetings_is_not_reminded(bots: Clockwork) -> None:
    none = Config.model_validate(
        {"network": [{"name": "first", "host": "h", "channel": [{"name": "#other"}]}]}
    )
    assert bots.tick(0, bot=Reminders(none, Timetable())) == []


def test_a_skipped_meeting_is_not_reminded_of(bots: Clockwork) -> None:
    bots.keep(
        SWIFT.replace("    start_date", "    skip_dates: [{skip_date: 20261125}]\n    start_date")
    )
    assert bots.tick(-15) == bots.tick(0) == []


@given(slots(), st.lists(st.integers(0, 10_080), max_size=4), st.integers(0, 10**9))
def test_who_looks_every_five_minutes_is_told_of_each_meeting_in_time(
    slot: object, minutes: list[int], second: int
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second % 31_536_000)
    for before, meeting in due(slot, minutes, at):  # type: ignore[arg-type]
        assert meeting.at - timedelta(minutes=before) <= at < meeting.at + timedelta(minutes=5)
        assert before in minutes
    coming = next(slot_occurrences(slot, at), None)  # type: ignore[arg-type]
    if coming is not None:
        for before in minutes:
            moment = coming.at - timedelta(minutes=before)
            assert (before, coming) in list(due(slot, minutes, moment))  # type: ignore[arg-type]


def test_a_meeting_opens_with_its_agenda_and_what_is_still_open(app: App) -> None:
    def told() -> Sequence[str]:
        return app.db.read(
            lambda s: opening_lines(s, make_series(s, "swift"), "https://hub.example.org")
        )

    Clockwork(app).keep(SWIFT)
    assert told() == [f"Agenda: {AGENDA}"]
    app.db.write(lambda s: hold(s))
    _, docs, roof = told()
    assert docs.startswith("Still open: #")
    assert "bob to write the docs (2021-05-12)" in docs
    assert "somebody mends the roof" in roof


def test_of_many_open_actions_five_are_told_and_where_the_others_are(app: App) -> None:
    many = ("ann #startmeeting {name}", *(f"ann #action bob does {n}" for n in range(8)), TALK[-1])
    app.db.write(lambda s: hold(s, talk=many))
    told = app.db.read(
        lambda s: opening_lines(s, make_series(s, "Swift"), "https://hub.example.org")
    )
    assert len(told) == 6
    assert told[-1] == "and 3 more: https://hub.example.org/meetings/swift/"
