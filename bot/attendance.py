"""Being in channels: joining, being refused, thrown out and invited, as the server tells it.

Only configured channels, and those to which somebody invites who may. A channel that the server
puts us into otherwise (a forward, an operator's joke) is left at once and nothing of it is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import masks
from bot.hearing import Hearing
from bot.listener import ChannelState, Listener
from bot.places import Place, Places, Stand, join_lines
from bot.session import Session
from bot.timing import Clock
from bot.translate import live_time, server_time
from bot.wire import Message, compose, nick_of, param, tag

_REFUSALS = {
    "403": "there is no such channel",
    "405": "the bot is in too many channels",
    "437": "the channel is unavailable for a while",
    "471": "the channel is full (+l)",
    "473": "the channel is invite-only (+i)",
    "474": "the bot is banned (+b)",
    "475": "the channel's key is missing or wrong (+k)",
    "476": "the server doesn't take this name",
    "477": "only identified users may join (+r)",
    "489": "only users with TLS may join (+S)",
}
_ACCOUNT = "="


@dataclass(frozen=True, slots=True)
class Means:
    """What attendance works with."""

    places: Places
    listener: Listener
    clock: Clock
    send: Callable[[str], object]
    overflow: Callable[[list[str]], None] | None
    """Takes the channels that one connection may not join as well; None: nobody takes them."""
    invites_from: tuple[str, ...]


class Attendance:
    """One connection's coming and going."""

    def __init__(self, means: Means, session: Session, hearing: Hearing) -> None:
        self._means = means
        self._session = session
        self._hearing = hearing

    def ask(self) -> None:
        """Ask for every channel that is due; hand over those beyond the server's limit."""
        now = self._means.clock.monotonic()
        for place in self._means.places.silent(now):
            self._refused(place, "the server didn't answer")
        ask, beyond = self._means.places.to_ask(now, self._session.isupport.limit_group)
        for line in join_lines(ask, self._session.isupport.targets("JOIN")):
            self._means.send(line)
        self._hand_over(beyond)

    def _hand_over(self, beyond: list[Place]) -> None:
        # One channel always stays, so that there are never more connections than channels.
        stays = len(list(self._means.places)) > len(beyond)
        if self._means.overflow is not None and beyond and stays:
            for place in beyond:
                self._means.places.remove(place.name)
            self._means.overflow([place.name for place in beyond])
            return
        for place in beyond:
            place.stand = Stand.ASKED  # what is refused was asked for, even if only here
            self._refused(place, _REFUSALS["405"])

    def joined(self, message: Message, now: datetime) -> bool:
        """Take the bot's own JOIN, before anybody else does; False when it leaves at once."""
        channel = param(message, 0)
        place = self._means.places.joined(channel)
        if place is None:
            if self._is_channel(channel):
                self._means.send(compose("PART", channel, "The bot stays only where it was asked"))
            return False
        self._session.keep(place.name)
        fold = self._session.fold(channel)
        self._hearing.replays.joined(fold, server_time(message))
        self._hearing.heard_until[fold] = place.heard_until
        reason = f"invited by {place.invited_by}" if place.invited_by else ""
        place.invited_by = ""
        self._tell(place.name, ChannelState.JOINED, reason, at=live_time(message, now))
        return True

    def take(self, message: Message) -> None:
        """Take a live message after its lines were heard, before the session follows it."""
        command = message.command
        if command == "PART" and self._session.is_me(nick_of(message)):
            self._parted(message)
        elif command == "KICK" and self._session.is_me(param(message, 1)):
            said = param(message, 2)
            by = f"kicked by {nick_of(message)}"
            self._thrown_out(param(message, 0), f"{by}: {said}" if said else by)
        elif command == "INVITE" and self._session.is_me(param(message, 0)):
            self._invited(message)
        elif command.isdigit() and "400" <= command < "600":
            self._numeric(message)

    def _parted(self, message: Message) -> None:
        channel = param(message, 0)
        place = self._means.places.get(channel)
        if place is not None and place.stand is Stand.JOINED:
            said = param(message, 1)
            self._thrown_out(channel, f"made to leave: {said}" if said else "made to leave")
        elif kept := self._session.kept(channel):
            self._session.forsake(channel)
            self._tell(kept, ChannelState.LEFT, "")

    def _thrown_out(self, channel: str, reason: str) -> None:
        operators = map(self._known_as, self._session.operators(channel))
        self._session.forsake(channel)
        place = self._means.places.kicked(channel, filter(None, operators))
        if place is not None:
            self._tell(place.name, ChannelState.KICKED, reason)

    def _known_as(self, nick: str) -> str | None:
        """Return by what an operator is recognised later: account, else the whole hostmask."""
        account = self._session.account(nick)
        return f"{_ACCOUNT}{account}" if account else self._session.hostmask(nick)

    def _invited(self, message: Message) -> None:
        """Follow an invitation to where the bot wants to be, or by one who may."""
        channel = param(message, 1)
        place = self._means.places.get(channel)
        is_wanted = place is not None and place.stand is Stand.WANTED
        if not self._is_channel(channel):
            return
        if is_wanted or self._may_invite(message, place):
            place = self._means.places.add(channel, recalled=True)
        elif place is None or not self._means.places.hurry(channel, self._means.clock.monotonic()):
            return
        place.invited_by = nick_of(message)
        self.ask()

    def _may_invite(self, message: Message, place: Place | None) -> bool:
        """Say whether somebody is trusted by configuration, or was operator when we were kicked."""
        source = message.source or ""
        account = tag(message, "account") or self._session.account(nick_of(message))
        if place is not None and {source, f"{_ACCOUNT}{account}"} & place.may_invite:
            return True
        mapping = self._session.isupport.mapping
        return masks.is_trusted(self._means.invites_from, source, account, mapping)

    def _is_channel(self, name: str) -> bool:
        return name[:1] in self._session.isupport.chantypes and not set(name) & set(" ,:\x07")

    def _numeric(self, message: Message) -> None:
        place = self._means.places.get(param(message, 1))
        if place is None:
            return
        if message.command == "442" and place.stand is Stand.JOINED:
            self._missing(place.name)
        elif place.stand is Stand.ASKED:
            self._refused_by(message, place)

    def _refused_by(self, message: Message, place: Place) -> None:
        is_full = message.command == "405" and self._means.overflow is not None
        if is_full and any(other.stand is Stand.JOINED for other in self._means.places):
            self._hand_over([place])
            return
        said = masks.without_addresses(message.params[-1])
        reason = _REFUSALS.get(message.command, said)
        if message.command == "470":
            reason = f"the channel sends the bot to {param(message, 2)} instead"
        self._refused(place, f"{reason} ({message.command})")

    def _refused(self, place: Place, reason: str) -> None:
        wait_s = self._means.places.refused(place.name, self._means.clock.monotonic())
        if wait_s is not None:
            retry_at = self._means.clock.utc() + timedelta(seconds=wait_s)
            self._tell(place.name, ChannelState.REFUSED, reason, retry_at=retry_at)

    def _missing(self, channel: str) -> None:
        place = self._means.places.missing(channel, self._means.clock.utc())
        if place is not None:
            self._session.forsake(channel)
            self._tell(place.name, ChannelState.LOST, "the server says that the bot isn't there")

    def leave(self, channel: str) -> None:
        """Leave a channel for good."""
        place = self._means.places.remove(channel)
        if place is None:
            return
        if place.stand is Stand.JOINED:
            self._means.send(compose("PART", place.name))
        else:
            self._tell(place.name, ChannelState.LEFT, "")

    def lost(self, reason: str, heard_at: datetime) -> None:
        """Take it that the connection is gone; nothing after `heard_at` was heard."""
        heard_at = max(heard_at, self._hearing.last_at or heard_at)
        for place in self._means.places.lost(heard_at):
            self._session.forsake(place.name)
            self._tell(place.name, ChannelState.LOST, reason, at=heard_at)
        for channel in self._session.all_kept():  # its PART was on its way
            self._session.forsake(channel)
            self._tell(channel, ChannelState.LEFT, "", at=heard_at)

    def _tell(
        self,
        channel: str,
        state: ChannelState,
        reason: str,
        *,
        retry_at: datetime | None = None,
        at: datetime | None = None,
    ) -> None:
        self._hearing.flush()
        at = at or self._means.clock.utc()
        self._means.listener.channel_state(channel, state, reason, retry_at, at)
