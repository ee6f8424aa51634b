"""Turns stored lines into HTML: pure, and fast enough to do it anew for every reader.

A line is a list item with its permanent anchor:

    <li id="t2026-05-12T21:00:30"><a href="FILE#t..."><time>21:00:30</time></a> <bdi>ann</bdi>
    <span>hello</span></li>

Comings and goings between two spoken lines are folded: their items stand in a list after a closed
`<details>`, which hides them but for the one that the address points at, so every anchor is reachable
without a script. Nine of ten lines need one look (`is_plain`) and one string; the others go through richtext.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from archive.entries import Entry, day_bounds
from archive.folds import summary
from archive.palette import nick_class
from archive.richtext import escaped, is_plain, language, rich
from hub.clock import SECOND, from_micros
from hub.irc import Kind, casefold

_HOURS = tuple(f"{minute // 60:02}:{minute % 60:02}:" for minute in range(24 * 60))
_SECONDS = tuple(f"{second:02}" for second in range(60))
_SAY, _ACTION, _NOTICE = Kind.SAY, Kind.ACTION, Kind.NOTICE
_TOLD = (Kind.TOPIC, Kind.KICK, Kind.GAP)
_MOVES = {Kind.JOIN: "came", Kind.PART: "left", Kind.QUIT: "left IRC"}
_CLASSES = {kind: "" if kind is _SAY else f' class="{kind.value}"' for kind in Kind}
_PAUSE = 15 * 60 * SECOND
"""After so long without a word a nick is shown again."""

FOLDED = (Kind.JOIN, Kind.PART, Kind.QUIT, Kind.NICK, Kind.MODE)
"""Kinds that tell who came, went or changed; a page folds them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all lines of one day share: its first microsecond, its prefixes, and the nicks on it.

    `file` is the address of the day's page; `cells` has each nick as HTML, `colours` its class.
    """

    start: int
    anchor: str
    file: str
    cells: Mapping[str, str]
    colours: Mapping[str, str]


def sheet(day: date, file: str, entries: Iterable[Entry]) -> Sheet:
    """Prepare a day: each nick is dressed once, however often it speaks."""
    nicks = {entry.nick for entry in entries}
    colours = {nick: nick_class(casefold(nick)) for nick in nicks}
    return Sheet(
        day_bounds(day)[0],
        f"t{day.isoformat()}T",
        escaped(file),
        {nick: _cell(nick, colour) for nick, colour in colours.items()},
        {nick.lower(): colour for nick, colour in colours.items()},
    )


def render_day(entries: Sequence[Entry], day: date, file: str) -> str:
    """Return a day's lines as list items; `entries` are one UTC day's, in the order of time."""
    page = sheet(day, file, entries)
    start, cells, colours = page.start, page.cells, page.colours
    before, link = f'<li id="{page.anchor}', f'><a href="{page.file}#{page.anchor}'
    hours, seconds = _HOURS, _SECONDS
    out: list[str] = []
    write = out.append
    folded: list[Entry] = []
    speaker, spoke = None, 0
    for entry in entries:
        _, at, nth, kind, nick, text = entry
        if kind is not _SAY:
            if kind not in FOLDED:
                speaker = None
                _end_fold(out, folded, page)
                write(render_line(entry, page))
            else:
                folded.append(entry)
            continue
        if folded:
            speaker = None
            _end_fold(out, folded, page)
        second = (at - start) // SECOND
        clock = hours[second // 60] + seconds[second % 60]
        name = clock if nth == 1 else f"{clock}-{nth}"
        attributes = "" if text.isascii() else language(text)
        if is_plain(text):
            if "," in text and text.partition(" ")[0][-1:] == ",":
                text = rich(text, colours)
        else:
            text = rich(text, colours)
        same = ' class="same"' if nick == speaker and at - spoke < _PAUSE else ""
        speaker, spoke = nick, at
        write(
            f'{before}{name}"{same}{link}{name}"><time>{clock}</time></a> {cells[nick]} '
            f"<span{attributes}>{text}</span></li>\n"
        )
    _end_fold(out, folded, page)
    return "".join(out)


def render_line(entry: Entry, page: Sheet) -> str:
    """Return any line as a list item, on its own: not folded, its nick shown."""
    second = (entry.at - page.start) // SECOND
    clock = _HOURS[second // 60] + _SECONDS[second % 60]
    name = page.anchor + (clock if entry.nth == 1 else f"{clock}-{entry.nth}")
    time = f'<a href="{page.file}#{name}"><time>{clock}</time></a>'
    if entry.kind is Kind.GAP:
        return _gap(entry, name, time)
    attributes = "" if entry.text.isascii() else language(entry.text)
    return (
        f'<li id="{name}"{_CLASSES[entry.kind]}>{time} {page.cells[entry.nick]} '
        f"<span{attributes}>{_told(entry, page)}</span></li>\n"
    )


def render_brief(entries: Sequence[Entry]) -> str:
    """Return spoken lines as list items without time and anchor, for a glance."""
    colours = {entry.nick.lower(): nick_class(casefold(entry.nick)) for entry in entries}
    items = []
    for entry in entries:
        kind = "" if entry.kind is _SAY else f' class="{entry.kind.value}"'
        attributes = "" if entry.text.isascii() else language(entry.text)
        cell = _cell(entry.nick, colours[entry.nick.lower()])
        items.append(
            f"<li{kind}>{cell} <span{attributes}>{rich(entry.text, colours)}</span></li>\n"
        )
    return "".join(items)


def _cell(nick: str, colour: str) -> str:
    return f'<bdi class="{colour}">{escaped(nick)}</bdi>'


def _end_fold(out: list[str], folded: list[Entry], page: Sheet) -> None:
    """Write the folded lines, if there are any, and forget them."""
    if not folded:
        return
    words = summary(folded, lambda nick: f"<bdi>{escaped(nick)}</bdi>")
    out.append(f'<li class="fold"><details><summary>{words}</summary></details><ol>\n')
    out += [render_line(entry, page) for entry in folded]
    out.append("</ol></li>\n")
    folded.clear()


def _told(entry: Entry, page: Sheet) -> str:
    """Return what happened, in words that follow the nick."""
    kind, text = entry.kind, entry.text
    if kind in _MOVES:
        return _MOVES[kind] + _because(text)
    if kind is _SAY or kind is _ACTION or kind is _NOTICE:
        return rich(text, page.colours)
    if kind is Kind.NICK:
        return f"is now known as <bdi>{escaped(text)}</bdi>"
    if kind is Kind.MODE:
        return f"sets mode {escaped(text)}"
    if kind is Kind.TOPIC:
        return f"changed the topic to: {rich(text)}" if text else "cleared the topic"
    victim, _, reason = text.partition(" ")
    return f"kicked <bdi>{escaped(victim)}</bdi>{_because(reason)}"


def _because(reason: str) -> str:
    return f" (<bdi>{rich(reason)}</bdi>)" if reason else ""


def _gap(entry: Entry, name: str, time: str) -> str:
    """Return a gap as a break; one that server history has filled keeps only its anchor."""
    until, _, filled = entry.text.partition(" ")
    if filled:
        return f'<li id="{name}" class="gap" hidden></li>\n'
    start = from_micros(entry.at)
    try:
        end = datetime.fromisoformat(until).astimezone(UTC)
    except ValueError:
        words = f"No log from {start:%H:%M:%S} UTC on: the bot was away."
    else:
        shown = f"{end:%H:%M:%S}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M:%S}"
        words = f"No log from {start:%H:%M:%S} to {shown} UTC: the bot was away."
    return f'<li id="{name}" class="gap">{time} <span>{words}</span></li>\n'
