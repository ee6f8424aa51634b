"""What may be seen through the API: stories, and what belongs to them."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from tracker.facet_tables import FacetRow
from tracker.sight import private_stories, sees, sees_all
from tracker.storyboard.wire import Call, not_found
from tracker.tables import StoryRow, TaskRow


def visible(call: Call) -> Any:
    """Return the condition that a story may be seen."""
    if sees_all(call.reader):
        return sa.true()
    return col(StoryRow.is_private).is_(False) | col(StoryRow.id).in_(private_stories(call.reader))


def of_visible(call: Call, story_id: Any) -> Any:
    """Return the condition that a story's number is not that of one that is hidden."""
    hidden = select(FacetRow.story_id).where(FacetRow.facet == "all", col(FacetRow.is_private))
    if sees_all(call.reader):
        return sa.true()
    mine = private_stories(call.reader)
    return story_id.not_in(hidden.where(col(FacetRow.story_id).not_in(mine)))


def need_story(call: Call, id_: int, *, ended: bool = False) -> StoryRow:
    """Return a story. Raises: Fault."""
    row = call.session.get(StoryRow, id_)
    if row is None or not sees(call.reader, row):
        raise not_found("Story", id_, ended=ended)
    return row


def need_task(call: Call, id_: int, *, ended: bool = False) -> TaskRow:
    """Return a task. Raises: Fault."""
    row = call.session.get(TaskRow, id_)
    story = call.session.get(StoryRow, row.story_id) if row is not None else None
    if row is None or story is None or not sees(call.reader, story):
        raise not_found("Task", id_, ended=ended)
    return row
