"""What an index has to take in next: read from the streams and the outbox, on one snapshot.

Law: streams first, events after. A line may be named by an event (it was redacted); when events are looked
at, all lines that the snapshot shows are in, so each is put in once as a fresh one and then only replaced.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from sqlmodel import Session

from hub.clock import SECOND, micros
from hub.documents import Document, Documents
from hub.events import events_since, last_event
from hub.links import looked_up
from hub.module import Module
from search.analyzer import indexed, korean_words
from search.engine import Mark, Record

LINES = 5000
_EVENTS = 500
_OUTBOX = "events"
_FILLED = "filled"
_DOUBLES_S = 12 * 365.25 * 86_400
_EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_DAY_S = 86_400
_WRITTEN = 160
_SAID = 100


@dataclass(frozen=True, slots=True)
class Batch:
    """What to put in, what to take out, and how far the index has come then.

    fresh: nothing of it has been there before. is_last: for now there is no more.
    """

    put: Sequence[Record]
    remove: Sequence[str]
    mark: Mark
    fresh: bool = False
    is_last: bool = False


def begin(session: Session, modules: Sequence[Module]) -> Mark:
    """Return the mark of an empty index: events count from now on, streams from their beginning."""
    goals = {
        name: stream.last(session) for name, stream in _streams(modules).items() if stream.last
    }
    return Mark({_OUTBOX: last_event(session)}, goals=goals)


def is_filled(mark: Mark) -> bool:
    """Tell whether what is no stream has been put in."""
    return bool(mark.cursors.get(_FILLED))


def filled(mark: Mark) -> Mark:
    """Return the mark of an index that holds what is no stream."""
    return replace(mark, cursors={**mark.cursors, _FILLED: 1})


def fill(session: Session, modules: Sequence[Module]) -> Iterator[Record]:
    """Yield all that is no stream."""
    for module in modules:
        if module.documents is not None and module.documents.since is None:
            for document in module.documents.all(session):
                yield record(document)


def next_batch(session: Session, modules: Sequence[Module], mark: Mark) -> Batch:
    """Return what comes after the mark, a bounded amount."""
    for name, documents in _streams(modules).items():
        assert documents.since is not None
        before = mark.cursors.get(name, 0)
        found, cursor = documents.since(session, before, LINES)
        if cursor != before:
            moved = replace(mark, cursors={**mark.cursors, name: cursor})
            return Batch([record(d, said=True) for d in found], (), moved, fresh=True)
    return _from_outbox(session, modules, mark)


def _from_outbox(session: Session, modules: Sequence[Module], mark: Mark) -> Batch:
    before = mark.cursors.get(_OUTBOX, 0)
    events = events_since(session, before, _EVENTS)
    if not events:
        return Batch((), (), mark, is_last=True)
    put, remove = [], []
    for ref in dict.fromkeys(event.ref for event in events):
        document, said = looked_up(session, modules, ref)
        if document is None:
            remove.append(ref)
        else:
            put.append(record(document, said=said))
    return Batch(put, remove, replace(mark, cursors={**mark.cursors, _OUTBOX: events[-1].id}))


def _streams(modules: Sequence[Module]) -> Mapping[str, Documents]:
    return {
        module.name: module.documents
        for module in modules
        if module.documents is not None and module.documents.since is not None
    }


def record(document: Document, *, said: bool = False) -> Record:
    """Return a document as it is indexed. `said`: a line, which has no title of its own."""
    at = micros(document.at) // SECOND
    return Record(
        document.ref,
        document.kind,
        "" if said else indexed(document.title),
        indexed(document.text),
        korean_words(document.text),
        at,
        document.who.casefold(),
        document.where.casefold(),
        tuple(label.casefold() for label in document.labels),
        document.visibility,
        weight(at, _SAID if said else _WRITTEN),
    )


def weight(at: int, base: int) -> int:
    """Return how much a hit counts: it doubles every twelve years, what was written counts more than talk."""
    return max(1, round(base * _factor(at // _DAY_S)))


@lru_cache(1000)
def _factor(day: int) -> float:
    doublings = (day * _DAY_S - _EPOCH_2000) / _DOUBLES_S
    return math.pow(2, min(max(doublings, -1), 10))
