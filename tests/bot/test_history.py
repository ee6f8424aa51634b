"""What was said while the bot was away, told again by servers and bouncers: past, never present."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.connection import Connection
from tests.bot.scene import QUICK, Record, Scene, at, network, running, script

CAPS = "batch server-time message-tags draft/chathistory draft/event-playback"
KEPT = at("2026-05-12 21:00:30.500")


def said(number: int, text: str = "", batch: str = "h") -> str:
    """Return a message of the past, so many seconds after the last kept line."""
    when = KEPT + timedelta(seconds=number)
    stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"
    return f"@batch={batch};time={stamp};msgid=m{number} :ann!u@h PRIVMSG #yard :{text or number}"


async def page(scene: Scene, expected: str, *lines: str) -> None:
    """Answer one question for history."""
    assert (await scene.peer.expect("CHATHISTORY")).startswith(expected)
    scene.peer.say(":irc.test BATCH +h chathistory #yard", *lines, ":irc.test BATCH -h")


@asynccontextmanager
async def returning(caps: str = CAPS, at: datetime | None = KEPT) -> AsyncIterator[Scene]:
    """Bring the bot into #yard, of which lines are kept until `at`."""
    async with script() as server:
        record = Record(kept={"#yard": (at, "m0")} if at else {})
        bot = Connection(network(server.port), ["#yard"], record, patience=QUICK)
        async with running(bot):
            peer = await server.accept()
            await peer.register(caps=caps, isupport="CHATHISTORY=3 MSGREFTYPES=timestamp,msgid")
            await peer.admit("ann")
            yield Scene(bot, peer, record, server)


async def test_what_was_missed_is_fetched_page_by_page_until_nothing_is_left() -> None:
    async with returning() as scene:
        scene.peer.say("@msgid=live :ann!u@h PRIVMSG #yard :live")
        start = "CHATHISTORY AFTER #yard timestamp=2026-05-12T20:59:30.500Z 3"
        await page(scene, start, said(0), said(1), said(2))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m2 3", said(3))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m3 3")
        await scene.peer.answers()
        assert [line.text for line in scene.record.past] == ["0", "1", "2", "3"]
        assert scene.record.past[0].at == KEPT
        assert scene.record.texts() == ["live"]
        assert scene.record.replays == [("#yard", KEPT)]


async def test_a_server_that_forgot_is_found_out() -> None:
    async with returning() as scene:
        await page(scene, "CHATHISTORY AFTER", said(500))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m500")
        await page(scene, "CHATHISTORY BEFORE #yard timestamp=2026-05-12T21:00:30.500Z 1")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", KEPT + timedelta(seconds=500))]


async def test_a_server_that_remembers_earlier_lines_forgot_nothing() -> None:
    async with returning() as scene:
        await page(scene, "CHATHISTORY AFTER", said(500))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m500")
        await page(scene, "CHATHISTORY BEFORE", said(-3600, "old"))
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", KEPT)]
        assert [line.text for line in scene.record.past] == ["500"]


async def test_an_empty_history_proves_nothing() -> None:
    async with returning() as scene:
        await page(scene, "CHATHISTORY AFTER")
        await page(scene, "CHATHISTORY BEFORE")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", None)]


async def test_a_history_that_fails_or_never_comes_is_given_up() -> None:
    async with returning() as scene:
        await scene.peer.expect("CHATHISTORY")
        scene.peer.say(":irc.test FAIL CHATHISTORY MESSAGE_ERROR AFTER #yard :No can do")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", None)]
    async with returning() as scene:
        await scene.peer.expect("CHATHISTORY")
        while not scene.record.replays:
            await scene.peer.answers()
        assert scene.record.replays == [("#yard", None)]


async def test_after_a_loss_it_goes_on_where_the_bot_stopped_hearing() -> None:
    async with returning() as scene:
        await scene.peer.expect("CHATHISTORY")
        await scene.peer.answers()
        await scene.peer.drop()
        scene.peer = await scene.server.accept()
        await scene.peer.register(caps=CAPS, isupport="CHATHISTORY=3")
        await scene.peer.admit("ann")
        lost_at = next(place[4] for place in scene.record.places if place[1] == "lost")
        start = lost_at - timedelta(seconds=60)
        asked = await scene.peer.expect("CHATHISTORY")
        assert asked.split()[3].startswith(f"timestamp={start:%Y-%m-%dT%H:%M:%S}.")


async def test_nothing_of_the_past_is_taken_of_a_channel_of_which_nothing_is_kept() -> None:
    async with returning(at=None) as scene:
        scene.peer.say(
            ":irc.test BATCH +h chathistory #yard",
            said(1, "said before anybody knew of a log"),
            ":irc.test BATCH -h",
        )
        await scene.peer.answers()
        assert scene.record.past == []
        assert not any(line.startswith("CHATHISTORY") for line in scene.peer.got)


async def test_what_was_said_after_a_kick_is_not_taken() -> None:
    async with returning("batch server-time account-tag") as scene:
        scene.peer.say(
            ":irc.test 353 madang = #yard :@ann",
            ":ann!u@h MODE #yard +o ann",
            "@account=ann :ann!u@h ACCOUNT ann",
            ":ann!u@h KICK #yard madang :not now",
            "@account=ann :ann!u@h INVITE madang #yard",
        )
        await scene.peer.admit("ann")
        scene.peer.say(":irc.test BATCH +h chathistory #yard", said(1), ":irc.test BATCH -h")
        await scene.peer.answers()
        assert scene.record.stands("#yard") == ["joined", "kicked", "joined"]
        assert scene.record.past == []


async def test_the_past_acts_on_nobody() -> None:
    """Commands, quits and joins of the past: lines of the past, no effect now."""
    async with returning("batch server-time") as scene:
        scene.peer.say(
            ":irc.test BATCH +h chathistory #yard",
            said(1, "madang: help"),
            "@batch=h :ann!u@h QUIT :yesterday",
            "@batch=h :madang!u@h KICK #yard madang :yesterday",
            "@batch=h :ann!u@h INVITE madang #yard",
            "@batch=h :irc.test BATCH +inner chathistory #yard",
            said(2, "nested", batch="inner"),
            ":irc.test BATCH -inner",
            ":irc.test BATCH -h",
            ":ann!u@h NICK anna",
        )
        await scene.peer.answers()
        assert [line.kind for line in scene.record.past] == ["say", "quit", "kick", "say"]
        assert scene.record.addresses == []
        assert scene.record.stands("#yard") == ["joined"]
        assert scene.record.lines[-1].text == "anna"
        assert scene.record.replays == [("#yard", KEPT + timedelta(seconds=1))]


async def test_a_bouncers_buffer_is_the_past_in_a_batch_or_between_its_marks() -> None:
    async with returning("batch server-time") as scene:
        scene.peer.say(
            ":znc.in BATCH +z znc.in/playback #yard",
            said(1, batch="z"),
            ":znc.in BATCH -z",
            ":***!znc@znc.in PRIVMSG #yard :Buffer Playback...",
            said(2, batch="none"),
            ":***!znc@znc.in PRIVMSG #yard :Playback Complete.",
            ":ann!u@h PRIVMSG #yard :now",
        )
        await scene.peer.answers()
        assert [line.text for line in scene.record.past] == ["1", "2"]
        assert scene.record.texts() == ["now"]
        seconds = [timedelta(seconds=n) for n in (1, 2)]
        assert scene.record.replays == [("#yard", KEPT + second) for second in seconds]


async def test_words_older_than_our_join_are_the_past_even_unmarked() -> None:
    async with returning("server-time") as scene:
        scene.peer.join("#yard", "ann", tags="@time=2026-05-12T21:05:30.000Z ")
        scene.peer.say(
            "@time=2026-05-12T21:03:00.000Z :ann!u@h PRIVMSG #yard :madang: help",
            "@time=2026-05-12T21:05:29.000Z :ann!u@h PRIVMSG #yard :just now",
        )
        await scene.peer.answers()
        assert [line.text for line in scene.record.past] == ["madang: help"]
        assert scene.record.texts() == ["just now"]
        assert scene.record.addresses == []
