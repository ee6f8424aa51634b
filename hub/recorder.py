"""The port through which the bot hands what it hears to the archive; one recorder for each network.

All methods that take a session run inside the dispatcher's write transaction, which may be tried again;
`settle` runs after its commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlmodel import Session

from hub.irc import Line
from hub.module import Heard


class Presence(StrEnum):
    """How the bot stands to a channel."""

    JOINED = "joined"
    REFUSED = "refused"
    KICKED = "kicked"
    LEFT = "left"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Standing:
    """The bot's standing in a channel has changed: why, when, and when it tries again.

    `invited` says that the channel is not in the configuration: an operator called the bot there.
    """

    channel: str
    presence: Presence
    reason: str
    at: datetime
    retry_at: datetime | None = None
    invited: bool = False


@dataclass(frozen=True, slots=True)
class Memory:
    """What a bot must not forget when it is restarted: where it was invited to, and thrown out of."""

    invited: Sequence[str]
    kicked: Sequence[str]


class Recorder(Protocol):
    """Takes in what one bot hears on one network."""

    def open(self, session: Session, now: datetime) -> None:
        """Take a place among the network's sources."""

    def memory(self, session: Session) -> Memory:
        """Return the channels that an earlier run was invited to, and those that it was kicked from."""

    def record(self, session: Session, lines: Sequence[Line]) -> tuple[Sequence[Heard], Any]:
        """Store live lines, each once; return the new ones and what `settle` needs."""

    def settle(self, settlement: Any) -> None:
        """Take note that the transaction of a `record` was committed."""

    def replay(self, session: Session, lines: Sequence[Line]) -> int:
        """Store what the server's history gives, each once; return how many were new."""

    def replayed(self, session: Session, channel: str, since: datetime | None) -> None:
        """Note that a channel's history is complete from `since` on."""

    def stand(self, session: Session, standing: Standing) -> None:
        """Note how the bot stands to a channel, and mark the gap that a return ends."""

    def connection(self, session: Session, state: str, reason: str, now: datetime) -> None:
        """Note the state of the connection."""

    def heartbeat(self, session: Session, heard_at: datetime | None, now: datetime) -> None:
        """Give a sign of life; everything up to `heard_at` was heard."""

    def missed(self, session: Session, since: datetime, until: datetime) -> None:
        """Mark a gap in all joined channels: lines that had to be dropped."""

    def last_seen(self, session: Session, channel: str) -> tuple[datetime, str | None] | None:
        """Return time and msgid of the newest stored line of a channel."""
