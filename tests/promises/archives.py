"""The archive as its readers see it: the day as text, as page, and as feed, over HTTP."""

import re
import urllib.request
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.error import HTTPError
from urllib.parse import quote

from tests.servers.deadline import wait_until
from tests.servers.madang import Madang

_LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)  (.*)")
_GAP = re.compile(r"\*\*\* no log until (\S+?)Z?( \(filled\))?")
_SAID = re.compile(r"<(\S+)> (.*)|\* (\S+) (.*)|-(\S+)- (.*)")
_ON_PAGE = re.compile(r'<li id="t([^"]+)"[^>]*>.*?<span[^>]*>(.*)</span></li>')


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the day's text: its second, aware UTC, and what follows it."""

    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which the archive says that nobody listened; whole seconds."""

    start: datetime
    until: datetime
    filled: bool

    def covers(self, at: datetime) -> bool:
        """Say whether a moment lies in it."""
        return self.start <= at <= self.until


@dataclass(frozen=True, slots=True)
class Archive:
    """One channel's archive on a running hub; `network` only where it isn't the first one."""

    madang: Madang
    channel: str = "#yard"
    network: str = ""

    @property
    def address(self) -> str:
        """The path of the channel's page, with a slash at its end."""
        before = f"{self.network}/" if self.network else ""
        return f"/irclogs/{before}{quote(self.channel.lower(), safe='')}/"

    def day_path(self, ending: str = "log.html", day: datetime | None = None) -> str:
        """The path of a day, today without one."""
        name = quote(self.channel.lower(), safe="")
        return f"{self.address}{name}.{(day or datetime.now(UTC)).date()}.{ending}"

    def text(self) -> str:
        """Yesterday's and today's text: a test may run over midnight."""
        now = datetime.now(UTC)
        days = (now - timedelta(days=1), now)
        return "".join(_get(self.madang.url + self.day_path("log", day)) for day in days)

    def html(self) -> str:
        """Yesterday's and today's page, everything shown."""
        now = datetime.now(UTC)
        days = (now - timedelta(days=1), now)
        paths = [self.day_path("log.html", day) + "?show=all" for day in days]
        return "".join(_get(self.madang.url + path) for path in paths)

    def feed(self) -> str:
        """The feed, as it is sent."""
        return _get(self.madang.url + self.address + "feed.atom")

    def lines(self) -> list[Logged]:
        """All lines in their order."""
        return parse(self.text())

    def said(self) -> list[str]:
        """What was said, in order, without who said it."""
        return [text for _, text in self.talk()]

    def talk(self) -> list[tuple[str, str]]:
        """Who said what, in order."""
        return talk(self.lines())

    def gaps(self) -> list[Gap]:
        """The gaps that the archive admits."""
        return gaps(self.lines())

    def anchors(self) -> dict[str, str]:
        """What stands at each anchor of the page."""
        return {name: unescape(text) for name, text in _ON_PAGE.findall(self.html())}

    def wait_for(self, text: str, timeout_s: float = 15.0) -> None:
        """Wait until a text stands in the archive."""
        self.madang.running.wait_until(
            lambda: text in self.text(), f"{text!r} in the archive", timeout_s
        )


def parse(text: str) -> list[Logged]:
    """Take the day's text apart; every line of it has to be one."""
    found = []
    for raw in filter(None, text.split("\n")):
        match = _LINE.fullmatch(raw)
        assert match, f"not a line of ChannelLogger's: {raw!r}"
        found.append(Logged(datetime.fromisoformat(match[1]).replace(tzinfo=UTC), match[2]))
    return found


def talk(lines: list[Logged]) -> list[tuple[str, str]]:
    """Who said what."""
    matches = [_SAID.fullmatch(line.body) for line in lines if not line.body.startswith("*** ")]
    parts = [[part for part in match.groups() if part is not None] for match in matches if match]
    return [(nick, text) for nick, text in parts]


def gaps(lines: list[Logged]) -> list[Gap]:
    """The gaps among lines."""
    found = [(line, _GAP.fullmatch(line.body)) for line in lines]
    return [
        Gap(line.at, datetime.fromisoformat(m[1]).replace(tzinfo=UTC), bool(m[2]))
        for line, m in found
        if m
    ]


def doubles(texts: list[str]) -> list[str]:
    """The texts that stand there more than once."""
    return [text for text, count in Counter(texts).items() if count > 1]


def wait_until_joined(madang: Madang, archive: Archive, count: int = 1) -> None:
    """Wait until the archive tells so many joins of the bot."""
    wait_until(lambda: archive.text().count("madang has joined") >= count, "the bot's join", 30)


def _get(url: str) -> str:
    """A page's text; empty when there is none (yet). Raises: OSError for anything else."""
    try:
        with urllib.request.urlopen(url, timeout=15) as answer:
            return str(answer.read().decode("utf-8"))
    except HTTPError as answer:
        answer.close()
        if answer.code != 404:
            raise OSError(f"{url}: {answer.code}") from None
        return ""
