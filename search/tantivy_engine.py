"""Tantivy, the default engine: the one file that imports it.

It is fast enough for tens of millions of lines on one machine (docs/decisions.md).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tantivy
from tantivy import Occur, Query

from search.analyzer import Row
from search.engine import (
    TALK,
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
from search.spans import (
    DAY_S,
    FIELDS,
    covered,
    month_of,
    names_of,
    newest_starts,
    within,
)

MANY = 60_000
"""From about so many hits on they are not counted."""
_WEIGHED = 0.4
"""So many of very many are weighed, as a share of `MANY`: choosing months costs more than each hit does."""
_SURE = 1_000
"""So many are expected in the months in which the newest are looked for first."""
_EXPANDED = 100
_LIVE_BYTES, _BUILDING_BYTES = 40_000_000, 200_000_000
_MARK = "\0mark"
_NEWEST: Mapping[str, Any] = MappingProxyType({"order_by_field": "at"})
_BEST: Mapping[str, Any] = MappingProxyType({"weight_by_field": "weight"})

_Hit = tuple[Any, Any]
"""What a document is ordered by, and its place."""


def _schema() -> tantivy.Schema:
    made = tantivy.SchemaBuilder()
    made.add_text_field("ref", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field("note", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "where", "year"):
        stored = name != "year"
        made.add_text_field(
            name, stored=stored, fast=True, tokenizer_name="raw", index_option="basic"
        )
    for name in ("who", "label", "visibility", "month", "day"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    made.add_integer_field("at", indexed=True, fast=True)
    made.add_integer_field("weight", fast=True)
    made.add_text_field("title", tokenizer_name="whitespace", index_option="position")
    made.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    made.add_text_field("korean", tokenizer_name="whitespace", index_option="basic")
    return made.build()


class TantivyEngine:
    """Indexes of tantivy."""

    name = "tantivy"
    version = "tantivy 0.27, schema 2"
    reads = frozenset({version, "tantivy 0.27, schema 1"})

    def __init__(self, many: int = MANY) -> None:
        self._many = many

    def create(self, folder: Path) -> None:
        """Make an empty index in an empty folder."""
        tantivy.Index(_schema(), path=str(folder), reuse=False)

    def reader(self, folder: Path) -> Reader:
        """Open an index for reading. Raises: Damaged."""
        return _Reader(_opened(folder), self._many)

    def writer(self, folder: Path, *, building: bool) -> Writer:
        """Open an index for writing. Raises: Damaged, Busy."""
        return _Writer(_opened(folder), building=building)


def _opened(folder: Path) -> tantivy.Index:
    with _damage():
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")
        return index


def _has(index: tantivy.Index, field: str) -> bool:
    """Tell whether an index has a field: one that an older version made may lack it."""
    try:
        tantivy.Query.term_query(index.schema, field, "")
    except ValueError:
        return False
    return True


@contextmanager
def _damage() -> Iterator[None]:
    """Take what tantivy says of a broken index for Damaged: its panics are no Exceptions."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, (ValueError, OSError)) or type(error).__name__ == "PanicException":
            raise Damaged(str(error).splitlines()[0] if str(error) else repr(error)) from error
        raise


class _Writer:
    def __init__(self, index: tantivy.Index, *, building: bool) -> None:
        size = _BUILDING_BYTES if building else _LIVE_BYTES
        try:
            with _damage():
                self._writer = index.writer(size, 1)
        except Damaged as error:
            if "lock" in str(error).lower():
                raise Busy(str(error)) from error
            raise

    def put(self, records: Iterable[Record], *, fresh: bool) -> None:
        """Put documents in."""
        with _damage():
            for record in records:
                if not fresh:
                    self._writer.delete_documents_by_term("ref", record.ref)
                self._writer.add_document(_document(record))

    def remove(self, refs: Iterable[str]) -> None:
        """Take documents out."""
        with _damage():
            for ref in refs:
                self._writer.delete_documents_by_term("ref", ref)

    def commit(self, mark: Mark) -> None:
        """Make it durable."""
        with _damage():
            self._writer.delete_documents_by_term("ref", _MARK)
            note = tantivy.Document()
            note.add_text("ref", _MARK)
            note.add_text("note", json.dumps(asdict(mark)))
            self._writer.add_document(note)
            self._writer.commit()

    def drop(self) -> None:
        """Let go of the files at once."""
        del self._writer

    def close(self) -> None:
        """Let merges end and let go of the files."""
        with _damage():
            self._writer.wait_merging_threads()


def _document(record: Record) -> tantivy.Document:
    made = tantivy.Document()
    text = made.add_text
    text("ref", record.ref)
    text("kind", record.kind)
    text("visibility", record.visibility)
    text("text", record.text)
    for name, value in zip(FIELDS, names_of(record.at // DAY_S), strict=True):
        text(name, value)
    if record.title:
        text("title", record.title)
    if record.korean:
        text("korean", record.korean)
    if record.who:
        text("who", record.who)
    if record.where:
        text("where", record.where)
    for label in record.labels:
        text("label", label)
    made.add_integer("at", record.at)
    made.add_integer("weight", record.weight)
    return made


class _Reader:
    def __init__(self, index: tantivy.Index, many: int) -> None:
        self._index, self._many = index, many
        self._schema = index.schema
        self._is_whole = _has(index, "month")
        self.refresh()

    def refresh(self) -> None:
        """See what was committed meanwhile."""
        with _damage():
            self._index.reload()
            searcher = self._index.searcher()
            known = searcher.terms_with_prefix("month", "") if self._is_whole else ()
            months = sorted(known, reverse=True)
            kinds = searcher.terms_with_prefix("kind", "")
        self._searcher = searcher
        self._months = [month_of(name, documents) for name, documents in months]
        self._written = [kind for kind, _ in kinds if kind != TALK]

    def close(self) -> None:
        """Nothing is held: the files go with the last reference."""

    def count(self) -> int:
        """Return how many documents there are."""
        return max(0, self._searcher.num_docs - 1)

    def mark(self) -> Mark:
        """Return how far the index has come."""
        with _damage():
            searcher = self._searcher
            found = searcher.search(Query.term_query(self._schema, "ref", _MARK), 1).hits
            if not found:
                return Mark()
            return Mark(**json.loads(str(searcher.doc(found[0][1]).get_first("note"))))

    def visibilities(self) -> Sequence[str]:
        """Return every visibility that a document has."""
        with _damage():
            known = self._searcher.terms_with_prefix("visibility", "", limit=_EXPANDED)
        return [value for value, _ in known]

    def search(self, wanted: Wanted, *, newest: bool, limit: int, offset: int = 0) -> Matches:
        """Return the documents that fit best, or the newest of those that fit.

        Very many are not counted, and only those of the newest months that have enough of them are weighed,
        with all that is no talk.
        """
        order = _NEWEST if newest else _BEST
        with _damage():
            likely = self._likely(wanted)
            if likely <= self._many:
                found = self._searcher.search(
                    self._query(wanted), limit, offset=offset, count=True, **order
                )
                return Matches(self._matches(found.hits), int(found.count))  # type: ignore[attr-defined]  # its stub lacks it
            first = self._newest_of_many if newest else self._best_of_many
            return Matches(self._matches(first(wanted, likely, limit + offset)[offset:]), None)

    def _newest_of_many(self, wanted: Wanted, likely: float, limit: int) -> Sequence[_Hit]:
        for part in self._parts(wanted, likely, max(_SURE, limit)):
            found = self._hits(part, limit, _NEWEST)
            if len(found) == limit:
                return found
        return self._hits(wanted, limit, _NEWEST)

    def _best_of_many(self, wanted: Wanted, likely: float, limit: int) -> Sequence[_Hit]:
        for part in self._parts(wanted, likely, int(_WEIGHED * self._many)):
            found = self._hits(part, limit, _BEST)
            if len(found) == limit:
                written = Terms("kind", tuple(self._written))
                others = replace(wanted, filters=(*wanted.filters, written))
                return _best([*found, *self._hits(others, limit, _BEST)])[:limit]
        return self._hits(wanted, limit, _BEST)

    def _parts(self, wanted: Wanted, likely: float, enough: int) -> Iterator[Wanted]:
        """Yield what is wanted of newer and newer months, longer each time."""
        months = within(self._months, wanted.after, wanted.before)
        share = likely / sum(month.documents for month in months)
        for start in newest_starts(months, share, enough):
            yield replace(wanted, after=max(start, wanted.after or start))

    def _hits(self, wanted: Wanted, limit: int, order: Mapping[str, Any]) -> Sequence[_Hit]:
        return self._searcher.search(self._query(wanted), limit, count=False, **order).hits

    def _matches(self, hits: Sequence[_Hit]) -> Sequence[Match]:
        places = [place for _, place in hits]
        times = self._searcher.fast_field_values("at", places) if places else []
        return [_match(self._searcher.doc(p), at) for p, at in zip(places, times, strict=True)]

    def facets(self, wanted: Wanted) -> Facets:
        """Count the documents that fit by kind, where and year."""
        sizes = {"kind": 20, "where": 30, "year": 60}
        asked = {name: {"terms": {"field": name, "size": size}} for name, size in sizes.items()}
        query = self._query(wanted)
        with _damage():
            found = self._searcher.aggregate(query, asked)
        return {
            name: [(b["key"], b["doc_count"]) for b in found[name]["buckets"]] for name in asked
        }

    def words(self, prefix: str, wanted: Wanted, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words of texts that fit and begin so, the most frequent first."""
        field = words_field(prefix)
        if field == "korean" and not self._is_whole:
            return ()
        query = self._query(wanted)
        with _damage():
            return self._searcher.terms_with_prefix(field, prefix, query, limit)

    def _likely(self, wanted: Wanted) -> float:
        """Return about how many documents have all that is wanted, taking each part for independent."""
        months = within(self._months, wanted.after, wanted.before)
        if wanted.some is not None or not wanted.must or not months:
            return 0
        all_ = self._searcher.num_docs
        likely = float(min(map(self._most, wanted.must)))
        for terms in wanted.filters:
            having = sum(self._searcher.doc_freq(terms.field, value) for value in terms.values)
            likely *= min(1, having / all_)
        return likely * sum(month.documents for month in months) / all_

    def _most(self, phrase: Phrase) -> int:
        """Return how many documents can hold a phrase at most."""
        return sum(
            min(self._searcher.doc_freq("text", token) for token in row.tokens)
            for row in phrase.rows
        )

    def _query(self, wanted: Wanted) -> Query:
        parts = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0))]
        if wanted.readable:
            parts = [(Occur.Must, self._any(map(self._terms, wanted.readable)))]
        if wanted.some is None:
            parts += [(Occur.Must, self._phrase(phrase)) for phrase in wanted.must]
        else:
            some = [(Occur.Should, self._phrase(phrase)) for phrase in wanted.must]
            parts.append((Occur.Must, Query.boolean_query(some, wanted.some)))
        parts += [(Occur.Must, self._terms(terms)) for terms in wanted.filters]
        parts += [
            (Occur.MustNot, self._terms(u) if isinstance(u, Terms) else self._phrase(u))
            for u in wanted.unless
        ]
        if wanted.after is not None or wanted.before is not None:
            parts.append((Occur.Must, self._span(wanted.after, wanted.before)))
        return Query.boolean_query(parts)

    def _span(self, after: int | None, before: int | None) -> Query:
        """Return what is met within a span of time: by its years, months and days, or moment by moment.

        The second goes through all moments of the index.
        """
        names = covered(after, before, self._months)
        if names is not None:
            return self._any(
                self._terms(Terms(field, tuple(those))) for field, those in names.items() if those
            )
        return Query.const_score_query(
            Query.range_query(
                self._schema,
                "at",
                tantivy.FieldType.Integer,
                lower_bound=after,
                upper_bound=before,
                include_upper=before is None,
            ),
            0.0,
        )

    def _terms(self, terms: Terms) -> Query:
        queries = [Query.term_query(self._schema, terms.field, v, "basic") for v in terms.values]
        return Query.const_score_query(self._any(queries), 0.0)

    def _phrase(self, phrase: Phrase) -> Query:
        return self._any(self._row(row) for row in phrase.rows)

    def _row(self, row: Row) -> Query:
        found = [*self._in_field("text", row)]
        titles = self._in_field("title", row)
        found += [Query.const_score_query(query, TITLE_SCORE) for query in titles]
        if len(row.tokens) == 1:
            who = Query.term_query(self._schema, "who", row.tokens[0], "basic")
            found.append(Query.const_score_query(who, WHO_SCORE))
        return self._any(found)

    def _in_field(self, name: str, row: Row) -> Sequence[Query]:
        if not row.prefix and len(row.tokens) == 1:
            return [Query.term_query(self._schema, name, row.tokens[0])]
        if not row.prefix:
            return [Query.phrase_query(self._schema, name, list(row.tokens))]
        *before, last = row.tokens
        with _damage():
            known = self._searcher.terms_with_prefix(name, last, limit=_EXPANDED)
        ends = [word for word, _ in known]
        return [q for end in ends for q in self._in_field(name, Row((*before, end)))]

    @staticmethod
    def _any(queries: Iterable[Query]) -> Query:
        found = list(queries)
        if len(found) == 1:
            return found[0]
        if not found:
            return Query.empty_query()
        return Query.boolean_query([(Occur.Should, query) for query in found])


def _best(hits: Iterable[_Hit]) -> Sequence[_Hit]:
    """Return each once, the best first."""
    scores = {(place.segment_ord, place.doc): (score, place) for score, place in hits}
    return sorted(scores.values(), key=lambda hit: -hit[0])


def _match(document: tantivy.Document, at: Any) -> Match:
    ref, kind, where = (document.get_first(name) or "" for name in ("ref", "kind", "where"))
    return Match(str(ref), str(kind), str(where), int(at or 0))
