"""The port to a search engine: what is put into an index, what is asked, and what is found.

An index holds no text, only tokens: whoever shows a hit asks its owner what it says now. With each commit
goes a `Mark`, which says how far the index has come; both are on disk, or neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hub.errors import Unavailable
from search.analyzer import Row, is_korean

PUBLIC = "public"
TALK = "line"
"""The kind of what is said in channels: most of an index."""

TITLE_SCORE = 6.0
"""What a word in a title counts, about as much as a rare word in a text.

BM25 would go by how long titles are among all documents, of which most have none.
"""

WHO_SCORE = 0.5
"""What it counts that somebody of that name said something."""


class Damaged(Unavailable):
    """An index can't be opened or read: it has to be built again."""


class Busy(Unavailable):
    """Another process writes this index."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it is indexed: `title` and `text` are tokens with blanks between them.

    korean: the Korean words of the text, whole. at: seconds since 1970. who, where: folded. labels: such as
    `series:swift`. weight: how much a hit counts beside others, 100 is usual.
    """

    ref: str
    kind: str
    title: str
    text: str
    korean: str
    at: int
    who: str
    where: str
    labels: tuple[str, ...]
    visibility: str
    weight: int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far an index has come: a cursor for each stream, and whether it holds all there is.

    goals: where each stream ended when the building began, for telling how much is done.
    """

    cursors: Mapping[str, int] = field(default_factory=dict)
    complete: bool = False
    goals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that follow each other, in the title or in the text; or, of several rows, any one."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """One of these values has to be in a field: kind, where, who, label, visibility or ref."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an index.

    must: all of these; `some` of them are enough where it is given (then it is at least so many).
    filters, unless: what a document has to be, and must not be or hold. readable: one of these has to be met.
    after, before: seconds since 1970, from and until before.
    """

    must: tuple[Phrase, ...] = ()
    unless: tuple[Phrase | Terms, ...] = ()
    filters: tuple[Terms, ...] = ()
    readable: tuple[Terms, ...] = (Terms("visibility", (PUBLIC,)),)
    after: int | None = None
    before: int | None = None
    some: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A document that was found."""

    ref: str
    kind: str
    where: str
    at: int


@dataclass(frozen=True, slots=True)
class Matches:
    """Those found from an offset on; `total` is how many there are in all, None for very many."""

    matches: Sequence[Match]
    total: int | None


Facets = Mapping[str, Sequence[tuple[str, int]]]
"""For kind, where and year: values with the number of documents, most first."""


class Reader(Protocol):
    """Reads an index. Safe to use from any thread. All raise Damaged when the index can't be read."""

    def refresh(self) -> None:
        """See what was committed meanwhile."""

    def mark(self) -> Mark:
        """Return how far the index has come."""

    def search(self, wanted: Wanted, *, newest: bool, limit: int, offset: int = 0) -> Matches:
        """Return the documents that fit best, or the newest of those that fit."""

    def facets(self, wanted: Wanted) -> Facets:
        """Count the documents that fit by kind, where and year."""

    def words(self, prefix: str, wanted: Wanted, limit: int) -> Sequence[tuple[str, int]]:
        """Return the words of texts that fit `wanted` and begin so, the most frequent first."""

    def visibilities(self) -> Sequence[str]:
        """Return every visibility that a document has."""

    def count(self) -> int:
        """Return how many documents there are."""

    def close(self) -> None:
        """Let go of the files."""


class Writer(Protocol):
    """The only one that writes an index."""

    def put(self, records: Iterable[Record], *, fresh: bool) -> None:
        """Put documents in, in the place of what has their refs; `fresh` ones have never been there."""

    def remove(self, refs: Iterable[str]) -> None:
        """Take documents out."""

    def commit(self, mark: Mark) -> None:
        """Make it durable and to be found, together with how far it has come."""

    def drop(self) -> None:
        """Let go of the files at once; what is not committed is lost."""

    def close(self) -> None:
        """Let go of the files when what goes on with them is done; what is not committed is lost."""


class Engine(Protocol):
    """A kind of index. reads: the versions of it that can be read; those of `version` are made."""

    name: str
    version: str
    reads: frozenset[str]

    def create(self, folder: Path) -> None:
        """Make an empty index in an empty folder."""

    def reader(self, folder: Path) -> Reader:
        """Open an index for reading. Raises: Damaged."""

    def writer(self, folder: Path, *, building: bool) -> Writer:
        """Open an index for writing; `building` takes more memory. Raises: Damaged, Busy."""


def words_field(prefix: str) -> str:
    """Return the field that holds words that begin so, whole: Korean ones stand apart, in no pairs."""
    return "korean" if is_korean(prefix) else "text"


def all_refs(reader: Reader, wanted: Wanted, step: int = 1000) -> Iterator[str]:
    """Yield the refs of all that fits, newest first."""
    offset = 0
    while True:
        found = reader.search(wanted, newest=True, limit=step, offset=offset).matches
        yield from (match.ref for match in found)
        offset += len(found)
        if len(found) < step:
            return
