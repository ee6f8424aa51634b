"""Throttles: how often something may be tried, counted by who or from where, in the memory of one process."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Throttle:
    """A bucket of tries for each key: `burst` at once, then one each `every_s` seconds.

    At most `most` keys are kept. When there are more, those that tried longest ago are forgotten: their
    buckets have filled up most.
    """

    burst: int
    every_s: float
    most: int = 20_000
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def allow(self, key: str, now: datetime) -> float | None:
        """Take one try; return None when there was one, else after how many seconds there is."""
        at = now.timestamp()
        left = self._left(key, at)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, at)
        self._buckets.move_to_end(key)
        while len(self._buckets) > self.most:
            self._buckets.popitem(last=False)
        return None if allowed else (1 - left) * self.every_s

    def forget(self, key: str) -> None:
        """Fill a bucket up: who has proved to be right need not wait for earlier mistakes."""
        self._buckets.pop(key, None)

    def _left(self, key: str, at: float) -> float:
        """Return how many tries a bucket holds at a time; a clock that goes back adds none."""
        left, since = self._buckets.get(key, (float(self.burst), at))
        return min(float(self.burst), left + max(0.0, at - since) / self.every_s)
