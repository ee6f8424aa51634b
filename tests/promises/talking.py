"""Somebody who talks without end, and knows what was said when."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser


@dataclass
class Flood:
    """A user who counts aloud: `<word> 000001`, ... ; `ledger` holds when each text was said.

    `pause_s` lies between two lines.
    """

    user: IrcUser
    channel: str = "#yard"
    word: str = "n"
    pause_s: float = 0.04
    ledger: dict[str, datetime] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._talk, name=f"flood-{self.word}", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Fall silent. Repeatable."""
        self._stop.set()
        assert self._thread is not None
        self._thread.join(10)

    def said_next(self) -> str:
        """Wait until one more line is said, unless it is silent; the newest line."""
        before = len(self.ledger)
        wait_until(lambda: self._stop.is_set() or len(self.ledger) > before, "the next line")
        return max(self.ledger)

    def _talk(self) -> None:
        while not self._stop.wait(self.pause_s):
            text = f"{self.word} {len(self.ledger) + 1:06d}"
            at = datetime.now(UTC)
            self.user.say(self.channel, text)
            self.ledger[text] = at
