"""Figure: days as HTML pages, ours and irclog2html's of the same files, in lines/s, and their ratio.

Both read a day's log from disk and write a complete page to disk, in this process. irclog2html runs as its
own command does, in its xhtmltable style; ours is the page that the hub serves, template and all.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from irclog2html.irclog2html import LogParser, XHTMLTableStyle, convert_irc_log
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request

from archive.addresses import Addresses
from archive.entries import Entry
from archive.formats import day_in_name
from archive.importer import ImportOptions, find_files, read_file
from archive.render import render_day
from archive.shelves import Shelf
from benchmarks.corpus import CHANNEL, CHURN, NETWORK, TALK, Mix, days, write_tree
from benchmarks.figures import Figure, at_least, ratios
from benchmarks.hub import asked, fill, opened, scope
from hub.clock import SECOND, micros
from hub.irc import SPOKEN, Line, withhold
from web.app import make_app
from web.page import render

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
    with opened(folder / "data") as app:
        fill(app, days(mix, size.days, _LINES))
        shell = make_app(app)
        work: dict[str, Callable[[Path], None]] = {
            "irclog2html": lambda out: _theirs(files, out),
            "from log files": lambda out: _ours(files, out, shell),
            "from the database": lambda out: _served(files, out, shell),
        }
        paces: dict[str, list[float]] = {name: [] for name in work}
        for number in range(size.runs):
            for name, write in work.items():
                out = folder / f"{name} {number}"
                out.mkdir()
                paces[name].append(size.days * _LINES / _seconds(write, out))
    peer = paces["irclog2html"]
    found = [Figure(f"render, {mix.name}, irclog2html", "lines/s", peer)]
    for name in list(work)[1:]:
        title = f"render, {mix.name}, {name}"
        found.append(Figure(title, "lines/s", paces[name]))
        compared = ratios(paces[name], peer)
        found.append(Figure(f"{title}, by irclog2html", "ratio", compared, at_least(4)))
    return found


def _seconds(write: Callable[[Path], None], out: Path) -> float:
    began = time.perf_counter()
    write(out)
    return time.perf_counter() - began


def _theirs(files: Sequence[Path], out: Path) -> None:
    """Do what irclog2html's own main does with each file."""
    for path in files:
        page = out / f"{path.name}.html"
        with path.open("rb") as source, page.open("wb") as target:
            style = XHTMLTableStyle(target, outfilename=str(page), colours=_COLOURS)
            none = ("", "")
            convert_irc_log(LogParser(source), style, path.name, none, none, none)
            style.outfile.flush()


def _ours(files: Sequence[Path], out: Path, shell: Starlette) -> None:
    options = ImportOptions(NETWORK, CHANNEL)
    for file in find_files(files):
        entries = _entries(line for line in read_file(file, options) if isinstance(line, Line))
        day = day_in_name(file.path)
        assert day is not None
        (out / f"{file.path.name}.html").write_bytes(_page(entries, day, shell).encode())


def _entries(lines: Iterable[Line]) -> list[Entry]:
    """Return lines as the store would, with their places in their seconds."""
    counts: Counter[int] = Counter()
    entries = []
    for number, line in enumerate(map(withhold, lines), 1):
        at = micros(line.at)
        counts[at // SECOND] += 1
        entries.append(Entry(number, at, counts[at // SECOND], line.kind, line.nick, line.text))
    return entries


def _served(files: Sequence[Path], out: Path, shell: Starlette) -> None:
    """Ask the application for each day, as a server would."""

    async def ask_all() -> None:
        for path in files:
            page = await asked(shell, f"/irclogs/{_FILE}/{_FILE}.{day_in_name(path)}.log.html")
            (out / f"{path.name}.html").write_bytes(page)

    asyncio.run(ask_all())


def _page(entries: Sequence[Entry], day: date, shell: Starlette) -> str:
    """Return a day's page as the hub serves it, of lines that are in no database."""
    addresses = Addresses(NETWORK)
    url = addresses.channel(NETWORK, CHANNEL)
    spoken = [entry.nick for entry in entries if entry.kind in SPOKEN]
    request = Request(scope(f"{url}{_FILE}.{day}.log.html", shell))
    return render(
        request,
        "archive/day.html",
        shelf=Shelf(NETWORK, CHANNEL, url, None, noindex=False, logged=True, states=()),
        day=day,
        before=None,
        after=None,
        file=_FILE,
        html=Markup(render_day(entries, day, f"{_FILE}.{day}.log.html")),
        spoken=len(spoken),
        people=len(set(spoken)),
        live=False,
        cursor=0,
        everything=False,
        mentions=(),
    )
