"""Votes: one ballot each, options of several words, names in the record."""

import pytest

from hub.irc import Kind
from meetbot.votes import parse_question
from tests.meetbot.channel import Channel


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("Ship it?", "Ship it?", ("Yes", "No")),
        ("Ship it? Yes No Abstain", "Ship it?", ("Yes", "No", "Abstain")),
        ("Colour? light blue, red", "Colour?", ("light blue", "red")),
        ('Colour? "light blue" red “dark  green”', "Colour?", ("light blue", "red", "dark green")),
        ('Colour? "a, b", c', "Colour?", ("a, b", "c")),
        ("When? Why? now, later", "When? Why?", ("now", "later")),
        ("Count? +1 -1 0", "Count?", ("+1", "-1", "0")),
        ("Same? yes, Yes, YES, no", "Same?", ("yes", "no")),
        ("Slash? yes/no", "Slash?", ("yes", "no")),
        ("Hm? don't know, sure", "Hm?", ("don't know", "sure")),
        ("Empty? , ,", "Empty?", ("Yes", "No")),
    ],
)
def test_a_question_and_its_options_are_read(text: str, question: str, options: tuple[str]) -> None:
    assert parse_question(text) == (question, options)


@pytest.mark.parametrize("text", ["", "Ship it", "?", "? a, b"])
def test_a_vote_without_a_question_is_refused(text: str) -> None:
    channel = Channel().starts()
    assert channel.says("ann", f"#startvote {text}") == ["Unable to parse vote topic and options."]


def voting(options: str = "light blue, red") -> Channel:
    channel = Channel().starts()
    channel.says("ann", f"#startvote Colour? {options}")
    return channel


def test_a_vote_begins_with_its_options_told() -> None:
    channel = Channel().starts()
    assert channel.says("ann", "#startvote Colour? light blue, red") == [
        "Begin voting on: Colour? Valid vote options are light blue, red.",
        "Vote using '#vote OPTION'. Only your last vote counts.",
    ]
    assert channel.says("ann", "#startvote More?") == ['Already voting on "Colour?"']


def test_only_a_chair_starts_and_ends_a_vote() -> None:
    channel = Channel().starts()
    assert channel.says("bob", "#startvote Colour?") == ["Only the meeting chair may start a vote."]
    channel.says("ann", "#startvote Colour?")
    channel.says("bob", "#endvote")
    assert channel.running.polling.vote is not None


def test_each_person_has_one_ballot_and_the_last_counts() -> None:
    channel = voting()
    channel.says("bob", "#vote red")
    channel.says("Bob", "#vote LIGHT blue")
    channel.hears(Kind.NICK, "bob", "robert")
    channel.says("robert", '#vote "light blue"')
    channel.says("cy", "#vote red")
    channel.says("dan", "#vote light blue")
    assert channel.says("ann", "#endvote") == [
        'Voted on "Colour?" Results are',
        "light blue (2): bob, dan",
        "red (1): cy",
        "Result: light blue",
    ]
    (item,) = channel.running.items
    assert (
        item.text
        == 'Voted on "Colour?" Results are, light blue: 2 (bob, dan), red: 1 (cy); result: light blue'
    )
    assert item.vote is not None
    assert item.vote.ballots == (("light blue", ("bob", "dan")), ("red", ("cy",)))


def test_two_nicks_that_turn_out_to_be_one_person_have_one_ballot() -> None:
    channel = voting()
    channel.says("bob", "#vote red")
    channel.hears(Kind.QUIT, "bob")
    channel.says("bob_", "#vote light blue")
    channel.hears(Kind.NICK, "bob_", "bob")
    assert channel.says("ann", "#showvote") == ["light blue (1): bob"]


def test_an_option_that_is_not_there_is_answered() -> None:
    assert voting().says("bob", "#vote green") == [
        "bob: green is not a valid option. Valid options are light blue, red."
    ]


def test_a_tie_is_told_and_no_votes_are() -> None:
    channel = voting()
    channel.says("bob", "#vote red")
    channel.says("cy", "#vote light blue")
    assert channel.says("ann", "#endvote")[-1] == "Result: tied: light blue, red"
    channel.says("ann", "#startvote Again?")
    assert channel.says("bob", "#showvote") == ["Nobody has voted yet."]
    assert channel.says("ann", "#endvote")[-1] == "Result: no votes"


def test_a_vote_without_its_quorum_decides_nothing() -> None:
    channel = Channel().starts()
    channel.says("ann", "#quorum 2")
    channel.says("ann", "#startvote Colour? light blue, red")
    channel.says("bob", "#vote red")
    assert channel.says("ann", "#endvote")[-1] == "Result: no quorum (1 of 2)"
    assert channel.hints("ann", "#quorum many") == ["Say how many must vote: #quorum N, 0 for any."]


@pytest.mark.parametrize("start", ["#motion adopt it", "#vote adopt it"])
def test_a_motion_is_voted_on_by_speaking(start: str) -> None:
    channel = Channel().starts()
    assert channel.says("ann", start)[0] == "Please vote on: adopt it"
    assert channel.says("bob", "+1") == ["+1 received from bob"]
    assert channel.says("cy", "-1, too early") == ["-1 received from cy"]
    assert channel.says("dan", "+0") == ["0 received from dan"]
    assert channel.says("cy", "#vote +1") == ["+1 received from cy"]
    assert channel.says("eve", "+10 or so") == []
    assert channel.says("eve", "0 problems") == []
    assert channel.says("ann", "#close") == [
        'Voted on "adopt it" Results are', "+1 (2): bob, cy", "0 (1): dan", "Result: carried",
    ]  # fmt: skip


def test_a_tied_motion_is_not_carried() -> None:
    channel = Channel().starts()
    channel.says("ann", "#motion adopt it")
    channel.says("bob", "+1")
    channel.says("cy", "-1")
    assert channel.says("ann", "#endvote")[-1] == "Result: tied"


def test_a_motion_needs_the_votes_that_are_required() -> None:
    channel = Channel().starts()
    channel.says("ann", "#votesrequired 2")
    channel.says("ann", "#motion adopt it")
    channel.says("bob", "+1")
    assert channel.says("ann", "#endvote")[-1] == "Result: denied"


def test_plus_one_counts_in_a_poll_that_has_it_and_in_no_other() -> None:
    channel = voting("+1, 0, -1")
    channel.says("bob", "+1")
    assert channel.says("ann", "#showvote") == ["+1 (1): bob"]
    other = voting()
    other.says("bob", "+1")
    assert other.says("ann", "#showvote") == ["Nobody has voted yet."]


def test_only_the_voters_named_vote() -> None:
    channel = Channel().starts()
    assert channel.says("ann", "#voters bob, cy") == ["Voters: bob, cy"]
    channel.says("ann", "#motion adopt it")
    assert channel.hints("dan", "+1") == ["This vote is for bob, cy; yours isn't counted."]
    channel.hears(Kind.NICK, "bob", "robert")
    assert channel.says("robert", "+1") == ["+1 received from robert"]
    assert channel.says("ann", "#voters everyone") == ["Everyone may vote."]
    assert channel.says("dan", "+1") == ["+1 received from dan"]


def test_a_late_ballot_opens_no_motion() -> None:
    channel = voting()
    channel.says("ann", "#endvote")
    hint = ["There is no vote open. A chair opens one by #startvote."]
    assert channel.hints("ann", "#vote red") == hint
    assert channel.hints("ann", "#vote +1") == hint
    assert channel.hints("bob", "#vote anything") == hint


def test_the_end_of_the_meeting_closes_an_open_vote() -> None:
    channel = voting()
    channel.says("bob", "#vote red")
    assert "red (1): bob" in channel.says("ann", "#endmeeting")
    (item,) = channel.ended[0].items
    assert (item.kind, item.line) == ("vote", 4)


def test_long_tallies_are_told_in_lines_that_irc_takes() -> None:
    channel = voting()
    for number in range(100):
        channel.says(f"person{number:03}", "#vote red")
    lines = channel.says("ann", "#showvote")
    assert len(lines) > 1
    assert max(map(len, lines)) <= 400
