"""Figures: how fast the index takes lines in, how fast it answers, and how large it is on disk.

A hub is filled with talk, its index built as `madang reindex` does, from the database on. Then each class of
queries is asked: twenty refs and their number, by score and by date, with and without a channel and dates;
once more while lines come in. A whole page is told too: counts by kind, place and year, texts from the
database, excerpts, talk around them. Beside it, at a size that all can finish, Whoosh and SQLite's FTS5 over
the same tokens.
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import speech
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.hub import fill, opened
from benchmarks.peers import fts5
from benchmarks.speech import identifier, korean, word
from hub.app import App
from hub.people import GUEST
from search.analyzer import ANALYZER_VERSION
from search.engine import Engine
from search.finding import Asker, find
from search.index import Index
from search.keeper import Keeper
from search.module import engine_of
from search.place import Place
from search.query import read_query

_FILTER = "in:#yard3 after:2014-06 before:2015-02"
_COMMITS_S = 0.3


@dataclass(frozen=True, slots=True)
class Size:
    """Channel-days of the hub and lines of each; of the one that is compared; and how often all is asked."""

    days: int
    lines: int
    compared_days: int
    rounds: int


FULL = Size(days=1000, lines=1000, compared_days=50, rounds=3)
LARGE = Size(days=10_000, lines=1000, compared_days=0, rounds=2)
QUICK = Size(days=20, lines=200, compared_days=10, rounds=1)

Ask = Callable[[str], object]


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure the default engine at full size, then all of them at a small one."""
    found = list(_full(folder / "full", size))
    if size.compared_days:
        found += _compared(folder / "compared", size)
    return found


def _full(data: Path, size: Size) -> Iterator[Figure]:
    lines, large = size.days * size.lines, size.days * size.lines > 5_000_000
    most_ms = 60 if large else 20
    with opened(data) as app:
        fill(app, speech.days(size.days, size.lines))
        index, build_s = built(app, engine_of("tantivy"))
        name = f"search, {lines:,} lines"
        yield Figure(f"{name}: index", "lines/s", [lines / build_s], at_least(15_000))
        yield Figure(f"{name}: on disk", "bytes/line", [_bytes(index) / lines], at_most(120))
        ask, target = _hits(app, index), at_most(most_ms)
        for (kind, suffix), times in _timed(ask, size.rounds).items():
            yield Figure(
                f"{name}: {kind}{suffix}, p95", "ms", [_p95(times)], target, _median(times)
            )
        times = [t for found in _timed(whole_page(app, index), 1).values() for t in found]
        yield Figure(f"{name}: a whole page, p95", "ms", [_p95(times)], None, _median(times))
        with _commits(app, index) as commits_ms:
            times = [t for found in _timed(ask, 1).values() for t in found]
        told = f"{len(commits_ms)} commits of {statistics.median(commits_ms or [0]):.0f} ms"
        yield Figure(
            f"{name}: all while lines come in, p95", "ms", [_p95(times)], at_most(most_ms), told
        )


def _compared(data: Path, size: Size) -> Iterator[Figure]:
    """Compare engines over the same lines: answers without pages, with an exact count."""
    lines = size.compared_days * size.lines
    with opened(data) as app:
        fill(app, speech.days(size.compared_days, size.lines))
        for name in ("tantivy", "whoosh"):
            index, build_s = built(app, engine_of(name))
            told, ask = f"{name}, {lines:,} lines", _hits(app, index)
            yield from _summary(told, lines, build_s, _bytes(index), ask, size)
            index.close()
        with fts5(app, data / "fts5.db") as (peer, build_s, taken):
            yield from _summary(f"FTS5, {lines:,} lines", lines, build_s, taken, peer, size)


def _summary(
    name: str, lines: int, build_s: float, taken: int, ask: Ask, size: Size
) -> Iterator[Figure]:
    yield Figure(f"{name}: index", "lines/s", [lines / build_s])
    yield Figure(f"{name}: on disk", "bytes/line", [taken / lines])
    times = [t for found in _timed(ask, size.rounds).values() for t in found]
    yield Figure(f"{name}: all queries, p95", "ms", [_p95(times)], None, _median(times))


def built(app: App, engine: Engine) -> tuple[Index, float]:
    """Return a hub's index, made just now, and the seconds that it took."""
    place = Place(app.config.data_dir / f"index-{engine.name}")
    keeper = Keeper(app.db, app.modules, place, engine)
    began = time.perf_counter()
    while not keeper.mark.complete:
        keeper.step()
    taken = time.perf_counter() - began
    keeper.close()
    return Index(place, engine, ANALYZER_VERSION), taken


def _bytes(index: Index) -> int:
    path = index.place.current()
    assert path is not None
    return sum(file.stat().st_size for file in path.iterdir())


def queries() -> Iterator[tuple[str, Sequence[str]]]:
    """Yield classes of queries: words by how frequent they are, phrases, beginnings, Korean, names."""
    yield "rare", [word(rank) for rank in range(60_000, 60_020)]
    yield "common", [word(rank) for rank in range(100, 120)]
    yield "very common", [word(rank) for rank in range(20)]
    yield "two words", [f"{word(rank)} {word(rank + 30)}" for rank in range(20, 40)]
    yield "phrase", [f'"{word(rank % 7)} {word(rank + 1)}"' for rank in range(20)]
    yield "prefix", [f"{word(rank)[:4]}*" for rank in range(3_000, 3_020)]
    yield "Korean", [korean(rank) for rank in range(20)]
    yield "identifier", [identifier(number) for number in range(20)]


def _timed(ask: Ask, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Ask every query in each of four ways; return milliseconds by class and filter."""
    found: dict[tuple[str, str], list[float]] = {}
    for kind, texts in queries():
        for text in texts:
            for suffix, filter_ in (("", ""), (", channel and dates", f" {_FILTER}")):
                for order in (" sort:best", " sort:new"):
                    times = found.setdefault((kind, suffix), [])
                    times += [_ms(ask, f"{text}{filter_}{order}") for _ in range(rounds)]
    return found


def _ms(ask: Ask, text: str) -> float:
    began = time.perf_counter()
    ask(text)
    return (time.perf_counter() - began) * 1000


def whole_page(app: App, index: Index) -> Ask:
    """Return what a page of results costs, but for its HTML."""
    asker = Asker(GUEST, app.modules)
    return lambda text: app.db.read(lambda s: find(s, index, asker, read_query(text, app.clock())))


def _hits(app: App, index: Index) -> Ask:
    """Return what the engine's answer costs: twenty refs and their number."""
    from search.asking import wanted
    from search.query import Order

    def ask(text: str) -> object:
        query = read_query(text, app.clock())
        known = index.opened()
        assert known is not None
        return known.reader.search(wanted(query), newest=query.first is Order.NEW, limit=20)

    return ask


class _commits:  # noqa: N801 - it reads as a verb where it is used
    """Has lines come in as long as it is entered; the milliseconds of each commit."""

    def __init__(self, app: App, index: Index) -> None:
        self._app, self._index = app, index
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._times: list[float] = []

    def __enter__(self) -> list[float]:
        self._thread.start()
        return self._times

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        app, index = self._app, self._index
        keeper = Keeper(app.db, app.modules, index.place, index.engine)
        for day in speech.days(1_000_000, 50, seed=2):
            fill(app, iter([day]))
            began = time.perf_counter()
            while keeper.step():
                pass
            self._times.append((time.perf_counter() - began) * 1000)
            if self._ended.wait(_COMMITS_S):
                break
        keeper.close()


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _median(times: Sequence[float]) -> str:
    return f"median {statistics.median(times):.3g}, max {max(times):.3g}"
