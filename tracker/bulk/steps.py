"""What a change of many stories comes to in each of them, and how one step is made and undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from hub.errors import Conflict, NotFound
from hub.language import gettext
from hub.people import Actor
from tracker.changes import KEEP, Kept, see_story
from tracker.sight import need_write
from tracker.states import Importance, Stage
from tracker.stories import StoryEdit, edit_story
from tracker.tables import StoryRow, TaskRow
from tracker.tags import add_tags, remove_tags, tags_of
from tracker.tasks import TaskEdit, edit_task


@dataclass(frozen=True, slots=True)
class Wanted:
    """What many stories are to be changed to.

    stage and assignee are of their tasks, of one project where `project_id` is given.
    """

    importance: Importance | Kept = KEEP
    stage: Stage | Kept = KEEP
    assignee_id: int | Kept | None = KEEP
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    project_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        kept = (self.importance, self.stage, self.assignee_id)
        return all(each is KEEP for each in kept) and not (self.add_tags or self.remove_tags)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that changes: `importance` or `tag` of a story, `stage` or `assignee` of a task.

    before, after: the words or numbers that stand there; empty for no tag, or nobody.
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
        case "stage":
            edit_task(session, actor, step.task_id or 0, TaskEdit(stage=Stage(step.after)), now=now)
        case _:
            who = int(step.after) if step.after else None
            edit_task(session, actor, step.task_id or 0, TaskEdit(assignee_id=who), now=now)


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
    return task.stage if step.field == "stage" else str(task.assignee_id or "")


def _of_story(session: Session, story: StoryRow, wanted: Wanted) -> Iterator[Step]:
    id_ = story.id or 0
    if wanted.importance is not KEEP and story.importance != wanted.importance:
        yield Step(id_, "importance", story.importance, wanted.importance.value)
    there = tags_of(session, id_) if wanted.add_tags or wanted.remove_tags else ()
    yield from (Step(id_, "tag", "", name) for name in wanted.add_tags if name not in there)
    yield from (Step(id_, "tag", name, "") for name in wanted.remove_tags if name in there)


def _of_tasks(session: Session, story: StoryRow, wanted: Wanted) -> Iterator[Step]:
    if wanted.stage is KEEP and wanted.assignee_id is KEEP:
        return
    query = select(TaskRow).where(TaskRow.story_id == story.id).order_by(col(TaskRow.id))
    if wanted.project_id is not None:
        query = query.where(TaskRow.project_id == wanted.project_id)
    for task in session.exec(query):
        if wanted.stage is not KEEP and task.stage != wanted.stage:
            yield Step(story.id or 0, "stage", task.stage, wanted.stage.value, task.id)
        if wanted.assignee_id is not KEEP and task.assignee_id != wanted.assignee_id:
            before, after = str(task.assignee_id or ""), str(wanted.assignee_id or "")
            yield Step(story.id or 0, "assignee", before, after, task.id)
