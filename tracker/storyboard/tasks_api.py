"""Tasks, by themselves and below their story."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import col, select

from hub.accounts.tables import PersonRow
from hub.db import hold
from tracker.changes import KEEP
from tracker.projects import master_branch
from tracker.states import STATUS_OF, Stage, Status
from tracker.storyboard import shapes
from tracker.storyboard.bodies import Text, check, kept_number, kept_text, number, stage, text
from tracker.storyboard.paging import PAGING, contains, each, equals, listed
from tracker.storyboard.sight import need_story, need_task
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found
from tracker.tables import BranchRow, GroupedRow, MilestoneRow, ProjectRow, TaskRow
from tracker.tasks import NewTask, TaskEdit, add_task, edit_task, remove_task
from tracker.word_index import tasks_with
from tracker.words import words_of

_TITLE = Text("title", 3, 255)
_NUMBERS = ("story_id", "assignee_id", "project_id", "branch_id", "milestone_id")
_FILTERS = ("status", "priority", "project_group_id", *_NUMBERS)
_STORY: Any = col(TaskRow.story_id)
_MISMATCH = "URL story_id and task.story_id do not match"


def list_tasks(call: Call) -> Reply:
    """List tasks by their filters."""
    call.args.allow(*PAGING, *_FILTERS, "title", "link")
    found = [
        *_filtered(call),
        *contains(col(TaskRow.title), call.args.text("title")),
        *contains(col(TaskRow.link), call.args.text("link")),
    ]
    return listed(call, TaskRow, found, each(shapes.task), story_id=_STORY)


def search_tasks(call: Call) -> Reply:
    """Find tasks by words of their titles, or how they begin."""
    call.args.allow(*PAGING, *_FILTERS, "q")
    words = words_of(call.args.text("q") or "")
    if not words:
        raise invalid("q", "", "say what to look for")
    found = list(_filtered(call))
    found += [col(TaskRow.id).in_(tasks_with(word)) for word in words]
    return listed(call, TaskRow, found, each(shapes.task), tells=False, story_id=_STORY)


def show_task(call: Call) -> Reply:
    """Show one task."""
    return Reply(shapes.task(need_task(call, call.number("id", "task_id"))))


def create_task(call: Call) -> Reply:
    """Add a task to a story."""
    call.need_login()
    return _create(call, call.given)


def change_task(call: Call) -> Reply:
    """Change a task."""
    call.need_login()
    return _change(call, need_task(call, call.number("id", "task_id"), ended=True))


def delete_task(call: Call) -> Reply:
    """Remove a task."""
    call.need_login()
    row = need_task(call, call.number("id", "task_id"), ended=True)
    remove_task(call.session, call.reader, row.id or 0, now=call.now)
    return GONE


def list_of_story(call: Call) -> Reply:
    """List a story's tasks; the real one says `None` for no limit here."""
    call.args.allow(*PAGING, *_FILTERS, "title", "link")
    id_ = call.number("sid", "story_id")
    found = [*_filtered(call), TaskRow.story_id == id_]
    reply = listed(call, TaskRow, found, each(shapes.task), story_id=_STORY)
    limit = {"X-Limit": call.args.text("limit") or "None"}
    return Reply(reply.data, headers={**reply.headers, **limit}, is_one=False)


def create_in_story(call: Call) -> Reply:
    """Add a task to the story of the address."""
    call.need_login()
    id_, body = call.number("sid", "story_id"), call.given
    if number(body, "story_id") not in (None, id_):
        raise Fault(400, _MISMATCH)
    return _create(call, {**body, "story_id": id_})


def show_of_story(call: Call) -> Reply:
    """Show one of a story's tasks."""
    return Reply(shapes.task(_of_story(call)))


def change_of_story(call: Call) -> Reply:
    """Change one of a story's tasks."""
    call.need_login()
    return _change(call, _of_story(call, ended=True))


def delete_of_story(call: Call) -> Reply:
    """Remove one of a story's tasks."""
    call.need_login()
    row = _of_story(call, ended=True)
    remove_task(call.session, call.reader, row.id or 0, now=call.now)
    return GONE


def _of_story(call: Call, *, ended: bool = False) -> TaskRow:
    row = need_task(call, call.number("tid", "task_id"), ended=ended)
    if row.story_id != call.number("sid", "story_id"):
        raise Fault(400, _MISMATCH)
    return row


def _filtered(call: Call) -> list[Any]:
    args = call.args
    found: list[Any] = []
    for name in _NUMBERS:
        found += equals(getattr(TaskRow, name), args.number(name))
    group = args.number("project_group_id")
    if group is not None:
        projects = select(GroupedRow.project_id).where(GroupedRow.group_id == group)
        found.append(col(TaskRow.project_id).in_(projects))
    if statuses := args.texts("status"):
        found.append(col(TaskRow.status).in_(statuses))
    return found


def _create(call: Call, body: Mapping[str, Any]) -> Reply:
    check(body, _TITLE, creating=True)
    given = stage(body)
    if number(body, "creator_id") not in (None, call.me):
        raise Fault(400, "You can't select author of task.")
    project = number(body, "project_id")
    if project is None:
        raise Fault(400, "You must select a project for task.")
    story = number(body, "story_id")
    if story is None:
        raise not_found("Story", "Unset", ended=True)
    need_story(call, story, ended=True)
    is_at = Stage.NEW if given is KEEP else given
    branch, milestone = number(body, "branch_id"), number(body, "milestone_id")
    branch = _branch(call, project, branch)
    _check_milestone(call, branch, milestone, is_at)
    who = number(body, "assignee_id")
    _check_person(call, who)
    title = text(body, "title") or "…"
    new = NewTask(title, project, is_at, who, branch, milestone, text(body, "link"))
    id_ = add_task(call.session, call.reader, story, new, now=call.now)
    return Reply(shapes.task(call.session.get_one(TaskRow, id_)))


def _change(call: Call, row: TaskRow) -> Reply:
    body = call.given
    check(body, _TITLE, creating=False)
    given = stage(body, Stage(row.stage))
    if number(body, "creator_id") not in (None, row.creator_id):
        raise Fault(400, "You can't change author of task.")
    project = number(body, "project_id") or row.project_id
    branch = number(body, "branch_id")
    if branch is not None or project != row.project_id:
        is_moved = project != row.project_id and branch in (None, row.branch_id)
        branch = _branch(call, project, None if is_moved else branch)
    milestone, who = kept_number(body, "milestone_id"), kept_number(body, "assignee_id")
    if milestone is not KEEP:
        is_at = Stage(row.stage) if given is KEEP else given
        _check_milestone(call, branch or row.branch_id, milestone, is_at)
    if who is not KEEP:
        _check_person(call, who)
    link = text(body, "link") if "link" in body else KEEP
    edit = TaskEdit(
        kept_text(body, "title"), project, given, who,
        KEEP if branch is None else branch, milestone, link,
    )  # fmt: skip
    edit_task(call.session, call.reader, row.id or 0, edit, now=call.now)
    return Reply(shapes.task(row))


def _branch(call: Call, project: int, branch: int | None) -> int:
    if branch is None:
        its = call.session.get(ProjectRow, project)
        if its is None:
            raise not_found("Master branch of project", project, ended=True)
        return hold(call.session, master_branch(call.session, hold(call.session, its))).id or 0
    row = call.session.get(BranchRow, branch)
    if row is None:
        raise not_found("Branch", branch, ended=True)
    if row.project_id != project:
        raise Fault(400, f"Branch {branch} doesn't associate with project {project}.")
    return branch


def _check_milestone(call: Call, branch: int, milestone: int | None, is_at: Stage) -> None:
    if milestone is None:
        return
    row = call.session.get(MilestoneRow, milestone)
    if row is None:
        raise not_found("Milestone", milestone, ended=True)
    if STATUS_OF[is_at] is not Status.MERGED:
        raise Fault(400, "Milestones can only be associated with merged tasks")
    if row.expired:
        raise Fault(400, f"You can't associate task to expired milestone {milestone}.")
    if row.branch_id != branch:
        raise Fault(400, f"Milestone {milestone} doesn't associate with branch {branch}.")


def _check_person(call: Call, id_: int | None) -> None:
    if id_ is not None and call.session.get(PersonRow, id_) is None:
        raise not_found("User", id_)
