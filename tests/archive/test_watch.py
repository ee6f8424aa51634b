"""Who listens where: places for bots, and gaps that say honestly when nobody listened."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive import watch
from archive.recorder import NetworkRecorder
from archive.store import merge
from archive.watch import LEASE_S, claim_slot, process_token
from hub.errors import Conflict
from hub.irc import Kind, Line
from hub.recorder import Presence, Standing
from tests.databases import CHANNEL, NETWORK, START, Yard

ROOT = Path(__file__).parents[2]
ELSEWHERE = "another-machine:1:1"
_numbers = itertools.count(1)


def at(seconds: float) -> datetime:
    """Return the time so many seconds after START."""
    return START + timedelta(seconds=seconds)


def said(seconds: float, text: str = "hi", nick: str = "ann") -> Line:
    """Return something said so many seconds after START."""
    return Line(NETWORK, CHANNEL, at(seconds), Kind.SAY, nick, text)


class Bot:
    """A bot that comes, listens and goes at times that the test gives; each on a machine of its own."""

    def __init__(self, yard: Yard, seconds: float, token: str | None = None) -> None:
        self.db = yard.app.db
        self.recorder = NetworkRecorder(NETWORK, token or f"machine-{next(_numbers)}:1:1")
        self.db.write(lambda s: self.recorder.open(s, at(seconds)))

    def stands(self, seconds: float, presence: Presence, why: str = "", retry: float = 0) -> None:
        retry_at = at(retry) if retry else None
        standing = Standing(CHANNEL, presence, why, at(seconds), retry_at)
        self.db.write(lambda s: self.recorder.stand(s, standing))

    def joins(self, seconds: float) -> None:
        self.stands(seconds, Presence.JOINED)

    def beats(self, seconds: float, heard: float | None = None) -> None:
        heard_at = at(seconds if heard is None else heard)
        self.db.write(lambda s: self.recorder.heartbeat(s, heard_at, at(seconds)))

    def hears(self, *lines: Line) -> int:
        heard, settlement = self.db.write(lambda s: self.recorder.record(s, lines))
        self.recorder.settle(settlement)
        return len(heard)


def clock(seconds: float) -> str:
    """Return a time as gaps tell it."""
    return at(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


# --- gaps of one bot ------------------------------------------------------------------------------


def test_the_first_join_ever_is_no_gap(yard: Yard) -> None:
    Bot(yard, 0).joins(1)
    assert yard.gaps() == []


def test_a_gap_runs_from_the_last_moment_covered_to_the_return(yard: Yard) -> None:
    bot = Bot(yard, 0, ELSEWHERE)
    bot.joins(1)
    bot.beats(10)
    Bot(yard, 100).joins(103)
    assert yard.gaps() == [(10, clock(103))]
    assert yard.problems == []


def test_a_line_heard_after_the_last_sign_of_life_counts_as_covered(yard: Yard) -> None:
    bot = Bot(yard, 0, ELSEWHERE)
    bot.joins(1)
    bot.beats(10)
    bot.hears(said(14))
    Bot(yard, 100).joins(103)
    assert yard.gaps() == [(14, clock(103))]


def test_a_line_from_the_future_covers_nothing(yard: Yard) -> None:
    bot = Bot(yard, 0, ELSEWHERE)
    bot.joins(1)
    bot.hears(said(86_400 * 365))
    bot.beats(10)
    Bot(yard, 100).joins(103)
    assert yard.gaps() == [(10, clock(103))]


def test_an_imported_line_covers_nothing(yard: Yard) -> None:
    bot = Bot(yard, 0, ELSEWHERE)
    bot.joins(1)
    bot.beats(10)
    yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, [said(50)]))
    Bot(yard, 100).joins(103)
    assert yard.gaps() == [(10, clock(103))]


def test_a_blink_is_a_gap_too_and_lasts_to_the_end_of_its_last_second(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    bot.stands(10, Presence.LOST, "reset by peer")
    bot.joins(11.2)
    assert yard.gaps() == [(10, clock(12))]


@pytest.mark.parametrize("presence", [Presence.KICKED, Presence.LEFT, Presence.LOST])
def test_out_of_the_channel_is_a_gap(yard: Yard, presence: Presence) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    bot.stands(10, presence, "why", retry=40)
    (mine,) = next(iter(yard.app.db.read(watch.watches).values()))
    assert (mine.state, mine.reason, mine.retry_at) == (presence.value, "why", at(40))
    assert (mine.since_at, mine.heard_at) == (at(10), at(10))
    bot.joins(40)
    assert yard.gaps() == [(10, clock(40))]
    (mine,) = next(iter(yard.app.db.read(watch.watches).values()))
    assert (mine.state, mine.reason, mine.retry_at) == ("joined", "", None)


def test_refusals_are_remembered_from_the_first_and_make_no_gap_by_themselves(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.stands(1, Presence.REFUSED, "invite only", retry=31)
    bot.stands(31, Presence.REFUSED, "invite only", retry=91)
    (mine,) = next(iter(yard.app.db.read(watch.watches).values()))
    assert (mine.state, mine.since_at, mine.retry_at) == ("refused", at(1), at(91))
    assert mine.heard_at is None
    bot.joins(91)
    assert yard.gaps() == []


def test_what_had_to_be_dropped_is_a_gap_in_joined_channels_only(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    refused = Standing("#closed", Presence.REFUSED, "", at(1))
    yard.app.db.write(lambda s: bot.recorder.stand(s, refused))
    yard.app.db.write(lambda s: bot.recorder.missed(s, at(10), at(20)))
    assert yard.gaps() == [(10, clock(20))]
    assert yard.gaps("#closed") == []


def test_a_sign_of_life_never_takes_back_what_was_heard(yard: Yard) -> None:
    bot = Bot(yard, 0, ELSEWHERE)
    bot.joins(10)
    bot.beats(12, heard=5)  # the last answer of the server came before the channel was joined
    Bot(yard, 100).joins(103)
    assert yard.gaps() == [(10, clock(103))]


# --- filling ---------------------------------------------------------------------------------------


def test_history_fills_the_gaps_that_it_reaches_back_to(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    for lost, back in ((10, 20), (30, 40), (50, 60)):
        bot.stands(lost, Presence.LOST)
        bot.joins(back)
    assert yard.gaps() == [(10, clock(20)), (30, clock(40)), (50, clock(60))]
    (version,) = yard.rows("SELECT version FROM day")
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, at(25)))
    assert [text.endswith(" filled") for _, text in yard.gaps()] == [False, True, True]
    assert yard.rows("SELECT version FROM day") > [version]
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, None))
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, None))
    assert [text.count(" filled") for _, text in yard.gaps()] == [1, 1, 1]


def test_history_that_begins_within_a_gap_leaves_the_gap_before_it(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    bot.stands(10, Presence.LOST)
    bot.joins(20)
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, at(15.5)))
    assert yard.gaps() == [(10, clock(16))]
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, at(18)))
    assert yard.gaps() == [(10, clock(16))]


def test_history_in_whole_seconds_closes_no_gap_of_its_first_second(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    bot.stands(10.3, Presence.LOST)
    bot.joins(20)
    yard.app.db.write(lambda s: bot.recorder.replayed(s, CHANNEL, at(10)))
    assert yard.gaps() == [(10, clock(11))]


def test_history_in_whole_seconds_is_told_behind_what_was_heard_in_that_second(yard: Yard) -> None:
    bot = Bot(yard, 0)
    bot.joins(1)
    bot.hears(said(10.3, "heard"))
    bot.stands(10.4, Presence.LOST)
    bot.joins(20)
    missed = [said(10, "missed 1"), said(10, "missed 2"), said(11, "missed 3")]
    yard.app.db.write(lambda s: bot.recorder.replay(s, missed))
    told = [text for text in yard.texts() if text and not text.endswith("Z")]
    assert told == ["heard", "missed 1", "missed 2", "missed 3"]


# --- several bots ---------------------------------------------------------------------------------


def test_two_bots_cover_each_other(yard: Yard) -> None:
    a, b = Bot(yard, 0, ELSEWHERE), Bot(yard, 0, "third-machine:1:1")
    a.joins(1)
    b.joins(2)
    a.stands(10, Presence.LOST)
    b.beats(12)
    a.joins(20)
    b.stands(22, Presence.LOST)
    a.beats(24)
    b.joins(30)
    assert yard.gaps() == []


def test_nobody_covers_what_both_missed(yard: Yard) -> None:
    a, b = Bot(yard, 0), Bot(yard, 0)
    a.joins(1)
    b.joins(1)
    a.stands(10, Presence.LOST)
    b.stands(15, Presence.LOST)
    a.joins(20)
    b.joins(21)
    assert yard.gaps() == [(15, clock(20))]


def test_the_death_of_one_while_another_listens_is_no_gap(yard: Yard) -> None:
    a, b = Bot(yard, 0, ELSEWHERE), Bot(yard, 0)
    a.joins(1)
    b.joins(1)
    a.beats(5)
    for seconds in range(10, 100, 10):
        b.beats(seconds)
    assert yard.gaps() == []
    states = {w.slot: w.state for w in next(iter(yard.app.db.read(watch.watches).values()))}
    assert states == {0: "lost", 1: "joined"}


def test_one_that_came_while_the_dead_one_still_counted_as_alive_marks_the_gap_later(
    yard: Yard,
) -> None:
    a = Bot(yard, 0, ELSEWHERE)
    a.joins(1)
    a.beats(5)  # and dies
    b = Bot(yard, 15)
    b.joins(20)
    assert yard.gaps() == []
    b.beats(30)
    assert yard.gaps() == []
    b.beats(5 + LEASE_S + 1)
    assert yard.gaps() == [(5, clock(20))]
    b.beats(50)
    assert yard.gaps() == [(5, clock(20))]


def test_what_a_third_one_heard_before_it_left_is_no_gap(yard: Yard) -> None:
    a, c = Bot(yard, 0, ELSEWHERE), Bot(yard, 0)
    a.joins(1)
    c.joins(1)
    a.beats(5)  # and dies
    c.stands(12, Presence.LEFT)
    b = Bot(yard, 15)
    b.joins(20)
    b.beats(5 + LEASE_S + 1)
    assert yard.gaps() == [(12, clock(20))]


def test_two_that_die_together_leave_one_gap(yard: Yard) -> None:
    a, b = Bot(yard, 0), Bot(yard, 0)
    a.joins(1)
    b.joins(1)
    a.beats(10)
    b.beats(12)
    c = Bot(yard, 100)
    c.joins(103)
    assert yard.gaps() == [(12, clock(103))]
    c.beats(105)
    d = Bot(yard, 106)
    d.joins(107)
    d.beats(110)
    c.beats(112)
    assert yard.gaps() == [(12, clock(103))]


# --- places ---------------------------------------------------------------------------------------

LIVES = """
import sys
from hub.db import Database
from hub.clock import utc_now
from archive.watch import claim_slot, process_token
db = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print(db.write(lambda s: claim_slot(s, "net", process_token(), utc_now())), flush=True)
sys.stdin.readline()
"""


@contextmanager
def living(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a process that is ready to claim a place."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", LIVES, url]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=ROOT, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def claims(process: "subprocess.Popen[str]") -> None:
    """Let a process claim a place."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def claimed(process: "subprocess.Popen[str]") -> int:
    """Return the place that a process has got."""
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_two_processes_get_two_places_and_a_killed_ones_is_free_at_once(yard: Yard) -> None:
    url = yard.app.config.database_url
    now = yard.app.clock
    with living(url) as one, living(url) as two:
        for process in (one, two):
            claims(process)
        places = {one.pid: claimed(one), two.pid: claimed(two)}
        assert sorted(places.values()) == [0, 1]
        one.kill()
        one.wait()
        alive = [s.slot for s in yard.app.db.read(lambda s: watch.sources(s, now())) if s.alive]
        assert alive == [places[two.pid]]
        mine = yard.app.db.write(lambda s: claim_slot(s, NETWORK, process_token(), now()))
        assert mine == places[one.pid]


def test_a_place_of_another_machine_is_free_when_its_lease_is_over(yard: Yard) -> None:
    def take(seconds: float) -> int:
        return yard.app.db.write(lambda s: claim_slot(s, NETWORK, process_token(), at(seconds)))

    yard.app.db.write(lambda s: claim_slot(s, NETWORK, ELSEWHERE, at(0)))
    assert take(LEASE_S - 1) == 1
    assert take(LEASE_S + 1) == 0


def test_a_process_of_the_same_number_that_started_later_is_another_one(yard: Yard) -> None:
    machine, pid, _ = process_token().rsplit(":", 2)
    yard.app.db.write(lambda s: claim_slot(s, NETWORK, f"{machine}:{pid}:1", at(0)))
    assert yard.app.db.write(lambda s: claim_slot(s, NETWORK, process_token(), at(0))) == 0
    assert int(pid) == os.getpid()


def test_places_are_counted_for_each_network(yard: Yard) -> None:
    assert yard.app.db.write(lambda s: claim_slot(s, "one", ELSEWHERE, at(0))) == 0
    assert yard.app.db.write(lambda s: claim_slot(s, "two", ELSEWHERE, at(0))) == 0


def test_when_all_places_are_taken_the_error_says_so(yard: Yard) -> None:
    def claim(token: str) -> int:
        return yard.app.db.write(lambda s: claim_slot(s, NETWORK, token, at(0), slots=2))

    assert [claim("machine:0:1"), claim("machine:1:1")] == [0, 1]
    with pytest.raises(Conflict, match="All 2 places for bots on net are taken"):
        claim(ELSEWHERE)


def test_one_that_lost_its_place_takes_another_and_doubles_nothing(yard: Yard) -> None:
    a = Bot(yard, 0, ELSEWHERE)
    a.joins(1)
    a.beats(5)  # and stalls for longer than its lease
    b = Bot(yard, 50)
    b.joins(51)
    assert (a.recorder.slot, b.recorder.slot) == (0, 0)
    a.beats(60)
    assert (a.recorder.slot, b.recorder.slot) == (1, 0)
    talk = [said(61 + i, "yes") for i in range(4)]
    new = [
        a.hears(talk[0]),
        b.hears(*talk[:2]),
        b.hears(talk[2]),
        a.hears(*talk[1:]),
        b.hears(talk[3]),
    ]
    assert new == [1, 1, 1, 1, 0]
    assert yard.gaps() == [(5, clock(51))]
    assert yard.problems == []


def test_the_state_of_a_connection_is_told(yard: Yard) -> None:
    bot = Bot(yard, 0)
    yard.app.db.write(lambda s: bot.recorder.connection(s, "waiting", "refused", at(3)))
    (source,) = yard.app.db.read(lambda s: watch.sources(s, at(4)))
    assert (source.state, source.reason, source.seen_at, source.alive) == (
        "waiting",
        "refused",
        at(3),
        True,
    )
