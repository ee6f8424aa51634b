"""All that a story's page shows, as far as its reader may know of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.people import Actor, may
from tracker.authors import Who, author_of, known, who
from tracker.briefs import Brief, brief_stories
from tracker.changes import see_story
from tracker.gerrit.shown import Review, reviews_of
from tracker.planning.pages import PlanLine, boards_with
from tracker.sight import sees, story_ref, visibility
from tracker.states import Stage
from tracker.subscriptions import find_subscription
from tracker.tables import (
    BranchRow,
    CommentRow,
    CommentVersionRow,
    DependencyRow,
    MilestoneRow,
    ProjectRow,
    StoryRow,
    TaskRow,
    TimelineRow,
    VoiceRow,
)

SHOWN = 200
"""So many things that happened stand on one page."""


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A task as its story's page shows it; the branch only where it is not the project's first."""

    id: int
    title: str
    project: str
    branch: str
    milestone: str
    stage: Stage
    assignee: Who | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a story: a comment with its text, or a change with its `info`."""

    id: int
    kind: str
    at: datetime
    by: Who
    info: Mapping[str, Any]
    comment_id: int | None = None
    text: str = ""
    is_gone: bool = False
    is_mine: bool = False
    edited_at: datetime | None = None
    versions: int = 0


@dataclass(frozen=True, slots=True)
class Mine:
    """What the story is to its reader, and what they may do to it."""

    may_write: bool = False
    may_moderate: bool = False
    affects: bool = False
    votes: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A story with everything around it. earlier: the timeline's number before which there is more."""

    story: Brief
    description: str
    source: str
    revision: int
    tasks: Sequence[TaskShown]
    history: Sequence[Happening]
    earlier: int | None
    needs: Sequence[Brief]
    needed_by: Sequence[Brief]
    duplicates: Sequence[Brief]
    original: Brief | None
    people: Mapping[int, Who]
    mine: Mine
    reviews: Sequence[Review]
    boards: Sequence[PlanLine] = ()


def read_story(session: Session, actor: Actor, id_: int, before: int | None = None) -> StoryPage:
    """Return a story's page; its history from the end, or from before a number of the timeline.

    Raises: NotFound.
    """
    row = see_story(session, actor, id_)
    me = author_of(session, actor).id
    history, people = _history(session, id_, before, me)
    return StoryPage(
        brief_stories(session, [id_])[0],
        row.description,
        row.source,
        row.revision,
        read_tasks(session, id_),
        history[-SHOWN:],
        history[-SHOWN].id if len(history) > SHOWN else None,
        _visible(
            session, actor, select(DependencyRow.needs_id).where(DependencyRow.story_id == id_)
        ),
        _visible(
            session, actor, select(DependencyRow.story_id).where(DependencyRow.needs_id == id_)
        ),
        _visible(session, actor, select(StoryRow.id).where(StoryRow.duplicate_of == id_)),
        _original(session, actor, row),
        people,
        _mine(session, actor, row, me),
        reviews_of(session, id_),
        boards_with(session, actor, id_),
    )


def read_tasks(session: Session, story_id: int) -> Sequence[TaskShown]:
    """Return a story's tasks, in the order in which they were added."""
    rows = session.exec(
        select(TaskRow, ProjectRow.name, BranchRow.name, MilestoneRow.name)
        .join(ProjectRow, col(ProjectRow.id) == col(TaskRow.project_id))
        .join(BranchRow, col(BranchRow.id) == col(TaskRow.branch_id))
        .join(MilestoneRow, col(MilestoneRow.id) == col(TaskRow.milestone_id), isouter=True)
        .where(TaskRow.story_id == story_id)
        .order_by(col(TaskRow.id))
    ).all()
    people = known(session, [row.assignee_id for row, *_ in rows])
    return [
        TaskShown(
            row.id or 0,
            row.title,
            project,
            "" if branch == "master" else branch,
            milestone or "",
            Stage(row.stage),
            people.get(row.assignee_id) if row.assignee_id is not None else None,
            row.link,
        )
        for row, project, branch, milestone in rows
    ]


def _history(
    session: Session, id_: int, before: int | None, me: int | None
) -> tuple[Sequence[Happening], Mapping[int, Who]]:
    here = TimelineRow.story_id == id_
    query = select(TimelineRow).where(here, col(TimelineRow.worklist_id).is_(None))
    if before is not None:
        query = query.where(col(TimelineRow.id) < before)
    rows = session.exec(query.order_by(col(TimelineRow.id).desc()).limit(SHOWN + 1)).all()[::-1]
    wanted = [row.comment_id for row in rows if row.comment_id is not None]
    found = session.exec(select(CommentRow).where(col(CommentRow.id).in_(wanted)))
    comments = {row.id: row for row in found}
    versions = _versions(session, wanted)
    infos = {row.id: json.loads(row.info) for row in rows}
    named = ("old_assignee_id", "new_assignee_id")
    given = [info.get(name) for info in infos.values() for name in named]
    people = known(session, [*(row.author_id for row in rows), *given])
    told = []
    for row in rows:
        by = who(people, row.author_id, row.author_name)
        said = comments.get(row.comment_id)
        told.append(
            Happening(
                row.id or 0,
                row.kind,
                from_micros(row.at),
                by,
                infos[row.id],
                row.comment_id,
                said.content if said and said.is_active else "",
                said is not None and not said.is_active,
                me is not None and row.author_id == me,
                from_micros(said.updated_at) if said and said.updated_at else None,
                versions.get(row.comment_id or 0, 0),
            )
        )
    return told, people


def _versions(session: Session, comments: Sequence[int]) -> Mapping[int, int]:
    ids = session.exec(
        select(CommentVersionRow.comment_id).where(col(CommentVersionRow.comment_id).in_(comments))
    ).all()
    return {id_: ids.count(id_) for id_ in set(ids)}


def _visible(session: Session, actor: Actor, numbers: Any) -> Sequence[Brief]:
    """Return those of the stories that the reader may know of."""
    query = select(StoryRow).where(col(StoryRow.id).in_(numbers)).order_by(col(StoryRow.id))
    ids = [row.id or 0 for row in session.exec(query.limit(100)) if sees(actor, row)]
    return brief_stories(session, ids)


def _original(session: Session, actor: Actor, row: StoryRow) -> Brief | None:
    found = session.get(StoryRow, row.duplicate_of) if row.duplicate_of is not None else None
    if found is None or not sees(actor, found):
        return None
    return brief_stories(session, [found.id or 0])[0]


def _mine(session: Session, actor: Actor, row: StoryRow, me: int | None) -> Mine:
    ref = story_ref(row.id or 0)
    may_write = may(actor, "write", ref, visibility(row))
    may_moderate = may(actor, "administer", ref)
    if me is None:
        return Mine(may_write, may_moderate)
    voices = select(VoiceRow.kind).where(VoiceRow.story_id == row.id, VoiceRow.person_id == me)
    raised = set(session.exec(voices))
    follows = find_subscription(session, me, "story", row.id or 0) is not None
    return Mine(may_write, may_moderate, "affects" in raised, "votes" in raised, follows)
