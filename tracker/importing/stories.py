"""Takes in a story with its tasks, tags, comments and events, all under their own numbers."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, delete, select

from hub.clock import micros
from hub.errors import Invalid
from hub.events import emit, in_order
from tracker.derived import refresh
from tracker.importing.known import Import, digest_of, line_of, prose_of, told_info, when
from tracker.importing.places import person_here
from tracker.importing.source import Shape, number, text
from tracker.importing.tables import ImportedRow
from tracker.planning.tables import BoardRow, DueDateRow, WorklistItemRow, WorklistRow
from tracker.projects import master_branch
from tracker.readers import let_read
from tracker.sight import story_ref
from tracker.states import STATUS_OF, Importance, Stage, Status, stage_for
from tracker.tables import (
    KINDS,
    BranchRow,
    CommentRow,
    MilestoneRow,
    ProjectRow,
    StoryRow,
    StoryTagRow,
    TaskRow,
    TimelineRow,
)
from tracker.tags import find_tag, make_tag, right_tag
from tracker.timeline import count_entries
from tracker.word_index import index_story, index_task

Row = TypeVar("Row", bound=SQLModel)


def take_story(
    session: Session, run: Import, told: Shape, tasks: Sequence[Shape], events: Sequence[Shape]
) -> None:
    """Take a story in as it is there now; one that was changed here since is left as it is.

    Raises: Invalid for one that can't be taken.
    """
    in_order(session)
    id_ = number(told, "id")
    digest = digest_of(told, list(tasks), list(events))
    known = session.get(ImportedRow, (run.realm, "story", id_))
    story = session.get(StoryRow, id_)
    if known is not None and known.digest == digest:
        run.same += 1
        return
    _check(story, known)
    is_new = story is None
    story = _story(session, run, told, story)
    _readers(session, run, told, id_)
    _tags(session, run, told, id_)
    _tasks(session, run, id_, tasks)
    _events(session, run, id_, events)
    _finish(session, run, story, told, is_new=is_new)
    kept = known or ImportedRow(realm=run.realm, kind="story", number=id_, id=id_)
    kept.digest, kept.changed_at = digest, story.changed_at
    session.add(kept)
    session.flush()
    if is_new:
        run.new += 1
    else:
        run.changed += 1


def _check(story: StoryRow | None, known: ImportedRow | None) -> None:
    if story is None:
        return
    if known is None:
        raise Invalid("id", "there is another story of that number here already")
    if story.changed_at != known.changed_at:
        raise Invalid("id", "it was changed here since the last import, and stays as it is")


def _story(session: Session, run: Import, told: Shape, story: StoryRow | None) -> StoryRow:
    at = when(told, "created_at") or micros(run.now)
    row = story or StoryRow(id=number(told, "id"), title="", created_at=at, changed_at=at)
    title, description = line_of(told, "title", "?"), prose_of(told, "description")
    if story is not None and (row.title, row.description) != (title, description):
        row.revision += 1
    row.title, row.description = title, description
    kind = number(told, "story_type_id") or 1
    row.kind = KINDS[kind - 1] if kind <= len(KINDS) else KINDS[0]
    row.is_private, row.is_security = told.get("private") is True, told.get("security") is True
    if text(told, "importance"):
        row.importance = Importance(text(told, "importance")).value
    row.creator_id = person_here(session, run, number(told, "creator_id"))
    row.creator_name = "" if row.creator_id is not None else run.actor.name
    row.created_at, row.updated_at = at, when(told, "updated_at")
    session.add(row)
    session.flush()
    return row


def _readers(session: Session, run: Import, told: Shape, id_: int) -> None:
    if told.get("private") is not True:
        return
    users = told.get("users")
    for each in users if isinstance(users, list) else ():
        person = person_here(session, run, number(each, "id"))
        if person is not None:
            let_read(session, run.actor, id_, person_id=person, now=run.now)
    teams = told.get("teams")
    for each in teams if isinstance(teams, list) else ():
        team = run.here("team", number(each, "id"))
        if team is None:
            run.miss(f"story {id_}: a team that may read it is not here; give it to them here")
        else:
            let_read(session, run.actor, id_, team_id=team, now=run.now)


def _tags(session: Session, run: Import, told: Shape, id_: int) -> None:
    given, wanted = told.get("tags"), set()
    for name in given if isinstance(given, list) else ():
        try:
            kept = right_tag(str(name))
            tag = find_tag(session, kept) or make_tag(session, kept, now=run.now)
        except Invalid as error:
            run.miss(f"story {id_}: its tag {name}: {error}")
            continue
        wanted.add(tag.id or 0)
    of_story = col(StoryTagRow.story_id) == id_
    known = set(session.exec(select(StoryTagRow.tag_id).where(of_story)))
    gone = delete(StoryTagRow).where(of_story, col(StoryTagRow.tag_id).in_(known - wanted))
    session.connection().execute(gone)
    session.add_all([StoryTagRow(story_id=id_, tag_id=each) for each in sorted(wanted - known)])
    session.flush()


def _tasks(session: Session, run: Import, id_: int, tasks: Sequence[Shape]) -> None:
    there = {run.place("task", number(each, "id")) for each in tasks}
    for gone in session.exec(select(TaskRow).where(TaskRow.story_id == id_)).all():
        if gone.id not in there:
            session.delete(gone)
    session.flush()
    for told in tasks:
        project = run.here("project", number(told, "project_id"))
        row = _found(session, TaskRow, run.place("task", number(told, "id")))
        if project is None or (row is not None and row.story_id != id_):
            why = "its project is not known" if project is None else "its number is taken here"
            run.miss(f"task {told.get('id')} of story {id_}: {why}")
            continue
        _task(session, run, told, row or _new_task(told, id_, run), project)


def _new_task(told: Shape, story_id: int, run: Import) -> TaskRow:
    at = when(told, "created_at") or micros(run.now)
    return TaskRow(
        id=run.place("task", number(told, "id")),
        story_id=story_id,
        project_id=0,
        branch_id=0,
        title="",
        created_at=at,
    )


def _task(session: Session, run: Import, told: Shape, row: TaskRow, project: int) -> None:
    row.project_id = project
    row.branch_id = _branch(session, run, told, project)
    row.title = line_of(told, "title", "?")
    given = text(told, "stage")  # in Launchpad's words, which say more than a status
    stage = Stage(given) if given else stage_for(_status(told.get("status")), Stage(row.stage))
    row.stage, row.status = stage.value, STATUS_OF[stage].value
    row.assignee_id = person_here(session, run, number(told, "assignee_id"))
    row.creator_id = person_here(session, run, number(told, "creator_id"))
    row.creator_name = "" if row.creator_id is not None else run.actor.name
    row.link = text(told, "link") or None
    milestone = run.here("milestone", number(told, "milestone_id"))
    found = session.get(MilestoneRow, milestone) if milestone is not None else None
    fits = found is not None and found.branch_id == row.branch_id and row.status == Status.MERGED
    row.milestone_id = milestone if fits else None
    row.updated_at = when(told, "updated_at")
    session.add(row)
    session.flush()
    index_task(session, row)
    if not run.keeps_numbers:
        run.keep(session, "task", number(told, "id"), row.id or 0)


def _branch(session: Session, run: Import, told: Shape, project: int) -> int:
    given = run.here("branch", number(told, "branch_id"))
    branch = session.get(BranchRow, given) if given is not None else None
    if branch is None or branch.project_id != project:
        branch = master_branch(session, session.get_one(ProjectRow, project))
    return branch.id or 0


def _status(value: object) -> Status:
    return Status(str(value)) if value in tuple(Status) else Status.TODO


def _events(session: Session, run: Import, id_: int, events: Sequence[Shape]) -> None:
    """Take in what happened: comments under their numbers, and events in their order, each once."""
    known = select(TimelineRow.kind, TimelineRow.at, TimelineRow.info).where(
        TimelineRow.story_id == id_
    )
    there = {tuple(row) for row in session.exec(known)}
    added: Counter[str] = Counter()
    for told in sorted(events, key=lambda each: number(each, "id")):
        comment = told.get("comment")
        said = comment if isinstance(comment, dict) else {}
        author = person_here(session, run, number(told, "author_id"))
        at = when(told, "created_at") or micros(run.now)
        is_said = text(told, "event_type") == "user_comment"
        if is_said and not _comment(session, run, id_, said, author, at):
            continue
        info = json.dumps(_info(session, run, told), ensure_ascii=False)
        if (text(told, "event_type"), at, info) in there:
            continue
        comment_id = run.place("comment", number(said, "id")) if said else None
        row = TimelineRow(
            story_id=id_, comment_id=comment_id, kind=text(told, "event_type"), info=info, at=at,
            **_by(run, author),
        )  # fmt: skip
        session.add(row)
        added[row.kind] += 1
    session.flush()
    count_entries(session, added)


def _comment(
    session: Session, run: Import, story_id: int, told: Shape, author: int | None, at: int
) -> bool:
    """Take a comment in; tell whether it is a new one."""
    row = _found(session, CommentRow, run.place("comment", number(told, "id")))
    if not number(told, "id") or (row is not None and row.story_id != story_id):
        run.miss(f"comment {told.get('id')} of story {story_id}: its number is taken here")
        return False
    is_new = row is None
    row = row or CommentRow(
        id=run.place("comment", number(told, "id")),
        story_id=story_id,
        content="",
        created_at=at,
        **_by(run, author),
    )
    row.is_active = told.get("is_active") is not False
    row.content = prose_of(told, "content") if row.is_active else ""
    row.in_reply_to = number(told, "in_reply_to") or None
    row.updated_at = when(told, "updated_at")
    session.add(row)
    session.flush()
    if not run.keeps_numbers:
        run.keep(session, "comment", number(told, "id"), row.id or 0)
    return is_new


def _found(session: Session, table: type[Row], id_: int | None) -> Row | None:
    return session.get(table, id_) if id_ is not None else None


def _by(run: Import, author: int | None) -> Mapping[str, Any]:
    return {"author_id": author, "author_name": "" if author is not None else run.actor.name}


def _info(session: Session, run: Import, told: Shape) -> Mapping[str, Any]:
    """Return what an event says, with the people's numbers of here and the stages that pages show."""
    info = dict(told_info(told.get("event_info")))
    for name in ("author_id", "old_assignee_id", "new_assignee_id"):
        if name in info:
            info[name] = person_here(session, run, number(info, name))
    if "old_status" in info:
        for ours, theirs in (("before", "old_status"), ("after", "new_status")):
            info[ours] = stage_for(_status(info.get(theirs))).value
    if text(told, "event_type") in ("tags_added", "tags_deleted"):
        tags = info.get("tags")
        info["tags"] = [str(each) for each in tags] if isinstance(tags, list) else []
    return info


def _finish(session: Session, run: Import, story: StoryRow, told: Shape, *, is_new: bool) -> None:
    story.changed_at = when(told, "updated_at") or story.created_at
    refresh(session, story)
    index_story(session, story)
    event = "story.created" if is_new else "story.changed"
    emit(session, run.actor, event, story_ref(story.id or 0), at=run.now)


NUMBERED: Sequence[type[SQLModel]] = (
    ProjectRow, BranchRow, MilestoneRow, StoryRow, TaskRow, CommentRow, TimelineRow,
    DueDateRow, WorklistRow, WorklistItemRow, BoardRow,
)  # fmt: skip
"""The tables whose rows got numbers from elsewhere."""
