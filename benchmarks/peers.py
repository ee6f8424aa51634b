"""SQLite's FTS5 over the same tokens, to measure beside: built as well as it can be."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from hub.app import App
from hub.clock import SECOND, micros
from search.engine import Record
from search.gathering import begin, next_batch
from search.query import Order, Query, read_query

_COMMIT = 50_000


@contextmanager
def fts5(app: App, file: Path) -> Iterator[tuple[Callable[[str], object], float, int]]:
    """Index all lines; give what asks, the seconds that building took, and the bytes."""
    with closing(sqlite3.connect(file)) as base:
        taken = _build(app, base)
        yield lambda text: _asked(base, read_query(text, app.clock())), taken, file.stat().st_size


def _build(app: App, base: sqlite3.Connection) -> float:
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        "CREATE TABLE doc(id INTEGER PRIMARY KEY, ref TEXT, at INTEGER);"
        "CREATE VIRTUAL TABLE fts USING fts5(text, place, content='',"
        " tokenize='unicode61 remove_diacritics 0');"
    )
    began = time.perf_counter()
    mark, number = app.db.read(lambda s: begin(s, app.modules)), 0
    while True:
        batch = app.db.read(lambda s, m=mark: next_batch(s, app.modules, m))  # type: ignore[misc]
        if not batch.put and batch.is_last:
            break
        _put(base, batch.put, number)
        number, mark = number + len(batch.put), batch.mark
    base.commit()
    base.execute("INSERT INTO fts(fts) VALUES('optimize')")
    base.commit()
    taken = time.perf_counter() - began
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return taken


def _put(base: sqlite3.Connection, records: Sequence[Record], number: int) -> None:
    rows = list(enumerate(records, number + 1))
    base.executemany("INSERT INTO doc VALUES(?,?,?)", [(i, r.ref, r.at) for i, r in rows])
    base.executemany(
        "INSERT INTO fts(rowid, text, place) VALUES(?,?,?)",
        [(i, r.text, _place(r.where)) for i, r in rows],
    )
    if number % _COMMIT < len(records):
        base.commit()


def _place(where: str) -> str:
    return f"x{where.encode().hex()}"


def _asked(base: sqlite3.Connection, query: Query) -> object:
    parts = [_phrase(c.row.tokens, prefix=c.row.prefix) for c in query.wanted]
    match = "text:(" + " AND ".join(parts) + ")"
    for place in query.values("in"):
        match += f" AND place:{_place(place)}"
    after = micros(query.after) // SECOND if query.after else 0
    before = micros(query.before) // SECOND if query.before else 1 << 40
    order = "bm25(fts)" if query.first is Order.BEST else "doc.at DESC"
    where = "fts MATCH ? AND doc.at >= ? AND doc.at < ?"
    joined = "FROM fts JOIN doc ON doc.id = fts.rowid"
    total = base.execute(
        f"SELECT count(*) {joined} WHERE {where}", (match, after, before)
    ).fetchone()
    rows = base.execute(
        f"SELECT doc.ref {joined} WHERE {where} ORDER BY {order} LIMIT 20", (match, after, before)
    )
    return total, rows.fetchall()


def _phrase(tokens: Sequence[str], *, prefix: bool) -> str:
    text = " ".join(tokens)
    return f'"{text}"{"*" if prefix else ""}'
