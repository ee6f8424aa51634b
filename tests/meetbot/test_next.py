"""`#next` goes through the agenda: the chair's, each topic once, and the same when it is replayed."""

from dataclasses import replace

from meetbot.machine import START, replay
from meetbot.rules import Surroundings
from meetbot.topics import topics_left
from tests.meetbot.channel import RULES, Channel


def channel_with(*topics: str) -> Channel:
    """A channel in which a meeting with an agenda has begun."""
    channel = Channel(topic="Welcome").starts()
    channel.around = Surroundings(agenda=topics)
    return channel


def test_next_goes_on_as_topic_does() -> None:
    channel = channel_with("Releases", "회의 시간", "Open discussion")
    assert channel.topics("ann", "#next") == ["Releases (Meeting topic: Swift)"]
    assert channel.topics("ann", "#NEXT") == ["회의 시간 (Meeting topic: Swift)"]
    channel.says("ann", "#info moved to eleven")
    assert channel.noted == [
        ("topic", "Releases"),
        ("topic", "회의 시간"),
        ("info", "moved to eleven"),
    ]


def test_a_topic_that_was_set_by_hand_is_not_set_again() -> None:
    channel = channel_with("Releases", "Docs", "Any  other business")
    channel.says("ann", "#topic docs")
    channel.says("ann", "#next")
    channel.says("ann", "#next")
    assert [text for _, text in channel.noted] == ["docs", "Releases", "Any  other business"]


def test_a_topic_that_is_taken_back_comes_again() -> None:
    channel = channel_with("Releases", "Docs")
    channel.says("ann", "#next")
    channel.says("ann", "#undo")
    channel.says("ann", "#next")
    assert [text for _, text in channel.noted] == ["Releases"]


def test_a_topic_that_stands_there_twice_is_had_twice() -> None:
    channel = channel_with("Break", "Docs", "Break")
    for _ in range(3):
        channel.says("ann", "#next")
    assert [text for _, text in channel.noted] == ["Break", "Docs", "Break"]
    assert channel.says("ann", "#next") == [
        "The agenda has no topic left. #endmeeting ends the meeting."
    ]


def test_without_an_agenda_it_says_so() -> None:
    channel = channel_with()
    assert channel.says("ann", "#next") == [
        "There is no agenda with topics to go by. #topic TEXT goes on to a topic."
    ]
    assert channel.noted == []


def test_only_a_chair_goes_on() -> None:
    channel = channel_with("Releases")
    assert channel.hints("bob", "#next") == ["#next is for chairs: ann."]
    assert channel.noted == []


def test_talk_that_begins_so_is_no_command() -> None:
    channel = channel_with("Releases")
    assert channel.hints("ann", "#next week we rest") == [
        "#next takes no text: it goes on in the agenda. For another topic say #topic TEXT."
    ]
    assert channel.noted == []


def test_a_replay_that_is_told_the_same_agendas_is_the_same_meeting() -> None:
    channel = channel_with("Releases", "Docs")
    channel.says("ann", "#next")
    channel.around = Surroundings(agenda=("Docs", "Added while they met", "Releases"))
    channel.says("ann", "#next")
    channel.says("ann", "#next")
    first, second = channel.lines[:2], channel.lines[2:]
    after = replay(
        first, RULES, replace(START, around=Surroundings("Welcome", agenda=("Releases", "Docs")))
    )
    after = replay(second, RULES, replace(after, around=channel.around))
    assert after.meeting == channel.meeting
    assert [text for _, text in channel.noted] == ["Releases", "Docs", "Added while they met"]


def test_what_is_left_is_in_the_agendas_order() -> None:
    channel = channel_with("A", "B", "C", "A")
    channel.says("ann", "#topic b")
    channel.says("ann", "#topic a")
    assert topics_left(("A", "B", "C", "A"), channel.running.items) == ["C", "A"]
