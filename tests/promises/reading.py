"""What the archive's pages give back, read as a stranger's script would: over HTTP, by regexp.

It shares no code with the program, so that both can't be wrong in the same way.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

from tests.servers.madang import Madang

_SPOKEN = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)  <([^>]+)> (.*)")
_GAP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)  \*\*\* no log until (\S+?)( \(filled\))?")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One spoken line of the raw text; `at` has whole seconds, UTC."""

    at: str
    nick: str
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of the raw text: nobody listened from `at` until `until`."""

    at: str
    until: str
    is_filled: bool


def channel_url(channel: str, network: str = "") -> str:
    """A channel's address; a network other than the first is named in it."""
    place = f"{network}/" if network else ""
    return f"/irclogs/{place}{quote(channel, safe='')}/"


def day_url(channel: str, day: date, suffix: str = ".log", network: str = "") -> str:
    """A day's address, as raw text or (`.log.html`) as a page."""
    return f"{channel_url(channel, network)}{quote(channel, safe='')}.{day.isoformat()}{suffix}"


def today() -> date:
    """The day that the archive writes now."""
    return datetime.now(UTC).date()


def raw_lines(hub: Madang, channel: str, since: date, network: str = "") -> list[str]:
    """The raw text's lines of all days from `since` on; a day without a page has none."""
    days = ((today() - since).days + 1) if since <= today() else 0
    lines: list[str] = []
    for number in range(days):
        url = day_url(channel, since + timedelta(days=number), network=network)
        if hub.status(url) == 200:
            lines += hub.get(url).splitlines()
    return lines


def spoken(lines: Iterable[str]) -> list[Spoken]:
    """The spoken lines, in the archive's order."""
    return [Spoken(*match.groups()) for line in lines if (match := _SPOKEN.fullmatch(line))]


def texts_of(nick: str, lines: Iterable[str]) -> list[str]:
    """What one nick said, in the archive's order."""
    return [said.text for said in spoken(lines) if said.nick == nick]


def gaps(lines: Iterable[str]) -> list[Gap]:
    """The gaps, in the archive's order."""
    found = (match for line in lines if (match := _GAP.fullmatch(line)))
    return [Gap(match[1], match[2], match[3] is not None) for match in found]
