"""What the connection layer tells the rest of the bot.

All methods but `last_seen` are plain calls inside the event loop, in the order in which things
happened. A listener must return soon and must not raise: what takes time it queues.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from hub.irc import Line


class ConnectionState(StrEnum):
    """How a connection to a network stands."""

    WAITING = "waiting"
    """Not connected; tries again by itself."""
    CONNECTING = "connecting"
    REGISTERING = "registering"
    """Connected; capabilities, login and nick are being settled."""
    REGISTERED = "registered"
    """On the network."""
    CLOSED = "closed"
    """Ended on purpose."""


class ChannelState(StrEnum):
    """How the bot stands to one channel that it was asked to be in."""

    JOINED = "joined"
    REFUSED = "refused"
    """The server didn't let it in; it tries again."""
    KICKED = "kicked"
    """Thrown out; it stays out until an operator invites it."""
    LEFT = "left"
    """Left on purpose, for good."""
    LOST = "lost"
    """The connection is gone; it comes back by itself."""


class Listener(Protocol):
    """Hears what happens on a network."""

    def heard(self, lines: Sequence[Line], *, playback: bool) -> None:
        """Take lines in the order in which they came; `playback` ones tell of the past.

        Of the past comes what was said since the bot last heard the channel (and some minutes
        before, for clocks differ): nothing from before its first JOIN, nor from after a kick.
        """

    def channel_state(
        self,
        channel: str,
        state: ChannelState,
        reason: str,
        retry_at: datetime | None,
        at: datetime,
    ) -> None:
        """Learn how the bot stands to a channel from `at` on.

        For LOST `at` is when the last byte came: what was said later nobody heard. `retry_at` is
        None when the bot doesn't try again by itself, or can't say when.
        """

    def connection_state(self, state: ConnectionState, reason: str, at: datetime) -> None:
        """Learn how the connection stands; the reason is a sentence for the operator, or empty."""

    def replayed(self, channel: str, since: datetime | None) -> None:
        """Learn that a playback has ended: with it, all talk since `since` was heard.

        None when nothing is known to be complete.
        """

    def addressed(
        self, nick: str, account: str | None, target: str, text: str, reply_to: str
    ) -> None:
        """Take words said to the bot: `target` is a channel, or its own nick in private.

        The text comes without the bot's name before it. Never called for the past.
        """

    async def last_seen(self, channel: str) -> tuple[datetime, str | None] | None:
        """Return time and msgid of the last line that is kept of a channel; None for none.

        Asked once for each channel, before the bot joins it for the first time.
        """
