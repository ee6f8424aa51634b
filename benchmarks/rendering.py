"""Figure: days as HTML pages, ours and irclog2html's of the same files, in lines/s, and their ratio.

Both read a day's log from disk and write a complete page to disk, in this process. irclog2html runs as its
own command does, in its xhtmltable style; ours is the page that the hub serves, template and all.
"""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from irclog2html.irclog2html import LogParser, XHTMLTableStyle, convert_irc_log
from starlette.applications import Starlette
from starlette.requests import Request

from archive.addresses import Addresses
from archive.day_views import day_html
from archive.entries import Row
from archive.formats import day_in_name
from archive.importer import ImportOptions, LogFile, find_files, read_file
from archive.shelves import Shelf
from benchmarks.corpus import CHANNEL, CHURN, NETWORK, TALK, Mix, days, write_tree
from benchmarks.figures import Figure, at_least, ratios
from benchmarks.hub import asked, fill, opened, scope
from hub.irc import SPOKEN, Line, withhold
from web.app import make_app

_LINES = 3_000
_FILE = CHANNEL.replace("#", "%23")
_COLOURS = dict.fromkeys(("part", "join", "server", "nickchange", "action"), "#404040")


@dataclass(frozen=True, slots=True)
class Size:
    """Days of each kind of channel, and runs."""

    days: int
    runs: int


FULL = Size(days=30, runs=7)
QUICK = Size(days=3, runs=3)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure a channel of talk, and one where half of the lines are comings and goings."""
    return [*_measured(folder / "talk", TALK, size), *_measured(folder / "churn", CHURN, size)]


def _measured(folder: Path, mix: Mix, size: Size) -> Sequence[Figure]:
    files = write_tree(folder / "logs", days(mix, size.days, _LINES))
    with opened(folder / "data") as app, asyncio.Runner() as runner:
        fill(app, days(mix, size.days, _LINES))
        works = _works(files, make_app(app), runner)
        _paces(works, 1, folder / "warm")
        gc.freeze()  # as the hub does; both gain by it
        runs = [_paces(works, size.days, folder / str(number)) for number in range(size.runs)]
    paces = {name: [run[name] for run in runs] for name in works}
    whole, alone = paces.pop(_PEER), paces.pop(_PEER_ALONE)
    found = [
        Figure(f"render, {mix.name}, {_PEER}", "lines/s", whole),
        Figure(f"render, {mix.name}, {_PEER_ALONE}", "lines/s", alone),
    ]
    for name, pace in paces.items():
        title = f"render, {mix.name}, {name}"
        compared = ratios(pace, alone if name == _ALONE else whole)
        found.append(Figure(title, "lines/s", pace))
        found.append(Figure(f"{title}, by irclog2html", "ratio", compared, at_least(4)))
    return found


_PEER, _PEER_ALONE, _ALONE = "irclog2html", "irclog2html, lines in memory", "lines in memory"

_Work = Callable[[int, Path], None]


def _paces(works: Mapping[str, _Work], count: int, out: Path) -> Mapping[str, float]:
    """Return the lines/s of each work. They take turns day by day: what slows the machine slows all."""
    seconds = dict.fromkeys(works, 0.0)
    for name in works:
        (out / name).mkdir(parents=True)
    for number in range(count):
        for name, work in works.items():
            seconds[name] += _seconds(work, number, out / name)
    return {name: count * _LINES / took for name, took in seconds.items()}


def _works(files: Sequence[Path], shell: Starlette, runner: asyncio.Runner) -> Mapping[str, _Work]:
    """Return what is measured: each writes the page of one day into a folder."""
    told = [
        list(LogParser(path.read_bytes().splitlines()))  # type: ignore[no-untyped-call]
        for path in files
    ]
    sources = [next(iter(find_files([path]))) for path in files]
    stored = [_read(source) for source in sources]
    return {
        _PEER: lambda n, out: _theirs(files[n], None, out),
        _PEER_ALONE: lambda n, out: _theirs(files[n], told[n], out),
        _ALONE: lambda n, out: _ours(files[n], stored[n], out, shell),
        "from log files": lambda n, out: _ours(files[n], _read(sources[n]), out, shell),
        "from the database": lambda n, out: runner.run(_served(files[n], out, shell)),
    }


def _seconds(work: _Work, number: int, out: Path) -> float:
    """Return the processor's seconds: it is work of one core, and other programs don't count."""
    began = time.process_time()
    work(number, out)
    return time.process_time() - began


def _theirs(path: Path, told: list[Any] | None, out: Path) -> None:
    """Do what irclog2html's own main does with a file; None where it is still to be read."""
    none = ("", "")
    page = out / f"{path.name}.html"
    with path.open("rb") as source, page.open("wb") as target:
        style = XHTMLTableStyle(target, outfilename=str(page), colours=_COLOURS)  # type: ignore[no-untyped-call]
        parser = told or LogParser(source)  # type: ignore[no-untyped-call]
        convert_irc_log(parser, style, path.name, none, none, none)  # type: ignore[no-untyped-call]
        style.outfile.flush()


def _ours(path: Path, rows: Sequence[Row], out: Path, shell: Starlette) -> None:
    day = day_in_name(path)
    assert day is not None
    (out / f"{path.name}.html").write_bytes(_page(rows, day, shell))


def _read(file: LogFile) -> Sequence[Row]:
    options = ImportOptions(NETWORK, CHANNEL)
    return _rows(line for line in read_file(file, options) if isinstance(line, Line))


def _rows(lines: Iterable[Line]) -> Sequence[Row]:
    """Return lines as the store would give them, with their places in their seconds."""
    counts: Counter[int] = Counter()
    rows = []
    for line in map(withhold, lines):
        at = line.at
        second = (at.hour * 60 + at.minute) * 60 + at.second
        counts[second] += 1
        rows.append((second, counts[second], line.kind.value, line.nick, line.text))
    return rows


async def _served(path: Path, out: Path, shell: Starlette) -> None:
    """Ask the application for a day, as a server would."""
    page = await asked(shell, f"/irclogs/{_FILE}/{_FILE}.{day_in_name(path)}.log.html")
    (out / f"{path.name}.html").write_bytes(page)


def _page(rows: Sequence[Row], day: date, shell: Starlette) -> bytes:
    """Return a day's page as the hub serves it, of lines that are in no database."""
    addresses = Addresses(NETWORK)
    url = addresses.channel(NETWORK, CHANNEL)
    return day_html(
        Request(scope(f"{url}{_FILE}.{day}.log.html", shell)),
        rows,
        day=day,
        file=_FILE,
        shelf=Shelf(NETWORK, CHANNEL, CHANNEL, url, None, noindex=False, logged=True, states=()),
        before=None,
        after=None,
        spoken=sum(row[2] in SPOKEN for row in rows),
        live=False,
        cursor=0,
        everything=False,
        mentions=(),
    )
