"""Time in a meeting: its end by hand and by itself, reminders, midnight."""

from datetime import UTC, datetime, timedelta

from hub.irc import Kind, Line
from meetbot.machine import step, tick
from meetbot.rules import FILE_RULES
from tests.meetbot.channel import RULES, START, Channel, with_rules


def test_the_end_tells_where_the_minutes_are() -> None:
    channel = Channel(
        with_rules(base_url="https://hub.example", info_url="https://i.example")
    ).starts()
    url = "https://hub.example/meetings/swift/2021/swift.2021-05-12-21.00"
    assert channel.says("ann", "#endmeeting") == [
        "Meeting ended Wed May 12 21:00:10 2021 UTC.  Information about MeetBot at https://i.example .",
        f"Minutes:        {url}.html",
        f"Minutes (text): {url}.txt",
        f"Log:            {url}.log.html",
    ]
    (ended,) = channel.ended
    assert (ended.ended_at, channel.meeting) == (START + timedelta(seconds=10), None)
    assert [line.text for line in ended.record] == ["#startmeeting Swift", "#endmeeting"]


def test_only_a_chair_ends_a_meeting_before_its_time() -> None:
    channel = Channel().starts()
    assert channel.hints("bob", "#endmeeting") == [
        "Until the meeting has run for 60 minutes only a chair may end it: ann."
    ]
    assert channel.meeting is not None


def test_anyone_ends_a_meeting_whose_time_is_up() -> None:
    channel = Channel().starts()
    channel.now = START + timedelta(minutes=30)
    channel.says("ann", "still here")
    channel.now = START + timedelta(minutes=59, seconds=49)
    channel.says("bob", "#endmeeting")
    assert channel.meeting is not None
    channel.now = START + timedelta(minutes=59, seconds=50)
    channel.says("bob", "#endmeeting")
    assert channel.meeting is None


def test_the_reminder_comes_once_when_the_time_is_up() -> None:
    channel = Channel().starts()
    for _ in range(3):
        channel.waits(minutes=19)
        channel.says("bob", "talk")
    assert channel.waits(minutes=3) == [
        "The meeting's 60 minutes are up. Anyone may #endmeeting now."
    ]
    assert channel.waits(minutes=3) == []


def test_silence_is_warned_of_and_then_ends_the_meeting() -> None:
    channel = Channel().starts()
    assert channel.waits(minutes=29) == []
    assert channel.waits(minutes=1) == [
        "Nobody has spoken for 30 minutes. In 15 minutes the meeting ends by itself, unless somebody speaks."
    ]
    channel.says("madang", "a bot's words are silence")
    assert channel.waits(minutes=1) == []
    assert channel.waits(minutes=15)[:1] == [
        "Nobody has spoken for 45 minutes, so the meeting ends."
    ]
    assert channel.meeting is None
    assert channel.ended[0].ended_at == START


def test_who_speaks_keeps_the_meeting_and_may_be_warned_again() -> None:
    channel = Channel(with_rules(length=timedelta(hours=9))).starts()
    assert len(channel.waits(minutes=31)) == 1
    channel.says("bob", "wait")
    assert channel.waits(minutes=29) == []
    assert len(channel.waits(minutes=1)) == 1


def test_a_line_after_long_silence_belongs_to_no_meeting() -> None:
    channel = Channel().starts()
    channel.now += timedelta(hours=5)
    channel.says("bob", "#info late")
    assert channel.meeting is None
    assert channel.ended[0].items == ()


def test_a_start_after_long_silence_begins_a_new_meeting() -> None:
    channel = Channel().starts()
    channel.now += timedelta(hours=5)
    channel.says("bob", "#startmeeting Next")
    assert channel.running.title == "Next"
    assert len(channel.ended) == 1


def test_a_time_that_nobody_listened_is_no_silence() -> None:
    channel = Channel().starts()
    until = START + timedelta(hours=2)
    channel.hears(Kind.GAP, "", f"{until.isoformat()} filled")
    channel.now = until + timedelta(minutes=29)
    channel.says("bob", "#info back")
    assert channel.noted == [("info", "back")]


def test_a_gap_that_tells_no_time_is_passed_over() -> None:
    channel = Channel().starts()
    for text in ("", "soon", "9999-12-31T23:59:59-12:00"):
        channel.hears(Kind.GAP, "", text)
    assert channel.meeting is not None


def test_a_meeting_goes_over_midnight() -> None:
    channel = Channel()
    channel.now = datetime(2021, 12, 31, 23, 59, 55, tzinfo=UTC)
    channel.starts()
    channel.says("bob", "#info new year")
    channel.says("ann", "#endmeeting")
    (ended,) = channel.ended
    assert ended.items[0].at.date().isoformat() == "2022-01-01"


def test_two_channels_have_two_meetings() -> None:
    channel = Channel().starts()
    other = Line("oftc", "#other", START, Kind.SAY, "ann", "#info elsewhere")
    assert step(channel.meeting, other, RULES) == (channel.meeting, ())


def test_the_ends_of_time_do_no_harm() -> None:
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        line = Line("oftc", "#swift", at, Kind.SAY, "ann", "#startmeeting Swift")
        meeting, _ = step(None, line, FILE_RULES)
        assert meeting is not None
        tick(meeting, datetime.max.replace(tzinfo=UTC), RULES)
        tick(meeting, datetime.min.replace(tzinfo=UTC), RULES)
