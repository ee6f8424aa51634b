"""Asking a server for what was said in a channel while the bot was away.

Pure. From a minute before the bot stopped hearing: pages of CHATHISTORY AFTER until one is
empty or the bot's own JOIN is reached. That tells what came, not whether the server still had all
of it. So, unless the pages reached back to that moment, one message BEFORE it is asked for: if the
server remembers that, it forgot nothing since.
Source: IRCv3 draft/chathistory.
"""

from datetime import UTC, datetime, timedelta

from bot.replays import Replay
from bot.wire import compose

_OVERLAP = timedelta(seconds=60)
"""How far the server's clock may be behind ours. What is kept already comes again, with its id."""
_MOST_PAGES = 1000


class Catchup:
    """The catching up of one channel."""

    def __init__(
        self, channel: str, heard_until: datetime, joined_at: datetime, page: int, now: float
    ) -> None:
        self.channel = channel
        self._heard_until = heard_until
        self._joined_at = joined_at
        self._page = page
        self._pages = 0
        self._first_at: datetime | None = None
        self._from = _stamp(heard_until - _OVERLAP)
        self._checking = False
        self.asked_at = now
        """When the last page was asked for, monotonic."""
        self.done = False
        self.since: datetime | None = None
        """From when on everything has been heard; None when that isn't known."""

    @property
    def checking(self) -> bool:
        """Whether what comes now is only looked at, not kept: it is older than the last line."""
        return self._checking

    def ask(self) -> str:
        """Return the line that asks for the next page."""
        if self._checking:
            before = _stamp(self._heard_until)
            return compose("CHATHISTORY", "BEFORE", self.channel, before, "1")
        return compose("CHATHISTORY", "AFTER", self.channel, self._from, str(self._page))

    def page(self, replay: Replay, now: float) -> str | None:
        """Take a page that has come; return the line that asks for the next; None at the end."""
        self.asked_at = now
        if self._checking:
            self._end(self._heard_until if replay.count else self._first_at)
            return None
        self._pages += 1
        self._first_at = self._first_at or replay.first_at
        if self._goes_on(replay):
            return self.ask()
        if self._first_at is not None and self._first_at <= self._heard_until:
            self._end(self._heard_until)
            return None
        self._checking = True
        return self.ask()

    def fail(self) -> None:
        """Take it that the server won't answer."""
        self._end(None)

    def _end(self, since: datetime | None) -> None:
        self.done = True
        self.since = since

    def _goes_on(self, replay: Replay) -> bool:
        """Move on behind the page; say whether there may be more."""
        if not replay.count or replay.last_at is None or replay.last_at >= self._joined_at:
            return False
        start = f"msgid={replay.last_msgid}" if replay.last_msgid else _stamp(replay.last_at)
        moved = start != self._from
        self._from = start
        return moved and self._pages < _MOST_PAGES


def _stamp(at: datetime) -> str:
    utc = at.astimezone(UTC)
    return f"timestamp={utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"
