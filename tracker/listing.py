"""One page of the stories that a plan finds, as far as its reader may know of them.

A page is a walk along one index of `story_facet`: from where the last page ended, no further than the page.
What is public and what is private, and each state, is a walk of its own; they are merged as they go. The
facet that is walked is the rarest that the plan requires; the others are looked up story by story.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.people import Actor
from tracker.facet_tables import FacetCountRow, FacetRow, WordRow
from tracker.plans import Facets, Plan
from tracker.query import Sort
from tracker.sight import private_stories, sees_all
from tracker.states import State
from tracker.tables import StoryRow
from tracker.words import has_phrase, words_of

COUNTED = 1_000
"""What takes more than a look into the counts is counted so far and no further."""

_BATCH = 100
_LOOKED_AT = 2_000
_RARE = 500
_FACETS = FacetRow.__table__  # type: ignore[attr-defined]
_WORDS = WordRow.__table__  # type: ignore[attr-defined]

_COLUMN = {
    Sort.UPDATED: _FACETS.c.changed_at,
    Sort.CREATED: _FACETS.c.story_id,
    Sort.OLDEST: _FACETS.c.story_id,
    Sort.IMPORTANCE: _FACETS.c.rank,
    Sort.HEAT: _FACETS.c.heat,
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: what it sorts by, and the story's number."""

    value: int
    id: int

    def __str__(self) -> str:
        return f"{self.value}.{self.id}"


@dataclass(frozen=True, slots=True)
class Found:
    """The stories of a page by their numbers; `after` is where the next begins, None for the last page."""

    ids: tuple[int, ...]
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk along an index. ids: only these stories, when given."""

    facet: str
    state: State
    is_private: bool
    ids: frozenset[int] | None = None


def read_cursor(text: str) -> Cursor | None:
    """Return a cursor from an address, None for anything else."""
    value, _, id_ = text.partition(".")
    right = all(part.lstrip("-").isdecimal() and len(part) < 19 for part in (value, id_))
    return Cursor(int(value), int(id_)) if right and text.isascii() else None


def find_stories(
    session: Session, actor: Actor, plan: Plan, *, after: Cursor | None = None, limit: int = 50
) -> Found:
    """Return one page of what a plan finds."""
    drive = _rarest(session, plan)
    conditions = list(_conditions(session, plan, drive))
    first = _BATCH if any(each.is_phrase for each in plan.sought) else min(limit + 1, _BATCH)
    walks = [
        _walk(session, plan, walk, conditions, after, first) for walk in _walks(actor, plan, drive)
    ]
    is_oldest = plan.sort is Sort.OLDEST
    merged = heapq.merge(*walks, key=_key, reverse=not is_oldest)
    phrases = [each for each in plan.sought if each.is_phrase]
    if not phrases:
        found = list(islice(merged, limit + 1))
        return _page(found, limit)
    return _with_phrases(session, plan, merged, limit)


def count_stories(session: Session, actor: Actor, plan: Plan) -> Mapping[State, int]:
    """Return how many stories of each state there are, up to COUNTED together where it takes counting."""
    drive = _rarest(session, plan)
    if plan.is_simple:
        counts = Counter(_known_counts(session, drive))
        for walk in _walks(actor, plan, drive):
            if walk.is_private:
                counts[walk.state] += _counted(session, walk, [])
        return {state: counts[state] for state in plan.states}
    conditions = list(_conditions(session, plan, drive))
    counts = Counter()
    for walk in _walks(actor, plan, drive):
        if any(each.is_phrase for each in plan.sought):
            there = islice(_walk(session, plan, walk, conditions, None), COUNTED)
            counts[walk.state] += sum(1 for _ in _holding(session, plan, list(there)))
        else:
            counts[walk.state] += _counted(session, walk, conditions)
    return {state: counts[state] for state in plan.states}


def _key(found: Cursor) -> tuple[int, int]:
    return found.value, found.id


def _page(found: Sequence[Cursor], limit: int) -> Found:
    ids = tuple(each.id for each in found[:limit])
    return Found(ids, found[limit - 1] if len(found) > limit else None)


def _walks(actor: Actor, plan: Plan, drive: str) -> Iterator[Walk]:
    for state in plan.states:
        if not plan.only_private:
            yield Walk(drive, state, is_private=False)
        if sees_all(actor):
            yield Walk(drive, state, is_private=True)
        elif known := private_stories(actor):
            yield Walk(drive, state, is_private=True, ids=known)


def _walk(
    session: Session,
    plan: Plan,
    walk: Walk,
    conditions: Sequence[Any],
    after: Cursor | None,
    size: int = _BATCH,
) -> Iterator[Cursor]:
    """Yield what one walk finds; size: how many are read at first, for the rest may never be asked for."""
    column, up = _COLUMN[plan.sort], plan.sort is Sort.OLDEST
    id_ = _FACETS.c.story_id
    query = sa.select(column, id_).where(*_here(walk), *conditions)
    # Named twice, SQLite would go by the table's own key through all stories of a facet.
    order = (id_,) if column is id_ else (column, id_)
    query = query.order_by(*(order if up else (each.desc() for each in order)))
    while True:
        step = query if after is None else query.where(_beyond(column, after, up=up))
        rows = session.connection().execute(step.limit(size)).all()
        for value, number in rows:
            after = Cursor(value, number)
            yield after
        if len(rows) < size:
            return
        size = _BATCH


def _beyond(column: Any, after: Cursor, *, up: bool) -> Any:
    id_ = _FACETS.c.story_id
    if column is id_:
        return id_ > after.id if up else id_ < after.id
    # The first comparison is what the index is walked by.
    return (column <= after.value) & ((column < after.value) | (id_ < after.id))


def _here(walk: Walk) -> Iterator[Any]:
    yield _FACETS.c.facet == walk.facet
    yield _FACETS.c.is_private.is_(sa.true() if walk.is_private else sa.false())
    yield _FACETS.c.state == walk.state.value
    if walk.ids is not None:
        yield _FACETS.c.story_id.in_(walk.ids)


def _conditions(session: Session, plan: Plan, drive: str) -> Iterator[Any]:
    for facets in plan.required:
        if facets != (drive,):
            yield sa.exists(_other(facets))
    if plan.forbidden:
        yield ~sa.exists(_other(plan.forbidden))
    for each in plan.sought:
        if each.forbidden:
            if not each.is_phrase:  # words that do not stand together are no reason
                yield ~_has_words(each.text)
        else:
            rare = _rare_stories(session, each.text)
            yield _has_words(each.text) if rare is None else _FACETS.c.story_id.in_(rare)


def _other(facets: Facets) -> Any:
    other = _FACETS.alias()
    return sa.select(1).where(other.c.story_id == _FACETS.c.story_id, other.c.facet.in_(facets))


def _has_words(text: str) -> Any:
    """Say that a story has all words of a text, the last of them perhaps as a beginning."""
    return sa.and_(*(_has_word(where) for where in _places(text)))


def _has_word(where: Any) -> Any:
    return sa.exists(sa.select(1).where(_WORDS.c.story_id == _FACETS.c.story_id, where))


def _places(text: str) -> Sequence[Any]:
    *others, last = words_of(text)
    beginning = (_WORDS.c.word >= last) & (_WORDS.c.word < f"{last}\U0010ffff")
    return [*(_WORDS.c.word == word for word in others), beginning]


def _rare_stories(session: Session, text: str) -> Sequence[int] | None:
    """Return the stories that have all words of a text, when its rarest is in few; None when in many."""
    ids: set[int] | None = None
    for where in _places(text):
        query = sa.select(_WORDS.c.story_id).where(where).limit(_RARE + 1)
        rows = session.connection().execute(query).scalars().all()
        if len(rows) <= _RARE:
            ids = set(rows) if ids is None else ids & set(rows)
    if ids is None:
        return None
    # Of the words that many stories have nothing is known yet.
    return _with_all(session, ids, text)


def _with_all(session: Session, ids: set[int], text: str) -> Sequence[int]:
    for where in _places(text):
        query = sa.select(_WORDS.c.story_id).where(where, _WORDS.c.story_id.in_(ids))
        ids = set(session.connection().execute(query).scalars())
    return sorted(ids)


def _rarest(session: Session, plan: Plan) -> str:
    """Return the facet that fewest stories have, of those that all must have."""
    single = [facets[0] for facets in plan.required if len(facets) == 1]
    if not single:
        return "all"
    if len(single) == 1:
        return single[0]
    counted = select(FacetCountRow.facet, sa.func.sum(FacetCountRow.stories)).where(
        col(FacetCountRow.facet).in_(single)
    )
    known = dict(session.exec(counted.group_by(FacetCountRow.facet)).all())
    return min(single, key=lambda facet: known.get(facet, 0))


def _known_counts(session: Session, facet: str) -> Mapping[State, int]:
    rows = session.exec(select(FacetCountRow).where(FacetCountRow.facet == facet))
    return {State(row.state): row.stories for row in rows}


def _counted(session: Session, walk: Walk, conditions: Sequence[Any]) -> int:
    inner = sa.select(1).where(*_here(walk), *conditions).limit(COUNTED).subquery()
    number = session.connection().execute(sa.select(sa.func.count()).select_from(inner)).scalar()
    return number or 0


def _with_phrases(session: Session, plan: Plan, merged: Iterator[Cursor], limit: int) -> Found:
    """Return the stories of a walk that have the plan's phrases; one page looks at so many, no more."""
    kept: list[Cursor] = []
    looked_at = 0
    while batch := list(islice(merged, _BATCH)):
        kept += _holding(session, plan, batch)
        looked_at += len(batch)
        if len(kept) > limit:
            return _page(kept, limit)
        if looked_at >= _LOOKED_AT:
            return Found(tuple(each.id for each in kept), batch[-1])
    return Found(tuple(each.id for each in kept))


def _holding(session: Session, plan: Plan, batch: Sequence[Cursor]) -> Iterator[Cursor]:
    columns = select(StoryRow.id, StoryRow.title, StoryRow.description)
    rows = session.exec(columns.where(col(StoryRow.id).in_([each.id for each in batch])))
    texts = {id_: (title, description) for id_, title, description in rows}
    for each in batch:
        here = texts.get(each.id, ())
        if all(
            _says(here, sought.text) != sought.forbidden
            for sought in plan.sought
            if sought.is_phrase
        ):
            yield each


def _says(texts: Sequence[str], phrase: str) -> bool:
    return any(has_phrase(text, phrase) for text in texts)
