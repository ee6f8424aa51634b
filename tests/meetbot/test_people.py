"""Who chairs and who takes part, through changes of nick and account."""

from hub.irc import Kind
from tests.meetbot.channel import Channel


def test_chairs_are_made_by_blank_or_comma_and_told_sorted() -> None:
    channel = Channel().starts()
    assert channel.says("ann", "#chair dan, bob,cy") == ["Current chairs: ann bob cy dan"]
    channel.says("cy", "#agreed yes")
    assert channel.noted == [("agreed", "yes")]


def test_one_who_is_not_in_the_channel_is_warned_of() -> None:
    channel = Channel(nicks=("ann", "Bob")).starts()
    assert channel.says("ann", "#chair bob zoe") == [
        "Warning: Nick not in channel: zoe",
        "Current chairs: ann bob zoe",
    ]


def test_unchair_takes_commas_and_never_the_owner() -> None:
    channel = Channel().starts()
    channel.says("ann", "#chair bob cy dan")
    assert channel.says("bob", "#unchair ann,cy,dan") == ["Current chairs: ann bob"]


def test_nicks_are_the_same_in_any_case() -> None:
    channel = Channel().starts()
    channel.says("Bob", "hi")
    channel.says("bob", "hi again")
    channel.says("bob", "and again")
    channel.says("x[y]", "hi")
    channel.says("X{Y}", "hi")
    assert channel.people == {"ann": 1, "bob": 3, "x[y]": 2}


def test_the_chair_follows_a_nick_change_and_the_old_nick_has_no_rights() -> None:
    channel = Channel().starts()
    channel.hears(Kind.NICK, "ann", "ann_away")
    channel.says("ann_away", "#topic One")
    channel.says("ann", "#topic Mine")
    assert channel.noted == [("topic", "One")]


def test_attendance_follows_nick_changes_there_and_back() -> None:
    channel = Channel().starts()
    channel.says("ann", "one")
    channel.hears(Kind.NICK, "ann", "ann_away")
    channel.says("ann_away", "two")
    channel.hears(Kind.NICK, "ann_away", "ann")
    channel.says("ann", "three")
    assert channel.people == {"ann": 4}


def test_one_who_comes_back_and_takes_the_nick_again_is_the_same() -> None:
    channel = Channel().starts()
    channel.says("bob", "one")
    channel.hears(Kind.QUIT, "bob")
    channel.hears(Kind.JOIN, "bob_")
    channel.says("bob_", "two")
    channel.hears(Kind.NICK, "bob_", "bob")
    channel.says("bob", "three")
    assert channel.people == {"ann": 1, "bob": 3}


def test_the_chair_follows_the_account_to_another_nick() -> None:
    channel = Channel().starts(account="Ann")
    channel.hears(Kind.QUIT, "ann")
    channel.hears(Kind.JOIN, "laptop", account="ann")
    channel.says("laptop", "#topic One", account="ann")
    channel.says("ann", "#topic Mine", account="mallory")
    channel.says("ann", "#topic Mine", account=None)
    assert channel.noted == [("topic", "One")]


def test_a_chair_named_by_nick_is_bound_to_the_account_first_heard() -> None:
    channel = Channel().starts(account="ann")
    channel.says("ann", "#chair bob", account="ann")
    channel.says("bob", "hi", account="bob")
    channel.says("bob", "#topic Mine", account="eve")
    channel.says("bob", "#topic Mine")
    channel.says("robert", "#topic Bob's", account="bob")
    assert channel.noted == [("topic", "Bob's")]


def test_one_who_takes_a_chairs_nick_without_the_account_is_another() -> None:
    channel = Channel().starts(account="ann")
    channel.hears(Kind.NICK, "ann", "ann2", account="ann")
    channel.says("eve", "hi")
    channel.hears(Kind.NICK, "eve", "ann")
    channel.says("ann", "#topic Mine")
    channel.says("ann2", "#topic One", account="ann")
    assert channel.noted == [("topic", "One")]


def test_who_is_made_known_has_no_lines() -> None:
    channel = Channel().starts()
    channel.says("bob", "#nick zoe, yan")
    assert channel.people == {"ann": 1, "bob": 1, "zoe": 0, "yan": 0}


def test_one_who_is_here_under_another_name_gets_its_actions() -> None:
    channel = Channel().starts()
    channel.says("bob", "#here BobSmith")
    assert channel.hints("ann", "#action bobsmith writes it up") == []


def test_a_join_with_another_account_frees_the_nick() -> None:
    channel = Channel().starts(account="ann")
    channel.hears(Kind.JOIN, "ann", account="mallory")
    channel.says("ann", "#topic Mine", account="mallory")
    assert channel.noted == []
    assert len(channel.running.attendance.people) == 2
