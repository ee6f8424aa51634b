"""What may be meant by what is typed so far: things of that name, and how the last word may go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.links import document_now
from search.analyzer import is_korean, korean_words, sought
from search.asking import bare_words, wanted
from search.engine import Damaged, Phrase, Reader, Terms, Wanted
from search.finding import Asker, readable, url_of
from search.index import Index
from search.query import Query, read_query

_THINGS = 3
_WORDS, _FORMS = 6, 40
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant: a thing at `url`, or a longer `query`."""

    label: str
    note: str = ""
    url: str = ""
    query: str = ""


def suggestions(
    session: Session, index: Index, asker: Asker, typed: str, now: datetime
) -> Sequence[Suggestion]:
    """Return what may be meant, things first; all of it is what the asker may read."""
    opened = index.opened()
    last = typed.split()[-1] if typed.split() and not typed[-1].isspace() else ""
    if opened is None or len(last) < _SHORTEST or ":" in last or '"' in typed:
        return ()
    query = read_query(typed, now)
    try:
        things = list(_things(session, opened.reader, asker, query))
        return [*things, *_words(session, opened.reader, asker, typed, last, now)]
    except Damaged:
        index.damaged(opened.reader)
        return ()


def _things(session: Session, reader: Reader, asker: Asker, query: Query) -> Iterator[Suggestion]:
    """Yield meetings, stories, pads and the like whose titles or texts begin so; no talk."""
    asked = _unfinished(wanted(query))
    if not asked.must:
        return
    written = Wanted(
        must=asked.must,
        unless=(*asked.unless, Terms("kind", ("line",))),
        filters=asked.filters,
        after=asked.after,
        before=asked.before,
    )
    asked = readable(session, reader, asker, written)
    for match in reader.search(asked, newest=False, limit=_THINGS).matches:
        document = document_now(session, asker.modules, match.ref)
        if document is not None and asker.may_read(document):
            yield Suggestion(document.title, document.kind, url_of(asker.modules, document))


def _unfinished(asked: Wanted) -> Wanted:
    """Return what is asked for with its last word as a beginning."""
    if not asked.must:
        return asked
    *before, last = asked.must
    rows = tuple(type(row)(row.tokens, prefix=True) for row in last.rows)
    return Wanted((*before, Phrase(rows)), asked.unless, asked.filters, asked.readable)


def _words(
    session: Session, reader: Reader, asker: Asker, typed: str, last: str, now: datetime
) -> Iterator[Suggestion]:
    """Yield the query with its last word gone on, the most frequent first."""
    beginning = _beginning(last)
    if not beginning:
        return
    before = typed[: len(typed) - len(last)]
    rest = readable(session, reader, asker, wanted(read_query(before, now)))
    known = reader.words(beginning, rest, _FORMS)
    words = bare_words(known, beginning) if is_korean(beginning) else [word for word, _ in known]
    for word in [word for word in words if word != beginning][:_WORDS]:
        yield Suggestion(f"{before}{word}", query=f"{before}{word}")


def _beginning(last: str) -> str:
    """Return how words begin that the last one may become, empty when there are none to tell."""
    korean = korean_words(last)
    if korean and " " not in korean and len(korean) == len(last):
        return korean
    row = sought(last)
    return row.tokens[0] if len(row.tokens) == 1 and not row.prefix else ""
