"""Stories: filed, edited, sorted out, deleted. Every use case tells of it in the timeline and the outbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.db import hold
from hub.errors import Conflict, Invalid, Refused
from hub.events import emit, in_order
from hub.language import gettext
from hub.notices.gathering import forget as forget_notices
from hub.people import Actor, may
from tracker.attachments.keeping import forget_files
from tracker.attachments.tables import AttachmentRow
from tracker.authors import author_of
from tracker.changes import (
    KEEP,
    Kept,
    finish,
    open_story,
    right_text,
    right_title,
    see_story,
    touch,
)
from tracker.derived import forget, refresh
from tracker.gone import forget_numbers
from tracker.readers import let_read
from tracker.sight import no_story, story_ref
from tracker.states import Importance
from tracker.subscriptions import subscribe
from tracker.tables import KINDS, DependencyRow, StoryRow, StoryTagRow, TaskRow
from tracker.tags import forget_tags
from tracker.timeline import note_story, uncount_story
from tracker.word_index import index_story

_ALLOWED = {
    ("bug", "feature"),
    ("bug", "public_vulnerability"),
    ("feature", "bug"),
    ("private_vulnerability", "bug"),
    ("private_vulnerability", "public_vulnerability"),
    ("public_vulnerability", "bug"),
}
"""Which kind of story may become which. Source: StoryBoard."""


@dataclass(frozen=True, slots=True)
class NewStory:
    """A story as somebody files it. source: the ref that it came out of, such as a line of a meeting."""

    title: str
    description: str = ""
    kind: str = "bug"
    importance: Importance = Importance.UNDECIDED
    is_private: bool = False
    is_security: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class StoryEdit:
    """What is changed of a story. expects: the revision that the editor saw; None overwrites any."""

    title: str | Kept = KEEP
    description: str | Kept = KEEP
    kind: str | Kept = KEEP
    importance: Importance | Kept = KEEP
    is_private: bool | Kept = KEEP
    is_security: bool | Kept = KEEP
    expects: int | None = None


class Overtaken(Conflict):
    """Somebody else has changed the same text since the editor looked at it; nothing was written."""


def create_story(session: Session, actor: Actor, new: NewStory, *, now: datetime) -> int:
    """File a story and return its number; who files it hears of it, and may read it if it is private.

    Raises: Refused, Invalid.
    """
    if not may(actor, "write", "stories:all"):
        raise Refused(gettext("Filing stories is for people with an account. Log in first."))
    in_order(session)
    author, at = author_of(session, actor), micros(now)
    story = StoryRow(
        title=right_title(new.title),
        description=right_text(new.description),
        kind=_right_kind(new.kind),
        importance=new.importance.value,
        is_private=new.is_private,
        is_security=new.is_security,
        source=new.source[:500],
        creator_id=author.id,
        creator_name=author.name,
        created_at=at,
        changed_at=at,
    )
    session.add(hold(session, story))
    session.flush()
    assert story.id is not None
    if story.is_private and author.id is not None:
        let_read(session, actor, story.id, person_id=author.id, now=now)
    note_story(session, actor, "story_created", story, now=now)
    if author.id is not None:
        subscribe(session, author.id, "story", story.id, now=now, is_new=True)
    index_story(session, story, is_new=True)
    finish(session, actor, "story.created", story, now=now)
    return story.id


def edit_story(session: Session, actor: Actor, id_: int, edit: StoryEdit, *, now: datetime) -> None:
    """Change a story; what says the same as before leaves no trace.

    Raises: NotFound, Refused, Invalid; Overtaken when the text was changed since `edit.expects`.
    """
    story = open_story(session, actor, id_)
    _check_expected(story, edit)
    before = _facts(story)
    if edit.title is not KEEP:
        story.title = right_title(edit.title)
    if edit.description is not KEEP:
        story.description = right_text(edit.description)
    if edit.kind is not KEEP and edit.kind != story.kind:
        story.kind = _changed_kind(story.kind, edit.kind)
    if edit.is_security is not KEEP:
        story.is_security = edit.is_security
    if edit.is_private is not KEEP:
        _set_private(session, actor, story, edit.is_private, now)
    old_importance = story.importance
    if edit.importance is not KEEP:
        story.importance = edit.importance.value
    _note_changes(session, actor, story, before, old_importance, now)


def set_duplicate(
    session: Session, actor: Actor, id_: int, of: int | None, *, now: datetime
) -> None:
    """Say that a story is the same as another, or no longer (None). Its subscribers follow the other.

    Raises: NotFound, Refused, Invalid when that would lead in a circle.
    """
    story = open_story(session, actor, id_)
    former = story.duplicate_of
    if of == former:
        return
    if of is not None:
        other = see_story(session, actor, of)
        if other.id == story.id or other.duplicate_of is not None:
            raise Invalid(
                "duplicate_of",
                gettext("Story %(number)s is this one, or a duplicate itself.", number=of),
            )
        for follower in session.exec(select(StoryRow).where(StoryRow.duplicate_of == story.id)):
            follower.duplicate_of = of
            refresh(session, follower)
    story.duplicate_of = of
    touch(story, now)
    note_story(session, actor, "duplicate_changed", story, now=now, before=former, after=of)
    finish(session, actor, "story.changed", story, now=now)
    for affected in {former, of} - {None}:
        if (row := session.get(StoryRow, affected)) is not None:
            refresh(session, row)


def set_needed(
    session: Session, actor: Actor, id_: int, needs: int, *, needed: bool, now: datetime
) -> None:
    """Say that a story can't be done before another, or that it can.

    Raises: NotFound, Refused, Invalid when they would wait for each other.
    """
    story = open_story(session, actor, id_)
    other = see_story(session, actor, needs)
    row = session.get(DependencyRow, (story.id, other.id))
    if needed == (row is not None):
        return
    if row is not None:
        session.delete(row)
    elif story.id in _waits_for(session, other.id or 0):
        raise Invalid(
            "needs", gettext("Story %(number)s waits for this one already.", number=needs)
        )
    else:
        session.add(DependencyRow(story_id=id_, needs_id=needs))
    kind = "dependency_added" if needed else "dependency_removed"
    note_story(session, actor, kind, story, now=now, needs=needs)
    finish(session, actor, "story.changed", story, now=now)


def delete_story(session: Session, actor: Actor, id_: int, *, now: datetime) -> None:
    """Delete a story with all that was written about it; for administrators.

    Raises: NotFound, Refused.
    """
    in_order(session)
    story = session.get(StoryRow, id_)
    if story is None:
        raise no_story(id_)
    if not may(actor, "administer", story_ref(id_)):
        raise Refused(gettext("Deleting stories is for administrators of the hub."))
    related = session.exec(select(StoryRow).where(StoryRow.duplicate_of == id_)).all()
    former, is_private = story.duplicate_of, story.is_private
    tags = session.exec(select(StoryTagRow.tag_id).where(StoryTagRow.story_id == id_)).all()
    forget(session, story)
    tasks = session.exec(select(TaskRow.id).where(TaskRow.story_id == id_)).all()
    forget_numbers(session, "task", [task or 0 for task in tasks])
    forget_numbers(session, "story", [id_])
    uncount_story(session, id_)
    forget_files(session, col(AttachmentRow.story_id) == id_)
    forget_notices(session, story_ref(id_))
    session.connection().execute(sa.delete(StoryRow).where(col(StoryRow.id) == id_))
    session.expunge(story)
    if is_private:
        forget_tags(session, tags)
    for row in related:
        row.duplicate_of = None
        refresh(session, row)
    if former is not None and (kept := session.get(StoryRow, former)) is not None:
        refresh(session, kept)
    emit(session, actor, "story.deleted", story_ref(id_), at=now)


def _check_expected(story: StoryRow, edit: StoryEdit) -> None:
    if edit.expects is None or edit.expects == story.revision:
        return
    changed = (edit.title not in (KEEP, story.title)) or (
        edit.description not in (KEEP, story.description)
    )
    if changed:
        raise Overtaken(
            gettext(
                "Somebody changed story %(number)s while you wrote. Nothing is lost: see both texts.",
                number=story.id,
            )
        )


def _facts(story: StoryRow) -> dict[str, object]:
    return {
        "title": story.title,
        "description": story.description,
        "kind": story.kind,
        "is_private": story.is_private,
        "is_security": story.is_security,
    }


def _note_changes(
    session: Session,
    actor: Actor,
    story: StoryRow,
    before: dict[str, object],
    old_importance: str,
    now: datetime,
) -> None:
    after = _facts(story)
    changed = [name for name, value in after.items() if before[name] != value]
    if story.importance != old_importance:
        note_story(
            session, actor, "importance_changed", story, now=now,
            before=old_importance, after=story.importance,
        )  # fmt: skip
    elif not changed:
        return
    if changed:
        note_story(
            session, actor, "story_details_changed", story, now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )  # fmt: skip
        if "title" in changed or "description" in changed:
            story.revision += 1
            index_story(session, story)
    touch(story, now)
    finish(session, actor, "story.changed", story, now=now)


def _set_private(
    session: Session, actor: Actor, story: StoryRow, is_private: bool, now: datetime
) -> None:
    if is_private and not story.is_private:
        author = author_of(session, actor)
        for reader in {author.id, story.creator_id} - {None}:
            let_read(session, actor, story.id or 0, person_id=reader, now=now)
    story.is_private = is_private


def _right_kind(kind: str) -> str:
    if kind not in ("bug", "feature"):
        raise Invalid("kind", gettext("A new story is a bug or a feature. Choose one."))
    return kind


def _changed_kind(before: str, after: str) -> str:
    if after not in KINDS or (before, after) not in _ALLOWED:
        raise Invalid(
            "kind",
            gettext("A story that is a %(before)s can't become that.", before=before),
        )
    return after


def _waits_for(session: Session, id_: int) -> set[int]:
    """Return the numbers of all that a story waits for, itself among them."""
    found: set[int] = set()
    wave: Sequence[int] = [id_]
    while wave:
        found |= set(wave)
        needed = session.exec(
            select(DependencyRow.needs_id).where(col(DependencyRow.story_id).in_(wave))
        )
        wave = [each for each in needed if each not in found]
    return found
