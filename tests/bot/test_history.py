"""What was said while the bot was away, told again by servers and bouncers: past, never present."""

from datetime import timedelta

from tests.bot.scene import Record, Scene, at, in_yard

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


def remembering() -> Record:
    """Return a listener that has lines of #yard until KEPT."""
    return Record(kept={"#yard": (KEPT, "m0")})


async def _catching_up(scene: Scene) -> None:
    """Lose the connection and come back, with lines kept until KEPT."""
    scene.record.kept["#yard"] = (KEPT, "m0")
    await scene.peer.drop()
    scene.peer = await scene.server.accept()
    await scene.peer.register(caps=CAPS, isupport="CHATHISTORY=3 MSGREFTYPES=timestamp,msgid")
    await scene.peer.admit("ann")


async def test_what_was_missed_is_fetched_page_by_page_until_nothing_is_left() -> None:
    async with in_yard("ann", caps=CAPS) as scene:
        await _catching_up(scene)
        scene.peer.say("@msgid=live :ann!u@h PRIVMSG #yard :live")
        start = "CHATHISTORY AFTER #yard timestamp=2026-05-12T21:00:29.500Z 3"
        await page(scene, start, said(0), said(1), said(2))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m2 3", said(3))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m3 3")
        await scene.peer.answers()
        assert [line.text for line in scene.record.past] == ["0", "1", "2", "3"]
        assert scene.record.past[0].at == KEPT
        assert scene.record.texts() == ["live"]
        assert scene.record.replays == [("#yard", KEPT)]


async def test_a_server_that_forgot_is_found_out() -> None:
    async with in_yard("ann", caps=CAPS) as scene:
        await _catching_up(scene)
        await page(scene, "CHATHISTORY AFTER", said(500))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m500")
        await page(scene, "CHATHISTORY BEFORE #yard timestamp=2026-05-12T21:00:30.500Z 1")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", KEPT + timedelta(seconds=500))]


async def test_a_server_that_remembers_earlier_lines_forgot_nothing() -> None:
    async with in_yard("ann", caps=CAPS) as scene:
        await _catching_up(scene)
        await page(scene, "CHATHISTORY AFTER", said(500))
        await page(scene, "CHATHISTORY AFTER #yard msgid=m500")
        await page(scene, "CHATHISTORY BEFORE", said(-3600, "old"))
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", KEPT)]
        assert [line.text for line in scene.record.past] == ["500"]


async def test_an_empty_history_proves_nothing() -> None:
    async with in_yard("ann", caps=CAPS) as scene:
        await _catching_up(scene)
        await page(scene, "CHATHISTORY AFTER")
        await page(scene, "CHATHISTORY BEFORE")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", None)]


async def test_a_history_that_fails_or_never_comes_is_given_up() -> None:
    async with in_yard("ann", caps=CAPS) as scene:
        await _catching_up(scene)
        await scene.peer.expect("CHATHISTORY")
        scene.peer.say(":irc.test FAIL CHATHISTORY MESSAGE_ERROR AFTER #yard :No can do")
        await scene.peer.answers()
        assert scene.record.replays == [("#yard", None)]
        await _catching_up(scene)
        await scene.peer.expect("CHATHISTORY")
        while len(scene.record.replays) < 2:
            await scene.peer.answers()


async def test_nothing_is_fetched_for_a_channel_of_which_nothing_is_kept() -> None:
    async with in_yard(caps=CAPS, isupport="CHATHISTORY=100") as scene:
        await scene.peer.answers()
        await scene.peer.answers()
        assert not any(line.startswith("CHATHISTORY") for line in scene.peer.got)


async def test_the_past_acts_on_nobody() -> None:
    """Commands, quits and joins of the past: lines of the past, no effect now."""
    async with in_yard("ann", caps=CAPS) as scene:
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
    async with in_yard("ann", caps="batch server-time") as scene:
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
    async with in_yard(caps="server-time", channels=["#yard", "#new"]) as scene:
        scene.peer.join("#new", "ann", tags="@time=2026-05-12T21:00:30.000Z ")
        scene.peer.say(
            "@time=2026-05-12T20:59:00.000Z :ann!u@h PRIVMSG #new :madang: help",
            "@time=2026-05-12T21:00:29.000Z :ann!u@h PRIVMSG #new :just now",
        )
        await scene.peer.answers()
        assert [line.text for line in scene.record.past] == ["madang: help"]
        assert scene.record.texts("#new") == ["just now"]
        assert scene.record.addresses == []
