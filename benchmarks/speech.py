"""Talk with as many words as people use: made, not copied, and the same in every run.

Words fall off as they do in languages (Zipf): a few in nearly every line, most in a handful of a million. A
tenth of the lines are Korean, with particles that lean on words; some hold identifiers and addresses of
reviews.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from benchmarks.corpus import NETWORK
from hub.irc import Kind, Line

FIRST_DAY = date(2014, 3, 1)
CHANNELS = tuple(f"#yard{i}" for i in range(10))
_VOCABULARY = 200_000
_KOREAN = 20_000
_STEP_DAYS = 7
_ONSETS = "b c d f g h j k l m n p r s t v w st tr pl gr ch sh th cl".split()
_NUCLEI = "a e i o u ai ea ou io".split()
_CODAS = ("", "n", "r", "s", "t", "l", "ng", "ck", "rd")
_PARTICLES = (
    "",
    "",
    "을",
    "를",
    "이",
    "가",
    "은",
    "는",
    "에",
    "에서",
    "으로",
    "도",
    "입니다",
    "했어요",
)
_PROJECTS = ("nova", "swift", "neutron", "keystone", "cinder", "glance", "heat", "ironic")
_PARTS = ("compute", "api", "scheduler", "conductor", "agent", "client", "tests", "lib")


def word(rank: int) -> str:
    """Return the word of a rank, 0 the most frequent; all differ."""
    return _spelled(rank + 40, (_ONSETS, _NUCLEI, _CODAS))


def korean(rank: int) -> str:
    """Return the Korean word of a rank, of two or three syllables."""
    first, rest = divmod(rank * 7919 + 31, 2350)
    return f"{chr(0xAC00 + rest * 4)}{chr(0xAC00 + (first * 28 + rank) % 11172)}"


def identifier(number: int) -> str:
    """Return a name as programs have it."""
    project, rest = divmod(number, len(_PARTS))
    return f"{_PROJECTS[project % len(_PROJECTS)]}-{_PARTS[rest]}"


def days(count: int, lines_a_day: int, *, seed: int = 1) -> Iterator[Sequence[Line]]:
    """Yield a day of each channel in turn, so many days, a week apart."""
    speaker = _Speaker(random.Random(seed))
    for number in range(count):
        day = FIRST_DAY + timedelta(days=number // len(CHANNELS) * _STEP_DAYS)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        yield list(speaker.day(start, CHANNELS[number % len(CHANNELS)], lines_a_day))


class _Speaker:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._words = _Ranks(chance, _VOCABULARY, 1.07)
        self._korean = _Ranks(chance, _KOREAN, 1.0)
        self._nicks = _Ranks(chance, 2_000, 0.9)

    def day(self, start: datetime, channel: str, lines: int) -> Iterator[Line]:
        """Yield a day of a channel."""
        for second in sorted(self._chance.choices(range(86_400), k=lines)):
            nick = f"nick{self._nicks.draw()}"
            at = start + timedelta(seconds=second)
            yield Line(NETWORK, channel, at, Kind.SAY, nick, self._text())

    def _text(self) -> str:
        dice, length = self._chance.random(), 2 + min(60, int(self._chance.expovariate(0.09)))
        if dice < 0.10:
            words = [
                korean(self._korean.draw()) + self._chance.choice(_PARTICLES)
                for _ in range(max(2, length // 2))
            ]
            return " ".join(words)
        text = " ".join([word(self._words.draw()) for _ in range(length)])
        if dice > 0.98:
            number = self._chance.randrange(900_000)
            project = self._chance.choice(_PROJECTS)
            return f"{text} https://review.example.org/c/yard/{project}/+/{number}"
        if dice > 0.95:
            return f"{identifier(self._chance.randrange(64))} {text}"
        return text


class _Ranks:
    """Draws ranks by Zipf's law."""

    def __init__(self, chance: random.Random, count: int, steepness: float) -> None:
        self._chance = chance
        self._sums = list(accumulate(1 / (rank + 2.7) ** steepness for rank in range(count)))

    def draw(self) -> int:
        """Return a rank, 0 the most frequent."""
        return bisect(self._sums, self._chance.random() * self._sums[-1])


def _spelled(number: int, parts: tuple[Sequence[str], ...]) -> str:
    """Return a number as syllables."""
    onsets, nuclei, codas = parts
    text = ""
    while True:
        number, onset = divmod(number, len(onsets))
        number, nucleus = divmod(number, len(nuclei))
        number, coda = divmod(number, len(codas))
        text += onsets[onset] + nuclei[nucleus] + codas[coda]
        if not number:
            return text
