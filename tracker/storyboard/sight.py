"""What may be seen through the API: stories, and what belongs to them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from hub.db import hold
from tracker.facet_tables import FacetCountRow, FacetRow
from tracker.sight import private_stories, seen_private, sees, sees_all
from tracker.storyboard.wire import Call, not_found
from tracker.tables import StoryRow, StoryTagRow, TagRow, TaskRow


def visible_tags(call: Call) -> Any:
    """Return the condition that a tag may be seen: some story that has it may be, or none has it.

    Public stories are counted by their tags, so the cost is that of the tags, not of the stories.
    """
    if sees_all(call.reader):
        return sa.true()
    counted = sa.exists().where(
        col(FacetCountRow.facet) == sa.literal("tag:") + sa.cast(col(TagRow.id), sa.Text)
    )
    tagged = sa.exists().where(col(StoryTagRow.tag_id) == col(TagRow.id))
    given = tagged.where(col(StoryTagRow.story_id).in_(private_stories(call.reader)))
    return counted | given | ~tagged


def hidden_stories(call: Call) -> Any:
    """Return a query for the numbers of all stories that who asks may not see; None when there are none."""
    private = seen_private(call.reader)
    return None if private is None else _hidden_from(private)


@lru_cache(maxsize=256)
def _hidden_from(private: frozenset[int]) -> Any:
    hidden = select(FacetRow.story_id).where(FacetRow.facet == "all", col(FacetRow.is_private))
    return hidden.where(col(FacetRow.story_id).not_in(private))


def seen(call: Call, story_id: Any) -> Sequence[Any]:
    """Return the condition that a column's story is not hidden; none where there is no such column."""
    hidden = None if story_id is None else hidden_stories(call)
    return () if hidden is None else (story_id.not_in(hidden),)


def need_story(call: Call, id_: int, *, ended: bool = False) -> StoryRow:
    """Return a story. Raises: Fault."""
    row = call.session.get(StoryRow, id_)
    if row is None or not sees(call.reader, row):
        raise not_found("Story", id_, ended=ended)
    return hold(call.session, row)


def need_task(call: Call, id_: int, *, ended: bool = False) -> TaskRow:
    """Return a task. Raises: Fault."""
    row = call.session.get(TaskRow, id_)
    story = call.session.get(StoryRow, row.story_id) if row is not None else None
    if row is None or story is None or not sees(call.reader, story):
        raise not_found("Task", id_, ended=ended)
    hold(call.session, story)
    return row
