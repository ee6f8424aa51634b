"""A connection to a network that is kept for ever: lost, it comes back by itself.

The only file that knows the sockets' side (bot/transport.py) and the protocol's side (bot/link.py).
One task (`run`) lives through connecting, being connected and waiting; everything that is heard is
handled inside the event loop in the order of its arrival.
"""

import asyncio
import logging
import os
import random
import socket
import ssl
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from bot import tls
from bot.identity import Identity
from bot.link import Doors, Link, Secrets, Setting
from bot.listener import ChannelState, ConnectionState, Listener
from bot.outbox import Outbox
from bot.places import Place, Places
from bot.sasl import Login
from bot.timing import Backoff, Clock, Patience
from bot.transport import Ends, Transport
from bot.wire import is_middle
from hub.config import Network
from hub.errors import Invalid, Unavailable
from hub.irc import casefold

_log = logging.getLogger(__name__)


class Connection:
    """One nick on one network, in some of its channels.

    `kicked` are channels that the bot was thrown out of earlier: it waits for an invitation.
    `overflow` takes the channels that the server doesn't let one connection join as well.
    """

    def __init__(
        self,
        network: Network,
        channels: Sequence[str],
        listener: Listener,
        *,
        identity: Identity | None = None,
        nick: str = "",
        kicked: Collection[str] = (),
        overflow: Callable[[list[str]], None] | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._network = network
        self._listener = listener
        self._patience = patience or Patience()
        self._clock = clock or Clock()
        self._environ = environ
        chance = random.Random()  # noqa: S311 - jitter, no secret
        self._backoff = Backoff(self._patience, chance)
        self._places = Places(self._patience, chance)
        self._setting = Setting(
            network,
            nick or network.nick,
            identity or Identity(),
            self._places,
            listener,
            self._patience,
            self._clock,
            overflow,
        )
        self._link: Link | None = None
        self._transport: Transport | None = None
        self._gone: asyncio.Future[str] | None = None
        self._closing = asyncio.Event()
        self._recalls: set[asyncio.Task[None]] = set()
        self._state = ConnectionState.WAITING
        self._heard_at = self._clock.utc()
        thrown_out = set(map(casefold, kicked))
        for channel in channels:
            is_kicked = casefold(channel) in thrown_out
            self._places.add(channel, self._key(channel), kicked=is_kicked)

    @property
    def state(self) -> ConnectionState:
        """How the connection stands."""
        return self._state

    @property
    def nick(self) -> str:
        """The nick that the bot has now, or wants while it has none."""
        return (self._link.session.nick if self._link else "") or self._setting.nick

    @property
    def tells_accounts(self) -> bool:
        """Whether the server tells to which services account somebody has logged in."""
        return self._link is not None and self._link.tells_accounts

    @property
    def heard_at(self) -> datetime:
        """When the last byte came, aware UTC."""
        return self._link.heard_at if self._link else self._heard_at

    @property
    def channels(self) -> list[str]:
        """The channels that this connection cares for, joined or not."""
        return [place.name for place in self._places]

    # Life

    async def run(self) -> None:
        """Keep the connection until `close`."""
        try:
            while not self._closing.is_set():
                await self._live_and_wait()
        finally:
            for task in self._recalls:
                task.cancel()
        self._tell(ConnectionState.CLOSED, "")

    async def _live_and_wait(self) -> None:
        began = self._clock.monotonic()
        reason = await self._live()
        if not self._closing.is_set():
            wait_s = self._backoff.after(self._clock.monotonic() - began, reason)
            self._tell(ConnectionState.WAITING, f"{reason}. Tries again in {wait_s:.0f} s.")
            await self._closed_within(wait_s)

    async def close(self, reason: str = "") -> None:
        """Say good-bye and end `run`."""
        self._closing.set()
        transport, gone = self._transport, self._gone
        if transport is None or gone is None:
            return
        transport.quit(reason)  # type: ignore[no-untyped-call]
        await asyncio.wait([gone], timeout=self._patience.quit_s)
        transport.disconnect(reason)

    async def _live(self) -> str:
        """Live through one connection; return why it ended."""
        self._tell(ConnectionState.CONNECTING, "")
        self._recall_places()
        gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        transport, link = self._prepared(gone)
        self._gone = gone
        try:
            await self._open(transport)
            self._transport, self._link = transport, link
            self._tell(ConnectionState.REGISTERING, "")
            link.start()
            await self._tick_until(gone, link)
        except Unavailable as error:
            return str(error)
        finally:
            self._bury(transport, link, gone)
        return gone.result() or "The server closed the connection"

    def _prepared(self, gone: asyncio.Future[str]) -> tuple[Transport, Link]:
        """Make both sides of a connection and tie them to each other."""
        network = self._network
        outbox: Outbox[str] = Outbox(network.rate_burst, network.rate_per_s)

        def end(reason: str) -> None:
            if not gone.done():
                gone.set_result(reason)

        ends = Ends(lambda data: link.receive(data), lambda line: link.sent(line), end)
        transport = Transport(ends, outbox, self._clock)
        doors = Doors(transport.send_raw, transport.disconnect, lambda: self._ready(transport))
        link = Link(self._setting, self._secrets(), doors)
        return transport, link

    async def _open(self, transport: Transport) -> None:
        """Connect, unless it takes too long or `close` comes first. Raises: Unavailable."""
        where = f"{self._network.host}:{self._network.port}"
        self._check_secrets()
        try:
            context = tls.context(self._network)
            opening = asyncio.create_task(self._open_one(transport, context))
            if not await self._done_in_time(opening):
                raise Unavailable(f"{where} doesn't answer")
        except (OSError, ValueError) as error:  # ValueError: TLS to a name that is none
            raise Unavailable(f"Can't connect to {where}: {error}")

    async def _open_one(self, transport: Transport, context: ssl.SSLContext | None) -> None:
        """Try the host's addresses in turn; one that is silent must not hide the next.

        (asyncio has happy eyeballs for that, uvloop hasn't.)
        """
        host, port = self._network.host, self._network.port
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        *others, last = dict.fromkeys(str(info[4][0]) for info in found)
        for address in others:
            try:
                async with asyncio.timeout(self._patience.connect_s / (len(others) + 1)):
                    await transport.open(address, port, context, host)
                return
            except OSError as error:  # TimeoutError too
                _log.info("%s at %s can't be reached: %s", host, address, error)
        await transport.open(last, port, context, host)

    async def _done_in_time(self, opening: asyncio.Task[None]) -> bool:
        closing = asyncio.create_task(self._closing.wait())
        try:
            await asyncio.wait(
                {opening, closing},
                timeout=self._patience.connect_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if opening.done():
                opening.result()
            return opening.done() and not self._closing.is_set()
        finally:
            closing.cancel()
            opening.cancel()

    async def _tick_until(self, gone: asyncio.Future[str], link: Link) -> None:
        while not gone.done():
            await asyncio.wait([gone], timeout=self._patience.tick_s)
            if not gone.done():
                link.tick()

    def _bury(self, transport: Transport, link: Link, gone: asyncio.Future[str]) -> None:
        """Leave nothing of a connection behind."""
        transport.disconnect("")
        if self._link is link:
            self._heard_at = link.heard_at
            link.lost(gone.result() or "the connection was closed")
        self._link = self._transport = None

    async def _closed_within(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await self._closing.wait()
        except TimeoutError:
            return

    def _ready(self, transport: Transport) -> None:
        link = self._link
        if link is not None:
            transport.line_length = link.session.isupport.line_length
        self._tell(ConnectionState.REGISTERED, "")

    def _tell(self, state: ConnectionState, reason: str) -> None:
        self._state = state
        _log.debug("%s as %s: %s %s", self._network.name, self.nick, state, reason)
        self._listener.connection_state(state, reason, self._clock.utc())

    def _recall_places(self) -> None:
        """Learn, before joining, until when each channel was heard.

        Afterwards would be too late: the JOIN itself is a line that is kept.
        """
        recalling = {task.get_name() for task in self._recalls}
        for place in self._places:
            if not place.is_recalled and place.name not in recalling:
                task = asyncio.create_task(self._recall(place), name=place.name)
                self._recalls.add(task)
                task.add_done_callback(self._recalled)

    async def _recall(self, place: Place) -> None:
        async with asyncio.timeout(self._patience.recall_s):
            found = await self._listener.last_seen(place.name)
        place.heard_until = found[0] if found else None

    def _recalled(self, task: asyncio.Task[None]) -> None:
        self._recalls.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s: what was heard last isn't known", self._network.name, exc_info=error)
        place = self._places.get(task.get_name())
        if place is not None:
            place.is_recalled = True
        if self._link is not None and self._link.is_ready:
            self._link.attendance.ask()

    def _secrets(self) -> Secrets:
        """Read the secrets anew for each connection: they may have been mended meanwhile."""
        sasl = self._network.sasl
        password = self._environ.get(self._network.password_env, "")
        if sasl is None:
            return Secrets(password)
        given = self._environ.get(sasl.password_env, "")
        return Secrets(password, Login(sasl.mechanism, sasl.user, given, sasl.required))

    def _check_secrets(self) -> None:
        """Raises: Unavailable when a login would fail for want of its password."""
        sasl = self._network.sasl
        if sasl is None or sasl.mechanism != "PLAIN" or not sasl.required:
            return
        if not self._environ.get(sasl.password_env):
            raise Unavailable(
                f"The password for {sasl.user} is missing: set the variable {sasl.password_env}"
            )

    def _key(self, channel: str) -> str:
        for configured in self._network.channel:
            if configured.name.lower() == channel.lower() and configured.key_env:
                key = self._environ.get(configured.key_env, "").strip()
                return key if is_middle(key) and "," not in key else ""
        return ""

    # What others ask of it

    def say(self, target: str, text: str, *, notice: bool = False) -> bool:
        """Speak; False when it can't be said now: not connected, or too much waits already.

        Raises: Invalid when the target isn't one channel or nick.
        """
        target = _target(target)
        if self._link is None or not self._link.is_ready:
            return False
        return self._link.say(target, text.replace("\x01", ""), notice=notice)

    def set_topic(self, channel: str, topic: str) -> bool:
        """Set a topic, through ChanServ where the bot may not; False when not connected.

        Raises: Invalid when the channel isn't one.
        """
        channel = _target(channel)
        if self._link is None or not self._link.is_ready:
            return False
        return self._link.set_topic(channel, topic)

    def join(self, channel: str) -> None:
        """Be in a channel from now on; also back to one that the bot was kicked from.

        Raises: Invalid when the channel isn't one.
        """
        self._places.add(_target(channel), self._key(channel))
        if self._gone is not None:  # otherwise `run` will do it
            self._recall_places()
        if self._link is not None and self._link.is_ready:
            self._link.attendance.ask()

    def part(self, channel: str) -> None:
        """Leave a channel for good."""
        place = self._places.get(channel)
        if self._link is not None:
            self._link.attendance.leave(channel)
        elif place is not None:
            self._places.remove(channel)
            self._listener.channel_state(place.name, ChannelState.LEFT, "", None, self._clock.utc())


def _target(name: str) -> str:
    if not is_middle(name) or set(name) & set(",\r\n\0\x07"):
        raise Invalid("target", f"{name!r} isn't the name of one channel or nick.")
    return name
