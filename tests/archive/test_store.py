"""The store: each line once, whoever hears it and in whatever pieces, under an anchor for good."""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from archive.addresses import slug
from archive.queries import day_entries, days, find_channel
from archive.recorder import NetworkRecorder
from archive.store import merge, record
from hub.app import App
from hub.irc import Kind, Line, keepable
from hub.recorder import Presence, Standing
from tests.databases import CHANNEL, NETWORK, START, Yard

ROOT = Path(__file__).parents[2]
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def at(seconds: float) -> datetime:
    """Return the time so many seconds after START."""
    return START + timedelta(seconds=seconds)


def line(seconds: float, text: str = "hi", nick: str = "ann", **other: Any) -> Line:
    """Return something said so many seconds after START."""
    return Line(
        **({"network": NETWORK, "channel": CHANNEL, "kind": Kind.SAY} | other),
        at=at(seconds),
        nick=nick,
        text=text,
    )  # type: ignore[arg-type]


LINES = sa.text("SELECT nick, text, account, msgid FROM line ORDER BY id")


class _Undone(Exception):
    """Ends a transaction that leaves nothing."""


def tried(app: App, fn: Callable[[Session], object]) -> None:
    """Run `fn` in a transaction that leaves nothing, for one example among many."""

    def run(session: Session) -> None:
        fn(session)
        raise _Undone

    with pytest.raises(_Undone):
        app.db.write(run)


def stored(session: Session) -> list[tuple[str, str, str, str]]:
    """Return (channel, kind, nick, text) of all lines but gaps, in the order of time."""
    rows = session.connection().exec_driver_sql(
        "SELECT folded, kind, nick, text FROM line JOIN channel ON channel.id = channel_id"
        " WHERE kind <> 'gap' ORDER BY at, line.id"
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]


def said(lines: Sequence[Line]) -> Counter[tuple[str, str, str, str]]:
    """Return lines as `stored` tells them, counted."""
    return Counter((x.channel.lower(), x.kind.value, x.nick, x.text) for x in lines)


# --- what one bot hears -----------------------------------------------------------------------


def test_a_line_with_a_msgid_is_stored_once(yard: Yard) -> None:
    one, two = line(0, msgid="m1"), line(0, msgid="m2")
    assert [h.line for h in yard.hears(one, two, one)] == [one, two]
    assert yard.hears(two, one) == []
    assert [h.line.msgid for h in yard.hears(line(9, msgid="m1"), line(9, msgid="m3"))] == ["m3"]
    assert yard.texts() == ["hi", "hi", "hi"]


def test_a_msgid_counts_within_its_channel(yard: Yard) -> None:
    quit_of_ann = line(0, "bye", kind=Kind.QUIT, msgid="m1")
    assert len(yard.hears(quit_of_ann, replace(quit_of_ann, channel="#other"))) == 2


def test_without_msgids_what_is_said_twice_is_stored_twice(yard: Yard) -> None:
    assert len(yard.hears(line(0), line(0), line(1))) == 3
    assert len(yard.hears(line(0))) == 1


def test_anchors_count_within_the_second(yard: Yard) -> None:
    heard = yard.hears(line(0.1), line(0.9), line(1), line(0.5))
    anchors = [h.ref.rpartition("/")[2] for h in heard]
    first, second = "2021-05-12T21:00:30", "2021-05-12T21:00:31"
    assert anchors == [first, f"{first}-2", second, f"{first}-3"]
    assert [h.ref.rpartition("/")[2] for h in yard.hears(line(0.2))] == [f"{first}-4"]
    assert heard[0].ref == f"line:net/#yard/{first}"


def test_what_was_heard_is_returned_as_it_came(yard: Yard) -> None:
    lines = [line(i, str(i), channel=f"#{'abc'[i % 3]}") for i in range(30)]
    assert [h.line for h in yard.hears(*lines)] == lines
    assert all(h.live for h in yard.hears(line(99)))


def test_the_same_channel_in_another_case_is_the_same_channel(yard: Yard) -> None:
    yard.hears(
        line(0, "a", channel="#Yard"), line(1, "b", channel="#yard"), line(2, "c", channel="#YARD")
    )
    assert yard.texts() == ["a", "b", "c"]
    assert yard.rows("SELECT name, folded FROM channel") == [("#Yard", "#yard")]


def test_totals_of_channel_and_day_are_kept(yard: Yard) -> None:
    midnight = datetime(2021, 5, 13, tzinfo=UTC)
    yard.hears(line(0), line(1, "", kind=Kind.JOIN), replace(line(0), at=midnight))
    yard.hears(replace(line(0), at=midnight - timedelta(microseconds=1)))
    channel = yard.app.db.read(lambda s: find_channel(s, NETWORK, CHANNEL))
    assert channel is not None
    assert (channel.lines, channel.spoken) == (4, 3)
    assert (channel.first_at, channel.last_at, channel.spoken_at) == (START, midnight, midnight)
    found = yard.app.db.read(lambda s: days(s, channel))
    assert [(d.day, d.lines, d.spoken) for d in found] == [
        (date(2021, 5, 13), 1, 1),
        (date(2021, 5, 12), 3, 2),
    ]
    assert yard.problems == []


ODD_TIMES = [
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1988, 8, 31, 12, tzinfo=UTC),
    datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC),
]


@pytest.mark.parametrize("moment", ODD_TIMES, ids=str)
def test_any_time_has_its_day_and_its_anchor(yard: Yard, moment: datetime) -> None:
    heard = yard.hears(replace(line(0), at=moment), replace(line(0), at=moment))
    anchor = moment.replace(microsecond=0, tzinfo=None).isoformat()
    assert [h.ref for h in heard] == [f"line:net/#yard/{anchor}", f"line:net/#yard/{anchor}-2"]
    channel = yard.app.db.read(lambda s: find_channel(s, NETWORK, CHANNEL))
    assert channel is not None
    entries = yard.app.db.read(lambda s: day_entries(s, channel, moment.date()))
    assert [(e.line(channel).at, e.anchor) for e in entries] == [
        (moment, anchor),
        (moment, f"{anchor}-2"),
    ]
    assert yard.problems == []


HOSTILE = ["#../../etc/passwd", "#a/b", "#<script>", "#\u202eevil", "#%2e%2e", "#' OR 1=1 --"]
HOSTILE.append("#" + "x" * 199)


@pytest.mark.parametrize("channel", HOSTILE)
def test_a_hostile_channel_name_is_a_name_like_any_other(yard: Yard, channel: str) -> None:
    (heard,) = yard.hears(line(0, "hello", channel=channel))
    assert yard.texts(slug(channel)) == ["hello"]
    document = yard.app.modules[0].documents
    assert document is not None
    found = yard.app.db.read(lambda s: document.get(s, heard.ref))
    assert found is not None
    assert found.text == "hello"
    assert yard.problems == []


@pytest.mark.parametrize("odd", ["a\0b", "half\ud83d", "\udcff", "one\r\ntwo", "one\ntwo"])
def test_what_no_text_may_hold_never_reaches_the_database(yard: Yard, odd: str) -> None:
    line_ = line(0, odd, odd, account=odd, msgid=odd, channel=f"#{odd}")
    (heard,) = yard.hears(line_)
    assert heard.line == keepable(line_)
    assert yard.hears(line_) == []
    assert yard.app.db.write(lambda s: merge(s, NETWORK, f"#{odd}", [line_])) == 0
    assert (
        yard.app.db.write(lambda s: merge(s, NETWORK, f"#{odd}", [replace(line_, msgid=None)])) == 0
    )
    (row,) = yard.rows("SELECT nick, text, account, msgid, name FROM line JOIN channel ON 1 = 1")
    assert not any(set(str(value)) & set("\0\r\n") for value in row)
    "".join(row).encode()


@pytest.mark.parametrize("field", ["nick", "text", "account", "msgid"])
@pytest.mark.parametrize("odd", ["a\0b", "half\ud83d", "one\ntwo"])
def test_one_odd_line_among_many_is_merged_as_it_may_be_kept(
    app: App, field: str, odd: str
) -> None:
    many = [line(i, f"word {i} 아") for i in range(20)]
    many[7] = replace(many[7], **{field: odd})
    assert app.db.write(lambda s: merge(s, NETWORK, CHANNEL, many)) == 20
    stored = app.db.read(lambda s: s.execute(LINES).all())
    assert [tuple(row) for row in stored] == [
        (said.nick, said.text, said.account, said.msgid) for said in map(keepable, many)
    ]


@given(st.text())
def test_nearly_all_text_is_kept_as_it_is(text: str) -> None:
    kept = keepable(line(0, text))
    kept.text.encode()
    assert not set(kept.text) & set("\0\r\n")
    assert len(kept.text) == len(text)
    if not set(text) & set("\0\r\n"):
        assert kept.text == text


# --- what two bots hear ------------------------------------------------------------------------


@dataclass
class Pair:
    """Two bots on linked servers, within one transaction."""

    session: Session
    bots: tuple[NetworkRecorder, NetworkRecorder]

    @classmethod
    def joined(cls, session: Session) -> "Pair":
        tokens = "machine-a:1:1", "machine-b:1:1"
        pair = cls(session, tuple(NetworkRecorder(NETWORK, token) for token in tokens))  # type: ignore[arg-type]
        for bot in pair.bots:
            bot.open(session, at(-60))
            bot.stand(session, Standing(CHANNEL, Presence.JOINED, "", at(-60)))
            bot.stand(session, Standing("#other", Presence.JOINED, "", at(-60)))
        return pair

    def hears(self, number: int, lines: Sequence[Line]) -> int:
        heard, settlement = self.bots[number].record(self.session, lines)
        self.bots[number].settle(settlement)
        return len(heard)


@st.composite
def talks(draw: st.DrawFn, *, named: bool) -> list[Line]:
    """What is said: often the same words again, often within one second, in two channels."""
    lines = []
    now = 0.0
    for i in range(draw(st.integers(1, 25))):
        now += draw(st.sampled_from([0, 0.1, 1, 5, 20, 100]))
        lines.append(
            line(
                now,
                draw(st.sampled_from(["hi", "yes", "+1"])),
                draw(st.sampled_from(["ann", "bob"])),
                channel=draw(st.sampled_from([CHANNEL, CHANNEL, "#other"])),
                msgid=f"m{i}" if named else None,
            )
        )
    return lines


def interleaved(rng: random.Random, talk: Sequence[Line]) -> list[tuple[int, list[Line]]]:
    """Cut the talk into batches for each of two bots, that come in any order."""
    queues = [list(talk), list(talk)]
    batches = []
    while any(queues):
        number = rng.choice([n for n in (0, 1) if queues[n]])
        # Neither falls back by more than what the window forgives.
        ahead = queues[1 - number][0].at + timedelta(seconds=20) if queues[1 - number] else None
        size = rng.randint(1, 6)
        batch = [x for x in queues[number][:size] if ahead is None or x.at <= ahead]
        if batch:
            batches.append((number, batch))
            queues[number] = queues[number][len(batch) :]
    return batches


@pytest.mark.parametrize("named", [True, False], ids=["msgids", "no-msgids"])
def test_what_two_bots_hear_is_stored_as_often_as_it_was_said(app: App, named: bool) -> None:
    @EXAMPLES
    @given(talks(named=named), st.randoms(use_true_random=False))
    def run(talk: list[Line], rng: random.Random) -> None:
        def example(session: Session) -> None:
            pair = Pair.joined(session)
            new = sum(pair.hears(number, batch) for number, batch in interleaved(rng, talk))
            assert new == len(talk)
            assert Counter(stored(session)) == said(talk)

        tried(app, example)

    run()


@pytest.mark.parametrize("named", [True, False], ids=["msgids", "no-msgids"])
def test_either_may_be_away_for_a_while(app: App, named: bool) -> None:
    @EXAMPLES
    @given(
        talks(named=named), st.lists(st.sampled_from(["both", "0", "1"]), min_size=25, max_size=25)
    )
    def run(talk: list[Line], present: list[str]) -> None:
        def example(session: Session) -> None:
            pair, now = Pair.joined(session), "both"
            for i, (line_, who) in enumerate(zip(talk, present, strict=False)):
                # Comings and goings happen in a quiet moment: times that differ by less than the
                # servers' clocks can't be told apart.
                line_ = replace(line_, at=line_.at + timedelta(seconds=3 * i))
                _change(pair, now, who, line_.at - timedelta(seconds=1.5))
                now = who
                for number in (0, 1) if i % 2 else (1, 0):
                    if who in {"both", str(number)}:
                        pair.hears(number, [line_])
            assert Counter(stored(session)) == said(talk)

        tried(app, example)

    run()


def _change(pair: Pair, before: str, after: str, when: datetime) -> None:
    for number, bot in enumerate(pair.bots):
        was, is_ = (who in {"both", str(number)} for who in (before, after))
        if was != is_:
            presence = Presence.JOINED if is_ else Presence.LOST
            for channel in (CHANNEL, "#other"):
                bot.stand(pair.session, Standing(channel, presence, "", when))


def test_a_twin_that_was_missed_does_not_stand_in_for_a_later_one(yard: Yard) -> None:
    yard.joins(bot="a")
    yard.joins(bot="b")
    yard.hears(line(5), bot="a")  # lost on the way to b
    yard.hears(line(100), bot="a")
    assert yard.hears(line(100), bot="b") == []
    assert yard.hears(line(101), bot="b") != []
    assert yard.hears(line(101), bot="a") == []
    assert len(yard.texts()) == 3


def test_a_retried_transaction_changes_nothing_of_what_a_bot_knows(yard: Yard) -> None:
    yard.joins(bot="a")
    yard.joins(bot="b")
    yard.hears(line(1), bot="a")
    b = yard.bot("b")
    for _ in range(3):
        with pytest.raises(_Undone):
            yard.app.db.write(lambda s: _record_and_fail(s, b, [line(1), line(2)]))
    assert [h.line for h in yard.hears(line(1), line(2), bot="b")] == [line(2)]


def _record_and_fail(session: Session, bot: NetworkRecorder, lines: Sequence[Line]) -> None:
    bot.record(session, lines)
    raise _Undone


# --- history and log files ----------------------------------------------------------------------


@st.composite
def logs(draw: st.DrawFn) -> list[Line]:
    """A log file: lines of whole seconds, without msgids, in order."""
    seconds = sorted(draw(st.lists(st.integers(0, 30), max_size=20)))
    texts, nicks = st.sampled_from(["hi", "yes"]), st.sampled_from(["ann", "bob"])
    kinds = st.sampled_from([Kind.SAY, Kind.ACTION])
    return [line(s, draw(texts), draw(nicks), kind=draw(kinds)) for s in seconds]


def keyed(lines: Sequence[Line]) -> Counter[tuple[datetime, str, str, str]]:
    """Return lines as a log file knows them, counted."""
    return Counter((x.at.replace(microsecond=0), x.kind.value, x.nick, x.text) for x in lines)


def all_lines(session: Session) -> list[Line]:
    """Return all lines of the channel."""
    channel = find_channel(session, NETWORK, CHANNEL)
    if channel is None:
        return []
    return [
        e.line(channel)
        for d in days(session, channel)
        for e in day_entries(session, channel, d.day)
    ]


def test_merging_adds_exactly_what_is_missing_and_nothing_again(app: App) -> None:
    @EXAMPLES
    @given(logs(), logs())
    def run(first: list[Line], second: list[Line]) -> None:
        def example(session: Session) -> None:
            assert merge(session, NETWORK, CHANNEL, first) == len(first)
            added = merge(session, NETWORK, CHANNEL, second)
            union = keyed(first) | keyed(second)
            assert keyed(all_lines(session)) == union
            assert added == union.total() - len(first)
            assert merge(session, NETWORK, CHANNEL, first) == 0
            assert merge(session, NETWORK, CHANNEL, second) == 0
            assert keyed(all_lines(session)) == union

        tried(app, example)

    run()


def test_a_log_file_over_live_lines_adds_what_was_not_heard(app: App) -> None:
    @EXAMPLES
    @given(talks(named=True), st.sets(st.integers(0, 24)), st.booleans())
    def run(talk: list[Line], heard: set[int], named: bool) -> None:
        talk = [replace(x, channel=CHANNEL, msgid=x.msgid if named else None) for x in talk]

        def example(session: Session) -> None:
            record(session, [x for i, x in enumerate(talk) if i in heard], 0)
            cut = [replace(x, at=x.at.replace(microsecond=0), msgid=None) for x in talk]
            merge(session, NETWORK, CHANNEL, cut)
            assert keyed(all_lines(session)) == keyed(talk)

        tried(app, example)

    run()


def test_playback_with_msgids_adds_exactly_what_was_not_heard(app: App) -> None:
    @EXAMPLES
    @given(talks(named=True), st.sets(st.integers(0, 24)), st.integers(0, 24))
    def run(talk: list[Line], heard: set[int], start: int) -> None:
        talk = [replace(x, channel=CHANNEL) for x in talk]

        def example(session: Session) -> None:
            record(session, [x for i, x in enumerate(talk) if i in heard], 0)
            # As InspIRCd plays back: the same msgids, times cut to seconds, no accounts.
            played = [replace(x, at=x.at.replace(microsecond=0)) for x in talk[start:]]
            merge(session, NETWORK, CHANNEL, [*played, *played[:3]], slot=0, slack_s=2)
            there = [x for i, x in enumerate(talk) if i in heard or i >= start]
            assert Counter(stored(session)) == said(there)
            assert merge(session, NETWORK, CHANNEL, played, slot=0, slack_s=2) == 0

        tried(app, example)

    run()


def test_two_messages_of_one_second_stay_two_in_playback(yard: Yard) -> None:
    yard.hears(line(0.2, msgid="m1"))
    played = [line(0, msgid="m1"), line(0, msgid="m2")]
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, played, slack_s=2)) == 1
    assert len(yard.texts()) == 2


def test_a_bouncers_clock_may_be_a_little_off(yard: Yard) -> None:
    yard.hears(line(10), line(12), line(20))
    off = [line(11), line(13), line(18)]
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, off, slack_s=2)) == 0
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, [line(23)], slack_s=2)) == 1


def test_many_alike_find_as_many_partners_as_there_are(yard: Yard) -> None:
    yard.hears(line(12), line(14))
    off = [line(13), line(16)]  # the nearest of 13 are both; only with 12 has 16 a partner left
    assert yard.app.db.write(lambda s: merge(s, NETWORK, CHANNEL, off, slack_s=2)) == 0


def test_anchors_never_move(app: App) -> None:
    @EXAMPLES
    @given(st.lists(logs(), max_size=5))
    def run(parts: list[list[Line]]) -> None:
        def example(session: Session) -> None:
            known: dict[int, tuple[int, int, str]] = {}
            for i, part in enumerate(parts):
                if i % 2:
                    record(session, part, 0)
                else:
                    merge(session, NETWORK, CHANNEL, part)
                rows = session.connection().exec_driver_sql("SELECT id, at, nth, text FROM line")
                now = {id_: (second, nth, text) for id_, second, nth, text in rows}
                assert known.items() <= now.items()
                assert len({(second // 10**6, nth) for second, nth, _ in now.values()}) == len(now)
                known = now

        tried(app, example)

    run()


HUNDRED_THOUSAND = """
import resource, sys
from datetime import UTC, datetime, timedelta
from archive.store import merge, record
from hub import bootstrap
from hub.config import Config
from hub.irc import Kind, Line
app = bootstrap.build(Config.model_validate({"hub": {"data_dir": sys.argv[1]}}))
start = datetime(2021, 5, 12, tzinfo=UTC)
def lines(n):
    return [Line("net", "#yard", start + timedelta(seconds=n + i), Kind.SAY, "ann", f"line {n + i}")
            for i in range(2000)]
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
for n in range(0, 10_000, 2000):
    app.db.write(lambda s: record(s, lines(n), 0))
    app.db.write(lambda s: merge(s, "net", "#yard", lines(n)))
before = peak()
for n in range(10_000, 100_000, 2000):
    app.db.write(lambda s: record(s, lines(n), 0))
    app.db.write(lambda s: merge(s, "net", "#yard", lines(n)))
print(before, peak())
"""


def test_memory_does_not_grow_with_the_archive(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HUNDRED_THOUSAND, str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    before, after = map(int, done.stdout.split())
    assert after - before < 40, f"{before} MB after 10,000 lines, {after} MB after 100,000"
