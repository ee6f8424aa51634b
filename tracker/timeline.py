"""What happened to a story, in order, with what was before and what came after.

The kinds that StoryBoard knows have its keys in `info`; beside them may stand more: `before` and `after`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from hub.clock import micros
from hub.events import in_order
from hub.people import Actor
from tracker.authors import author_of
from tracker.facet_tables import TimelineCountRow
from tracker.tables import StoryRow, TaskRow, TimelineRow

_ENTRIES = TimelineRow.__table__  # type: ignore[attr-defined]
_ADD = sa.insert(_ENTRIES)
_COUNTS = TimelineCountRow.__table__  # type: ignore[attr-defined]


def note(
    session: Session,
    actor: Actor,
    kind: str,
    story: StoryRow,
    info: Mapping[str, Any],
    *,
    now: datetime,
    comment_id: int | None = None,
) -> TimelineRow:
    """Write down that something happened to a story, and return what was written."""
    author = author_of(session, actor)
    session.flush()  # what it tells of is written
    entry: dict[str, Any] = {
        "story_id": story.id,
        "comment_id": comment_id,
        "author_id": author.id,
        "author_name": author.name,
        "kind": kind,
        "info": json.dumps(info, ensure_ascii=False),
        "at": micros(now),
    }
    added = session.connection().execute(_ADD, entry)
    count_entries(session, {kind: 1})
    key: Any = added.inserted_primary_key
    return TimelineRow(id=key[0], **entry)


def count_entries(session: Session, more: Mapping[str, int]) -> None:
    """Add to the numbers of entries by kind, in the transaction that writes or deletes them."""
    told = [{"kind": kind, "entries": number} for kind, number in sorted(more.items()) if number]
    if told:
        in_order(session)
        session.connection().execute(_COUNT[session.get_bind().dialect.name], told)


def entries_of(session: Session, kinds: Sequence[str]) -> int:
    """Return how many entries of these kinds there are, those of private stories among them."""
    known = sa.select(sa.func.coalesce(sa.func.sum(_COUNTS.c.entries), 0))
    return int(session.connection().execute(known.where(_COUNTS.c.kind.in_(kinds))).scalar_one())


def uncount_story(session: Session, story_id: int) -> None:
    """Take what happened to a story, and to its cards, out of the numbers: it is about to be deleted."""
    here = sa.select(_ENTRIES.c.kind, sa.func.count()).where(_ENTRIES.c.story_id == story_id)
    rows = session.connection().execute(here.group_by(_ENTRIES.c.kind)).all()
    count_entries(session, {kind: -number for kind, number in rows})


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


def _counting(insert: Any) -> Any:
    """Return the statement that adds to the number of a kind, or begins it."""
    new = insert(_COUNTS)
    grown = {"entries": _COUNTS.c.entries + new.excluded.entries}
    return new.on_conflict_do_update(index_elements=["kind"], set_=grown)


_COUNT = {"sqlite": _counting(sqlite.insert), "postgresql": _counting(postgresql.insert)}
