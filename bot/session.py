"""Who is where on one connection, and who they are: the state that lines are read against.

`ircstates` keeps it. Contained here: what it would raise on (a PART of a stranger, a MODE without
its argument, two users who become one), how it reads ISUPPORT (bot/isupport.py), the casemappings
it doesn't know; and it is only fed what the bot needs, so that no server can fill memory with
messages of the day or ban lists.
"""

from ircstates.server import Server
from ircstates.user import User

from bot.isupport import Isupport
from bot.wire import Message, nick_in, nick_of, param
from hub.irc import casefold

_FOLLOWED = frozenset(
    {"001", "005", "353", "354", "396", "900", "901"}
    | {"ACCOUNT", "CHGHOST", "JOIN", "KICK", "MODE", "NICK", "PART", "QUIT"}
)


MOST_USERS = 100_000
"""Who comes after so many on one connection is not followed: the largest channels have some thousands."""

_MOST_CHANNELS = 1_000
"""So many channels are followed where a server says that the bot is; kept ones don't count."""


class _Server(Server):
    """`ircstates` with every casemapping and a sound reader of ISUPPORT."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.isupport: Isupport = Isupport()

    def casefold(self, s1: str) -> str:
        return casefold(s1, self.isupport.mapping)


class Session:
    """The bot's view of its network: own name, channels, members, accounts.

    Channels are *kept* while the bot is in them on purpose; only kept ones may become lines, and
    they go by the spelling that the bot was told, not by the server's.
    """

    def __init__(self, network: str) -> None:
        self._server = _Server(network)
        self._kept: dict[str, str] = {}
        self.network = network
        self.most_users = MOST_USERS
        self.misunderstood = 0
        """How many messages made no sense to the state."""

    @property
    def isupport(self) -> Isupport:
        """What the server supports."""
        return self._server.isupport

    @property
    def nick(self) -> str:
        """The bot's nick as the server knows it; empty before the welcome."""
        return str(self._server.nickname)

    @property
    def prefix(self) -> str:
        """The bot's `nick!user@host` as others see it; unknown parts at their longest."""
        user = self._server.username or "u" * 11
        host = self._server.hostname or "h" * self.isupport.number("HOSTLEN", 63)
        return f"{self.nick}!{user}@{host}"

    @property
    def knows_own_host(self) -> bool:
        """Whether the server has told under which host the bot appears."""
        return bool(self._server.hostname)

    def fold(self, name: str) -> str:
        """Return the form under which names compare equal on this network."""
        return casefold(name, self.isupport.mapping)

    def is_me(self, nick: str) -> bool:
        """Say whether this is the bot's own nick."""
        return bool(nick) and self.fold(nick) == self._server.nickname_lower

    def keep(self, channel: str) -> None:
        """Let a channel's talk become lines, under this spelling."""
        self._kept[self.fold(channel)] = channel

    def whox(self, channel: str) -> str:
        """Return the question for the accounts of everybody in a channel; empty: no such thing."""
        return str(self._server.prepare_whox(channel).format()) if self.isupport.whox else ""

    def forsake(self, channel: str) -> None:
        """Let nothing more of a channel become lines."""
        self._kept.pop(self.fold(channel), None)

    def kept(self, target: str) -> str | None:
        """Return the spelling of a kept channel; None for anything else, STATUSMSG included."""
        return self._kept.get(self.fold(target))

    def all_kept(self) -> list[str]:
        """Return all kept channels."""
        return list(self._kept.values())

    def knows(self, nick: str) -> bool:
        """Say whether somebody of that name is in a common channel."""
        return self._user(nick) is not None

    def shared(self, nick: str) -> list[str]:
        """Return the kept channels in which somebody is, by name."""
        user = self._user(nick)
        if user is None:
            return []
        return sorted(self._kept[name] for name in user.channels if name in self._kept)

    def account(self, nick: str) -> str | None:
        """Return the services account of somebody in a common channel, when it is known."""
        user = self._user(nick)
        return (user.account or None) if user is not None else None

    def operators(self, channel: str) -> frozenset[str]:
        """Return the folded nicks of those who have operator status (or more) in a channel."""
        found = self._server.get_channel(channel)
        if found is None:
            return frozenset()
        ranks = self.isupport.prefix.modes
        high = set(ranks[: ranks.index("o") + 1] if "o" in ranks else ranks[:1])
        return frozenset(nick for nick, member in found.users.items() if member.modes & high)

    def hostmask(self, nick: str) -> str | None:
        """Return somebody's `nick!user@host`, when all of it is known. Never leaves this layer."""
        user = self._user(nick)
        return user.hostmask() if user is not None and user.userhost() else None

    def _user(self, nick: str) -> User | None:
        return self._server.users.get(self.fold(nick))

    def follow(self, message: Message) -> None:
        """Take in a live message; what makes no sense is counted, never raised."""
        if message.command not in _FOLLOWED or not self._is_sound(message):
            return
        if message.command in ("JOIN", "353") and not self._has_room(message):
            return
        try:
            self._server.parse_tokens(message)
        except (LookupError, ValueError, TypeError, AttributeError):
            self.misunderstood += 1  # ircstates indexes into what a server may leave out
        if message.command in ("001", "NICK", "005"):
            self._refold()
        elif message.command == "MODE":
            self._forget_masks(param(message, 0))

    def _has_room(self, message: Message) -> bool:
        """Say whether to follow who comes; a channel that is kept always is."""
        if message.command == "JOIN" and self.is_me(nick_of(message)):
            is_kept = self.kept(param(message, 0)) is not None
            return is_kept or len(self._server.channels) < _MOST_CHANNELS
        return len(self._server.users) < self.most_users

    def _forget_masks(self, channel: str) -> None:
        """Forget bans and the like, which `ircstates` would look through for each new one."""
        found = self._server.get_channel(channel)
        if found is not None:
            found.list_modes.clear()

    def learn_own_mask(self, source: str) -> None:
        """Take the bot's own user and host from an echo of its words."""
        _, _, userhost = source.partition("!")
        user, at, host = userhost.partition("@")
        if at and self.is_me(nick_in(source)):
            self._server.username, self._server.hostname = user, host

    def _is_sound(self, message: Message) -> bool:
        """Keep from the state what would tear it: strangers who leave, nicks that collide."""
        if message.command == "NICK":
            self._make_room(nick_of(message), param(message, 0))
            return bool(param(message, 0))
        if message.command in ("PART", "KICK"):
            victim = nick_of(message) if message.command == "PART" else param(message, 1)
            return self._is_in(victim, param(message, 0))
        return message.command not in ("JOIN", "001") or bool(param(message, 0))

    def _is_in(self, nick: str, channel: str) -> bool:
        user = self._user(nick)
        return user is not None and self.fold(channel) in user.channels

    def _make_room(self, old: str, new: str) -> None:
        """Forget a user whose nick somebody else takes: we missed how he left."""
        if self.fold(old) != self.fold(new) and self._user(new) is not None:
            self._server.parse_tokens(Message(None, new, "QUIT", []))

    def _refold(self) -> None:
        self._server.nickname_lower = self.fold(self.nick)
