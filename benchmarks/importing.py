"""Figure: log files into SQLite, by the real command, in lines/s; and whether memory stays flat."""

import re
import shutil
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.formats import by_name
from benchmarks.corpus import CHANNEL, CHURN, NETWORK, TALK, Mix, days, write_file, write_tree
from benchmarks.figures import Figure, at_least, at_most, ratios
from benchmarks.hub import opened
from benchmarks.madang import Cost, Failed, run
from hub.clock import micros
from hub.irc import Line

_BATCH = 10_000
_TARGET = at_least(40_000)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is imported: days of a large file, of the trees, and of the smaller file for memory; runs."""

    big_days: int
    sparse_days: int
    dense_days: int
    memory_days: int
    runs: int


FULL = Size(big_days=200, sparse_days=1_000, dense_days=100, memory_days=100, runs=5)
QUICK = Size(big_days=20, sparse_days=100, dense_days=10, memory_days=10, runs=1)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure all layouts, and the memory of a file ten times as large."""
    big = _one_file(folder / "big", TALK, size.big_days, 3_000)
    sparse = _tree(folder / "sparse", CHURN, size.sparse_days, 300)
    dense = _tree(folder / "dense", TALK, size.dense_days, 3_000)
    import_once(folder, [sparse.paths[0]], sparse.lines // len(sparse.paths))
    found: list[Figure] = []
    for layout in (big, dense, sparse):
        found += _layout(folder, layout, size.runs)
    found.append(_memory(folder, size))
    return found


@dataclass(frozen=True, slots=True)
class _Layout:
    """Files to import, and how many lines they hold."""

    name: str
    paths: Sequence[Path]
    lines: int


def _one_file(folder: Path, mix: Mix, count: int, lines_a_day: int) -> _Layout:
    path = folder / f"{CHANNEL}.log"
    for lines in days(mix, count, lines_a_day):
        write_file(path, lines)
    return _Layout("one file", [path], count * lines_a_day)


def _tree(folder: Path, mix: Mix, count: int, lines_a_day: int) -> _Layout:
    paths = write_tree(folder, days(mix, count, lines_a_day))
    name = f"{lines_a_day:,} lines a day, {mix.name}"
    return _Layout(f"a file a day, {name}", paths, count * lines_a_day)


def _layout(folder: Path, layout: _Layout, runs: int) -> Sequence[Figure]:
    ours, raw, cpu = [], [], []
    for _ in range(runs):
        cost = import_once(folder, layout.paths, layout.lines)
        ours.append(layout.lines / cost.wall_s)
        cpu.append(layout.lines / cost.cpu_s)
        raw.append(_raw(folder, layout))
    name = f"import, {layout.name}"
    return [
        Figure(name, "lines/s", ours, _TARGET),
        Figure(f"{name}, by its processor time", "lines/s", cpu),
        Figure(f"{name}, by sqlite3's own pace", "ratio", ratios(ours, raw)),
    ]


def import_once(folder: Path, paths: Sequence[Path], lines: int) -> Cost:
    """Import files into a new hub and make sure that every line is there.

    Raises: Failed when not.
    """
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    source = str(paths[0] if len(paths) == 1 else paths[0].parents[1])
    told = ("--network", NETWORK, "--channel", CHANNEL)
    cost = run(data, "import", "irclogs", source, *told)
    if not re.search(rf"{lines} lines: {lines} new, 0 already there, 0 not", cost.output):
        raise Failed(f"the import was to bring {lines} lines:\n{cost.output}")
    with sqlite3.connect(data / "madang.db") as connection:
        stored = connection.execute("SELECT count(*) FROM line").fetchone()[0]
    connection.close()
    if stored != lines:
        raise Failed(f"{lines} lines were imported, {stored} are there")
    return cost


def _raw(folder: Path, layout: _Layout) -> float:
    """Return how fast sqlite3 alone puts the same rows into the same table, parsing left out."""
    data = folder / "raw"
    shutil.rmtree(data, ignore_errors=True)
    with opened(data):
        rows = _rows(layout)
    connection = sqlite3.connect(data / "madang.db", isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    began = time.perf_counter()
    for start in range(0, len(rows), _BATCH):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, rows[start : start + _BATCH])
        connection.execute("COMMIT")
    took_s = time.perf_counter() - began
    connection.close()
    return len(rows) / took_s


_INSERT = "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _rows(layout: _Layout) -> list[tuple[object, ...]]:
    known = by_name("channellogger")
    rows: list[tuple[object, ...]] = []
    for path in layout.paths:
        text = path.read_text(encoding="utf-8").splitlines()
        for line in known.read(text, network=NETWORK, channel=CHANNEL):
            assert isinstance(line, Line)
            said = (line.kind.value, line.nick, line.text)
            rows.append((len(rows) + 1, 1, micros(line.at), 1, *said, None, None, None))
    return rows


def _memory(folder: Path, size: Size) -> Figure:
    """Return how much more memory a file takes that is ten times as large."""
    small = _one_file(folder / "small", TALK, size.memory_days, 3_000)
    large = _one_file(folder / "large", TALK, 10 * size.memory_days, 3_000)
    peaks = [
        [import_once(folder, layout.paths, layout.lines).peak_mb for layout in (small, large)]
        for _ in range(1)
    ]
    told = (
        f"{peaks[0][0]:.0f} MB for {small.lines:,} lines, {peaks[0][1]:.0f} MB for {large.lines:,}"
    )
    growth = [after / before for before, after in peaks]
    return Figure(
        "import, memory of a file ten times as large", "ratio", growth, at_most(1.1), told
    )
