"""Whom something that happened to a story concerns, and why."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from hub.accounts.people import find_row
from hub.accounts.tables import GrantRow, MemberRow
from hub.notices.reasons import Reason
from tracker.sight import story_ref
from tracker.tables import (
    CommentRow,
    GroupedRow,
    StoryRow,
    SubscriptionRow,
    TaskRow,
    TimelineRow,
)

Called = re.Pattern[str]
"""Matches how somebody is called in a text: `@ann`, with the name as `slug`."""

_MOST_CALLED = 50
_BY_TARGET = {
    "story": Reason.THING,
    "task": Reason.TASK,
    "project": Reason.PROJECT,
    "project_group": Reason.GROUP,
}


def concerned(
    session: Session, row: TimelineRow, story: StoryRow, called: Called | None
) -> Mapping[int, frozenset[Reason]]:
    """Return the people whom an entry of the timeline concerns, by their numbers; not who did it."""
    found: dict[int, set[Reason]] = defaultdict(set)
    info = json.loads(row.info)
    tasks = session.exec(select(TaskRow).where(TaskRow.story_id == story.id)).all()

    def add(people: Iterable[int | None], reason: Reason) -> None:
        for person in people:
            if person is not None:
                found[person].add(reason)

    add([story.creator_id], Reason.AUTHOR)
    add([*(task.assignee_id for task in tasks), *_assigned(info)], Reason.ASSIGNED)
    add(_commenters(session, story, row.at), Reason.COMMENTED)
    add(_team(session, story), Reason.TEAM)
    add(_called(session, called, _written(session, row, story, info)), Reason.MENTIONED)
    for kind, targets in _targets(session, story, tasks, info).items():
        add(_followers(session, kind, targets), _BY_TARGET[kind])
    found.pop(row.author_id or 0, None)
    return {person: frozenset(reasons) for person, reasons in found.items()}


def _assigned(info: Mapping[str, Any]) -> Iterable[int | None]:
    """Return who has got or lost a task by what happened."""
    removed = info.get("before")
    lost = removed.get("assignee_id") if isinstance(removed, dict) else None
    return info.get("old_assignee_id"), info.get("new_assignee_id"), lost


def _commenters(session: Session, story: StoryRow, at: int) -> Sequence[int | None]:
    """Return who had commented by then."""
    said = select(CommentRow.author_id).where(
        CommentRow.story_id == story.id, col(CommentRow.is_active), CommentRow.created_at <= at
    )
    return session.exec(said.distinct()).all()


def _team(session: Session, story: StoryRow) -> Sequence[int]:
    given = select(GrantRow.team_id).where(
        GrantRow.ref == story_ref(story.id or 0), col(GrantRow.team_id).is_not(None)
    )
    members = select(MemberRow.person_id).where(col(MemberRow.team_id).in_(given))
    return session.exec(members).all()


def _targets(
    session: Session, story: StoryRow, tasks: Sequence[TaskRow], info: Mapping[str, Any]
) -> Mapping[str, Sequence[int]]:
    """Return what is followed of what happened: the story, its projects and their groups, the task."""
    projects = sorted({task.project_id for task in tasks})
    groups = select(GroupedRow.group_id).where(col(GroupedRow.project_id).in_(projects))
    task = info.get("task_id")
    return {
        "story": [story.id or 0],
        "task": [task] if isinstance(task, int) else [],
        "project": projects,
        "project_group": session.exec(groups).all() if projects else [],
    }


def _followers(session: Session, kind: str, targets: Sequence[int]) -> Sequence[int]:
    if not targets:
        return ()
    rows = select(SubscriptionRow.person_id).where(
        SubscriptionRow.target_type == kind, col(SubscriptionRow.target_id).in_(targets)
    )
    return session.exec(rows).all()


def _written(
    session: Session, row: TimelineRow, story: StoryRow, info: Mapping[str, Any]
) -> tuple[str, str]:
    """Return what was written by it, and what had stood there before."""
    if row.kind == "user_comment":
        comment = session.get(CommentRow, row.comment_id)
        return (comment.content, "") if comment is not None and comment.is_active else ("", "")
    if row.kind == "story_created":
        return f"{story.title}\n{story.description}", ""
    if row.kind == "story_details_changed":
        after, before = info.get("after", {}), info.get("before", {})
        return str(after.get("description", "")), str(before.get("description", ""))
    return "", ""


def _called(
    session: Session, called: Called | None, texts: tuple[str, str]
) -> Sequence[int | None]:
    """Return who is called by name in a text, and was not before."""
    if called is None:
        return ()
    now, before = ({m["slug"].lower() for m in called.finditer(text)} for text in texts)
    rows = (find_row(session, slug) for slug in sorted(now - before)[:_MOST_CALLED])
    return [row.id for row in rows if row is not None]
