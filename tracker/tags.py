"""Tags: words that stories share, made when they are first used."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.authors import author_of
from tracker.changes import finish, open_story
from tracker.tables import StoryTagRow, TagRow
from tracker.timeline import note_story

_TAG = re.compile(r"[^\s,\"]{1,50}")


def add_tags(
    session: Session, actor: Actor, story_id: int, names: Sequence[str], *, now: datetime
) -> None:
    """Give a story tags; it must have none of them yet.

    Raises: NotFound, Refused, Invalid, Conflict.
    """
    story = open_story(session, actor, story_id)
    wanted = list(dict.fromkeys(right_tag(name) for name in names))
    known = set(tags_of(session, story_id)) & set(wanted)
    if known:
        raise Conflict(gettext("The story has the tag %(tag)s already.", tag=min(known)))
    for name in wanted:
        tag = find_tag(session, name) or make_tag(session, name, now=now)
        session.add(StoryTagRow(story_id=story_id, tag_id=tag.id or 0))
    if wanted:
        note_story(
            session, actor, "tags_added", story, now=now, author_id=_who(session, actor), tags=wanted
        )  # fmt: skip
        finish(session, actor, "story.changed", story, now=now)


def remove_tags(
    session: Session, actor: Actor, story_id: int, names: Sequence[str], *, now: datetime
) -> None:
    """Take tags from a story.

    Raises: NotFound when it has not got one of them, Refused.
    """
    story = open_story(session, actor, story_id)
    taken = []
    for name in names:
        tag = find_tag(session, name)
        row = session.get(StoryTagRow, (story_id, tag.id)) if tag else None
        if row is None:
            raise NotFound(gettext("The story has no tag %(tag)s.", tag=name[:50]))
        session.delete(row)
        taken.append(row.tag_id)
    if names:
        session.flush()
        if story.is_private:
            forget_tags(session, taken)
        note_story(
            session, actor, "tags_deleted", story, now=now,
            author_id=_who(session, actor), tags=list(names),
        )  # fmt: skip
        finish(session, actor, "story.changed", story, now=now)


def set_tags(
    session: Session, actor: Actor, story_id: int, names: Sequence[str], *, now: datetime
) -> None:
    """Make these a story's tags, and no others.

    Raises: NotFound, Refused, Invalid.
    """
    open_story(session, actor, story_id)
    before, after = tags_of(session, story_id), list(dict.fromkeys(map(right_tag, names)))
    remove_tags(session, actor, story_id, [n for n in before if n not in after], now=now)
    add_tags(session, actor, story_id, [n for n in after if n not in before], now=now)


def forget_tags(session: Session, ids: Sequence[int]) -> None:
    """Forget those tags that no story has any more: a private story's word may tell what it was about."""
    rows = session.exec(select(StoryTagRow).where(col(StoryTagRow.tag_id).in_(ids)))
    unused = set(ids) - {row.tag_id for row in rows}
    for tag in session.exec(select(TagRow).where(col(TagRow.id).in_(unused))).all():
        session.delete(tag)
    session.flush()


def tags_of(session: Session, story_id: int) -> Sequence[str]:
    """Return a story's tags in the order in which it got them."""
    query = select(TagRow.name).join(StoryTagRow, col(StoryTagRow.tag_id) == col(TagRow.id))
    rows = session.exec(query.where(StoryTagRow.story_id == story_id).order_by(col(TagRow.id)))
    return rows.all()


def find_tag(session: Session, name: str) -> TagRow | None:
    """Return the tag of that name."""
    return session.exec(select(TagRow).where(TagRow.name == name)).first()


def make_tag(session: Session, name: str, *, now: datetime) -> TagRow:
    """Make a tag that no story has yet.

    Raises: Invalid, Conflict when there is one.
    """
    in_order(session)
    if find_tag(session, name) is not None:
        raise Conflict(gettext("There is a tag %(tag)s already.", tag=name))
    tag = TagRow(name=right_tag(name), created_at=micros(now))
    session.add(tag)
    session.flush()
    return tag


def right_tag(name: str) -> str:
    """Return a tag as it is kept.

    Raises: Invalid.
    """
    kept = name.strip().lower()
    if not _TAG.fullmatch(kept) or not kept.isprintable():
        raise Invalid(
            "tags",
            gettext("A tag is one word of up to 50 characters, for example low-hanging-fruit."),
        )
    return kept


def _who(session: Session, actor: Actor) -> int | None:
    return author_of(session, actor).id
