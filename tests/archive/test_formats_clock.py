"""Dates and zones of logs: from lines, headers and names; midnight and summer time."""

from datetime import UTC, date, datetime

import pytest

from archive.formats import NotUnderstood, Outcome, by_name, channel_in_name, day_in_name, split
from hub.errors import Invalid
from hub.irc import Line


def times(name: str, text: str, day: date | None = None, tz: str = "UTC") -> list[str]:
    return [f"{line.at:%Y-%m-%dT%H:%M:%S}" for line in lines(name, text, day, tz)]


def lines(name: str, text: str, day: date | None = None, tz: str = "UTC") -> list[Line]:
    found = by_name(name).read(split(text), network="oftc", channel="#yard", day=day, tz=tz)
    return [outcome for outcome in found if isinstance(outcome, Line)]


def clocks(*stamps: str) -> str:
    return "".join(f"[{stamp}] <ann> hi\n" for stamp in stamps)


def test_a_clock_that_jumps_back_by_many_hours_has_passed_midnight() -> None:
    assert times("plain", clocks("23:59", "00:01", "23:00", "14:00"), date(2026, 12, 30)) == [
        "2026-12-30T23:59:00",
        "2026-12-31T00:01:00",
        "2026-12-31T23:00:00",
        "2027-01-01T14:00:00",
    ]


def test_a_clock_that_steps_back_a_little_has_not() -> None:
    assert times("plain", clocks("10:00", "09:58", "10:01"), date(2026, 11, 22)) == [
        "2026-11-22T10:00:00",
        "2026-11-22T09:58:00",
        "2026-11-22T10:01:00",
    ]


def test_a_day_told_by_the_log_wins_over_the_files_name() -> None:
    text = "--- Log opened Sun Nov 22 09:00:00 2026\n09:00 < ann> hi\n"
    assert times("irssi", text, date(1999, 1, 1)) == ["2026-11-22T09:00:00"]


def test_days_may_be_told_in_korean() -> None:
    opened = "--- Log opened 일 11월 22 09:00:00 2026\n09:00 < ann> hi\n"
    changed = "--- Day changed 월 11월 23 2026\n00:00 < ann> hi\n"
    assert times("irssi", opened + changed) == [
        "2026-11-22T09:00:00",
        "2026-11-23T00:00:00",
    ]


def test_a_month_that_starts_over_begins_a_new_year() -> None:
    text = "Dec 31 23:00:00 <ann>\thi\nJan 01 00:00:00 <ann>\thi\nFeb 29 00:00:00 <ann>\thi\n"
    read = list(
        by_name("xchat").read(split(text), network="o", channel="#y", day=date(2026, 12, 1))
    )
    assert [line.at.year for line in read if isinstance(line, Line)] == [2026, 2027]
    assert isinstance(read[2], NotUnderstood)


def test_local_time_becomes_utc() -> None:
    assert times("plain", clocks("09:08"), date(2026, 11, 22), "Asia/Seoul") == [
        "2026-11-22T00:08:00"
    ]
    told = "2026-11-22T09:08:07  <ann> hi\n"
    assert times("channellogger", told, None, "Asia/Seoul") == ["2026-11-22T00:08:07"]


def test_a_time_with_its_own_zone_is_taken_by_its_word() -> None:
    told = "2026-11-22T09:08:07+09:00  <ann> hi\n2026-11-22T09:08:07Z  <ann> hi\n"
    assert times("channellogger", told, None, "Europe/Berlin") == [
        "2026-11-22T00:08:07",
        "2026-11-22T09:08:07",
    ]


def test_unix_seconds_need_no_zone() -> None:
    assert times("ii", "1795338487 <ann> hi\n", None, "Asia/Seoul") == ["2026-11-22T09:08:07"]


def test_the_hour_that_happens_twice_is_its_second_run_once_the_clock_steps_back() -> None:
    # Berlin, 2026-10-25: 02:00 to 03:00 comes at 00:00 UTC, and again at 01:00 UTC
    stamps = clocks("01:59", "02:10", "02:59", "02:01", "02:30", "03:00")
    assert times("plain", stamps, date(2026, 10, 25), "Europe/Berlin") == [
        "2026-10-24T23:59:00",
        "2026-10-25T00:10:00",
        "2026-10-25T00:59:00",
        "2026-10-25T01:01:00",
        "2026-10-25T01:30:00",
        "2026-10-25T02:00:00",
    ]


def test_a_time_that_never_was_counts_with_the_offset_before() -> None:
    assert times("plain", clocks("02:30"), date(2026, 3, 29), "Europe/Berlin") == [
        "2026-03-29T01:30:00"
    ]


def test_an_unknown_zone_is_refused() -> None:
    for tz in ("Mars/Olympus", "../../etc/passwd", ""):
        with pytest.raises(Invalid, match="time zone"):
            by_name("plain").read([], network="o", channel="#y", tz=tz)


@pytest.mark.parametrize("stamp", ["[25:00]", "[24:61]", "[99:99:99]"])
def test_a_clock_that_can_not_be_is_reported(stamp: str) -> None:
    outcome: Outcome
    [outcome] = by_name("plain").read(
        [f"{stamp} <ann> hi"], network="o", channel="#y", day=date(2026, 11, 22)
    )
    assert isinstance(outcome, NotUnderstood)
    assert outcome.why == "has a time that can't be"


def test_the_ends_of_time_are_reported_not_raised() -> None:
    edges = ["0001-01-01T00:00:00  <ann> hi", "9999-12-31T23:59:59  <ann> hi"]
    for tz in ("Asia/Seoul", "America/New_York"):
        outcomes = list(by_name("channellogger").read(edges, network="o", channel="#y", tz=tz))
        assert len(outcomes) == 2
    last_day = by_name("plain").read(
        split(clocks("23:59", "00:00")), network="o", channel="#y", day=date.max
    )
    assert [type(outcome) for outcome in last_day] == [Line, NotUnderstood]


def test_a_line_without_a_time_happened_when_the_last_one_did() -> None:
    text = "=== ann is now known as bob\n[10:00] <ann> hi\n=== bob is now known as cho\n"
    read = lines("plain", text, date(2026, 11, 22))
    assert [line.at for line in read] == [datetime(2026, 11, 22, 10, tzinfo=UTC)] * 3


def test_lines_without_any_time_in_the_file_are_reported() -> None:
    [outcome] = by_name("plain").read(
        ["=== ann is now known as bob"], network="o", channel="#y", day=date(2026, 11, 22)
    )
    assert outcome == NotUnderstood(
        1, "=== ann is now known as bob", "has no time, nor has any line before it"
    )


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("#yard/#yard.2021-05-12.log", date(2021, 5, 12)),
        ("2021-05-12.log.gz", date(2021, 5, 12)),
        ("20210512.log", date(2021, 5, 12)),
        ("yard_20210512.log", date(2021, 5, 12)),
        ("yard.2021-05-12-20.07.log.txt", date(2021, 5, 12)),
        ("2021/05/12.log", date(2021, 5, 12)),
        ("2021/05/2021-05-13.log", date(2021, 5, 13)),
        ("issues_874.2021-05-24-20.12.log.txt", date(2021, 5, 24)),
        ("yard-2021-02-30.log", None),
        ("120210512.log", None),
        ("yard.log", None),
        ("", None),
    ],
)
def test_a_files_name_tells_its_day(path: str, day: date | None) -> None:
    assert day_in_name(path) == day


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("logs/ChannelLogger/oftc/#yard/#yard.2021-05-12.log", "#yard"),
        ("#yard/2021-05-12.log", "#yard"),
        ("%23yard/%23yard.2021-05-12.log.html", "#yard"),
        ("ann_oftc_#yard_20210512.log", "#yard"),
        ("irc.oftc.#yard.weechatlog", "#yard"),
        ("OFTC-#yard.log", "#yard"),
        ("##yard-de.log.gz", "##yard-de"),
        ("#c++.log", "#c++"),
        ("oftc/#마당/2021/05/12.log", "#마당"),
        ("C# notes.log", ""),
        ("yard.log", ""),
    ],
)
def test_a_files_path_tells_its_channel(path: str, channel: str) -> None:
    assert channel_in_name(path) == channel
