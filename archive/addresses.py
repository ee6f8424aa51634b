"""The archive's addresses, which are eavesdrop's, and its refs: written and read in this one place.

    /irclogs/                                           channels
    /irclogs/%23chan/                                   days by month
    /irclogs/%23chan/%23chan.2021-05-12.log.html        a day, `#t2021-05-12T21:00:30` a line in it
    /irclogs/%23chan/%23chan.2021-05-12.log             the same as text
    /irclogs/%23chan/latest.log.html | live | feed.atom | since

A network other than the first comes before the channel: `/irclogs/oftc/%23chan/`. Names are quoted, so a
channel called `#../../etc` or `#a/b` is one segment like any other and no part of it is ever a path.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote, unquote

from archive.entries import anchor
from hub.clock import SECOND, micros
from hub.irc import casefold

ROOT = "/irclogs/"
_CHANNEL = ("#", "&", "+", "!")
_DAY_FILE = re.compile(r"(?P<slug>.+)\.(?P<day>\d{4}-\d{2}-\d{2})\.log(?P<html>\.html)?", re.DOTALL)
_REF = re.compile(
    r"line:(?P<network>[^/]+)/(?P<slug>.+)/(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:-(?P<nth>\d{1,6}))?",
    re.DOTALL,
)


def slug(name: str) -> str:
    """Return a channel's name as addresses spell it: ASCII letters lowered."""
    return casefold(name, "ascii")


@dataclass(frozen=True, slots=True)
class LineRef:
    """A ref of a line, taken apart; `second` counts from 1970, `nth` from 1."""

    network: str
    slug: str
    second: int
    nth: int

    @property
    def anchor(self) -> str:
        """The line's anchor within its day."""
        return anchor(self.second * SECOND, self.nth)

    @property
    def day(self) -> date:
        """The UTC day on which the line stands."""
        return datetime.fromtimestamp(self.second, UTC).date()


def line_ref(network: str, channel: str, at: int, nth: int) -> str:
    """Return the ref of the `nth` line of the second at `at` (microseconds since 1970)."""
    return f"line:{network}/{slug(channel)}/{anchor(at, nth)}"


def parse_line_ref(ref: str) -> LineRef | None:
    """Take a ref of a line apart; None when it is none."""
    match = _REF.fullmatch(ref)
    if match is None:
        return None
    try:
        at = datetime.fromisoformat(match["at"]).replace(tzinfo=UTC)
    except ValueError:
        return None
    second = micros(at) // SECOND
    return LineRef(match["network"], slug(match["slug"]), second, int(match["nth"] or 1))


@dataclass(frozen=True, slots=True)
class Place:
    """What an address names. `page` is list, channel, day, text, latest, live, feed or since."""

    page: str
    network: str = ""
    slug: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds and reads addresses; `main` is the network that they leave out."""

    main: str

    def channel(self, network: str, channel: str) -> str:
        """Return the address of a channel's page."""
        before = "" if network == self.main else quote(network, safe="") + "/"
        return f"{ROOT}{before}{quote(slug(channel), safe='')}/"

    def day(self, network: str, channel: str, day: date, *, text: bool = False) -> str:
        """Return the address of a day, as a page or as text."""
        name = quote(slug(channel), safe="")
        ending = "log" if text else "log.html"
        return f"{self.channel(network, channel)}{name}.{day.isoformat()}.{ending}"

    def line(self, ref: str) -> str:
        """Return the address of the line that a ref names.

        Raises: ValueError when it is not a ref of a line.
        """
        found = parse_line_ref(ref)
        if found is None:
            raise ValueError(f"not a ref of a line: {ref!r}")
        return f"{self.day(found.network, found.slug, found.day)}#t{found.anchor}"

    def parse(self, raw_path: str) -> Place | None:
        """Say what a quoted path below `/irclogs/` names; None when it can't name anything."""
        segments = [unquote(part) for part in raw_path.removeprefix(ROOT).split("/")]
        network = self.main
        if segments[0] and not segments[0].startswith(_CHANNEL):
            network = segments.pop(0)
            if not segments or segments == [""]:
                return Place("list", network)
        if segments == [""]:
            return Place("list")
        return _place(network, slug(segments[0]), segments[1:])


_FILES = {
    "": "channel",
    "index.html": "channel",
    "latest.log.html": "latest",
    "live": "live",
    "feed.atom": "feed",
    "since": "since",
}


def _place(network: str, name: str, rest: list[str]) -> Place | None:
    if len(rest) != 1:
        return None if rest else Place("channel", network, name)
    if rest[0] in _FILES:
        return Place(_FILES[rest[0]], network, name)
    match = _DAY_FILE.fullmatch(rest[0])
    if match is None or slug(match["slug"]) != name:
        return None
    try:
        day = date.fromisoformat(match["day"])
    except ValueError:
        return None
    return Place("day" if match["html"] else "text", network, name, day)
