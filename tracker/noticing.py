"""Follows the timelines of all stories, and brings what happens into inboxes; each entry exactly once.

Entries become visible in the order of their numbers, as every use case takes its turn first
(`hub.events.in_order`); so does this, and sees all that was committed before.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.consumers import Consumer, Step
from hub.events import in_order
from hub.notices.gathering import Inboxes, guard
from hub.notices.letters import inboxes
from hub.notices.reasons import Reason
from hub.notices.telling import Happening
from tracker.concerned import Called, concerned
from tracker.gone import forget_followers
from tracker.importing.taken import is_imported
from tracker.sight import story_ref
from tracker.storyboard.subscription_tables import SubscriptionEventRow
from tracker.tables import StoryRow, TaskRow, TimelineRow

if TYPE_CHECKING:
    from hub.app import App

NAME = "notices:tracker"
_STEP = 50
_FOLLOWING = frozenset({Reason.THING, Reason.TASK, Reason.PROJECT, Reason.GROUP})


def notice_consumers(app: "App") -> Sequence[Consumer]:
    """Return what fills inboxes with what happens to stories."""
    kinds = (kind for module in app.modules for kind in module.refs)
    called = next((kind.call for kind in kinds if kind.call is not None), None)
    return [Consumer(NAME, "exactly once", _step(inboxes(app), called))]


def _step(filled: Inboxes, called: Called | None) -> Step:
    def step(session: Session, cursor: int) -> int:
        in_order(session)
        # What happens on boards is for those who may see the board, not for all who follow a story.
        of_stories = col(TimelineRow.worklist_id).is_(None) & col(TimelineRow.board_id).is_(None)
        query = select(TimelineRow).where(col(TimelineRow.id) > cursor, of_stories)
        for row in session.exec(query.order_by(col(TimelineRow.id)).limit(_STEP)).all():
            story = session.get(StoryRow, row.story_id) if row.story_id else None
            if story is not None and not is_imported(session, story.id or 0, row.at):
                _bring(session, filled, row, story, called)
            if row.kind == "task_deleted":
                _let_go(session, row)
            cursor = row.id or 0
        return cursor

    return step


def _let_go(session: Session, row: TimelineRow) -> None:
    """Let those go who followed a task that is gone; they have heard of it."""
    task = int(json.loads(row.info).get("task_id") or 0)
    if session.get(TaskRow, task) is None:  # else its number has been given again
        forget_followers(session, "task", [task])


def _bring(
    session: Session, filled: Inboxes, row: TimelineRow, story: StoryRow, called: Called | None
) -> None:
    ref, entry = story_ref(story.id or 0), row.id or 0
    if row.kind == "story_details_changed":
        guard(session, ref, is_open=not story.is_private)
    concerns = concerned(session, row, story, called)
    happening = Happening(ref, entry, from_micros(row.at), concerns, not story.is_private)
    for person in filled.gather(session, happening):
        if concerns[person] & _FOLLOWING:
            told = SubscriptionEventRow(subscriber_id=person, timeline_id=entry, created_at=row.at)
            session.add(told)
