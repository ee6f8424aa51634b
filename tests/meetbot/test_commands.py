"""Every command's rule, one test each."""

import pytest

from hub.irc import NOT_LOGGED, Kind, SetTopic
from meetbot.commands import COMMANDS
from meetbot.effects import MeetingAborted, MeetingSaved, MeetingStarted
from tests.meetbot.channel import Channel, with_rules


def test_a_start_tells_when_who_and_which_name() -> None:
    channel = Channel(with_rules(info_url="https://hub.example/help"))
    assert channel.says("ann", "#startmeeting Spec Meeting!") == [
        "Meeting started Wed May 12 21:00:00 2021 UTC and is due to finish in 60 minutes.  The chair is ann."
        " Information about MeetBot at https://hub.example/help.",
        "Useful Commands: #action #agreed #help #info #idea #link #topic #startvote.",
        "The meeting name has been set to 'spec_meeting_'",
    ]
    assert any(isinstance(effect, MeetingStarted) for effect in channel.effects)


def test_a_name_is_required() -> None:
    channel = Channel()
    assert channel.says("ann", "#startmeeting") == [
        "A meeting name is required, e.g., '#startmeeting Marketing Committee'"
    ]
    assert channel.meeting is None


def test_no_name_is_required_where_the_rules_say_so() -> None:
    channel = Channel(with_rules(name_required=False))
    channel.says("ann", "#startmeeting")
    assert (channel.running.series, channel.running.title) == ("swift", "")


def test_a_second_start_is_refused() -> None:
    channel = Channel().starts()
    assert channel.says("bob", "#startmeeting Other") == [
        "Can't start another meeting, one is in progress.  Use #endmeeting first."
    ]
    assert channel.running.title == "Swift"


@pytest.mark.parametrize("word", ["#STARTMEETING", "#StartMeeting"])
def test_a_command_counts_in_any_case(word: str) -> None:
    channel = Channel()
    channel.says("ann", f"{word} Swift")
    channel.says("ann", "#InFo hi")
    assert channel.noted == [("info", "hi")]


@pytest.mark.parametrize("text", [" #info hi", "well #info hi", "bob: #info hi", "# info hi"])
def test_a_command_stands_at_the_beginning_of_a_line(text: str) -> None:
    channel = Channel().starts()
    assert channel.hints("ann", text) == []
    assert channel.noted == []


def test_an_action_line_is_logged_and_counted_and_never_obeyed() -> None:
    channel = Channel().starts()
    channel.hears(Kind.ACTION, "bob", "#info waves")
    assert (channel.noted, channel.people["bob"]) == ([], 1)
    assert channel.running.record[-1].kind is Kind.ACTION


def test_notices_and_joins_are_no_part_of_the_log() -> None:
    channel = Channel().starts()
    for kind in (Kind.NOTICE, Kind.JOIN, Kind.PART, Kind.QUIT, Kind.TOPIC, Kind.MODE):
        channel.hears(kind, "bob", "#info hi")
    assert (len(channel.running.record), list(channel.people)) == (1, ["ann"])


def test_a_bot_is_counted_and_never_obeyed() -> None:
    channel = Channel().starts()
    channel.says("Madang", "#info hi")
    assert (channel.noted, channel.people["Madang"]) == ([], 1)


def test_what_was_kept_out_of_logs_is_neither_kept_nor_obeyed() -> None:
    channel = Channel().starts()
    channel.says("bob", "[nolog] #info secret")
    assert channel.running.record[-1].text == NOT_LOGGED
    assert channel.noted == []


def test_formatting_is_no_part_of_an_item() -> None:
    channel = Channel().starts()
    channel.says("bob", "\x02#info\x02 \x0304red\x03 alert")
    assert channel.noted == [("info", "red alert")]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("#agreed x", "agreed"), ("#agree x", "agreed"), ("#accepted x", "accepted"),
        ("#accept x", "accepted"), ("#rejected x", "rejected"), ("#reject x", "rejected"),
        ("#subtopic x", "subtopic"), ("#progress x", "subtopic"), ("#done x", "done"),
    ],
)  # fmt: skip
def test_only_chairs_note_what_binds(said: str, kind: str) -> None:
    channel = Channel().starts()
    assert channel.hints("bob", said) == [f"{said.split()[0]} is for chairs: ann."]
    assert channel.hints("bob", said) == []
    assert channel.noted == []
    channel.says("ann", said)
    assert channel.noted == [(kind, "x")]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("info", "info"), ("idea", "idea"), ("help", "help"), ("halp", "help"), ("link", "link"),
        ("action", "action"),
    ],
)  # fmt: skip
def test_anyone_notes(word: str, kind: str) -> None:
    channel = Channel().starts()
    channel.says("bob", f"#{word}: \t two  words ")
    assert channel.noted == [(kind, "two  words")]
    item = channel.running.items[0]
    assert (item.nick, item.line, item.at) == ("bob", 2, channel.now)


def test_a_command_without_its_text_notes_nothing_and_says_what_is_missing() -> None:
    channel = Channel().starts()
    assert channel.hints("bob", "#info") == ["Say what: #info TEXT."]
    assert channel.noted == []


def test_an_action_that_names_nobody_is_answered_with_a_hint() -> None:
    channel = Channel().starts()
    assert channel.hints("ann", "#action Ann: fix the docs") == []
    assert channel.hints("ann", "#action fix the docs") == [
        "Action noted, but it names nobody who has spoken here. #edit 2 NICK fix the docs gives it"
        " to somebody; #nick NICK makes one known who is absent."
    ]
    channel.says("ann", "#nick zoe")
    assert channel.hints("ann", "#action zoe fixes the docs") == []


@pytest.mark.parametrize("scheme", ["https", "http", "irc", "ftp", "mailto", "ssh"])
def test_a_line_that_begins_with_an_address_becomes_a_link(scheme: str) -> None:
    channel = Channel().starts()
    channel.says("bob", f"{scheme}://x.example is it")
    assert channel.noted == [("link", f"{scheme}://x.example is it")]


@pytest.mark.parametrize(
    "text", ["see https://x", "HTTPS://x", "gopher://x", "https:/x", "https://"]
)
def test_no_other_line_becomes_a_link(text: str) -> None:
    channel = Channel().starts()
    channel.says("bob", text)
    assert channel.noted == []


def test_undo_takes_the_last_item_back_and_says_which() -> None:
    channel = Channel().starts()
    channel.says("bob", "#info one")
    channel.says("bob", "#idea two")
    assert channel.says("ann", "#undo") == ["Removing item from minutes: #idea two"]
    assert channel.noted == [("info", "one")]
    assert channel.hints("bob", "#undo") != []
    channel.says("ann", "#undo")
    assert channel.hints("ann", "#undo") == ["There is nothing to undo."]


def test_undo_with_a_number_takes_that_item_back() -> None:
    channel = Channel().starts()
    for text in ("one", "two", "three"):
        channel.says("bob", f"#info {text}")
    assert channel.says("ann", "#undo 2") == ["Removing item from minutes: #info two"]
    assert [text for _kind, text in channel.noted] == ["one", "three"]
    assert channel.hints("ann", "#undo 7") == [
        "There is no such item; they are numbered 1 to 2, #items shows them."
    ]


def test_people_take_back_and_mend_their_own_items_only() -> None:
    channel = Channel().starts()
    channel.says("bob", "#info one")
    channel.says("cy", "#info two")
    assert channel.hints("bob", "#undo 2") == ["Only a chair or cy may change item 2."]
    channel.hears(Kind.NICK, "bob", "robert")
    assert channel.says("robert", "#edit 1 uno") == ["Item 1 is now: #info uno"]
    channel.says("robert", "#undo 1")
    assert channel.noted == [("info", "two")]


def test_edit_gives_an_item_another_text_and_keeps_who_and_when() -> None:
    channel = Channel().starts()
    channel.says("bob", "#action fix docs")
    at = channel.now
    assert channel.says("ann", "#edit 1 bob to fix docs") == [
        "Item 1 is now: #action bob to fix docs"
    ]
    item = channel.running.items[0]
    assert (item.text, item.nick, item.at) == ("bob to fix docs", "bob", at)
    assert channel.hints("ann", "#edit 1") == [
        "Say which and how: #edit N TEXT. #items shows numbers."
    ]


def test_items_tells_the_last_ones_with_their_numbers() -> None:
    channel = Channel().starts()
    assert channel.hints("bob", "#items") == ["Nothing is noted yet."]
    for number in range(1, 8):
        channel.says("bob", f"#info {number}")
    assert channel.hints("bob", "#items") == [f"{n}: #info {n}" for n in range(3, 8)]


def test_a_mistyped_command_gets_one_quiet_suggestion() -> None:
    channel = Channel().starts()
    assert channel.hints("ann", "#chairs bob") == ["There is no #chairs. Did you mean #chair?"]
    assert channel.hints("bob", "#chairs bob") == []
    assert channel.hints("bob", "#prposed this") == [
        "There is no #prposed. #commands tells those there are."
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("charis", "chair"), ("topig", "topic"), ("topc", "topic"), ("acrtion", "action"),
        ("actions", "action"), ("stopmeeting", "endmeeting"), ("endmeting", "endmeeting"),
        ("decision", "agreed"), ("https", "link"), ("unchar", "unchair"),
    ],
)  # fmt: skip
def test_what_people_mistype_is_understood(typed: str, meant: str) -> None:
    channel = Channel().starts()
    assert channel.hints("ann", f"#{typed} x") == [f"There is no #{typed}. Did you mean #{meant}?"]


@pytest.mark.parametrize("text", ["#2 is better", "#903 next?", "#swift-dev: come over", "##", "#"])
def test_numbers_and_channels_are_no_mistyped_commands(text: str) -> None:
    assert Channel().starts().hints("ann", text) == []


def test_a_mistyped_start_is_suggested_while_no_meeting_runs() -> None:
    channel = Channel()
    assert channel.hints("ann", "#startmeting Swift") == [
        "There is no #startmeting. Did you mean #startmeeting?"
    ]
    assert channel.hints("ann", "#info hi") == []


def test_commands_tells_all() -> None:
    (told,) = Channel().starts().says("bob", "#commands")
    assert told.startswith("Available commands: #abortmeeting #accept #accepted #action")
    assert all(f"#{name}" in told for name in COMMANDS)


def test_a_lurking_bot_says_nothing_and_leaves_the_topic_alone() -> None:
    channel = Channel(topic="Welcome").starts()
    channel.says("ann", "#lurk")
    before = len(channel.effects)
    for text in (
        "#topic One",
        "#chair bob",
        "#chairs",
        "#startvote Q? a b",
        "#vote a",
        "#endvote",
        "#undo",
    ):
        channel.says("ann", text)
    assert channel.effects[before:] == []
    assert ("topic", "One") in channel.noted
    channel.says("ann", "#unlurk")
    assert channel.says("ann", "#chair cy") == ["Current chairs: ann bob cy"]
    channel.says("ann", "#lurk")
    assert channel.says("ann", "#endmeeting") == []
    assert SetTopic("oftc", "#swift", "Welcome") in channel.effects[-2:]


def test_save_has_the_minutes_written_while_the_meeting_goes_on() -> None:
    channel = Channel().starts()
    (effect,) = channel.hears(Kind.SAY, "ann", "#save")
    assert isinstance(effect, MeetingSaved)
    assert channel.meeting is not None


def test_an_aborted_meeting_leaves_nothing() -> None:
    channel = Channel().starts()
    effects = channel.hears(Kind.SAY, "ann", "#abortmeeting")
    assert isinstance(effects[-1], MeetingAborted)
    assert (channel.meeting, channel.ended) == (None, [])


def test_restricting_the_log_is_noted() -> None:
    channel = Channel().starts()
    assert channel.says("ann", "#restrictlogs") == [
        "Minutes and log of this meeting will be restricted."
    ]
    assert channel.running.is_restricted


def test_a_meeting_is_named_by_a_chair() -> None:
    channel = Channel().starts()
    assert channel.says("ann", "#meetingname Über Team 2") == [
        "The meeting name has been set to 'über_team_2'"
    ]
    channel.says("bob", "#meetingname other")
    assert channel.running.series == "über_team_2"
