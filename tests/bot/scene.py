"""The other side of the bot: a server that says what the test tells it, and a listener's record."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bot.connection import Connection
from bot.listener import ChannelState, ConnectionState
from bot.timing import Patience
from hub.config import Network
from hub.irc import Line

QUICK = Patience(
    connect_s=5,
    login_s=0.4,
    register_s=3,
    settle_s=0.3,
    first_retry_s=0.05,
    longest_retry_s=0.2,
    throttled_s=0.6,
    banned_s=30,
    join_answer_s=0.5,
    join_retry_s=0.1,
    longest_join_retry_s=0.3,
    regain_s=0.1,
    history_s=0.5,
    quit_s=0.05,
    tick_s=0.02,
)


async def until(true: Callable[[], Any], within_s: float = 10, what: str = "") -> Any:
    """Wait until something is so, and return it."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not (value := true()):
        assert asyncio.get_running_loop().time() < deadline, what or "it never became so"
        await asyncio.sleep(0.005)
    return value


@dataclass
class Record:
    """A listener that keeps everything, in order."""

    lines: list[Line] = field(default_factory=list)
    past: list[Line] = field(default_factory=list)
    places: list[tuple[str, ChannelState, str, datetime | None, datetime]] = field(
        default_factory=list
    )
    states: list[tuple[ConnectionState, str]] = field(default_factory=list)
    replays: list[tuple[str, datetime | None]] = field(default_factory=list)
    addresses: list[tuple[str, str | None, str, str, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    kept: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)

    def heard(self, lines: Sequence[Line], *, playback: bool) -> None:
        (self.past if playback else self.lines).extend(lines)
        self.order += [f"{'past ' if playback else ''}{line.kind}" for line in lines]

    def channel_state(
        self,
        channel: str,
        state: ChannelState,
        reason: str,
        retry_at: datetime | None,
        at: datetime,
    ) -> None:
        self.places.append((channel, state, reason, retry_at, at))
        self.order.append(f"{state} {channel}")

    def connection_state(self, state: ConnectionState, reason: str, at: datetime) -> None:
        self.states.append((state, reason))
        self.order.append(str(state))

    def replayed(self, channel: str, since: datetime | None) -> None:
        self.replays.append((channel, since))
        self.order.append(f"replayed {channel}")

    def addressed(
        self, nick: str, account: str | None, target: str, text: str, reply_to: str
    ) -> None:
        self.addresses.append((nick, account, target, text, reply_to))
        self.order.append(f"addressed {text}")

    async def last_seen(self, channel: str) -> tuple[datetime, str | None] | None:
        return self.kept.get(channel)

    def is_in(self, channel: str) -> bool:
        """Say whether the bot is in a channel, as told last."""
        told = [place[1] for place in self.places if place[0] == channel]
        return bool(told) and told[-1] is ChannelState.JOINED

    def stands(self, channel: str) -> list[ChannelState]:
        """Return all states of a channel."""
        return [place[1] for place in self.places if place[0] == channel]

    def reason(self, channel: str) -> str:
        """Return why the channel's last state is what it is."""
        return [place[2] for place in self.places if place[0] == channel][-1]

    def texts(self, channel: str = "#yard") -> list[str]:
        """Return what was said live in a channel."""
        return [line.text for line in self.lines if line.channel == channel and line.kind == "say"]


class Peer:
    """One connection of the bot, seen from the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.got: list[str] = []

    async def read(self) -> str:
        """Return the next line that the bot sends; empty at the end."""
        line = (await self._reader.readline()).decode().rstrip("\r\n")
        self.got.append(line)
        return line

    async def expect(self, start: str, within_s: float = 5) -> str:
        """Return the next line that starts so; others are passed over (and kept in `got`)."""
        try:
            async with asyncio.timeout(within_s):
                while not (line := await self.read()).startswith(start):
                    assert line or not self._reader.at_eof(), f"closed before {start}: {self.got}"
                return line
        except TimeoutError:
            raise AssertionError(f"no {start!r} came, but {self.got}") from None

    def say(self, *lines: str | bytes) -> None:
        """Send lines to the bot, in one write."""
        raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
        self.writer.write(b"".join(line + b"\r\n" for line in raw))

    def welcome(self, nick: str = "madang", isupport: str = "", motd: bool = True) -> None:
        """Let the bot in."""
        self.say(f":irc.test 001 {nick} :Welcome")
        if isupport:
            self.say(f":irc.test 005 {nick} {isupport} :are supported by this server")
        if motd:
            self.say(f":irc.test 422 {nick} :MOTD File is missing")

    async def register(self, nick: str = "madang", isupport: str = "", caps: str = "") -> None:
        """Go through the registration as a modern server does."""
        await self.expect("CAP LS")
        await self.expect("USER")
        self.say(f":irc.test CAP * LS :{caps}")
        if caps:
            asked = (await self.expect("CAP REQ")).partition(":")[2]
            self.say(f":irc.test CAP * ACK :{asked}")
        await self.expect("CAP END")
        self.welcome(nick, isupport)

    async def admit(self, *members: str, nick: str = "madang", channel: str = "#yard") -> None:
        """Wait for the bot's JOIN and let it in."""
        await self.expect("JOIN")
        self.join(channel, *members, nick=nick)

    def join(self, channel: str, *members: str, nick: str = "madang", tags: str = "") -> None:
        """Put the bot into a channel with some others."""
        self.say(
            f"{tags}:{nick}!madang@bot.test JOIN {channel}",
            f":irc.test 353 {nick} = {channel} :{' '.join([*members, nick])}",
            f":irc.test 366 {nick} {channel} :End",
        )

    async def answers(self) -> None:
        """Make sure that the bot has worked through everything and lives."""
        self.say("PING :are-you-there")
        await self.expect("PONG are-you-there")

    async def drop(self) -> None:
        """Cut the connection."""
        self.writer.close()
        await self.writer.wait_closed()


class Script:
    """A server on a loopback port; `accept` returns the bot's next connection."""

    def __init__(self) -> None:
        self._arrived: asyncio.Queue[Peer] = asyncio.Queue()
        self._peers: list[Peer] = []
        self.port = 0

    async def accept(self, within_s: float = 5) -> Peer:
        """Return the next connection of the bot."""
        async with asyncio.timeout(within_s):
            return await self._arrived.get()

    async def arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        peer = Peer(reader, writer)
        self._peers.append(peer)
        await self._arrived.put(peer)

    async def end(self) -> None:
        """Close what is open."""
        for peer in self._peers:
            peer.writer.close()
        for peer in self._peers:
            try:
                await peer.writer.wait_closed()
            except ConnectionError:
                continue


@asynccontextmanager
async def script(**options: Any) -> AsyncIterator[Script]:
    """Give a server that does what the test says."""
    made = Script()
    server = await asyncio.start_server(made.arrived, "127.0.0.1", 0, **options)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.end()
        await server.wait_closed()


def network(port: int, **settings: Any) -> Network:
    """Return a network's configuration for tests: loopback, no TLS, fast."""
    defaults = {"name": "test", "host": "127.0.0.1", "tls": False}
    fast = {"rate_burst": 100, "rate_per_s": 1000.0, "ping_s": 30.0}
    return Network(**(defaults | fast | {"port": port} | settings))


@asynccontextmanager
async def running(bot: Any) -> AsyncIterator[Any]:
    """Run a Connection or NetworkBot for as long as the test needs it."""
    task = asyncio.create_task(bot.run())
    try:
        yield bot
        assert not task.done(), "the bot stopped by itself"
    finally:
        await bot.close("test over")
        await asyncio.wait_for(task, 5)


@dataclass
class Scene:
    """A bot on the network and in #yard."""

    bot: Connection
    peer: Peer
    record: Record
    server: Script


@asynccontextmanager
async def in_yard(
    *members: str,
    caps: str = "",
    isupport: str = "",
    channels: Sequence[str] = ("#yard",),
    nick: str = "madang",
    options: dict[str, Any] | None = None,
    patience: Patience = QUICK,
    **settings: Any,
) -> AsyncIterator[Scene]:
    """Bring the bot into #yard of a scripted server."""
    async with script() as server:
        record = Record()
        bot = Connection(
            network(server.port, **settings),
            channels,
            record,
            patience=patience,
            **(options or {}),
        )
        async with running(bot):
            peer = await server.accept()
            await peer.register(nick, isupport=isupport, caps=caps)
            await peer.admit(*members, nick=nick)
            await peer.answers()
            yield Scene(bot, peer, record, server)


def at(text: str) -> datetime:
    """Return a time written as `2026-01-02 03:04:05`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
