"""Meetings that run: through the archive, a restart and history that comes late."""

from datetime import timedelta

import pytest

from archive.past import PAST, line_before, lines_between, newest_line
from hub.irc import Kind, Say, SetTopic
from hub.module import Heard
from meetbot.live import LiveMeetings
from tests.databases import CHANNEL, NETWORK, START, Yard
from tests.meetbot.living import Bot, config, is_link


@pytest.fixture
def bot(yard: Yard) -> Bot:
    return Bot(yard)


def test_a_meeting_runs_and_a_restart_in_it_loses_nothing_and_repeats_nothing(bot: Bot) -> None:
    assert len(bot.says("ann", "#startmeeting Swift")) == 3
    bot.says("ann", "#chair bob")
    bot.says("ann", "#startvote Ship it? yes, not yet")
    bot.says("bob", "#vote not yet")
    bot.restart()
    assert bot.says("cy", "just talk") == []
    bot.restart()
    assert bot.says("cy", "#vote yes") == []
    bot.restart()
    assert bot.says("bob", "#endvote") == [
        'Voted on "Ship it?" Results are', "yes (1): cy", "not yet (1): bob",
        "Result: tied: yes, not yet",
    ]  # fmt: skip
    bot.restart()
    ended, *addresses = bot.says("ann", "#endmeeting")
    assert ended.startswith("Meeting ended Wed May 12 21:01:")
    assert [address.split()[-1].rpartition("/")[2] for address in addresses] == [
        "swift.2021-05-12-21.00.html", "swift.2021-05-12-21.00.txt", "swift.2021-05-12-21.00.log.html",
    ]  # fmt: skip
    bot.restart()
    assert bot.says("ann", "#info after") == []
    assert len(bot.says("ann", "#startmeeting Swift")) == 3


def test_the_account_counts_after_a_restart_too(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift", account="ann")
    bot.restart()
    assert bot.says("ann", "#chair eve", account="mallory") == ["#chair is for chairs: ann."]
    bot.restart()
    assert bot.says("laptop", "#chair bob", account="ann") == ["Current chairs: bob laptop"]


def test_a_meeting_opens_with_what_is_still_open_from_the_last_one(bot: Bot) -> None:
    assert len(bot.says("ann", "#startmeeting Swift")) == 3
    bot.says("ann", "#action bob to write the docs")
    bot.says("ann", "#endmeeting")
    bot.yard.now += timedelta(days=7)
    opened = bot.says("ann", "#startmeeting swift!")
    assert len(opened) == 4
    assert opened[3].startswith("Still open: #")
    assert opened[3].endswith(" bob to write the docs (2021-05-12)")


def test_lines_of_one_batch_are_obeyed_one_after_another(bot: Bot) -> None:
    line = bot.yard.line
    effects = bot.hears(
        line("ann", "#startmeeting Swift"), line("ann", "#topic One"), line("ann", "#undo"),
        line("ann", "#endmeeting"), line("ann", "#topic Two"),
    )  # fmt: skip
    told = [e.text for e in effects if isinstance(e, Say) and not is_link(e)]
    assert told[3] == "Removing item from minutes: #topic One"
    assert told[4].startswith("Meeting ended")
    assert len(told) == 8


def test_a_transaction_that_is_tried_again_says_the_same(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")

    class Torn(Exception):
        pass

    def torn(session: object) -> None:
        (heard,), _ = bot.yard.bot().record(session, [bot.yard.line("ann", "#topic One")])  # type: ignore[arg-type]
        bot.live.on_line(bot.yard.app, session, heard, heard.line.at)  # type: ignore[arg-type]
        raise Torn

    with pytest.raises(Torn):
        bot.yard.app.db.write(torn)
    bot.says("ann", "#info one")
    assert bot.says("ann", "#undo") == ["Removing item from minutes: #info one"]
    assert bot.says("ann", "#undo") == ["There is nothing to undo."]


def test_history_that_comes_late_is_part_of_the_meeting(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    late = bot.yard.line("bob", "#info said while the bot was away")
    bot.yard.now += timedelta(seconds=5)
    bot.yard.app.db.write(lambda s: bot.yard.bot().replay(s, [late]))
    assert bot.says("ann", "#undo") == [
        "Removing item from minutes: #info said while the bot was away"
    ]


def test_two_channels_have_their_own_meetings(bot: Bot) -> None:
    bot.says("ann", "#startmeeting Swift")
    assert len(bot.says("bob", "#startmeeting Nova", channel="#nova")) == 3
    assert bot.says("ann", "#chair cy") == ["Current chairs: ann cy"]
    assert bot.says("bob", "#chair cy", channel="#nova") == ["Current chairs: bob cy"]


def test_the_channels_topic_is_given_back_after_a_restart(bot: Bot) -> None:
    bot.says("eve", "Welcome", kind=Kind.TOPIC)
    start = bot.hears(bot.yard.line("ann", "#startmeeting Swift"))
    assert SetTopic(NETWORK, CHANNEL, "Welcome (Meeting topic: Swift)") in start
    bot.says("madang", "Welcome (Meeting topic: Swift)", kind=Kind.TOPIC)
    bot.restart()
    bot.yard.now += timedelta(seconds=5)
    assert SetTopic(NETWORK, CHANNEL, "Welcome") in bot.hears(bot.yard.line("ann", "#endmeeting"))


def test_a_channel_has_meetings_only_if_it_is_configured_so(yard: Yard) -> None:
    bot = Bot(yard)
    bot.live = LiveMeetings(config(Yard=False, swift=True), PAST)
    assert bot.says("ann", "#startmeeting Swift") == []
    assert bot.says("ann", "#startmeeting Swift", channel="#other") == []
    assert len(bot.says("ann", "#startmeeting Swift", channel="#swift")) == 3


def test_replayed_lines_are_no_commands(bot: Bot) -> None:
    (heard,) = bot.yard.hears(bot.yard.line("ann", "#startmeeting Swift"))
    old = Heard(heard.line, heard.ref, live=False)
    assert bot.yard.app.db.read(lambda s: bot.live.on_line(bot.yard.app, s, old, old.line.at)) == ()


def test_the_past_of_a_line(yard: Yard) -> None:
    refs = [
        yard.says("ann", text) for text in ("#StartMeeting one", "hi", "#startmeeting_100%", "ho")
    ]
    again = yard.line("bob", "same second")
    (last,) = yard.hears(again)
    chain: list[str | None] = [last.ref]
    while chain[-1] is not None:
        ref = chain[-1]
        chain.append(yard.app.db.read(lambda s, r=ref: line_before(s, r)))  # type: ignore[misc]
    assert chain == [last.ref, *reversed(refs), None]
    between = lines_between
    some = yard.app.db.read(lambda s: between(s, refs[1], refs[3]))
    assert [(told.line.text, told.ref) for told in some] == [
        ("hi", refs[1]), ("#startmeeting_100%", refs[2]), ("ho", refs[3]),
    ]  # fmt: skip
    rest = yard.app.db.read(lambda s: between(s, refs[2], None))
    assert [told.ref for told in rest] == [*refs[2:], last.ref]
    unknown = "line:net/#no/2021-05-12T21:00:30"
    assert yard.app.db.read(lambda s: between(s, unknown, None)) == ()
    assert yard.app.db.read(lambda s: between(s, refs[0], unknown)) == ()
    assert yard.app.db.read(lambda s: line_before(s, unknown)) is None
    assert yard.app.db.read(lambda s: newest_line(s, NETWORK, CHANNEL)) == last.ref
    assert yard.app.db.read(lambda s: newest_line(s, NETWORK, "#no")) is None


def test_lines_of_a_time_are_found_by_channel(yard: Yard) -> None:
    refs = [yard.says("ann", text) for text in ("one", "two", "three", "four")]
    other = yard.says("ann", "elsewhere", channel="#nova")
    first, last = START + timedelta(seconds=2), START + timedelta(seconds=3)

    def find(channel: str) -> list[str]:
        found = yard.app.db.read(lambda s: PAST.find(s, NETWORK, channel, first, last))
        return [told.ref for told in found]

    assert find(CHANNEL.upper()) == refs[1:3]
    assert find("#nova") == find("#none") == []
    assert other not in refs
