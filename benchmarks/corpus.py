"""Talk to measure with: made, not copied, and the same in every run.

A line is spoken or a coming and going. Of the spoken ones a tenth are Korean, a twentieth hold a link, some
have mIRC formatting, some address somebody, a few are actions. Times fall anywhere into their day.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.formats import write
from hub.irc import Kind, Line

NETWORK = "bench"
CHANNEL = "#yard"
FIRST_DAY = date(2021, 3, 1)

_ENGLISH = """
the a to of and it is in that we for on this be not with i you have was can but if there do they
so at what just or from by one will would out about up when has more no like time all then some
get need make into only think now here how other than its work also good after use new see two way
because any same right patch build test tests fails review change branch release server client
config network channel bot log logs page pages meeting agenda topic action vote please thanks
maybe probably already still again tomorrow today yesterday morning week story task bug fixed
broken upstream package version module kernel driver queue worker database schema migration
timeout retry cache memory disk cpu slow fast quick check merge rebase commit push
"""
_HANGUL = """
안녕하세요 오늘 회의 몇 시에 시작하나요 저는 그 패치를 아직 못 봤어요 내일 다시 볼게요
고맙습니다 서버가 또 느려졌네요 로그를 확인해 주세요 테스트는 다 통과했습니다 좋아요
그렇게 합시다 문서가 조금 더 필요해요 마당에서 만나요 질문이 있어요
"""
_WORDS, _KOREAN = _ENGLISH.split(), _HANGUL.split()
_NICK_PARTS = ("ann", "bob", "cho", "dan", "eun", "fia", "gil", "han", "ida", "jun", "kim", "lee")
_REASONS = ("Quit: leaving", "Ping timeout: 240 seconds", "Remote host closed the connection", "")
_COMINGS = (Kind.JOIN, Kind.QUIT, Kind.PART, Kind.NICK, Kind.MODE, Kind.TOPIC)
_COMING_WEIGHTS = (42, 35, 13, 6, 3, 1)


@dataclass(frozen=True, slots=True)
class Mix:
    """A kind of channel: the share of lines that are comings and goings, and how many people it has."""

    name: str
    comings: float
    people: int


TALK = Mix("talk", 0.08, 60)
CHURN = Mix("half comings and goings", 0.50, 400)


def days(
    mix: Mix, count: int, lines_a_day: int, *, channel: str = CHANNEL, seed: int = 1
) -> Iterator[Sequence[Line]]:
    """Yield so many days of so many lines each, in the order of time."""
    chance = random.Random(f"{seed} {mix.name} {channel}")
    speaker = _Speaker(chance, mix)
    for number in range(count):
        day = FIRST_DAY + timedelta(days=number)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        seconds = sorted(chance.choices(range(86_400), k=lines_a_day))
        yield [
            Line(NETWORK, channel, start + timedelta(seconds=second), *speaker.says(channel))
            for second in seconds
        ]


class _Speaker:
    """Thinks up one line after the other."""

    def __init__(self, chance: random.Random, mix: Mix) -> None:
        self._chance = chance
        self._mix = mix
        self._nicks = [f"{_NICK_PARTS[i % 12]}{i // 12 or ''}" for i in range(mix.people)]
        self._weights = [sum(1 / (k + 1) for k in range(i + 1)) for i in range(mix.people)]

    def says(self, channel: str) -> tuple[Kind, str, str]:
        """Return kind, nick and text of the next line."""
        nick = self._nick()
        if self._chance.random() < self._mix.comings:
            return self._comes_or_goes(nick)
        kind = Kind.ACTION if self._chance.random() < 0.02 else Kind.SAY
        return kind, nick, self._text(channel)

    def _nick(self) -> str:
        return self._chance.choices(self._nicks, cum_weights=self._weights)[0]

    def _comes_or_goes(self, nick: str) -> tuple[Kind, str, str]:
        kind = self._chance.choices(_COMINGS, _COMING_WEIGHTS)[0]
        if kind is Kind.JOIN:
            return kind, nick, ""
        if kind is Kind.NICK:
            return kind, nick, f"{nick}_away"
        if kind is Kind.MODE:
            return kind, nick, f"+v {self._nick()}"
        if kind is Kind.TOPIC:
            return kind, nick, " ".join(self._chance.choices(_WORDS, k=6))
        return kind, nick, self._chance.choice(_REASONS)

    def _text(self, channel: str) -> str:
        chance = self._chance
        dice = chance.random()
        words = _KOREAN if dice < 0.10 else _WORDS
        text = " ".join(chance.choices(words, k=chance.randint(2, 18)))
        if dice > 0.95:
            text += (
                f" https://example.org/{channel[1:]}/{chance.randrange(100_000)}?view=all&page=2"
            )
        elif dice > 0.93:
            text = f"\x02note\x02 \x0304,01{text}\x0f"
        elif dice > 0.80:
            text = f"{self._nick()}: {text}"
        elif dice > 0.78:
            text = f"a < b && c > d: {text}"
        return text


def write_file(path: Path, lines: Sequence[Line]) -> None:
    """Write a day (or more) as ChannelLogger does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{write(line)}\n" for line in lines)


def write_tree(folder: Path, made: Iterator[Sequence[Line]]) -> list[Path]:
    """Write one file for each day, named as eavesdrop archives name them."""
    paths = []
    for lines in made:
        channel, day = lines[0].channel, lines[0].at.date()
        path = folder / channel / f"{channel}.{day}.log"
        write_file(path, lines)
        paths.append(path)
    return paths
