"""The channel's topic during a meeting, and before and after it."""

from hub.irc import Kind
from meetbot.machine import replay
from tests.meetbot.channel import RULES, Channel, with_rules


def test_the_topic_tells_the_meeting_behind_what_it_was() -> None:
    channel = Channel(topic="Welcome")
    assert channel.topics("ann", "#startmeeting Swift") == ["Welcome (Meeting topic: Swift)"]


def test_a_topic_is_set_with_the_meetings_own() -> None:
    channel = Channel(topic="Welcome").starts()
    assert channel.topics("ann", "#topic Releases") == ["Releases (Meeting topic: Swift)"]
    assert channel.topics("ann", "#meetingtopic Big plans") == [
        "Releases (Meeting topic: Big plans)"
    ]
    assert channel.topics("ann", "#meetingtopic none") == ["Releases"]
    assert channel.topics("bob", "#topic Mine") == []


def test_the_old_topic_is_given_back() -> None:
    channel = Channel(topic="Welcome").starts()
    channel.says("ann", "#topic Releases")
    assert channel.topics("ann", "#endmeeting") == ["Welcome"]


def test_an_empty_topic_is_not_given_back() -> None:
    assert Channel().starts().topics("ann", "#endmeeting") == []


def test_the_topic_is_left_alone_where_the_rules_say_so() -> None:
    channel = Channel(with_rules(sets_topic=False), topic="Welcome")
    assert channel.topics("ann", "#startmeeting Swift") == []
    assert channel.topics("ann", "#topic Releases") == []
    assert channel.topics("ann", "#endmeeting") == []


def test_taking_a_topic_back_returns_to_the_one_before() -> None:
    channel = Channel().starts()
    channel.says("ann", "#topic One")
    channel.says("ann", "#topic Two")
    assert channel.topics("ann", "#undo") == ["One (Meeting topic: Swift)"]


def test_a_replay_from_the_start_finds_the_old_topic_in_what_the_bot_set() -> None:
    channel = Channel(topic="Welcome").starts()
    channel.hears(Kind.TOPIC, "madang", "Welcome (Meeting topic: Swift)")
    channel.hears(Kind.TOPIC, "eve", "mine (Meeting topic: Swift)")
    replayed = replay(channel.lines, RULES).meeting
    assert replayed is not None
    assert replayed.saved_topic == "Welcome"
    assert replayed == channel.meeting


def test_a_replay_of_more_knows_the_topic_before_the_meeting() -> None:
    channel = Channel()
    channel.hears(Kind.TOPIC, "eve", "\x02Welcome\x02")
    channel.says("ann", "#startmeeting Swift")
    replayed = replay(channel.lines, RULES).meeting
    assert replayed is not None
    assert replayed.saved_topic == "Welcome"
