"""What a story's row and the lists' tables hold besides what people wrote: drawn anew at each change.

Law: every use case that changes anything of a story ends with `refresh`, in its own transaction. What
`refresh` makes is what `expected` says, which reads only what people wrote; a check and a property test
compare the two for every story.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from hub.clock import micros
from tracker.facet_tables import FacetCountRow, FacetRow
from tracker.states import Counts, Importance, Stage, State, heat, rank
from tracker.tables import (
    CommentRow,
    GroupedRow,
    StoryRow,
    StoryTagRow,
    SubscriptionRow,
    TaskRow,
    VoiceRow,
)

_FACETS = FacetRow.__table__  # type: ignore[attr-defined]
_COUNTS = FacetCountRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Derived:
    """All that follows from what people wrote about a story."""

    counts: Counts
    comments: int
    affected: int
    votes: int
    duplicates: int
    heat: int
    facets: frozenset[str]

    @property
    def state(self) -> State:
        """The story's state."""
        return self.counts.state


class _Task(NamedTuple):
    """What of a task its story is listed by."""

    project_id: int
    stage: str
    status: str
    assignee_id: int | None
    milestone_id: int | None


@dataclass(frozen=True, slots=True)
class _Written:
    """What stands in other tables about a story.

    beside: kind and number of each; `duplicates` and `comments` are counts, every other is a facet.
    placed: the facets that it is listed by so far, each with the state and whether it was private.
    """

    tasks: Sequence[_Task]
    beside: Sequence[tuple[str, int]]
    placed: Sequence[tuple[str, str, bool]]


def expected(session: Session, story: StoryRow) -> Derived:
    """Return what a story's row and facets should be, by what people wrote."""
    return _derived(story, _written(session, story))


def _derived(story: StoryRow, written: _Written) -> Derived:
    statuses = Counter(task.status for task in written.tasks)
    kinds = Counter(kind for kind, _ in written.beside)
    told = dict(written.beside)
    return Derived(
        Counts(*(statuses[name] for name in ("todo", "inprogress", "review", "merged", "invalid"))),
        told["comments"],
        kinds["affects"],
        kinds["votes"],
        told["duplicates"],
        heat(
            affected=kinds["affects"],
            subscribers=kinds["subscriber"],
            duplicates=told["duplicates"],
            is_private=story.is_private,
            is_security=story.is_security,
            is_duplicate=story.duplicate_of is not None,
        ),
        frozenset(_facets(story, written)),
    )


def refresh(session: Session, story: StoryRow, *, now: datetime | None = None) -> None:
    """Bring what is derived up to date; `now` when something of the story has changed just then."""
    session.flush()
    with session.no_autoflush:  # so that the row is written once
        if now is not None:
            story.changed_at = micros(now)
        written = _written(session, story)
        derived = _derived(story, written)
        _fill_row(story, derived)
    session.add(story)
    session.flush()
    _place(session, story, written.placed, derived.facets)


def forget(session: Session, story: StoryRow) -> None:
    """Take a story that is about to be deleted out of all lists and counts."""
    _place(session, story, _written(session, story).placed, frozenset())


def _fill_row(story: StoryRow, derived: Derived) -> None:
    counts = derived.counts
    story.todo, story.inprogress, story.review = counts.todo, counts.inprogress, counts.review
    story.merged, story.invalid, story.state = counts.merged, counts.invalid, counts.state.value
    story.comments, story.affected, story.votes = derived.comments, derived.affected, derived.votes
    story.duplicates, story.heat = derived.duplicates, derived.heat


def _facets(story: StoryRow, written: _Written) -> Iterator[str]:
    yield "all"
    yield f"importance:{story.importance}"
    yield f"kind:{story.kind}"
    if story.creator_id is not None:
        yield f"creator:{story.creator_id}"
    if story.duplicate_of is not None:
        yield "duplicate"
    if story.is_security:
        yield "security"
    for task in written.tasks:
        yield f"project:{task.project_id}"
        yield f"stage:{Stage(task.stage).value}"
        yield "unassigned" if task.assignee_id is None else f"assignee:{task.assignee_id}"
        if task.milestone_id is not None:
            yield f"milestone:{task.milestone_id}"
    for kind, number in written.beside:
        if kind not in ("duplicates", "comments"):
            yield f"{kind}:{number}"


def _written(session: Session, story: StoryRow) -> _Written:
    """Read what stands in other tables about a story: one query for all."""
    rows = session.connection().execute(_ABOUT, {"story": story.id}).all()
    return _Written(
        [_Task(number, *rest) for what, number, *rest in rows if what == _TASK],
        [(what, number) for what, number, *_ in rows if what not in (_TASK, _FACET)],
        [(facet, state, bool(number)) for what, number, facet, state, *_ in rows if what == _FACET],
    )


def _place(
    session: Session,
    story: StoryRow,
    placed: Sequence[tuple[str, str, bool]],
    facets: frozenset[str],
) -> None:
    """Make `facets` those of the story, each with the values of its row, and count."""
    run = session.connection().execute
    before = Counter((facet, state) for facet, state, is_private in placed if not is_private)
    known = {facet for facet, _, _ in placed}
    values = _values(story)
    if gone := known - facets:
        run(sa.delete(_FACETS).where(_FACETS.c.story_id == story.id, _FACETS.c.facet.in_(gone)))
    if known & facets:
        run(_MOVE, {"moved": story.id, **values})
    if new := sorted(facets - known):
        run(_PLACE, [{"facet": f, "story_id": story.id, **values} for f in new])
    after = Counter((facet, story.state) for facet in facets if not story.is_private)
    _recount(session, after, before)


def _values(story: StoryRow) -> Mapping[str, Any]:
    return {
        "state": story.state,
        "is_private": story.is_private,
        "rank": rank(Importance(story.importance)),
        "heat": story.heat,
        "changed_at": story.changed_at,
    }


def _recount(
    session: Session, after: Counter[tuple[str, str]], before: Counter[tuple[str, str]]
) -> None:
    """Add to the counts what came, and take from them what went; a count of nothing is no row."""
    run = session.connection().execute
    changes: list[dict[str, Any]] = [
        {"facet": facet, "state": state, "stories": after[facet, state] - before[facet, state]}
        for facet, state in sorted(set(after) | set(before))
    ]
    if changed := [change for change in changes if change["stories"]]:
        run(_ADD[session.get_bind().dialect.name], changed)
    if any(change["stories"] < 0 for change in changed):
        facets = [change["facet"] for change in changed]
        run(sa.delete(_COUNTS).where(_COUNTS.c.facet.in_(facets), _COUNTS.c.stories == 0))


def _add(insert: Any) -> Any:
    """Return the statement that adds to counts, or begins them."""
    new = insert(_COUNTS)
    grown = {"stories": _COUNTS.c.stories + new.excluded.stories}
    return new.on_conflict_do_update(index_elements=["facet", "state"], set_=grown)


_MOVE = sa.update(_FACETS).where(_FACETS.c.story_id == sa.bindparam("moved"))
_PLACE = sa.insert(_FACETS)
_ADD = {"sqlite": _add(sqlite.insert), "postgresql": _add(postgresql.insert)}


def _told(what: Any, number: Any, *rest: Any) -> Any:
    """Return one part of the query about a story: each has six columns."""
    return sa.select(
        what.label("what"), number.label("number"), *rest, *[sa.null()] * (4 - len(rest))
    )


def _count(what: str, *conditions: Any) -> Any:
    return _told(sa.literal(what), sa.func.count()).where(*conditions)


_TASK, _FACET = "task", "facet"
_STORY = sa.bindparam("story", type_=sa.Integer)
_ABOUT = sa.union_all(
    _told(
        sa.literal(_TASK),
        col(TaskRow.project_id),
        col(TaskRow.stage),
        col(TaskRow.status),
        col(TaskRow.assignee_id),
        col(TaskRow.milestone_id),
    ).where(col(TaskRow.story_id) == _STORY),
    _told(
        sa.literal(_FACET),
        sa.cast(_FACETS.c.is_private, sa.Integer),
        _FACETS.c.facet,
        _FACETS.c.state,
    ).where(_FACETS.c.story_id == _STORY),
    _told(col(VoiceRow.kind), col(VoiceRow.person_id)).where(col(VoiceRow.story_id) == _STORY),
    _told(sa.literal("subscriber"), col(SubscriptionRow.person_id)).where(
        col(SubscriptionRow.target_type) == "story", col(SubscriptionRow.target_id) == _STORY
    ),
    _told(sa.literal("tag"), col(StoryTagRow.tag_id)).where(col(StoryTagRow.story_id) == _STORY),
    _told(sa.literal("group"), col(GroupedRow.group_id)).where(
        col(GroupedRow.project_id).in_(
            sa.select(col(TaskRow.project_id)).where(col(TaskRow.story_id) == _STORY)
        )
    ),
    _count("duplicates", col(StoryRow.duplicate_of) == _STORY),
    _count("comments", col(CommentRow.story_id) == _STORY, col(CommentRow.is_active)),
)
