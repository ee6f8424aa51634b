"""A story's reviews as its page shows them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from tracker.gerrit.refs import review_ref
from tracker.gerrit.tables import ReviewLinkRow, ReviewRow
from tracker.gerrit.zuul import Build

_MOST = 100


@dataclass(frozen=True, slots=True)
class Results:
    """What a pipeline of Zuul made of a change."""

    pipeline: str
    result: str
    builds: Sequence[Build]


@dataclass(frozen=True, slots=True)
class Review:
    """A change for a story. votes: by label the lowest where there is one against it, else the highest."""

    ref: str
    number: int
    subject: str
    url: str
    project: str
    branch: str
    owner: str
    status: str
    patchset: int
    votes: Mapping[str, int]
    results: Sequence[Results]


def reviews_of(session: Session, story_id: int) -> Sequence[Review]:
    """Return the reviews for a story, the last changed first."""
    ids = select(ReviewLinkRow.review_id).where(ReviewLinkRow.story_id == story_id)
    query = select(ReviewRow).where(col(ReviewRow.id).in_(ids))
    order = (col(ReviewRow.changed_at).desc(), col(ReviewRow.id).desc())
    return [_shown(row) for row in session.exec(query.order_by(*order).limit(_MOST))]


def _shown(row: ReviewRow) -> Review:
    results = [
        Results(pipeline, told["result"], [Build(*each) for each in told["builds"]])
        for pipeline, told in json.loads(row.builds).items()
    ]
    return Review(
        review_ref(row.host, row.number),
        row.number,
        row.subject,
        row.url,
        row.project,
        row.branch,
        row.owner,
        row.status,
        row.patchset,
        {label: _summed(given) for label, given in json.loads(row.votes).items()},
        results,
    )


def _summed(given: Mapping[str, int]) -> int:
    lowest = min(given.values())
    return lowest if lowest < 0 else max(given.values())
