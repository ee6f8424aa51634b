"""What happened to boards and worklists, in StoryBoard's kinds, with what was before and what came after.

Of people and cards only their numbers stand in `info`; names and titles are put in for who reads.
"""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session

from hub.clock import micros
from hub.events import emit
from hub.people import Actor
from tracker.authors import author_of
from tracker.planning.sight import KIND_OF, ref_of
from tracker.planning.tables import BoardRow, WorklistRow
from tracker.tables import TimelineRow
from tracker.timeline import count_entries


def note_plan(
    session: Session,
    actor: Actor,
    what: str,
    row: BoardRow | WorklistRow,
    *,
    now: datetime,
    story_id: int | None = None,
    **info: Any,
) -> None:
    """Write down that something happened to a board or worklist: `created`, `details_changed` ...

    story_id: the story of the card that it was about.
    """
    author, kind = author_of(session, actor), KIND_OF[type(row)]
    told = {f"{kind}_id": row.id, "author_id": author.id} | info
    session.add(
        TimelineRow(
            story_id=story_id,
            worklist_id=row.id if isinstance(row, WorklistRow) else None,
            board_id=row.id if isinstance(row, BoardRow) else None,
            author_id=author.id,
            author_name=author.name,
            kind=f"{kind}_{what}",
            info=json.dumps(told, ensure_ascii=False),
            at=micros(now),
        )
    )
    session.flush()
    count_entries(session, {f"{kind}_{what}": 1})
    emit(session, actor, f"{kind}.{what}", ref_of(row), at=now)


def note_field(
    session: Session,
    actor: Actor,
    row: BoardRow | WorklistRow,
    field: str,
    *,
    old: Any,
    new: Any,
    now: datetime,
) -> None:
    """Write down that a field has changed."""
    note_plan(
        session, actor, "details_changed", row, now=now, field=field, old_value=old, new_value=new
    )
