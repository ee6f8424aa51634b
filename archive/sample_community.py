"""The sample community that `madang serve --demo` shows: some days of talk in three channels.

The talk is written by hand, in `archive/sample/*.log`: ChannelLogger's format with a day's offset in
the place of its date, `-3 14:05:22  <ada> hello`. Negative days are whole days before today. Day 0
is the newest talk, and it ends shortly before now, at any time of the day: its clock only says how its
lines follow each other. In braces stand things that depend on now, or that can't be seen:

    {line #madang -8 07:55:14-2}   the address of a line          {log #madang -1}   of a day's page
    {to /p/notes}                  the address of a path          {at -6 07:14:20}   a moment as ISO UTC
    {b} {i} {u} {c4} {c2,8} {o}   mIRC codes
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from urllib.parse import quote

import sqlalchemy as sa
from sqlmodel import Session

from archive.addresses import Addresses, line_ref, slug
from archive.formats.channellogger import read_body
from archive.formats.outcome import Event
from archive.store import merge
from archive.tables import ChannelRow, LineRow
from hub.clock import micros
from hub.irc import Kind, Line

CHANNELS: Mapping[str, str] = {
    "#madang": "madang.log",
    "#madang-dev": "madang-dev.log",
    "#마당-한국어": "madang-korean.log",
}
"""The sample's channels and the file of each; the first is the main one."""

_ENDED_AGO = timedelta(minutes=7)

_LINE = re.compile(r"(?P<day>-?\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)  (?P<body>.+)")
_MOMENT = r"(?P<day>-?\d{1,2}) (?P<clock>\d\d:\d\d:\d\d)"
_BRACES = re.compile(
    rf"\{{(?:at {_MOMENT}"
    rf"|line (?P<channel>#\S+) {_MOMENT.replace('<day>', '<lday>').replace('<clock>', '<lclock>')}"
    r"(?:-(?P<nth>\d+))?"
    r"|log (?P<logged>#\S+) (?P<logday>-?\d+)"
    r"|to (?P<path>/[^\s}]+)"
    r"|c(?P<color>\d{1,2}(?:,\d{1,2})?)"
    r"|(?P<code>[biuo]))\}"
)
_CODES = {"b": "\x02", "i": "\x1d", "u": "\x1f", "o": "\x0f"}


@dataclass(frozen=True, slots=True)
class _Written:
    """A line as its file has it: the day's offset, the time since the day began, what happened."""

    day: int
    clock: timedelta
    body: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What the lines become part of: when, on which network, at which address."""

    now: datetime
    last: timedelta  # the clock of day 0's last line
    network: str
    public_url: str

    def at(self, day: int, clock: timedelta) -> datetime:
        """Return the moment of a day's offset and a clock."""
        if day == 0:
            return self.now.replace(microsecond=0) - _ENDED_AGO - (self.last - clock)
        today = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return today + timedelta(days=day) + clock

    def filled(self, text: str) -> str:
        """Return a text with what stands for things in braces."""
        return _BRACES.sub(self._filled_in, text)

    def _filled_in(self, braces: re.Match[str]) -> str:
        """Return what stands for something in braces."""
        addresses = Addresses(self.network)
        if braces["day"]:
            at = self.at(int(braces["day"]), _clock(braces["clock"]))
            return at.strftime("%Y-%m-%dT%H:%M:%SZ")
        if channel := braces["channel"]:
            at = self.at(int(braces["lday"]), _clock(braces["lclock"]))
            ref = line_ref(self.network, channel, micros(at), int(braces["nth"] or 1))
            return self.public_url + addresses.line(ref)
        if channel := braces["logged"]:
            day = self.at(int(braces["logday"]), timedelta()).date()
            return self.public_url + addresses.day(self.network, channel, day)
        if path := braces["path"]:
            return self.public_url + quote(path)
        return f"\x03{braces['color']}" if braces["color"] else _CODES[braces["code"]]


def sample_lines(
    now: datetime, *, network: str = "demo", public_url: str = "http://127.0.0.1:8723"
) -> Iterator[Line]:
    """Yield the sample's lines, channel by channel in their order, as of `now` (aware UTC)."""
    setting = sample_setting(now, network=network, public_url=public_url)
    for channel, file in CHANNELS.items():
        for line in _read(file):
            yield _line(channel, line, setting)


def sample_setting(now: datetime, *, network: str, public_url: str) -> Setting:
    """Return what the sample becomes part of as of `now`: its other things happen at its times."""
    last = max(line.clock for file in CHANNELS.values() for line in _read(file) if line.day == 0)
    return Setting(now.astimezone(UTC), last, network, public_url)


def sample_topics() -> Mapping[str, str]:
    """Return each channel's name and its last topic: how the demo's server begins."""
    topics = dict.fromkeys(CHANNELS, "")
    for line in sample_lines(datetime.fromtimestamp(0, UTC)):
        if line.kind is Kind.TOPIC:
            topics[line.channel] = line.text
    return topics


def load_sample(
    session: Session,
    now: datetime,
    *,
    network: str = "demo",
    public_url: str = "http://127.0.0.1:8723",
) -> int:
    """Store the sample, and return the number of its lines; 0 when it is there already.

    A sample that was loaded some days ago stays as it is: it grows old like any other talk.
    """
    if _is_there(session, network):
        return 0
    talk: dict[str, list[Line]] = {channel: [] for channel in CHANNELS}
    for line in sample_lines(now, network=network, public_url=public_url):
        talk[line.channel].append(line)
    return sum(merge(session, network, channel, lines) for channel, lines in talk.items())


def _is_there(session: Session, network: str) -> bool:
    """Whether any of the sample's channels holds lines that no bot has heard."""
    line, channel = LineRow.__table__, ChannelRow.__table__  # type: ignore[attr-defined]
    found = session.execute(
        sa.select(line.c.id)
        .join(channel, channel.c.id == line.c.channel_id)
        .where(
            channel.c.network == network,
            channel.c.folded.in_([slug(name) for name in CHANNELS]),
            line.c.slot.is_(None),
            line.c.kind != Kind.GAP.value,  # the bot's own gaps have no slot either
        )
        .limit(1)
    )
    return found.first() is not None


def _read(file: str) -> Iterator[_Written]:
    text = (files("archive") / "sample" / file).read_text(encoding="utf-8")
    for number, row in enumerate(_rows(text), 1):
        match = _LINE.fullmatch(row)
        if match is None:
            raise ValueError(f"archive/sample/{file}:{number}: not a line of the sample: {row!r}")
        yield _Written(int(match["day"]), _clock(match["clock"]), match["body"])


def _rows(text: str) -> Sequence[str]:
    """Split at line ends only: the talk may hold other separators that `splitlines` knows."""
    return text.removesuffix("\n").split("\n")


def _clock(clock: str) -> timedelta:
    hours, minutes, seconds = map(int, clock.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _line(channel: str, written: _Written, setting: Setting) -> Line:
    event = read_body(setting.filled(written.body))
    if not isinstance(event, Event):
        raise ValueError(f"archive/sample: not in ChannelLogger's format: {written.body!r}")
    at = setting.at(written.day, written.clock)
    return Line(setting.network, channel, at, event.kind, event.nick, event.text)
