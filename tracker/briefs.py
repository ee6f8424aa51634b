"""Stories as lists show them: a few queries for a whole page."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.clock import from_micros
from tracker.authors import Who, known, who
from tracker.states import Counts, Importance, State
from tracker.tables import ProjectRow, StoryRow, StoryTagRow, TagRow, TaskRow


@dataclass(frozen=True, slots=True)
class Brief:
    """A story as lists show it."""

    id: int
    title: str
    kind: str
    state: State
    importance: Importance
    counts: Counts
    heat: int
    comments: int
    affected: int
    votes: int
    creator: Who
    created_at: datetime
    changed_at: datetime
    is_private: bool
    is_security: bool
    duplicate_of: int | None
    tags: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    assignees: tuple[Who, ...] = ()

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/story/{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether there is still something to be done."""
        return self.state in (State.UNTRIAGED, State.ACTIVE)


def brief_stories(session: Session, ids: Sequence[int]) -> Sequence[Brief]:
    """Return stories in the order of their numbers' list; those that are gone are left out."""
    rows = session.exec(select(StoryRow).where(col(StoryRow.id).in_(ids))).all()
    tags, tasks = _tags(session, ids), _tasks(session, ids)
    people = known(session, [*(r.creator_id for r in rows), *(a for _, _, a in tasks)])
    found = {row.id: _brief(row, tags[row.id or 0], tasks, people) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def counts_of(row: StoryRow) -> Counts:
    """Return how many tasks of each status a story has."""
    return Counts(row.todo, row.inprogress, row.review, row.merged, row.invalid)


def _brief(
    row: StoryRow,
    tags: Sequence[str],
    tasks: Sequence[tuple[int, str, int | None]],
    people: Mapping[int, Who],
) -> Brief:
    own = [(project, assignee) for story, project, assignee in tasks if story == row.id]
    return Brief(
        row.id or 0,
        row.title,
        row.kind,
        State(row.state),
        Importance(row.importance),
        counts_of(row),
        row.heat,
        row.comments,
        row.affected,
        row.votes,
        who(people, row.creator_id, row.creator_name),
        from_micros(row.created_at),
        from_micros(row.changed_at),
        row.is_private,
        row.is_security,
        row.duplicate_of,
        tuple(tags),
        tuple(dict.fromkeys(project for project, _ in own)),
        tuple(dict.fromkeys(people[a] for _, a in own if a is not None and a in people)),
    )


def _tags(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    query = select(StoryTagRow.story_id, TagRow.name).join(
        TagRow, col(TagRow.id) == col(StoryTagRow.tag_id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for story, name in session.exec(
        query.where(col(StoryTagRow.story_id).in_(ids)).order_by(col(TagRow.id))
    ):
        found[story].append(name)
    return found


def _tasks(session: Session, ids: Sequence[int]) -> Sequence[tuple[int, str, int | None]]:
    query = select(TaskRow.story_id, ProjectRow.name, TaskRow.assignee_id).join(
        ProjectRow, col(ProjectRow.id) == col(TaskRow.project_id)
    )
    found = query.where(col(TaskRow.story_id).in_(ids)).order_by(col(TaskRow.id))
    return list(session.exec(found))
