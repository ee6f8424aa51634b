"""Turns stored lines into HTML: pure, and fast enough to do it anew for every reader.

A line is a list item with its permanent anchor:

    <li id="t2026-05-12T21:00:30"><a href="FILE#t..."><time>21:00:30</time></a> <bdi>ann</bdi>
    <span>hello</span></li>

Comings and goings between two spoken lines are folded: their items stand in a list after a closed
`<details>`, which hides them but for the one that the address points at, so every anchor is reachable
without a script.

A page is made column by column, not line by line: the clocks of all its lines, then their nicks, then their
texts, each as UTF-8, and one join puts them together. What most lines need is so done by C's loops, what
few need for those few. A single line is a page of one: there is one way only in which a line can look.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from itertools import compress, count, repeat
from operator import eq, ne, not_
from typing import NamedTuple

from archive.entries import Row
from archive.folds import Folds
from archive.palette import nick_class
from archive.richtext import escaped, language, rich, rich_lines, signed
from hub.irc import SPOKEN, Kind, casefold
from hub.language import gettext, mark
from hub.refs import Signs, no_signs

_SAY, _GAP = Kind.SAY.value, Kind.GAP.value
_TALK = frozenset(kind.value for kind in SPOKEN)
_MOVES = {
    Kind.JOIN.value: mark("came"),
    Kind.PART.value: mark("left"),
    Kind.QUIT.value: mark("left IRC"),
}
_SAME = "same"
"""Stands among the kinds for what is said by who spoke just before."""
_CLASSES = {kind.value: f' class="{kind.value}"' for kind in Kind} | {
    _SAY: "",
    _SAME: ' class="same"',
}
_PAUSE = 15 * 60
"""After so long without a word a nick is shown again."""

FOLDED = (Kind.JOIN, Kind.PART, Kind.QUIT, Kind.NICK, Kind.MODE)
"""Kinds that tell who came, went or changed; a page folds them."""

_FOLDED = frozenset(kind.value for kind in FOLDED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all lines of one day share: the day, the address of its page, and the nicks on it.

    `cells` has each nick as HTML in its colour, and the beginning of what follows it; `colours` the class
    of each lowered nick.
    """

    day: date
    file: str
    cells: Mapping[str, bytes]
    colours: Mapping[str, str]


class _Columns(NamedTuple):
    """Rows turned: each field of all lines."""

    seconds: Sequence[int]
    nths: Sequence[int]
    kinds: Sequence[str]
    nicks: Sequence[str]
    texts: Sequence[str]


def sheet(day: date, file: str, nicks: Collection[str]) -> Sheet:
    """Prepare a day: each nick is dressed once, however often it speaks."""
    cells = {nick: _cell(nick) for nick in nicks}
    return Sheet(day, escaped(file), cells, dict(map(_coloured, filter(None, nicks))))


_REGULARS = 32_768
"""The nicks of so many people are kept dressed: the same ones speak every day."""


@lru_cache(_REGULARS)
def _cell(nick: str) -> bytes:
    return f'<bdi class="{nick_class(casefold(nick))}">{escaped(nick)}</bdi> <span>'.encode()


@lru_cache(_REGULARS)
def _coloured(nick: str) -> tuple[str, str]:
    return nick.lower(), nick_class(casefold(nick))


def render_day(rows: Sequence[Row], day: date, file: str) -> bytes:
    """Return a day's lines as list items in UTF-8; `rows` are one UTC day's, in the order of time."""
    return b"".join(render_parts(rows, day, file))


def render_parts(
    rows: Sequence[Row], day: date, file: str, signs: Signs = no_signs, names: Collection[str] = ()
) -> Sequence[bytes]:
    """Return what `render_day` returns, for who joins it with what stands around it.

    names: of the lines that mention something (time, and place in its second), which `signs` finds.
    """
    if not rows:
        return []
    lines = _Columns(*zip(*rows, strict=True))
    page = sheet(day, file, {*lines.nicks})
    parts = _parts(lines, page, _going_on(lines))
    if names:
        _sign(parts, lines, page, signs, {name.encode() for name in names})
    _, _, kinds, nicks, texts = lines
    folds = Folds(_named)
    for start, end in _runs(kinds):
        if end - start == 1:
            words = folds.alone(kinds[start], nicks[start], texts[start])
        else:
            words = folds.summary(kinds[start:end], nicks[start:end], texts[start:end])
        parts[start * _ITEM] = b"".join((_FOLD, words, _UNFOLD, parts[start * _ITEM]))
        parts[end * _ITEM - 1] = _END_OF_FOLD
    return parts


def _sign(
    parts: list[bytes], lines: _Columns, page: Sheet, signs: Signs, names: Collection[bytes]
) -> None:
    """Put links into the texts of the lines that mention something."""
    for i in compress(count(), map(names.__contains__, parts[1::_ITEM])):
        if lines.kinds[i] in _TALK:
            parts[i * _ITEM + 8] = signed(lines.texts[i], page.colours, signs).encode()


def render_line(row: Row, page: Sheet) -> str:
    """Return any line as a list item, on its own: not folded, its nick shown."""
    return b"".join(_parts(_Columns(*zip(*[row], strict=True)), page)).decode()


def render_brief(rows: Sequence[Row]) -> str:
    """Return spoken lines as list items without time and anchor, for a glance."""
    page = sheet(date.min, "", {row[3] for row in rows})
    items = []
    for _, _, kind, nick, text in rows:
        cell, html = _set(page.cells[nick], text).decode(), rich(text, page.colours)
        items.append(f"<li{_CLASSES[kind]}>{cell}{html}</span></li>\n")
    return "".join(items)


_ITEM = 10
"""So many parts make an item: see `_parts`."""

_END = b"</span></li>\n"
_FOLD = b'<li class="fold"><details><summary>'
_UNFOLD = b"</summary></details><ol>\n"
_END_OF_FOLD = _END + b"</ol></li>\n"


def _parts(lines: _Columns, page: Sheet, going_on: Iterable[int] = ()) -> list[bytes]:
    """Return the parts of all items; `going_on` are the places of those whose nick need not be seen."""
    anchor, clocks = f"t{page.day}T", _clocks()
    silent = [i for i, kind in enumerate(lines.kinds) if kind != _SAY]
    times = [*map(clocks.__getitem__, lines.seconds)]
    head, link = f'<li id="{anchor}'.encode(), f'><a href="{page.file}#{anchor}'
    parts = [head, b"", b"", b"", b'"><time>', b"", b"</time></a> ", b"", b"", _END] * len(times)
    parts[1::_ITEM] = parts[3::_ITEM] = _names(times, lines.nths)
    parts[2::_ITEM] = _looks(lines, link, going_on)
    parts[5::_ITEM] = times
    parts[7::_ITEM] = _cells(lines, page)
    parts[8::_ITEM] = _told(lines, page, silent)
    for i in silent:
        if lines.kinds[i] == _GAP:
            item = slice(i * _ITEM, (i + 1) * _ITEM)
            parts[item] = _gap(page.day, lines.seconds[i], lines.texts[i], parts[item])
    return parts


@cache
def _clocks() -> Sequence[bytes]:
    """Return how each second of a day is told: to look it up takes a third of the time."""
    minutes = [b"%02d:%02d:" % divmod(minute, 60) for minute in range(24 * 60)]
    seconds = [b"%02d" % second for second in range(60)]
    return [minute + second for minute in minutes for second in seconds]


def _names(times: Sequence[bytes], nths: Sequence[int]) -> list[bytes]:
    """Return what each line is called within its day: its time, and its place in its second."""
    names = [*times]
    for i in compress(count(), map(ne, nths, repeat(1))):
        names[i] = b"%b-%d" % (times[i], nths[i])
    return names


def _looks(lines: _Columns, link: str, going_on: Iterable[int]) -> list[bytes]:
    """Return what stands between a line's anchor and the link to it: its class."""
    looks = {kind: f'"{name}{link}'.encode() for kind, name in _CLASSES.items()}
    found = [*map(looks.__getitem__, lines.kinds)]
    for i in going_on:
        found[i] = looks[_SAME]
    return found


def _going_on(lines: _Columns) -> Iterator[int]:
    """Yield the places of what is said by who spoke just before."""
    kinds, seconds, nicks = lines.kinds, lines.seconds, lines.nicks
    for i in compress(count(1), map(eq, nicks[1:], nicks)):
        if kinds[i] == kinds[i - 1] == _SAY and seconds[i] - seconds[i - 1] < _PAUSE:
            yield i


def _cells(lines: _Columns, page: Sheet) -> list[bytes]:
    """Return each nick, and the beginning of its text."""
    cells = [*map(page.cells.__getitem__, lines.nicks)]
    for i in compress(count(), map(not_, map(str.isascii, lines.texts))):
        cells[i] = _set(cells[i], lines.texts[i])
    return cells


def _set(cell: bytes, text: str) -> bytes:
    """Return a cell whose text is set by its language."""
    return cell if text.isascii() else cell[:-1] + language(text).encode() + b">"


def _told(lines: _Columns, page: Sheet, silent: Iterable[int]) -> list[bytes]:
    """Return what follows each nick."""
    kinds, texts, happened = lines.kinds, [*lines.texts], _Happenings()
    deeds = [i for i in silent if kinds[i] not in _TALK]
    for i in deeds:
        texts[i] = ""
    told = rich_lines(texts, page.colours)
    for i in deeds:
        told[i] = happened[kinds[i], lines.texts[i]]
    return told


class _Happenings(dict[tuple[str, str], bytes]):
    """What happened, by kind and text: each is put in words when it is first asked for."""

    def __missing__(self, deed: tuple[str, str]) -> bytes:
        self[deed] = words = _happened(*deed).encode()
        return words


def _runs(kinds: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield from where until before where lines are folded that follow one another."""
    folded = [False, *map(_FOLDED.__contains__, kinds), False]
    borders = compress(count(), map(ne, folded, folded[1:]))
    return zip(borders, borders, strict=True)


def _happened(kind: str, text: str) -> str:
    """Return what happened, in words that follow the nick."""
    if kind in _MOVES:
        return gettext(_MOVES[kind]) + _because(text)
    if kind == Kind.NICK:
        return gettext("is now known as %(nick)s", nick=_name(text))
    if kind == Kind.MODE:
        return gettext("sets mode %(mode)s", mode=_name(text))
    if kind == Kind.TOPIC and text:
        return gettext("changed the topic to: %(topic)s", topic=f"<bdi>{rich(text)}</bdi>")
    if kind == Kind.TOPIC:
        return gettext("cleared the topic")
    if kind == _GAP:
        return ""  # nobody did it: see _gap
    victim, _, reason = text.partition(" ")
    return gettext("kicked %(nick)s", nick=_name(victim)) + _because(reason)


def _name(text: str) -> str:
    return f"<bdi>{escaped(text)}</bdi>"


@lru_cache(_REGULARS)
def _named(nick: str) -> bytes:
    return _name(nick).encode()


def _because(reason: str) -> str:
    return f" (<bdi>{rich(reason)}</bdi>)" if reason else ""


def _gap(day: date, second: int, text: str, item: Sequence[bytes]) -> Sequence[bytes]:
    """Return a gap as a break; one that server history has filled keeps only its anchor."""
    until, _, filled = text.partition(" ")
    if filled:
        return [*item[:2], b'" class="gap" hidden></li>\n', *[b""] * (_ITEM - 3)]
    start = _clocks()[second].decode()
    try:
        end = datetime.fromisoformat(until).astimezone(UTC)
    except ValueError:
        words = gettext("No log from %(start)s UTC on: the bot was away.", start=start)
    else:
        shown = f"{end:%H:%M:%S}" if end.date() == day else f"{end:%Y-%m-%d %H:%M:%S}"
        words = gettext(
            "No log from %(start)s to %(end)s UTC: the bot was away.", start=start, end=shown
        )
    return [*item[:7], b"<span>", words.encode(), _END]
