"""ChannelLogger's format: what is written reads back to the same line, whatever was said."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.formats import NotUnderstood, Outcome, Skip, Skipped, by_name, split, write
from hub.irc import Kind, Line

AT = datetime(2026, 11, 22, 9, 8, 7, tzinfo=UTC)


def read(text: str, channel: str = "#yard") -> list[Outcome]:
    return list(by_name("channellogger").read(split(text), network="oftc", channel=channel))


def line(kind: Kind, nick: str, text: str = "", channel: str = "#yard") -> Line:
    return Line("oftc", channel, AT, kind, nick, text)


def said(text: str) -> Outcome:
    [outcome] = read(f"2026-11-22T09:08:07  {text}")
    return outcome


odd_characters = st.one_of(
    st.characters(codec="utf-8", exclude_characters="\r\n\0"),
    st.sampled_from(" *-<>()[]\"'=!@+:\t\x01\x02\x03\x0f\x1c\x85\u2028\u2029\ufeff마당"),
)
texts = st.text(odd_characters, max_size=40)
words = st.text(odd_characters.filter(lambda c: c != " "), max_size=12)
channels = words.map(lambda word: "#" + word)
times = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
kicks = st.builds(
    lambda victim, rest: victim + rest, words, st.sampled_from(["", " "]) | texts.map(" ".__add__)
)
gaps = st.builds(
    lambda at, filled: f"{at:%Y-%m-%dT%H:%M:%SZ}" + filled, times, st.sampled_from(["", " filled"])
)
TEXTS = dict.fromkeys(Kind, texts) | {
    Kind.JOIN: st.just(""),
    Kind.KICK: kicks,
    Kind.GAP: gaps,
}


@st.composite
def lines(draw: st.DrawFn) -> Line:
    kind = draw(st.sampled_from(Kind))
    nick = "" if kind is Kind.GAP else draw(words)
    return Line("oftc", draw(channels), draw(times), kind, nick, draw(TEXTS[kind]))


@given(lines())
@example(line(Kind.SAY, "ann", ""))
@example(line(Kind.SAY, "ann>", "> b"))
@example(line(Kind.SAY, "<", "*** no log until tomorrow"))
@example(line(Kind.ACTION, "**", "* ann has joined #yard"))
@example(line(Kind.NOTICE, "-", "- -"))
@example(line(Kind.PART, "ann", ") ("))
@example(line(Kind.KICK, "op", "bob "))
@example(line(Kind.KICK, "op", "bob"))
@example(line(Kind.KICK, "op", ""))
@example(line(Kind.TOPIC, "ann", '" "'))
@example(line(Kind.NICK, "no", "log until now"))
@example(line(Kind.GAP, "", "2026-11-22T10:00:00Z filled"))
def test_what_is_written_reads_back_to_the_same_line(before: Line) -> None:
    assert read(write(before), before.channel) == [before]


@given(st.lists(lines().map(lambda one: Line("oftc", "#yard", *_rest(one))), max_size=8))
def test_a_written_file_reads_back_to_the_same_lines(before: list[Line]) -> None:
    assert read("".join(write(one) + "\n" for one in before)) == before


def _rest(one: Line) -> tuple[datetime, Kind, str, str]:
    return one.at, one.kind, one.nick, one.text


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    for outcome in [*read(text), *read(f"2026-11-22T09:08:07  {text}")]:
        assert isinstance(outcome, Line | Skipped | NotUnderstood)
        if isinstance(outcome, Line):
            assert not set("\r\n\0") & set(outcome.nick + outcome.text)


@pytest.mark.parametrize(
    ("kind", "nick", "text", "written"),
    [
        (Kind.SAY, "ann", "안녕  마당", "<ann> 안녕  마당"),
        (Kind.ACTION, "ann", "waves", "* ann waves"),
        (Kind.NOTICE, "ann", "psst", "-ann- psst"),
        (Kind.JOIN, "ann", "", "*** ann has joined #yard"),
        (Kind.PART, "ann", "", "*** ann has left #yard"),
        (Kind.PART, "ann", "bye", "*** ann has left #yard (bye)"),
        (Kind.QUIT, "ann", "", "*** ann has quit IRC"),
        (Kind.QUIT, "ann", "Quit: bye", "*** ann has quit IRC (Quit: bye)"),
        (Kind.NICK, "ann", "ann_", "*** ann is now known as ann_"),
        (Kind.TOPIC, "ann", "new", '*** ann changes topic to "new"'),
        (Kind.MODE, "ann", "+o bob", "*** ann sets mode: +o bob"),
        (Kind.KICK, "ann", "bob be nice", "*** bob was kicked by ann (be nice)"),
        (Kind.KICK, "ann", "bob", "*** bob was kicked by ann"),
        (Kind.GAP, "", "2026-11-22T10:00:00Z", "*** no log until 2026-11-22T10:00:00Z"),
        (
            Kind.GAP,
            "",
            "2026-11-22T10:00:00Z filled",
            "*** no log until 2026-11-22T10:00:00Z (filled)",
        ),
    ],
)
def test_every_kind_is_written_as_channellogger_does(
    kind: Kind, nick: str, text: str, written: str
) -> None:
    assert write(line(kind, nick, text)) == f"2026-11-22T09:08:07  {written}"
    assert said(written) == line(kind, nick, text)


def test_fractions_of_a_second_are_not_written() -> None:
    exact = Line("oftc", "#yard", AT.replace(microsecond=999_999), Kind.SAY, "ann", "now")
    assert write(exact) == "2026-11-22T09:08:07  <ann> now"


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        ("*** ann <ann!~a@host.example> has joined #yard", Kind.JOIN, ""),
        ("*** ann <ann!~a@host.example> has left #yard (bye)", Kind.PART, "bye"),
        ("*** ann <ann!~a@host.example> has quit IRC (Ping timeout)", Kind.QUIT, "Ping timeout"),
    ],
)
def test_hostmasks_are_dropped_on_reading(text: str, kind: Kind, kept: str) -> None:
    assert said(text) == line(kind, "ann", kept)


def test_a_bridged_name_with_a_blank_becomes_one_word() -> None:
    assert said("<Ann Lee> hi") == line(Kind.SAY, "Ann_Lee", "hi")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("*** ann is now away: lunch", Skip.AWAY),
        ("*** ann is back", Skip.AWAY),
        ("*** ann <ann!~a@host.example> invited bob to #yard", Skip.INVITE),
    ],
)
def test_what_no_archive_keeps_is_passed_over(text: str, why: Skip) -> None:
    assert said(text) == Skipped(1, why)


@pytest.mark.parametrize("text", ["*** ann did something new", "hello", "<ann", "*", "-ann", ""])
def test_other_lines_are_reported(text: str) -> None:
    assert isinstance(said(text), NotUnderstood)


def test_only_a_line_feed_ends_a_line() -> None:
    text = (
        "2026-11-22T09:08:07  <ann> one\u2028two\x85three\x0bfour\r\n2026-11-22T09:08:07  <ann> b\n"
    )
    assert read(text) == [
        line(Kind.SAY, "ann", "one\u2028two\x85three\x0bfour"),
        line(Kind.SAY, "ann", "b"),
    ]


def test_carriage_returns_and_nuls_never_reach_a_line() -> None:
    assert read("\0\0\x002026-11-22T09:08:07  <ann> a\rb\0c\r\n") == [line(Kind.SAY, "ann", "a bc")]


def test_a_line_over_64_kib_is_reported_not_read() -> None:
    [outcome] = read("2026-11-22T09:08:07  <ann> " + "x" * 70_000)
    assert outcome == NotUnderstood(
        1, ("2026-11-22T09:08:07  <ann> " + "x" * 200)[:200], "is longer than 64 KiB"
    )


def test_impossible_times_are_reported() -> None:
    [outcome] = read("2026-13-41T29:08:07  <ann> hi")
    assert isinstance(outcome, NotUnderstood)
    assert outcome.why == "has a time that can't be"
