"""What a change of many stories comes to in each of them, and how one step is made and undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from hub.errors import Conflict, NotFound, Refused
from hub.language import gettext
from hub.people import Actor
from tracker.changes import KEEP, Kept, see_story
from tracker.projects import master_branch
from tracker.sight import need_write
from tracker.states import STATUS_OF, Importance, Stage, Status
from tracker.stories import StoryEdit, edit_story
from tracker.tables import MilestoneRow, ProjectRow, StoryRow, TaskRow
from tracker.tags import add_tags, remove_tags, tags_of
from tracker.tasks import TaskEdit, edit_task


@dataclass(frozen=True, slots=True)
class Wanted:
    """What many stories are to be changed to.

    stage, assignee, move_to and milestone are of their tasks, of one project where `project_id` is given.
    milestone: its name, in the branch that a merged task is of; None takes merged tasks out of theirs.
    """

    importance: Importance | Kept = KEEP
    stage: Stage | Kept = KEEP
    assignee_id: int | Kept | None = KEEP
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    project_id: int | None = None
    move_to: int | Kept = KEEP
    milestone: str | Kept | None = KEEP

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        kept = (self.importance, self.stage, self.assignee_id, self.move_to, self.milestone)
        return all(each is KEEP for each in kept) and not (self.add_tags or self.remove_tags)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that changes.

    `importance` or `tag` of a story; `place`, `stage`, `assignee` or `milestone` of a task.

    before, after: the words or numbers that stand there; empty for no tag, nobody, or no milestone.
    A place is a project with a branch of it: `3/7`.
    """

    story_id: int
    field: str
    before: str
    after: str
    task_id: int | None = None

    @property
    def inverse(self) -> "Step":
        """The step that leads back."""
        return replace(self, before=self.after, after=self.before)


def steps_for(session: Session, actor: Actor, story: StoryRow, wanted: Wanted) -> Sequence[Step]:
    """Return what changes in a story; nothing where it is so already. Raises: NotFound, Refused."""
    need_write(actor, story)
    return [*_of_story(session, story, wanted), *_of_tasks(session, story, wanted)]


def do_step(session: Session, actor: Actor, step: Step, *, now: datetime) -> None:
    """Make a step, where things stand as they did when it was planned.

    Raises: NotFound, Refused, Invalid; Conflict when somebody has changed it meanwhile.
    """
    if value_of(session, actor, step) != step.before:
        raise Conflict(gettext("Somebody changed it meanwhile."))
    match step.field:
        case "importance":
            edit = StoryEdit(importance=Importance(step.after))
            edit_story(session, actor, step.story_id, edit, now=now)
        case "tag" if step.after:
            add_tags(session, actor, step.story_id, [step.after], now=now)
        case "tag":
            remove_tags(session, actor, step.story_id, [step.before], now=now)
        case _:
            edit_task(session, actor, step.task_id or 0, _task_edit(session, step), now=now)


def value_of(session: Session, actor: Actor, step: Step) -> str:
    """Return what stands now where a step changes something. Raises: NotFound."""
    story = see_story(session, actor, step.story_id)
    if step.field == "importance":
        return story.importance
    if step.field == "tag":
        name = step.before or step.after
        return name if name in tags_of(session, step.story_id) else ""
    task = session.get(TaskRow, step.task_id)
    if task is None or task.story_id != story.id:
        raise NotFound(gettext("There is no task %(number)s.", number=step.task_id))
    match step.field:
        case "stage":
            return task.stage
        case "place":
            return place_of(task)
        case "milestone":
            return str(task.milestone_id or "")
    return str(task.assignee_id or "")


def place_of(task: TaskRow) -> str:
    """Return where a task is, as a step says it."""
    return f"{task.project_id}/{task.branch_id}"


def _task_edit(session: Session, step: Step) -> TaskEdit:
    number = int(step.after) if step.after.isdecimal() else None
    match step.field:
        case "stage":
            _keep_milestone(session, step)
            return TaskEdit(stage=Stage(step.after))
        case "place":
            project, _, branch = step.after.partition("/")
            return TaskEdit(project_id=int(project), branch_id=int(branch))
        case "milestone":
            return TaskEdit(milestone_id=number)
    return TaskEdit(assignee_id=number)


def _keep_milestone(session: Session, step: Step) -> None:
    """Refuse a stage that would take a task out of its milestone unseen: a step of its own does that."""
    task = session.get(TaskRow, step.task_id)
    is_in = task is not None and task.milestone_id is not None
    if is_in and STATUS_OF[Stage(step.after)] is not Status.MERGED:
        raise Conflict(gettext("Somebody put it into a milestone meanwhile."))


def _of_story(session: Session, story: StoryRow, wanted: Wanted) -> Iterator[Step]:
    id_ = story.id or 0
    if wanted.importance is not KEEP and story.importance != wanted.importance:
        yield Step(id_, "importance", story.importance, wanted.importance.value)
    there = tags_of(session, id_) if wanted.add_tags or wanted.remove_tags else ()
    yield from (Step(id_, "tag", "", name) for name in wanted.add_tags if name not in there)
    yield from (Step(id_, "tag", name, "") for name in wanted.remove_tags if name in there)


def _of_tasks(session: Session, story: StoryRow, wanted: Wanted) -> Iterator[Step]:
    if replace(wanted, importance=KEEP, add_tags=(), remove_tags=()).is_empty:
        return
    query = select(TaskRow).where(TaskRow.story_id == story.id).order_by(col(TaskRow.id))
    if wanted.project_id is not None:
        query = query.where(TaskRow.project_id == wanted.project_id)
    for task in session.exec(query):
        yield from _of_task(session, task, wanted)


def _of_task(session: Session, task: TaskRow, wanted: Wanted) -> Iterator[Step]:
    """Tell the steps of a task. It leaves its milestone first and enters one last: undone they lead back."""
    place, stage = _wanted_place(session, task, wanted), _wanted_stage(task, wanted)
    before, after = task.milestone_id, _wanted_milestone(session, task, place, stage, wanted)
    is_elsewhere = place != place_of(task) or STATUS_OF[stage] is not Status.MERGED
    if before is not None and is_elsewhere:
        yield _task_step(task, "milestone", before, None)
        before = None
    if place != place_of(task):
        yield _task_step(task, "place", place_of(task), place)
    if task.stage != stage:
        yield _task_step(task, "stage", task.stage, stage.value)
    if wanted.assignee_id is not KEEP and task.assignee_id != wanted.assignee_id:
        yield _task_step(task, "assignee", task.assignee_id, wanted.assignee_id)
    if before != after:
        yield _task_step(task, "milestone", before, after)


def _task_step(task: TaskRow, field: str, before: object, after: object) -> Step:
    return Step(task.story_id, field, str(before or ""), str(after or ""), task.id)


def _wanted_stage(task: TaskRow, wanted: Wanted) -> Stage:
    return Stage(task.stage) if wanted.stage is KEEP else wanted.stage


def _wanted_place(session: Session, task: TaskRow, wanted: Wanted) -> str:
    if wanted.move_to is KEEP or wanted.move_to == task.project_id:
        return place_of(task)
    project = session.get(ProjectRow, wanted.move_to)
    if project is None:
        raise NotFound(gettext("There is no project %(number)s.", number=wanted.move_to))
    return f"{project.id}/{master_branch(session, project).id}"


def _wanted_milestone(
    session: Session, task: TaskRow, place: str, stage: Stage, wanted: Wanted
) -> int | None:
    """Return the milestone that a task is to be in. Raises: Refused where its branch has none so called."""
    if STATUS_OF[stage] is not Status.MERGED or wanted.milestone is None:
        return None
    if wanted.milestone is KEEP:
        return task.milestone_id if place == place_of(task) else None
    branch = int(place.partition("/")[2])
    query = select(MilestoneRow).where(
        MilestoneRow.branch_id == branch, MilestoneRow.name == wanted.milestone
    )
    row = session.exec(query).first()
    if row is None or row.expired:
        raise Refused(
            gettext(
                "The branch of task %(number)s has no open milestone %(name)s. Choose another, or only"
                " the tasks of one project.",
                number=task.id,
                name=wanted.milestone,
            )
        )
    return row.id
