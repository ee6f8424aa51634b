"""All connections of the bot to one network: as many as its channels need.

A server lets one connection into so many channels (CHANLIMIT). What is beyond goes to a second
connection (`madang2`), a third, and so on. Each channel belongs to one of them, so that nothing is
heard twice; from outside they are one bot.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from bot.connection import Connection
from bot.identity import Identity
from bot.listener import ChannelState, ConnectionState, Listener
from bot.timing import Clock, Patience
from hub.config import Network
from hub.irc import Line, casefold

_WORST_FIRST = (
    ConnectionState.WAITING,
    ConnectionState.CONNECTING,
    ConnectionState.REGISTERING,
    ConnectionState.REGISTERED,
    ConnectionState.CLOSED,
)
_REMEMBERED = 1000
_MOST_CONNECTIONS = 20
"""However small a server says its limit is: each one is a nick that others see."""


class NetworkBot:
    """The bot on one network."""

    def __init__(
        self,
        network: Network,
        listener: Listener,
        *,
        channels: Sequence[str] | None = None,
        kicked: Collection[str] = (),
        identity: Identity | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Take the configured channels, or `channels` (with those that it was invited to)."""
        self._network = network
        self._listener = listener
        self._kicked = frozenset(kicked)
        self._identity = identity
        self._patience = patience
        self._clock = clock
        self._environ = environ
        self._slots: list[Connection] = []
        self._heard_in: OrderedDict[str, int] = OrderedDict()
        self._stands: dict[int, tuple[ConnectionState, str]] = {}
        self._told: tuple[ConnectionState, str] | None = None
        self._running: asyncio.TaskGroup | None = None
        configured = [channel.name for channel in network.channel]
        self._add_slot(configured if channels is None else list(channels))

    @property
    def state(self) -> ConnectionState:
        """How the network stands: as its worst connection does."""
        states = {slot.state for slot in self._slots}
        return next(state for state in _WORST_FIRST if state in states)

    @property
    def nicks(self) -> list[str]:
        """The nicks of all connections."""
        return [slot.nick for slot in self._slots]

    @property
    def heard_at(self) -> datetime:
        """When the last byte came on the connection that has been silent for longest."""
        return min(slot.heard_at for slot in self._slots)

    @property
    def tells_accounts(self) -> bool:
        """Whether the network tells to which services account somebody has logged in."""
        return any(slot.tells_accounts for slot in self._slots)

    async def run(self) -> None:
        """Keep all connections until `close`."""
        async with asyncio.TaskGroup() as group:
            self._running = group
            for slot in self._slots:
                group.create_task(slot.run())

    async def close(self, reason: str = "") -> None:
        """Say good-bye on all connections and end `run`."""
        await asyncio.gather(*(slot.close(reason) for slot in self._slots))

    def _add_slot(self, channels: list[str]) -> None:
        number = len(self._slots)
        slot = Connection(
            self._network,
            channels,
            _SlotListener(self, self._listener, number),
            identity=self._identity,
            nick=f"{self._network.nick}{number + 1}" if number else self._network.nick,
            kicked=self._kicked,
            overflow=self._next_to(number) if number + 1 < _MOST_CONNECTIONS else None,
            patience=self._patience,
            clock=self._clock,
            environ=self._environ,
        )
        self._slots.append(slot)
        if self._running is not None:
            self._running.create_task(slot.run())

    def _next_to(self, number: int) -> Callable[[list[str]], None]:
        return lambda beyond: self._move(number, beyond)

    def _move(self, number: int, channels: list[str]) -> None:
        """Give channels to the next connection, which is made when there is none."""
        if number + 1 == len(self._slots):
            self._add_slot(channels)
            return
        for channel in channels:
            self._slots[number + 1].join(channel)

    def say(self, target: str, text: str, *, notice: bool = False) -> bool:
        """Speak in a channel, or to a nick on the connection that it spoke to last.

        Returns False when it can't be said now. Raises: Invalid for an impossible target.
        """
        return self._slot_of(target).say(target, text, notice=notice)

    def set_topic(self, channel: str, topic: str) -> bool:
        """Set a topic; False when it can't be set now. Raises: Invalid for no channel."""
        return self._slot_of(channel).set_topic(channel, topic)

    def join(self, channel: str) -> None:
        """Be in a channel from now on. Raises: Invalid when it isn't one."""
        self._slot_of(channel).join(channel)

    def part(self, channel: str) -> None:
        """Leave a channel for good."""
        self._slot_of(channel).part(channel)

    def _slot_of(self, target: str) -> Connection:
        fold = casefold(target)
        for slot in self._slots:
            if fold in map(casefold, slot.channels):
                return slot
        return self._slots[self._heard_in.get(fold, 0)]

    def remember(self, nick: str, number: int) -> None:
        """Note on which connection somebody spoke to the bot in private."""
        fold = casefold(nick)
        self._heard_in.pop(fold, None)
        self._heard_in[fold] = number
        if len(self._heard_in) > _REMEMBERED:
            self._heard_in.popitem(last=False)

    def tell_state(self, number: int, state: ConnectionState, reason: str, at: datetime) -> None:
        """Tell how the network stands, when a connection's change has changed it."""
        named = f"{self._slots[number].nick}: {reason}" if number and reason else reason
        self._stands[number] = (state, named)
        worst = min(self._stands.values(), key=lambda stand: _WORST_FIRST.index(stand[0]))
        if worst != self._told:
            self._told = worst
            self._listener.connection_state(*worst, at)


class _SlotListener:
    """What one of the connections tells, on its way to the listener of all."""

    def __init__(self, bot: NetworkBot, listener: Listener, number: int) -> None:
        self._bot = bot
        self._listener = listener
        self._number = number

    def heard(self, lines: Sequence[Line], *, playback: bool) -> None:
        self._listener.heard(lines, playback=playback)

    def channel_state(
        self,
        channel: str,
        state: ChannelState,
        reason: str,
        retry_at: datetime | None,
        at: datetime,
    ) -> None:
        self._listener.channel_state(channel, state, reason, retry_at, at)

    def connection_state(self, state: ConnectionState, reason: str, at: datetime) -> None:
        self._bot.tell_state(self._number, state, reason, at)

    def replayed(self, channel: str, since: datetime | None) -> None:
        self._listener.replayed(channel, since)

    def addressed(
        self, nick: str, account: str | None, target: str, text: str, reply_to: str
    ) -> None:
        if reply_to == nick:
            self._bot.remember(nick, self._number)
        self._listener.addressed(nick, account, target, text, reply_to)

    async def last_seen(self, channel: str) -> tuple[datetime, str | None] | None:
        return await self._listener.last_seen(channel)
