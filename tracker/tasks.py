"""Tasks: what a story needs in one project, added, moved on, given to somebody, removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, SQLModel, select

from hub.accounts.tables import PersonRow
from hub.clock import micros
from hub.db import hold
from hub.errors import Invalid, NotFound
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.authors import author_of
from tracker.changes import KEEP, Kept, finish, open_story, right_title, touch
from tracker.gone import forget_numbers
from tracker.projects import master_branch
from tracker.sight import task_ref
from tracker.states import STATUS_OF, Stage, Status
from tracker.tables import BranchRow, MilestoneRow, ProjectRow, StoryRow, TaskRow
from tracker.timeline import note_task
from tracker.word_index import index_task

_LONGEST_LINK = 4_000

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task as somebody adds it; without a branch it is the project's master."""

    title: str
    project_id: int
    stage: Stage = Stage.NEW
    assignee_id: int | None = None
    branch_id: int | None = None
    milestone_id: int | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class TaskEdit:
    """What is changed of a task."""

    title: str | Kept = KEEP
    project_id: int | Kept = KEEP
    stage: Stage | Kept = KEEP
    assignee_id: int | Kept | None = KEEP
    branch_id: int | Kept = KEEP
    milestone_id: int | Kept | None = KEEP
    link: str | Kept | None = KEEP


def add_task(session: Session, actor: Actor, story_id: int, new: NewTask, *, now: datetime) -> int:
    """Add a task to a story and return its number.

    Raises: NotFound, Refused, Invalid.
    """
    story = open_story(session, actor, story_id)
    project = _require(session, ProjectRow, new.project_id, gettext("project"))
    branch = _branch(session, project, new.branch_id)
    _check_milestone(session, branch, STATUS_OF[new.stage], new.milestone_id)
    _check_person(session, new.assignee_id)
    author = author_of(session, actor)
    task = TaskRow(
        story_id=story_id,
        project_id=new.project_id,
        branch_id=branch.id or 0,
        milestone_id=new.milestone_id,
        title=right_title(new.title, least=3),
        stage=new.stage.value,
        status=STATUS_OF[new.stage].value,
        assignee_id=new.assignee_id,
        link=_right_link(new.link),
        creator_id=author.id,
        creator_name=author.name,
        created_at=micros(now),
    )
    session.add(hold(session, task))
    session.flush()
    index_task(session, task, is_new=True)
    note_task(session, actor, "task_created", story, task, now=now)
    _tell(session, actor, "task.created", story, task, now)
    return task.id or 0


def edit_task(session: Session, actor: Actor, id_: int, edit: TaskEdit, *, now: datetime) -> None:
    """Change a task; each sort of change has its own place in the timeline.

    Raises: NotFound, Refused, Invalid.
    """
    task, story = open_task(session, actor, id_)
    before = _facts(task)
    _apply(session, task, edit)
    after = _facts(task)
    if before == after:
        return
    touch(task, now)
    if before["title"] != task.title:
        index_task(session, task)
    _note_changes(session, actor, story, task, before, now)
    _tell(session, actor, "task.changed", story, task, now)


def remove_task(session: Session, actor: Actor, id_: int, *, now: datetime) -> None:
    """Remove a task from its story.

    Raises: NotFound, Refused.
    """
    task, story = open_task(session, actor, id_)
    note_task(session, actor, "task_deleted", story, task, now=now, before=_facts(task))
    forget_numbers(session, "task", [id_], followers=False)
    session.delete(task)
    session.flush()
    _tell(session, actor, "task.deleted", story, task, now)


def open_task(session: Session, actor: Actor, id_: int) -> tuple[TaskRow, StoryRow]:
    """Return a task that somebody is about to change, and its story.

    Raises: NotFound, Refused.
    """
    in_order(session)
    task = session.get(TaskRow, id_)
    if task is None:
        raise no_task(id_)
    try:
        return task, open_story(session, actor, task.story_id)
    except NotFound as error:
        raise no_task(id_) from error


def no_task(id_: int) -> NotFound:
    """Return the error that says that there is no such task."""
    return NotFound(gettext("There is no task %(number)s.", number=id_))


def story_of_task(session: Session, id_: int) -> int | None:
    """Return the number of a task's story."""
    return session.exec(select(TaskRow.story_id).where(TaskRow.id == id_)).first()


def _apply(session: Session, task: TaskRow, edit: TaskEdit) -> None:
    if edit.title is not KEEP:
        task.title = right_title(edit.title, least=3)
    if edit.stage is not KEEP:
        task.stage, task.status = edit.stage.value, STATUS_OF[edit.stage].value
    if edit.assignee_id is not KEEP:
        _check_person(session, edit.assignee_id)
        task.assignee_id = edit.assignee_id
    if edit.link is not KEEP:
        task.link = _right_link(edit.link)
    project = task.project_id if edit.project_id is KEEP else edit.project_id
    branch: int | None = task.branch_id if edit.branch_id is KEEP else edit.branch_id
    if project != task.project_id and edit.branch_id is KEEP:
        branch = None
    _move(session, task, project, branch)
    if edit.milestone_id is not KEEP:
        task.milestone_id = edit.milestone_id
    if Status(task.status) is not Status.MERGED and edit.milestone_id is KEEP:
        task.milestone_id = None
    row = _require(session, BranchRow, task.branch_id, gettext("branch"))
    _check_milestone(session, row, Status(task.status), task.milestone_id)


def _move(session: Session, task: TaskRow, project_id: int, branch_id: int | None) -> None:
    if (project_id, branch_id) == (task.project_id, task.branch_id):
        return
    project = _require(session, ProjectRow, project_id, gettext("project"))
    task.branch_id = _branch(session, project, branch_id).id or 0
    task.project_id = project_id


def _branch(session: Session, project: ProjectRow, branch_id: int | None) -> BranchRow:
    if branch_id is None:
        return master_branch(session, project)
    branch = _require(session, BranchRow, branch_id, gettext("branch"))
    if branch.project_id != project.id:
        raise Invalid(
            "branch_id", gettext("That branch is of another project. Choose one of this.")
        )
    return branch


def _check_milestone(
    session: Session, branch: BranchRow, status: Status, milestone_id: int | None
) -> None:
    if milestone_id is None:
        return
    milestone = _require(session, MilestoneRow, milestone_id, gettext("milestone"))
    if status is not Status.MERGED:
        raise Invalid(
            "milestone_id", gettext("Only what is merged can be in a milestone. Merge it first.")
        )
    if milestone.expired:
        raise Invalid("milestone_id", gettext("That milestone is over. Choose another."))
    if milestone.branch_id != branch.id:
        raise Invalid("milestone_id", gettext("That milestone is of another branch."))


def _check_person(session: Session, id_: int | None) -> None:
    if id_ is not None:
        _require(session, PersonRow, id_, gettext("person"))


def _require(session: Session, table: type[Row], id_: int, what: str) -> Row:
    row = session.get(table, id_)
    if row is None:
        raise NotFound(gettext("There is no %(what)s %(number)s.", what=what, number=id_))
    return row


def _right_link(link: str | None) -> str | None:
    return None if link is None else link[:_LONGEST_LINK]


def _facts(task: TaskRow) -> dict[str, object]:
    names = ("title", "project_id", "stage", "assignee_id", "branch_id", "milestone_id", "link")
    return {name: getattr(task, name) for name in names}


def _note_changes(
    session: Session,
    actor: Actor,
    story: StoryRow,
    task: TaskRow,
    before: dict[str, object],
    now: datetime,
) -> None:
    after = _facts(task)
    old, new = Stage(str(before["stage"])), Stage(task.stage)
    if STATUS_OF[old] is not STATUS_OF[new]:
        note_task(
            session, actor, "task_status_changed", story, task, now=now,
            old_status=STATUS_OF[old], new_status=STATUS_OF[new], before=old, after=new,
        )  # fmt: skip
    elif old is not new:
        note_task(session, actor, "task_stage_changed", story, task, now=now, before=old, after=new)
    if before["assignee_id"] != task.assignee_id:
        note_task(
            session, actor, "task_assignee_changed", story, task, now=now,
            old_assignee_id=before["assignee_id"], new_assignee_id=task.assignee_id,
        )  # fmt: skip
    rest = [n for n in after if n not in ("stage", "assignee_id") and before[n] != after[n]]
    if rest:
        note_task(
            session, actor, "task_details_changed", story, task, now=now,
            before={name: before[name] for name in rest}, after={name: after[name] for name in rest},
        )  # fmt: skip


def _tell(
    session: Session, actor: Actor, event: str, story: StoryRow, task: TaskRow, now: datetime
) -> None:
    part = (event, task_ref(task.id or 0))
    finish(session, actor, "story.changed", story, now=now, also=[part])
