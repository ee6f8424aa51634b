"""Whoosh, the second engine: pure Python, for hubs of up to some hundred thousand lines.

With search/whoosh_parts.py the only file that imports it, tuned by what was measured: 32-bit numbers of few
steps, dates looked up per match, segments that are mapped instead of copied, fresh searchers
instead of `refresh`.
"""

import json
import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from typing import Any

from search.analyzer import Row
from search.engine import (
    TITLE_SCORE,
    WHO_SCORE,
    Busy,
    Damaged,
    Facets,
    Mark,
    Match,
    Matches,
    Phrase,
    Reader,
    Record,
    Terms,
    Wanted,
    Writer,
    words_field,
)

with warnings.catch_warnings():  # it is older than some rules of the language, which tells of that
    warnings.simplefilter("ignore")
    from whoosh import index, query
    from whoosh.collectors import SortingCollector, UnlimitedCollector
    from whoosh.scoring import BM25F
    from whoosh.sorting import FieldFacet

    from search.whoosh_parts import BETWEEN, Weighted, Within, schema

_EXPANDED = 100
_MOST_WORDS = 8
_MARK = "\0mark"
_NOWHERE = "\0"


class WhooshEngine:
    """Indexes of Whoosh."""

    name = "whoosh"
    version = "whoosh 2.7.4, schema 2"
    reads = frozenset({version})

    def create(self, folder: Path) -> None:
        """Make an empty index in an empty folder."""
        index.create_in(str(folder), schema())

    def reader(self, folder: Path) -> Reader:
        """Open an index for reading. Raises: Damaged."""
        return _Reader(_opened(folder))

    def writer(self, folder: Path, *, building: bool) -> Writer:
        """Open an index for writing. Raises: Damaged, Busy."""
        return _Writer(_opened(folder), 256 if building else 64)


def _opened(folder: Path) -> Any:
    with _damage():
        return index.open_dir(str(folder))


@contextmanager
def _damage() -> Iterator[None]:
    """Take whatever breaks while files are read for Damaged: Whoosh has no name for it."""
    try:
        yield
    except (Busy, Damaged):
        raise
    except Exception as error:
        raise Damaged(repr(error)) from error


class _Writer:
    """Takes the writer of Whoosh, and with it its lock, only when there is something to write."""

    def __init__(self, opened: Any, megabytes: int) -> None:
        self._index, self._megabytes = opened, megabytes
        self._taken: Any = None

    def _writer(self) -> Any:
        if self._taken is None:
            try:
                with _damage():
                    self._taken = self._index.writer(limitmb=self._megabytes, compound=False)
            except Damaged as error:
                if "LockError" in str(error):
                    raise Busy(str(error)) from error
                raise
        return self._taken

    def put(self, records: Iterable[Record], *, fresh: bool) -> None:
        """Put documents in."""
        for record in records:
            writer = self._writer()
            with _damage():
                if not fresh:
                    writer.delete_by_term("ref", record.ref)
                writer.add_document(**_fields(record))

    def remove(self, refs: Iterable[str]) -> None:
        """Take documents out."""
        for ref in refs:
            writer = self._writer()
            with _damage():
                writer.delete_by_term("ref", ref)

    def commit(self, mark: Mark) -> None:
        """Make it durable."""
        writer = self._writer()
        with _damage():
            writer.delete_by_term("ref", _MARK)
            # With all columns: over segments of which one lacks a column it can't be read.
            columns = {"kind": _MARK, "where": _MARK, "at": 0, "weight": 1}
            writer.add_document(ref=_MARK, note=json.dumps(asdict(mark)), **columns)
            writer.commit()
            self._taken = None

    def drop(self) -> None:
        """Let go of the files at once."""
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        taken, self._taken = self._taken, None
        with _damage():
            if taken is not None:
                taken.cancel()
            self._index.close()


def _fields(record: Record) -> dict[str, Any]:
    """Return a record as Whoosh takes it; a field that is empty is left out."""
    found: dict[str, Any] = {
        "title": record.title,
        "text": record.text,
        "korean": record.korean,
        "who": record.who,
        "label": BETWEEN.join(record.labels),
    }
    return {name: value for name, value in found.items() if value} | {
        "ref": record.ref,
        "where": record.where or _NOWHERE,
        "kind": record.kind,
        "visibility": record.visibility,
        "at": max(0, min(record.at, 0xFFFF_FFFE)),
        "moment": record.at,
        "weight": record.weight,
    }


class _Reader:
    """One search at a time: pure Python takes turns anyway, and files can be closed between two."""

    def __init__(self, opened: Any) -> None:
        self._index = opened
        self._searcher: Any = None
        self._generation = -1
        self._turn = threading.Lock()
        self.refresh()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._turn, _damage():
            if self._searcher is None:
                raise Damaged("the index was closed")
            yield

    def refresh(self) -> None:
        """See what was committed meanwhile."""
        with self._turn, _damage():
            generation = self._index.latest_generation()
            if generation < 0:
                raise Damaged("the index has no table of contents")
            if generation != self._generation:
                self._close()
                self._searcher = self._index.searcher(weighting=BM25F())
                self._generation = generation

    def close(self) -> None:
        """Let go of the files."""
        with self._turn, _damage():
            self._close()
            self._index.close()

    def _close(self) -> None:
        if self._searcher is not None:
            self._searcher.close()
        self._searcher = None

    def count(self) -> int:
        """Return how many documents there are."""
        with self._reading():
            return max(0, int(self._searcher.doc_count()) - 1)

    def mark(self) -> Mark:
        """Return how far the index has come."""
        with self._reading():
            found = self._searcher.document(ref=_MARK)
            return Mark(**json.loads(found["note"])) if found else Mark()

    def visibilities(self) -> Sequence[str]:
        """Return every visibility that a document has."""
        with self._reading():
            return list(_texts(self._searcher.reader(), "visibility", ""))

    def search(self, wanted: Wanted, *, newest: bool, limit: int, offset: int = 0) -> Matches:
        """Return the documents that fit best, or the newest of those that fit."""
        with self._reading():
            searcher = self._searcher
            if newest:
                child = SortingCollector(FieldFacet("at"), limit=offset + limit, reverse=True)
            else:
                weights = searcher.reader().column_reader("weight")
                searcher = self._index_searcher(searcher, Weighted(weights))
                child = UnlimitedCollector()
            collector = Within(child, wanted.after, wanted.before)
            searcher.search_with_collector(self._query(wanted), collector)
            found = collector.results()[offset : offset + limit]
            matches = [_match(searcher.stored_fields(hit.docnum)) for hit in found]
            return Matches(matches, collector.total)

    @staticmethod
    def _index_searcher(searcher: Any, weighting: Any) -> Any:
        """Return a searcher over the same files that weighs otherwise."""
        return type(searcher)(searcher.reader(), weighting=weighting, closereader=False)

    def facets(self, wanted: Wanted) -> Facets:
        """Count the documents that fit by kind, where and year."""
        with self._reading():
            reader = self._searcher.reader()
            columns = {name: reader.column_reader(name) for name in ("kind", "where", "at")}
            counts: dict[str, Counter[str]] = {
                name: Counter() for name in ("kind", "where", "year")
            }
            for docnum in self._documents(wanted):
                for name in ("kind", "where"):
                    counts[name][str(columns[name][docnum])] += 1
                counts["year"][str(time.gmtime(columns["at"][docnum]).tm_year)] += 1
        for name in ("kind", "where"):
            del counts[name][_MARK], counts[name][_NOWHERE]
        sizes = {"kind": 20, "where": 30, "year": 60}
        return {name: counts[name].most_common(size) for name, size in sizes.items()}

    def words(self, prefix: str, wanted: Wanted, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words of texts that fit and begin so, the most frequent first."""
        with self._reading():
            reader, field = self._searcher.reader(), words_field(prefix)
            fit = set(self._documents(wanted))
            counts = {
                word: sum(docnum in fit for docnum in reader.postings(field, word).all_ids())
                for word in self._expanded(field, prefix)
            }
        known = [(word, count) for word, count in counts.items() if count]
        return sorted(known, key=lambda found: (-found[1], found[0]))[:limit]

    def _documents(self, wanted: Wanted) -> Iterator[int]:
        times = self._searcher.reader().column_reader("at")
        after, before = wanted.after or 0, 0xFFFF_FFFF if wanted.before is None else wanted.before
        for docnum in self._searcher.docs_for_query(self._query(wanted)):
            if after <= times[docnum] < before:
                yield docnum

    def _query(self, wanted: Wanted) -> Any:
        parts = [query.Every()] if not wanted.readable else []
        if wanted.readable:
            parts.append(_any(map(_terms, wanted.readable)))
        phrases = [self._phrase(phrase) for phrase in wanted.must]
        if wanted.some is None:
            parts += phrases
        else:
            parts.append(_some(phrases[:_MOST_WORDS], wanted.some))
        parts += [_terms(terms) for terms in wanted.filters]
        parts += [
            query.Not(_terms(u) if isinstance(u, Terms) else self._phrase(u)) for u in wanted.unless
        ]
        return query.And(parts) if len(parts) > 1 else parts[0]

    def _phrase(self, phrase: Phrase) -> Any:
        return _any(found for row in phrase.rows for found in self._row(row))

    def _row(self, row: Row) -> Iterator[Any]:
        yield from self._in_field("text", row)
        for title in self._in_field("title", row):
            yield query.ConstantScoreQuery(title, TITLE_SCORE)
        if len(row.tokens) == 1:
            yield query.ConstantScoreQuery(query.Term("who", row.tokens[0]), WHO_SCORE)

    def _in_field(self, name: str, row: Row) -> Sequence[Any]:
        if row.prefix:
            *before, last = row.tokens
            ends = list(self._expanded(name, last))
            return [q for e in ends for q in self._in_field(name, Row((*before, e)))]
        if len(row.tokens) == 1:
            return [query.Term(name, row.tokens[0])]
        return [query.Phrase(name, list(row.tokens))]

    def _expanded(self, name: str, prefix: str) -> Sequence[str]:
        """Return the most frequent words of a field that begin so."""
        reader = self._searcher.reader()
        counted = [(reader.doc_frequency(name, w), w) for w in _texts(reader, name, prefix)]
        return [word for _, word in sorted(counted, key=lambda c: (-c[0], c[1]))[:_EXPANDED]]


def _texts(reader: Any, name: str, prefix: str) -> Iterator[str]:
    for found in reader.expand_prefix(name, prefix.encode()):
        yield found.decode() if isinstance(found, bytes) else str(found)


def _terms(terms: Terms) -> Any:
    return _any(query.Term(terms.field, value, boost=0.0) for value in terms.values)


def _some(parts: Sequence[Any], least: int) -> Any:
    """Return what is met by so many of the parts."""
    if least <= 1:
        return _any(parts)
    return _any(query.And(list(some)) for some in combinations(parts, min(least, len(parts))))


def _any(parts: Iterable[Any]) -> Any:
    found = list(parts)
    if not found:
        return query.NullQuery
    if len(found) == 1:
        return found[0]
    either = query.Or(found)
    # Of three and more it would add up the scores in small indexes, and lose what has a score of 0.
    either.matcher_type = query.Or.DEFAULT_MATCHER
    return either


def _match(stored: dict[str, Any]) -> Match:
    return Match(
        stored["ref"],
        stored["kind"],
        stored["where"].removeprefix(_NOWHERE),
        stored.get("moment", 0),
    )
