"""What waits to be sent: never faster than the network bears, the urgent first, never without end.

Pure. A bucket of `burst` tokens fills by `rate_per_s`; a line takes one. Urgent lines (answers
that keep the connection alive) never wait, but they empty the bucket for the others.
"""

from collections import deque
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Urgency(IntEnum):
    """What goes first."""

    URGENT = 0
    """PONG, registration, QUIT: never waits."""
    COMMAND = 1
    """Joining, nick, modes, history."""
    SPEECH = 2
    """What people read."""
    IDLE = 3
    """What is only good to know."""


_URGENT = frozenset({"PONG", "PING", "PASS", "CAP", "AUTHENTICATE", "NICK", "USER", "QUIT"})
_SPEECH = frozenset({"PRIVMSG", "NOTICE"})


def urgency_of(line: str) -> Urgency:
    """Return how urgent a line is, by its command."""
    command = line.partition(" ")[0].upper()
    if command in _URGENT:
        return Urgency.URGENT
    if command == "WHO":
        return Urgency.IDLE
    return Urgency.SPEECH if command in _SPEECH else Urgency.COMMAND


class Outbox(Generic[T]):
    """Queues by urgency behind one token bucket. `now` is monotonic seconds."""

    def __init__(self, burst: int, rate_per_s: float, limit: int = 1000) -> None:
        self._burst = float(burst)
        self._rate_per_s = rate_per_s
        self._limit = limit
        self._tokens = float(burst)
        self._filled_at: float | None = None
        self._waiting: tuple[deque[T], ...] = tuple(deque() for _ in Urgency)
        self.dropped = 0
        """How many lines were refused because too many waited."""

    def put(self, item: T, urgency: Urgency) -> bool:
        """Queue an item; False when too many of its urgency wait already."""
        queue = self._waiting[urgency]
        if len(queue) >= self._limit:
            self.dropped += 1
            return False
        queue.append(item)
        return True

    def due(self, now: float) -> list[T]:
        """Take out what may be sent now, in the order in which to send it."""
        self._fill(now)
        urgent, *patient = self._waiting
        out = list(urgent)
        urgent.clear()
        self._tokens = max(0.0, self._tokens - len(out))
        for queue in patient:
            while queue and self._tokens >= 1.0:
                self._tokens -= 1.0
                out.append(queue.popleft())
        return out

    def wait_s(self, now: float) -> float | None:
        """Return in how many seconds something may be sent; None when nothing waits."""
        if not any(self._waiting):
            return None
        self._fill(now)
        if self._waiting[Urgency.URGENT]:
            return 0.0
        return max(0.0, (1.0 - self._tokens) / self._rate_per_s)

    def __len__(self) -> int:
        return sum(map(len, self._waiting))

    def _fill(self, now: float) -> None:
        passed = now - (self._filled_at if self._filled_at is not None else now)
        self._tokens = min(self._burst, self._tokens + max(0.0, passed) * self._rate_per_s)
        self._filled_at = now
