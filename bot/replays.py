"""Batches, and which of them tell of the past.

Three ways in which a server tells the past again, so that it is never taken for the present:

- a batch of type `chathistory` (asked for, or sent by InspIRCd at JOIN) or `znc.in/playback`;
- ZNC without batches: lines between `***` saying "Buffer Playback..." and "Playback Complete.";
- a server-time earlier than the server-time of our own JOIN of that channel.

Source: IRCv3 batch, draft/chathistory; ZNC 1.8 (src/Chan.cpp, read for its words).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.wire import Message, nick_of, param, tag

_PAST = frozenset({"chathistory", "draft/chathistory", "znc.in/playback"})
_MOST_OPEN = 500
_SLACK = timedelta(seconds=3)
"""Servers of one network don't agree on the time any closer."""


@dataclass(slots=True)
class Replay:
    """One telling of a channel's past: how much of it has come."""

    channel: str
    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_msgid: str | None = None

    def add(self, at: datetime | None, msgid: str | None) -> None:
        """Count a message of the past."""
        self.count += 1
        self.last_msgid = msgid
        if at is not None:
            self.first_at = min(self.first_at or at, at)
            self.last_at = max(self.last_at or at, at)


@dataclass(slots=True)
class _Batch:
    replay: Replay | None
    owns_replay: bool


@dataclass(slots=True)
class Replays:
    """The batches that are open on one connection. Channels are given and kept casefolded."""

    _open: dict[str, _Batch] = field(default_factory=dict)
    _unbatched: dict[str, Replay] = field(default_factory=dict)
    _joined_at: dict[str, datetime] = field(default_factory=dict)

    def batch(self, message: Message, fold: str) -> Replay | None:
        """Take a BATCH message; return the replay that it ends. `fold` is its channel folded."""
        name = param(message, 0)
        if name.startswith("-"):
            ended = self._open.pop(name[1:], None)
            return ended.replay if ended and ended.owns_replay else None
        if name.startswith("+"):
            self._begin(name[1:], message, fold)
        return None

    def _begin(self, name: str, message: Message, fold: str) -> None:
        outer = self._open.get(tag(message, "batch") or "")
        if outer is not None and outer.replay is not None:
            batch = _Batch(outer.replay, owns_replay=False)
        elif param(message, 1).lower() in _PAST:
            batch = _Batch(Replay(fold), owns_replay=True)
        else:
            batch = _Batch(None, owns_replay=False)
        if len(self._open) >= _MOST_OPEN:  # a server that never ends them
            self._open.pop(next(iter(self._open)))
        self._open[name] = batch

    def joined(self, fold: str, at: datetime | None) -> None:
        """Remember the server's time of our own JOIN; None when it gave none."""
        self._joined_at.pop(fold, None)
        if at is not None:
            self._joined_at[fold] = at

    def znc_marker(self, message: Message, fold: str) -> tuple[bool, Replay | None]:
        """Say whether this is ZNC's own word on a playback, and return the replay that it ends."""
        if nick_of(message) != "***":
            return False, None
        if param(message, 1).startswith("Buffer Playback"):
            self._unbatched[fold] = Replay(fold)
            return True, None
        return True, self._unbatched.pop(fold, None)

    def of(self, message: Message) -> Replay | None:
        """Return the replay that a message's batch belongs to."""
        if not self._open or not message.tags or "batch" not in message.tags:
            return None
        batch = self._open.get(message.tags["batch"])
        return batch.replay if batch else None

    def of_spoken(self, fold: str, at: datetime | None) -> Replay | None:
        """Return the replay that words outside a batch belong to, told by markers or by time."""
        if fold in self._unbatched:
            return self._unbatched[fold]
        joined_at = self._joined_at.get(fold)
        if at is not None and joined_at is not None and at < joined_at - _SLACK:
            return Replay(fold)
        return None
