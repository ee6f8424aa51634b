"""The demo's yard: who is there and in which channels, on top of the `irc` package's server."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from irc.server import IRCServer

from bot.demo.channels import DemoChannel, fold
from bot.demo.client import DemoClient, problem
from hub.clock import Clock

_log = logging.getLogger(__name__)

MOST_CLIENTS = 500


class Member(Protocol):
    """Somebody in channels: a connected client, or a resident of the house."""

    nick: str
    user: str
    host: str
    realname: str
    away: str
    channels: dict[str, DemoChannel]

    @property
    def mask(self) -> str:
        """nick!user@host."""

    @property
    def is_resident(self) -> bool:
        """Whether it belongs to the house."""

    def send(self, line: str) -> None:
        """Give it a line of IRC."""


Run = Callable[[DemoClient, Sequence[str]], None]
Talk = Callable[[Member, DemoChannel, str], None]
Rename = Callable[[str, str], None]
"""Given the nick before and after."""


class Command:
    """What a command does, how many parameters it needs, and whether it waits for registration."""

    def __init__(self, run: Run, needs: int = 0, *, early: bool = False) -> None:
        self.run = run
        self.needs = needs
        self.early = early


class Yard(IRCServer):
    """The listening server with its state. `lock` is held for every change and every command."""

    request_queue_size = 128
    clients: dict[str, Member]  # type: ignore[assignment]  # a resident has no connection
    channels: dict[str, DemoChannel]  # type: ignore[assignment]

    def __init__(
        self,
        address: tuple[str, int],
        commands: Mapping[str, Command],
        motd: Sequence[str],
        *,
        clock: Clock,
        ping_s: float,
    ) -> None:
        super().__init__(address, DemoClient)  # type: ignore[no-untyped-call]
        self.servername = "madang.demo"
        self.commands = commands
        self.motd = motd
        self.clock = clock
        self.ping_s = ping_s
        self.started_at = clock()
        self.clients = {}
        self.channels = {}
        self.lock = threading.RLock()
        self.connections: set[DemoClient] = set()
        self.on_talk: Talk = lambda _member, _channel, _text: None
        self.on_rename: Rename = lambda _before, _after: None

    # Connections

    def welcome(self, client: DemoClient) -> bool:
        """Take note of a new connection; False when there are too many."""
        with self.lock:
            self.connections.add(client)
            return len(self.connections) <= MOST_CLIENTS

    def forget(self, client: DemoClient) -> None:
        """Take a connection's client out of everything, and tell those who saw it."""
        self.connections.discard(client)
        self.tell(self.peers(client), f":{client.mask} QUIT :{client.leaving}")
        for channel in list(client.channels.values()):
            self.take_out(client, channel)
        if self.clients.get(fold(client.nick)) is client:
            del self.clients[fold(client.nick)]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what went wrong with a connection, which is closed then."""
        del request
        _log.exception("demo server: the connection of %s failed", client_address)

    def obey(self, client: DemoClient, command: str, params: Sequence[str]) -> None:
        """Do what a client asks.

        Raises: IRCError when it can't be done, with the numeric that says so.
        """
        found = self.commands.get(command)
        if not client.is_registered and (found is None or not found.early):
            raise problem("451", ":You have not registered")
        if found is None:
            raise problem("421", f"{command} :Unknown command")
        if len(params) < found.needs:
            raise problem("461", f"{command} :Not enough parameters")
        found.run(client, params)

    # Who and where

    def member(self, nick: str) -> Member:
        """Return who is called so. Raises: IRCError when nobody is."""
        found = self.clients.get(fold(nick))
        if found is None:
            raise problem("401", f"{nick} :No such nick/channel")
        return found

    def channel(self, name: str) -> DemoChannel:
        """Return the channel of that name. Raises: IRCError when there is none."""
        found = self.channels.get(fold(name))
        if found is None:
            raise problem("403", f"{name} :No such channel")
        return found

    def own_channel(self, member: Member, name: str) -> DemoChannel:
        """Return a channel that the member is in. Raises: IRCError."""
        channel = self.channel(name)
        if member not in channel.clients:
            raise problem("442", f"{channel.name} :You're not on that channel")
        return channel

    def members(self, channel: DemoChannel) -> Sequence[Member]:
        """Return who is in a channel, by nick."""
        return sorted(channel.clients, key=lambda member: fold(member.nick))

    def peers(self, member: Member) -> set[Member]:
        """Return all who share a channel with a member, without it."""
        found = {other for channel in member.channels.values() for other in channel.clients}
        return found - {member}

    def put_in(self, member: Member, channel: DemoChannel) -> None:
        """Make somebody a member of a channel; the first one in a new channel is its operator."""
        if not channel.clients and not channel.lasting:
            channel.operators.add(member)
        self.channels.setdefault(fold(channel.name), channel)
        channel.clients.add(member)
        member.channels[fold(channel.name)] = channel

    def take_out(self, member: Member, channel: DemoChannel) -> None:
        """End a membership; an empty channel goes, unless it is one of the house's."""
        channel.clients.discard(member)
        channel.operators.discard(member)
        member.channels.pop(fold(channel.name), None)
        if not channel.clients and not channel.lasting:
            self.channels.pop(fold(channel.name), None)

    # Telling

    def tell(self, members: Iterable[Member], line: str, *, but: Member | None = None) -> None:
        """Send a line to each of the members, but one."""
        for member in list(members):
            if member is not but:
                member.send(line)

    def say(self, member: Member, channel: DemoChannel, text: str, command: str) -> None:
        """Let a member speak in a channel."""
        line = f":{member.mask} {command} {channel.name} :{text}"
        self.tell(channel.clients, line, but=member)
        if command == "PRIVMSG":
            self.on_talk(member, channel, text)
