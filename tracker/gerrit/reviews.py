"""Takes in what Gerrit tells: keeps the review, and moves the tasks that its message names.

The same event a second time changes nothing, and one that comes late moves nothing back.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select

from hub.clock import micros
from hub.events import in_order
from hub.people import Actor, Role
from tracker.gerrit.announcing import Announcing, announce
from tracker.gerrit.footers import Footer, Sort, Turn, next_stage, read_footers
from tracker.gerrit.stream import Change, StreamEvent, read_event
from tracker.gerrit.tables import DeliveryRow, ReviewLinkRow, ReviewRow
from tracker.states import Status
from tracker.tables import BranchRow, ProjectRow, StoryRow, TaskRow
from tracker.tasks import TaskEdit, edit_task
from tracker.timeline import note_story

_REMEMBERED = timedelta(days=30)
_STATUS_AFTER: Mapping[Turn, str] = {
    Turn.PROPOSED: "open",
    Turn.RESTORED: "open",
    Turn.MERGED: "merged",
    Turn.ABANDONED: "abandoned",
}
_FIRST = ("master", "main")


def reviewer(host: str) -> Actor:
    """Return who does what a Gerrit tells; it may move tasks of private stories, too."""
    return Actor(f"gerrit:{host or 'gerrit'}", Role.OPERATOR)


def take_events(
    session: Session, told: Sequence[Mapping[str, Any]], bot: Announcing, *, now: datetime
) -> int:
    """Take events in, and return how many of them were new."""
    in_order(session)
    return sum(_take(session, each, bot, now) for each in told)


def _take(session: Session, told: Mapping[str, Any], bot: Announcing, now: datetime) -> bool:
    if not is_new(session, told, now):
        return False
    event = read_event(told)
    if event is None:
        return True
    if isinstance(event, StreamEvent):
        _take_change(session, event, now)
    announce(session, event, bot, now=now)
    return True


def is_new(session: Session, told: Mapping[str, Any], now: datetime) -> bool:
    """Tell whether something is told for the first time, and remember that it was."""
    words = json.dumps(told, sort_keys=True)
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()
    if session.get(DeliveryRow, digest) is not None:
        return False
    forgotten = col(DeliveryRow.at) < micros(now - _REMEMBERED)
    session.connection().execute(delete(DeliveryRow).where(forgotten))
    session.add(DeliveryRow(digest=digest, at=micros(now)))
    session.flush()
    return True


def find_review(session: Session, host: str, number: int) -> ReviewRow | None:
    """Return a review by its number at a Gerrit."""
    query = select(ReviewRow).where(ReviewRow.host == host, ReviewRow.number == number)
    return session.exec(query).first()


def _take_change(session: Session, event: StreamEvent, now: datetime) -> None:
    row = find_review(session, event.change.host, event.change.number)
    is_first = row is None
    if row is None:
        row = _new_review(event.change, now)
    is_late = 0 < event.at_s < row.event_s
    if not is_late:
        _bring_up(row, event, now)
    session.add(row)
    session.flush()
    if event.change.message is not None and not is_late:
        _link(session, row, read_footers(event.change.message))
    if event.turn is not None and not is_late:
        _turn(session, row, event, event.turn, is_first, now)


def _new_review(change: Change, now: datetime) -> ReviewRow:
    return ReviewRow(
        host=change.host,
        number=change.number,
        project=change.project,
        branch=change.branch,
        subject=change.subject,
        url=change.url,
        owner=change.owner,
        changed_at=micros(now),
    )


def _bring_up(row: ReviewRow, event: StreamEvent, now: datetime) -> None:
    change = event.change
    row.subject, row.project, row.branch = change.subject, change.project, change.branch
    row.url, row.owner = change.url or row.url, change.owner or row.owner
    if event.turn is not None:
        row.status = _STATUS_AFTER[event.turn]
    if event.turn is Turn.PROPOSED and event.patchset > row.patchset:
        row.builds = "{}"
        if event.is_new_code:
            row.votes = "{}"
    row.patchset = max(row.patchset, event.patchset)
    votes = json.loads(row.votes)
    for vote in event.votes:
        votes.setdefault(vote.label, {})[event.by] = vote.points
    row.votes = json.dumps(votes, sort_keys=True)
    row.event_s, row.changed_at = max(row.event_s, event.at_s), micros(now)


def _link(session: Session, row: ReviewRow, footers: Sequence[Footer]) -> None:
    """Make the links of a review those that its message names, as far as there are such stories."""
    links = ReviewLinkRow.review_id == row.id
    session.connection().execute(delete(ReviewLinkRow).where(links))  # type: ignore[arg-type]
    for footer in footers:
        task = session.get(TaskRow, footer.number) if footer.sort is Sort.TASK else None
        story = task.story_id if task is not None else footer.number
        if footer.sort is Sort.TASK and task is None:
            continue
        if session.get(StoryRow, story) is None:
            continue
        session.add(
            ReviewLinkRow(
                review_id=row.id or 0,
                story_id=story,
                task_id=task.id if task else None,
                sort=footer.sort.value,
            )
        )
    session.flush()


def _turn(
    session: Session, row: ReviewRow, event: StreamEvent, turn: Turn, is_first: bool, now: datetime
) -> None:
    query = select(ReviewLinkRow).where(ReviewLinkRow.review_id == row.id)
    links = session.exec(query.order_by(col(ReviewLinkRow.id))).all()
    actor = reviewer(row.host)
    if turn is not Turn.PROPOSED or is_first or event.patchset <= 1:
        for story in dict.fromkeys(link.story_id for link in links):
            _note(session, actor, row, story, event.by, turn, now)
    for link in links:
        for task in _tasks(session, row, link):
            _move(session, actor, row, task, Sort(link.sort), turn, now)


def _note(
    session: Session,
    actor: Actor,
    row: ReviewRow,
    story_id: int,
    by: str,
    turn: Turn,
    now: datetime,
) -> None:
    note_story(
        session, actor, f"review_{turn}", session.get_one(StoryRow, story_id), now=now,
        review=row.number, subject=row.subject, project=row.project, branch=row.branch,
        url=row.url, by=by,
    )  # fmt: skip


def _tasks(session: Session, row: ReviewRow, link: ReviewLinkRow) -> Sequence[TaskRow]:
    """Return the tasks that a link speaks of: the one it names, or its story's in that project and branch."""
    if link.task_id is not None:
        return [session.get_one(TaskRow, link.task_id)]
    if link.sort not in (Sort.CLOSES, Sort.PARTIAL):
        return []
    branches = _FIRST if row.branch in _FIRST else (row.branch,)
    query = (
        select(TaskRow)
        .join(ProjectRow, col(ProjectRow.id) == col(TaskRow.project_id))
        .join(BranchRow, col(BranchRow.id) == col(TaskRow.branch_id))
        .where(TaskRow.story_id == link.story_id, ProjectRow.name == row.project)
        .where(col(BranchRow.name).in_(branches))
    )
    return session.exec(query.order_by(col(TaskRow.id))).all()


def _move(
    session: Session,
    actor: Actor,
    row: ReviewRow,
    task: TaskRow,
    sort: Sort,
    turn: Turn,
    now: datetime,
) -> None:
    stage = next_stage(sort, turn, Status(task.status))
    if stage is None or (turn is Turn.ABANDONED and _is_reviewed_elsewhere(session, row, task)):
        return
    if Status(task.status).value != stage.value:
        edit_task(session, actor, task.id or 0, TaskEdit(stage=stage), now=now)


def _is_reviewed_elsewhere(session: Session, row: ReviewRow, task: TaskRow) -> bool:
    """Tell whether another open change names the task as well: then it is still in review."""
    query = (
        select(ReviewRow.id)
        .join(ReviewLinkRow, col(ReviewLinkRow.review_id) == col(ReviewRow.id))
        .where(ReviewLinkRow.task_id == task.id, ReviewRow.status == "open")
        .where(col(ReviewRow.id) != row.id)
    )
    return session.exec(query).first() is not None
