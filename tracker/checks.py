"""What must always be true of the tracker."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.app import App
from tracker.derived import Derived, expected
from tracker.facet_tables import (
    FacetCountRow,
    FacetRow,
    TaskWordRow,
    TimelineCountRow,
    WordRow,
)
from tracker.planning.checks import check_plans
from tracker.states import STATUS_OF, Importance, Stage, rank
from tracker.tables import StoryRow, TaskRow, TimelineRow
from tracker.word_index import story_text
from tracker.words import words_of

_STEP = 200


def check_tracker(app: App, session: Session) -> Iterator[str]:
    """What lists go by is what people wrote, and the counts are those of a recount."""
    del app
    after = 0
    while rows := _next(session, after):
        for story in rows:
            after = story.id or 0
            yield from (f"Story {after}: {problem}" for problem in _check(session, story))
        session.expunge_all()  # no check of all stories may hold all of them
    yield from _check_counts(session)
    yield from _check_timeline_counts(session)
    yield from _check_task_words(session)
    yield from check_plans(session)
    for id_, stage, status in session.exec(select(TaskRow.id, TaskRow.stage, TaskRow.status)):
        if STATUS_OF[Stage(stage)] != status:
            yield f"Task {id_} is {stage}, but stands as {status}."


def _next(session: Session, after: int) -> list[StoryRow]:
    query = select(StoryRow).where(col(StoryRow.id) > after).order_by(col(StoryRow.id))
    return list(session.exec(query.limit(_STEP)))


def _check(session: Session, story: StoryRow) -> Iterator[str]:
    derived = expected(session, story)
    for name, value in _values(derived).items():
        if (kept := getattr(story, name)) != value:
            yield f"its {name} should be {value}, but is {kept}."
    rows = session.exec(select(FacetRow).where(FacetRow.story_id == story.id)).all()
    if {row.facet for row in rows} != derived.facets:
        yield "it is listed by other things than it has."
    sorts = (story.state, story.is_private, rank(Importance(story.importance)), story.heat)
    wanted = (*sorts, story.changed_at)
    for row in rows:
        if (row.state, row.is_private, row.rank, row.heat, row.changed_at) != wanted:
            yield f"it is listed by {row.facet} in another place than its own."
    words = set(session.exec(select(WordRow.word).where(WordRow.story_id == story.id)))
    if words != set(words_of(story_text(story))):
        yield "it is found by other words than it has."


def _values(derived: Derived) -> dict[str, object]:
    counts = derived.counts
    return {
        "state": derived.state,
        "todo": counts.todo,
        "inprogress": counts.inprogress,
        "review": counts.review,
        "merged": counts.merged,
        "invalid": counts.invalid,
        "comments": derived.comments,
        "affected": derived.affected,
        "votes": derived.votes,
        "duplicates": derived.duplicates,
        "heat": derived.heat,
    }


def _check_counts(session: Session) -> Iterator[str]:
    public = sa.select(col(FacetRow.facet), col(FacetRow.state), sa.func.count()).where(
        col(FacetRow.is_private).is_(False)
    )
    grouped = public.group_by(col(FacetRow.facet), col(FacetRow.state))
    fresh = Counter({(f, s): n for f, s, n in session.execute(grouped)})
    kept = Counter({(r.facet, r.state): r.stories for r in session.exec(select(FacetCountRow))})
    for facet, state in sorted(set(fresh) | set(kept)):
        if fresh[facet, state] != kept[facet, state]:
            yield (
                f"{kept[facet, state]} {state} stories are counted under {facet},"
                f" there are {fresh[facet, state]}."
            )


def _check_timeline_counts(session: Session) -> Iterator[str]:
    grouped = select(TimelineRow.kind, sa.func.count()).group_by(col(TimelineRow.kind))
    fresh = Counter(dict(session.exec(grouped).all()))
    kept = Counter({row.kind: row.entries for row in session.exec(select(TimelineCountRow))})
    for kind in sorted(set(fresh) | set(kept)):
        if fresh[kind] != kept[kind]:
            yield f"{kept[kind]} entries of timelines are counted as {kind}, there are {fresh[kind]}."


def _check_task_words(session: Session) -> Iterator[str]:
    after = 0
    while rows := session.exec(
        select(TaskRow.id, TaskRow.title)
        .where(col(TaskRow.id) > after)
        .order_by(col(TaskRow.id))
        .limit(_STEP)
    ).all():
        after = rows[-1][0] or 0
        found = select(TaskWordRow.task_id, TaskWordRow.word)
        between = col(TaskWordRow.task_id).between(rows[0][0], after)
        words = set(session.exec(found.where(between)).all())
        for id_, title in rows:
            if {word for task, word in words if task == id_} != set(words_of(title)):
                yield f"Task {id_} is found by other words than it has."
