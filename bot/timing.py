"""Time at the edge: the clock, how patient the bot is, and how it waits between tries."""

import random
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime


class Clock:
    """The machine's time. Tests give another one."""

    def utc(self) -> datetime:
        """Return now, aware UTC: for what is kept and shown."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow: for deadlines, deaf to a clock that is set."""
        return time.monotonic()


@dataclass(frozen=True, slots=True)
class Patience:
    """Durations in seconds; the defaults are for networks with people on them."""

    connect_s: float = 30
    """For TCP and TLS."""
    login_s: float = 30
    """For one answer of the login service."""
    register_s: float = 90
    """From the first byte to the welcome."""
    settle_s: float = 5
    """From the welcome to joining, when the server never ends its message of the day."""
    first_retry_s: float = 2
    longest_retry_s: float = 300
    stable_s: float = 120
    """A connection that lived as long was a good one: waiting starts afresh."""
    throttled_s: float = 90
    """At least as long after the server complained of too many tries."""
    banned_s: float = 900
    recall_s: float = 20
    """For what was kept of a channel; then it is joined without asking for what was missed."""
    join_answer_s: float = 60
    """For the answer to a JOIN; then it is asked again."""
    join_retry_s: float = 60
    longest_join_retry_s: float = 1800
    regain_s: float = 60
    """Between two looks whether the wanted nick is free."""
    history_s: float = 60
    """For one page of a channel's history."""
    quit_s: float = 2
    """For the server's good-bye."""
    tick_s: float = 1
    """Between two looks at all of these deadlines."""


_THROTTLED = re.compile(r"throttl|too (?:many|fast)|reconnect|try again later", re.IGNORECASE)
_BANNED = re.compile(r"\bbanned\b|[kgdz]-?:?lined?\b|not welcome", re.IGNORECASE)


class Backoff:
    """Says how long to wait before the next try: twice as long each time, and never in step.

    The jitter (half to all of the time) keeps many bots from coming back in the same second.
    """

    def __init__(self, patience: Patience, chance: random.Random) -> None:
        self._patience = patience
        self._chance = chance
        self._tries = 0

    def after(self, lived_s: float, reason: str) -> float:
        """Return seconds to wait after a connection that lived so long and ended so."""
        if lived_s >= self._patience.stable_s:
            self._tries = 0
        wait = doubled(
            self._patience.first_retry_s,
            self._patience.longest_retry_s,
            self._tries,
            self._chance,
        )
        self._tries += 1
        return max(wait, self._at_least(reason))

    def _at_least(self, reason: str) -> float:
        if _BANNED.search(reason):
            return self._patience.banned_s
        return self._patience.throttled_s if _THROTTLED.search(reason) else 0.0


def doubled(first_s: float, longest_s: float, tries: int, chance: random.Random) -> float:
    """Return the wait after so many tries: doubled each time, bounded, jittered to 50-100 %."""
    full: float = min(longest_s, first_s * 2.0 ** min(tries, 30))
    return full * chance.uniform(0.5, 1.0)
