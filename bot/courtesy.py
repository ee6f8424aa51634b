"""How often the bot answers: nobody can make it flood a channel, or talk to another bot for ever.

Pure. Whoever asks has a few answers, then one now and then; so has each channel, whoever asks in it.
A question beyond that gets no answer: saying so would be one.
"""

from collections import OrderedDict
from dataclasses import dataclass

_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many answers at once, then one each `every_s` seconds."""

    burst: int
    every_s: float


EACH_ASKER = Allowance(6, 10.0)
EACH_PLACE = Allowance(10, 5.0)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Courtesy:
    """Counts the answers of one network's bot. `now` is monotonic seconds."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def may_answer(self, asker: str, place: str, now: float) -> bool:
        """Say whether to answer, and count it if so; names come folded."""
        asked = self._filled(("asker", asker), EACH_ASKER, now)
        heard = self._filled(("place", place), EACH_PLACE, now)
        if asked.tokens < 1.0 or heard.tokens < 1.0:
            return False
        asked.tokens -= 1.0
        heard.tokens -= 1.0
        return True

    def _filled(self, key: tuple[str, str], allowance: Allowance, now: float) -> _Bucket:
        bucket = self._buckets.pop(key, None) or _Bucket(float(allowance.burst), now)
        passed = max(0.0, now - bucket.filled_at)
        bucket.tokens = min(allowance.burst, bucket.tokens + passed / allowance.every_s)
        bucket.filled_at = now
        self._buckets[key] = bucket
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        return bucket
