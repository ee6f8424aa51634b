"""What holds for every log: cut anywhere it goes on, ticks change nothing, nothing in it raises."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.irc import Kind, Line
from meetbot.commands import COMMANDS
from meetbot.effects import Effect, MeetingEnded
from meetbot.machine import Replayed, replay, step, tick
from meetbot.record import Record
from meetbot.rules import Rules, Surroundings
from meetbot.state import Meeting
from tests.meetbot.channel import START

RULES = Rules(bots=frozenset({"madang"}), base_url="https://hub.example")
NICKS = st.sampled_from(["ann", "Ann", "ann_", "bob", "x[y]", "madang", "지수", "<b>", ""])
WORDS = st.sampled_from([*COMMANDS, "chairs", "strtmeeting", "2", "https"])
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "ann bob",
            "1",
            "2 new text",
            "Ship it? yes, no",
            "Ship? light blue, red",
            "+1",
            "none",
            "yes",
        ]
    ),
)
SAID = st.one_of(
    st.builds(lambda word, text: f"#{word} {text}", WORDS, TEXTS),
    st.sampled_from(
        ["#startmeeting Swift", "+1", "-1 no", "https://x.example", "#endmeeting", "#undo"]
    ),
    TEXTS,
)


def _line(
    seconds: float, kind: Kind, nick: str, text: str, account: str | None
) -> tuple[float, Line]:
    text = text.replace("\r", "").replace("\n", "").replace("\0", "")
    return seconds, Line("oftc", "#swift", START, kind, nick, text, account)


KINDS = st.one_of(st.just(Kind.SAY), st.sampled_from(list(Kind)))
STEPS = st.builds(
    _line,
    st.one_of(st.floats(-60, 600), st.sampled_from([1700.0, 1801.0, 2700.0, 4000.0])),
    KINDS,
    NICKS,
    st.one_of(SAID, NICKS),
    st.sampled_from([None, None, "ann", "bob", "Ann"]),
)


def _timed(steps: list[tuple[float, Line]]) -> list[Line]:
    lines, now = [Line("oftc", "#swift", START, Kind.SAY, "ann", "#startmeeting Swift")], START
    for seconds, line in steps:
        now += timedelta(seconds=seconds)
        lines.append(
            Line(line.network, line.channel, now, line.kind, line.nick, line.text, line.account)
        )
    return lines


LOGS = st.lists(STEPS, max_size=40).map(_timed)
FORWARD = st.lists(STEPS.map(lambda s: (abs(s[0]), s[1])), max_size=40).map(_timed)


@given(LOGS, st.integers(0, 41))
def test_a_log_cut_anywhere_and_resumed_is_one_run(log: list[Line], cut: int) -> None:
    first = replay(log[:cut], RULES)
    assert replay(log[cut:], RULES, first) == replay(log, RULES)


@given(LOGS, st.integers(0, 41))
def test_a_meeting_that_went_on_leaves_its_earlier_value_as_it_was(
    log: list[Line], cut: int
) -> None:
    before = replay(log[:cut], RULES)
    again = replay(log[:cut], RULES)
    replay(log[cut:], RULES, before)
    replay(log[cut:], RULES, before)
    assert before == again


@given(FORWARD, st.lists(st.floats(0, 1), min_size=41, max_size=41))
def test_ticks_between_the_lines_change_nothing_but_when_it_is_said(
    log: list[Line], shares: list[float]
) -> None:
    whole = replay(log, RULES)
    meeting: Meeting | None = None
    around, effects = Surroundings(), list[Effect]()
    for line, after, share in zip(log, [*log[1:], log[-1]], shares, strict=False):
        meeting, told = step(meeting, line, RULES, around)
        effects += told
        if line.kind is Kind.TOPIC:
            around = replay([line], RULES).around
        if meeting is not None:
            meeting, told = tick(meeting, line.at + (after.at - line.at) * share, RULES)
            effects += told
    assert meeting == whole.meeting
    ended = [effect.meeting for effect in effects if isinstance(effect, MeetingEnded)]
    assert ended == whole.ended


HOSTILE = st.builds(
    Line,
    network=st.just("n"),
    channel=st.just("#c"),
    at=st.datetimes().map(lambda at: at.replace(tzinfo=START.tzinfo)),
    kind=st.sampled_from(list(Kind)),
    nick=st.text(),
    text=st.one_of(SAID, st.text()),
    account=st.one_of(st.none(), st.text()),
)


@given(st.lists(HOSTILE, max_size=20))
def test_hostile_logs_never_raise(lines: list[Line]) -> None:
    first = Line("n", "#c", START, Kind.SAY, "ann", "#startmeeting x")
    for meeting in replay([first, *lines], RULES).meetings:
        assert 1 <= len(meeting.record) <= len(lines) + 1
        assert all(1 <= item.line <= len(meeting.record) for item in meeting.items)
        assert sum(p.lines for p in meeting.attendance.people.values()) == len(meeting.record)


@given(st.lists(st.integers(0, 3), max_size=30))
def test_a_record_is_a_value_whatever_grew_from_it(choices: list[int]) -> None:
    lines = [Line("n", "#c", START, Kind.SAY, "ann", str(n)) for n in range(4)]
    grown: list[tuple[Record, list[Line]]] = [(Record(), [])]
    for place, choice in enumerate(choices):
        record, expected = grown[(place * choice) % len(grown)]
        grown.append((record.append(lines[choice]), [*expected, lines[choice]]))
    for record, expected in grown:
        assert list(record) == expected
        assert record == Record(expected)
        assert len(record) == len(expected)


def test_nothing_said_is_an_empty_replay() -> None:
    assert replay([], RULES) == Replayed()
