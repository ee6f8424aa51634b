"""Stories that may be the same as one that somebody is about to file."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.people import Actor
from tracker.briefs import Brief, brief_stories
from tracker.facet_tables import WordRow
from tracker.sight import sees
from tracker.tables import StoryRow
from tracker.words import words_of

_MOST_WORDS = 12
_COMMON = 2_000
"""A word that so many stories have says nothing of any of them."""
_LOOKED_AT = 60
_LEAST = 0.4
"""So much of the weight of what was typed a story shares at least."""


def similar_stories(session: Session, actor: Actor, title: str, limit: int = 5) -> Sequence[Brief]:
    """Return stories that share the telling words of a title, the most alike first.

    The cost is bounded by the words, whatever number of stories there is. What somebody may not see is not
    among them.
    """
    weights = _weights(session, words_of(title)[:_MOST_WORDS])
    if not weights:
        return ()
    scored = _scored(session, weights)
    rows = session.exec(select(StoryRow).where(col(StoryRow.id).in_(scored))).all()
    seen = {row.id or 0: row for row in rows if row.duplicate_of is None and sees(actor, row)}
    return brief_stories(session, [id_ for id_ in scored if id_ in seen][:limit])


def _weights(session: Session, words: Sequence[str]) -> Mapping[str, float]:
    """Return how much each word tells: the rarer, the more. Words of many stories or of none are left out."""
    told = {}
    for word in words:
        few = _public(word).limit(_COMMON).subquery()
        stories = session.exec(select(sa.func.count()).select_from(few)).one()
        if 0 < stories < _COMMON:
            told[word] = 1 / math.log(2 + stories)
    return told


def _public(word: str) -> Any:
    """Return a query for the public stories that have a word: what is private weighs nothing."""
    here = select(WordRow.story_id).where(WordRow.word == word)
    stories = here.join(StoryRow, col(StoryRow.id) == col(WordRow.story_id))
    return stories.where(col(StoryRow.is_private).is_(False))


def _scored(session: Session, weights: Mapping[str, float]) -> Sequence[int]:
    weight = sa.case(weights, value=col(WordRow.word), else_=0.0)
    score = sa.func.sum(weight)
    found = session.connection().execute(
        sa.select(col(WordRow.story_id))
        .where(col(WordRow.word).in_(weights))
        .group_by(col(WordRow.story_id))
        .having(score >= _LEAST * sum(weights.values()))
        .order_by(score.desc(), col(WordRow.story_id).desc())
        .limit(_LOOKED_AT)
    )
    return list(found.scalars())
