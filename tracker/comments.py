"""What people say about a story; edited with a history, taken back by a moderator."""

from datetime import datetime

from sqlmodel import Session

from hub.clock import micros
from hub.db import hold
from hub.errors import Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.authors import author_of
from tracker.changes import finish, open_story, right_text, touch
from tracker.sight import story_ref
from tracker.tables import CommentRow, CommentVersionRow, StoryRow, TimelineRow
from tracker.timeline import note


def add_comment(
    session: Session,
    actor: Actor,
    story_id: int,
    content: str,
    *,
    in_reply_to: int | None = None,
    may_be_empty: bool = False,
    now: datetime,
) -> int:
    """Say something about a story, and return the comment's number; see `say`."""
    entry = say(
        session, actor, story_id, content,
        in_reply_to=in_reply_to, may_be_empty=may_be_empty, now=now,
    )  # fmt: skip
    return entry.comment_id or 0


def say(
    session: Session,
    actor: Actor,
    story_id: int,
    content: str,
    *,
    in_reply_to: int | None = None,
    may_be_empty: bool = False,
    now: datetime,
) -> TimelineRow:
    """Say something about a story, and return the entry of its timeline.

    may_be_empty: for StoryBoard's clients, whose comments may say nothing.

    Raises: NotFound, Refused, Invalid for nothing said.
    """
    story = open_story(session, actor, story_id)
    text = right_text(content, "content") if may_be_empty else _right(content)
    if in_reply_to is not None:
        _require(session, story, in_reply_to)
    author = author_of(session, actor)
    comment = CommentRow(
        story_id=story_id,
        author_id=author.id,
        author_name=author.name,
        content=text,
        in_reply_to=in_reply_to,
        created_at=micros(now),
    )
    session.add(hold(session, comment))
    session.flush()
    entry = note(session, actor, "user_comment", story, {}, comment_id=comment.id, now=now)
    finish(session, actor, "story.commented", story, now=now)
    return entry


def edit_comment(
    session: Session, actor: Actor, story_id: int, id_: int, content: str, *, now: datetime
) -> None:
    """Change one's own comment; what it said before is kept.

    Raises: NotFound, Refused for who did not write it, Invalid.
    """
    story = open_story(session, actor, story_id)
    comment = _require(session, story, id_)
    if comment.author_id is None or comment.author_id != author_of(session, actor).id:
        raise Refused(gettext("Only who wrote a comment can change it."))
    text = _right(content)
    if text == comment.content:
        return
    session.add(CommentVersionRow(comment_id=id_, content=comment.content, at=micros(now)))
    comment.content = text
    touch(comment, now)
    finish(session, actor, "story.changed", story, now=now)


def remove_comment(
    session: Session, actor: Actor, story_id: int, id_: int, *, now: datetime
) -> None:
    """Take a comment back: its place stays, its text is gone; for moderators.

    Raises: NotFound, Refused.
    """
    story = open_story(session, actor, story_id)
    if not may(actor, "administer", story_ref(story_id)):
        raise Refused(gettext("Taking comments back is for administrators of the hub."))
    comment = _require(session, story, id_)
    comment.is_active = False
    touch(comment, now)
    finish(session, actor, "story.changed", story, now=now)


def _require(session: Session, story: StoryRow, id_: int) -> CommentRow:
    comment = session.get(CommentRow, id_)
    if comment is None or comment.story_id != story.id:
        raise NotFound(gettext("There is no comment %(number)s here.", number=id_))
    return comment


def _right(content: str) -> str:
    text = right_text(content, "content")
    if not text.strip():
        raise Invalid("content", gettext("A comment says something. Write it first."))
    return text
