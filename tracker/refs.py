"""How stories and tasks are mentioned in text, and what search knows of them."""

import re
from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.config import Config
from hub.documents import Document, Documents
from hub.language import gettext
from hub.people import Actor
from hub.refs import RefKind, Standing
from tracker.authors import known, who
from tracker.sight import sees, story_ref, task_ref, visibility
from tracker.states import CLOSED, STAGE_WORDS, STATE_WORDS, STATUS_OF, Stage, State, Status
from tracker.tables import CommentRow, ProjectRow, StoryRow, TaskRow
from tracker.tags import tags_of

_STEP = 100
_NUMBER = r"[#:]?[ \t]{0,2}#?(?P<number>[1-9]\d{0,8})(?![\w-])"


def story_refs(config: Config) -> RefKind:
    """Say how stories are mentioned: `story 42`, `Story: 42`, `bug #42`, or the address of their page."""
    words = r"(?<![\w-])(?:(?:closes|partial|related)-)?(?:story|bug|lp)[ \t]{0,2}" + _NUMBER
    address = re.escape(config.public_url) + r"/story/(?P<there>[1-9]\d{0,8})(?![\w/-])"

    def found(match: re.Match[str]) -> Sequence[str]:
        return (story_ref(int(match["number"] or match["there"])),)

    pattern = re.compile(f"{words}|{address}", re.IGNORECASE)
    return RefKind(
        "story", pattern, found, _story_url, _story_label, _sees_story, standing=_story_standing
    )


def task_refs() -> RefKind:
    """Say how tasks are mentioned: `task 7`, `Task: 7`."""
    pattern = re.compile(r"(?<![\w-])task[ \t]{0,2}" + _NUMBER, re.IGNORECASE)

    def found(match: re.Match[str]) -> Sequence[str]:
        return (task_ref(int(match["number"])),)

    return RefKind(
        "task", pattern, found, _task_url, _task_label, _sees_task, standing=_task_standing
    )


def document(session: Session, ref: str) -> Document | None:
    """Return what a story says now, its tasks and comments with it."""
    story = _story(session, ref)
    return _document(session, story) if story else None


def all_documents(session: Session) -> Iterator[Document]:
    """Yield every story."""
    after = 0
    while True:
        query = select(StoryRow).where(col(StoryRow.id) > after).order_by(col(StoryRow.id))
        rows = session.exec(query.limit(_STEP)).all()
        for row in rows:
            yield _document(session, row)
            after = row.id or 0
        if not rows:
            return
        session.expunge_all()  # no rebuild of all stories may hold all of them


DOCUMENTS = Documents(document, all_documents)


def number_of(ref: str) -> int:
    """Return the number in a ref, 0 for none."""
    digits = ref.partition(":")[2]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _document(session: Session, story: StoryRow) -> Document:
    people = known(session, [story.creator_id])
    tasks = session.exec(
        select(TaskRow.title, ProjectRow.name)
        .join(ProjectRow, col(ProjectRow.id) == col(TaskRow.project_id))
        .where(TaskRow.story_id == story.id)
        .order_by(col(TaskRow.id))
    ).all()
    said = session.exec(
        select(CommentRow.content)
        .where(CommentRow.story_id == story.id, col(CommentRow.is_active))
        .order_by(col(CommentRow.id))
    )
    texts = [story.title, story.description, *(title for title, _ in tasks), *said]
    return Document(
        story_ref(story.id or 0),
        "story",
        story.title,
        "\n\n".join(texts),
        from_micros(story.changed_at),
        who(people, story.creator_id, story.creator_name).name,
        tasks[0][1] if tasks else "",
        visibility(story),
        tuple(f"tag:{tag}" for tag in tags_of(session, story.id or 0)),
    )


def _story(session: Session, ref: str) -> StoryRow | None:
    return session.get(StoryRow, number_of(ref)) if ref.startswith("story:") else None


def _task(session: Session, ref: str) -> TaskRow | None:
    return session.get(TaskRow, number_of(ref)) if ref.startswith("task:") else None


def _story_url(ref: str) -> str:
    return f"/story/{number_of(ref)}"


def _story_label(session: Session, ref: str) -> str | None:
    story = _story(session, ref)
    return f"Story {story.id}: {story.title}" if story else None


def _story_standing(session: Session, ref: str) -> Standing | None:
    story = _story(session, ref)
    if story is None:
        return None
    return Standing(gettext(STATE_WORDS[State(story.state)]), State(story.state) in CLOSED)


def _task_standing(session: Session, ref: str) -> Standing | None:
    task = _task(session, ref)
    if task is None:
        return None
    is_done = STATUS_OF[Stage(task.stage)] in (Status.MERGED, Status.INVALID)
    return Standing(gettext(STAGE_WORDS[Stage(task.stage)]), is_done)


def _sees_story(session: Session, actor: Actor, ref: str) -> bool:
    story = _story(session, ref)
    return story is not None and sees(actor, story)


def _task_url(ref: str) -> str:
    return f"/task/{number_of(ref)}"


def _task_label(session: Session, ref: str) -> str | None:
    task = _task(session, ref)
    return f"Task {task.id}: {task.title}" if task else None


def _sees_task(session: Session, actor: Actor, ref: str) -> bool:
    task = _task(session, ref)
    return task is not None and _sees_story(session, actor, story_ref(task.story_id))
