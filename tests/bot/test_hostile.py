"""Whatever a server sends, the bot stands: it answers the next PING and keeps to its channels."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.identity import Identity
from bot.link import Doors, Link, Secrets, Setting
from bot.places import Places
from bot.timing import Clock, Patience
from tests.bot.scene import Record, Scene, in_yard, network

COMMANDS = (
    *("PRIVMSG", "NOTICE", "TAGMSG", "JOIN", "PART", "QUIT", "NICK", "KICK", "MODE", "TOPIC"),
    *("INVITE", "BATCH", "CAP", "AUTHENTICATE", "ACCOUNT", "CHGHOST", "SETNAME", "FAIL", "PING"),
    *("001", "005", "302", "303", "332", "353", "354", "366", "376", "396", "404", "405", "433"),
    *("437", "442", "470", "473", "482", "730", "731", "900", "903", "904", "908"),
)
WORDS = st.one_of(
    st.sampled_from(
        [
            *("madang", "#yard", "@#yard", "#other", "ann", "*", "+", "-", "+h", "-h", "LS", "ACK"),
            *("chathistory", "znc.in/playback", ":", "", "PREFIX=(ov)@", "CHANLIMIT=#:1", "+ob-v"),
            *("CASEMAPPING=ascii", "CHATHISTORY=5", "MONITOR", "WHOX", "X=\\", "\x01VERSION\x01"),
        ]
    ),
    st.text(st.characters(exclude_characters="\r\n\0"), max_size=12),
)
TAGS = st.sampled_from(
    ["", "@batch=h ", "@time=2026-05-12T21:00:00.000Z ", "@time=x;account=\\ ", "@a;b=\\n;=x ", "@"]
)
SOURCES = st.sampled_from(["", ":madang!m@b ", ":ann!u@h ", ":irc.test ", ":***!znc@znc.in ", ": "])


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """Make a line that looks like IRC."""
    command = draw(st.sampled_from(COMMANDS))
    params = " ".join(draw(st.lists(WORDS, max_size=5)))
    return f"{draw(TAGS)}{draw(SOURCES)}{command} {params}".encode(errors="replace")


def _hears(*junk: bytes) -> None:
    """Let the bot hear it all; it must answer afterwards, on the same connection."""

    async def scenario() -> None:
        async with in_yard("ann", caps="batch server-time") as scene:
            await _still_stands(scene, b"".join(junk))

    asyncio.run(scenario())


async def _still_stands(scene: Scene, junk: bytes) -> None:
    scene.peer.writer.write(junk + b"\r\n")
    await scene.peer.answers()
    kept = {line.channel for line in [*scene.record.lines, *scene.record.past]}
    assert kept <= {"#yard"}
    for line in [*scene.record.lines, *scene.record.past]:
        assert not set(line.nick + line.text + (line.msgid or "")) & set("\r\n\0")


FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(st.lists(st.binary(max_size=200), max_size=20))
def test_random_bytes(junk: list[bytes]) -> None:
    _hears(*(line + b"\n" for line in junk))


@FEW
@given(st.lists(messages(), min_size=1, max_size=60))
def test_random_messages(junk: list[bytes]) -> None:
    _hears(*(line + b"\r\n" for line in junk))


def _link(sent: list[str], record: Record) -> Link:
    """Return a link that is in #yard, without any socket."""
    clock, patience = Clock(), Patience()
    places = Places(patience, Random(1))
    places.add("#yard", recalled=True)
    doors = Doors(lambda line: sent.append(line) is None, sent.append, lambda: None)
    config = network(1, invites_from=["ann"])
    about = Setting(config, "madang", Identity(), places, record, patience, clock, None)
    link = Link(about, Secrets(), doors)
    link.start()
    link.receive(b":s CAP * LS :batch draft/chathistory\r\n:s CAP * ACK :batch\r\n")
    link.receive(b":s 001 madang :Hi\r\n:s 422 madang :\r\n:madang!m@b JOIN #yard\r\n")
    return link


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(messages(), st.binary(max_size=60)), max_size=80))
def test_no_message_raises_in_any_state(junk: list[bytes]) -> None:
    sent: list[str] = []
    link = _link(sent, Record())
    for line in junk:
        link.receive(line + b"\r\n")
        link.tick()
    link.receive(b"\r\nPING :still-there\r\n")
    assert sent[-1] == "PONG still-there"
    link.lost("over")


async def _each(lines: list[bytes], check: Callable[[Scene], Awaitable[None]]) -> None:
    async with in_yard("ann", caps="server-time batch message-tags") as scene:
        scene.peer.writer.write(b"".join(line + b"\r\n" for line in lines))
        await scene.peer.answers()
        await check(scene)


async def test_lines_without_end_and_tags_without_measure() -> None:
    async def check(scene: Scene) -> None:
        assert scene.record.texts() == ["hi"]

    tags = b"@" + b"a" * 10_000 + b" :ann!u@h PRIVMSG #yard :hi"
    await _each([b"x" * 5_000_000, tags], check)


async def test_batches_that_never_end_fill_nothing() -> None:
    async def check(scene: Scene) -> None:
        assert scene.record.texts() == ["hi"]

    batches = [f":s BATCH +{number} chathistory #yard".encode() for number in range(5000)]
    await _each([*batches, b":ann!u@h PRIVMSG #yard :hi"], check)


async def test_names_made_to_break_paths_and_pages_are_just_names() -> None:
    hostile = ["#../../etc/passwd", "#<script>alert(1)</script>", "#%2e%2e", "#\u202eevil"]
    async with in_yard(channels=["#yard", *hostile]) as scene:
        for name in hostile:
            scene.peer.join(name, "<b>x")
            scene.peer.say(f":<b>x!u@h PRIVMSG {name} :<img src=x onerror=alert(1)>")
        await scene.peer.answers()
        for name in hostile:
            assert scene.record.texts(name) == ["<img src=x onerror=alert(1)>"]
