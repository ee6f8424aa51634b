"""What happened to a story, in order, with what was before and what came after.

The kinds that StoryBoard knows have its keys in `info`; beside them may stand more: `before` and `after`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from hub.clock import micros
from hub.people import Actor
from tracker.authors import author_of
from tracker.tables import StoryRow, TaskRow, TimelineRow

_ADD = sa.insert(TimelineRow.__table__)  # type: ignore[attr-defined]


def note(
    session: Session,
    actor: Actor,
    kind: str,
    story: StoryRow,
    info: Mapping[str, Any],
    *,
    now: datetime,
    comment_id: int | None = None,
) -> None:
    """Write down that something happened to a story."""
    author = author_of(session, actor)
    session.flush()  # what it tells of is written
    entry = {
        "story_id": story.id,
        "comment_id": comment_id,
        "author_id": author.id,
        "author_name": author.name,
        "kind": kind,
        "info": json.dumps(info, ensure_ascii=False),
        "at": micros(now),
    }
    session.connection().execute(_ADD, entry)


def note_story(
    session: Session, actor: Actor, kind: str, story: StoryRow, *, now: datetime, **info: Any
) -> None:
    """Write down that something happened to a story as a whole."""
    about: dict[str, Any] = {"story_id": story.id, "story_title": story.title}
    note(session, actor, kind, story, about | info, now=now)


def note_task(
    session: Session,
    actor: Actor,
    kind: str,
    story: StoryRow,
    task: TaskRow,
    *,
    now: datetime,
    **info: Any,
) -> None:
    """Write down that something happened to one of a story's tasks."""
    about: dict[str, Any] = {"story_id": story.id, "task_id": task.id, "task_title": task.title}
    note(session, actor, kind, story, about | info, now=now)
