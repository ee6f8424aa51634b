"""What all use cases begin and end with; and the word for "as it is" in an edit."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Final, Literal, TypeVar

from sqlmodel import Session

from hub.clock import micros
from hub.db import hold
from hub.errors import Invalid
from hub.events import emit_all, in_order
from hub.irc import keepable_text
from hub.language import gettext
from hub.people import Actor
from tracker.derived import refresh
from tracker.sight import need_write, no_story, sees, story_ref
from tracker.tables import StoryRow


class Keep(Enum):
    """Stands for what an edit leaves as it is; None may be a value."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
Kept = Literal[Keep.KEEP]
T = TypeVar("T")

LONGEST_TITLE = 255
LONGEST_TEXT = 65_535
"""Characters of a description or comment."""


def see_story(session: Session, actor: Actor, id_: int) -> StoryRow:
    """Return a story that somebody may read.

    Raises: NotFound, in the same words for one that there is not and one that is not theirs.
    """
    story = session.get(StoryRow, id_) if 0 < id_ < 1 << 31 else None
    if story is None or not sees(actor, story):
        raise no_story(id_)
    return hold(session, story)


def open_story(session: Session, actor: Actor, id_: int) -> StoryRow:
    """Return a story that somebody is about to change; whoever comes next waits.

    Raises: NotFound, Refused.
    """
    in_order(session)
    story = see_story(session, actor, id_)
    need_write(actor, story)
    return story


def finish(
    session: Session,
    actor: Actor,
    event: str,
    story: StoryRow,
    *,
    now: datetime,
    also: Sequence[tuple[str, str]] = (),
) -> None:
    """Bring all that follows from a change up to date, and tell of it; `also`: events and refs of parts."""
    refresh(session, story, now=now)
    emit_all(session, actor, [(event, story_ref(story.id or 0)), *also], at=now)


def touch(row: object, now: datetime) -> None:
    """Note that a row has changed."""
    row.updated_at = micros(now)  # type: ignore[attr-defined]


def right_title(title: str, *, least: int = 5) -> str:
    """Return a title as it is kept.

    Raises: Invalid.
    """
    kept = " ".join(keepable_text(title).split())
    if not least <= len(kept) <= LONGEST_TITLE:
        raise Invalid(
            "title",
            gettext(
                "A title has %(least)s to %(most)s characters. Say in one line what it is about.",
                least=least,
                most=LONGEST_TITLE,
            ),
        )
    return kept


def right_text(text: str, field: str = "description") -> str:
    """Return a longer text as it is kept.

    Raises: Invalid.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    kept = "\n".join(keepable_text(line) for line in lines).rstrip()
    if len(kept) > LONGEST_TEXT:
        raise Invalid(
            field,
            gettext("This is longer than %(most)s characters. Shorten it.", most=LONGEST_TEXT),
        )
    return kept
