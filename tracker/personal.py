"""What stories are to a person: their page, what is exported of them, what an erasure takes away."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, SQLModel, col, delete, select

from hub.accounts.people import find_row
from hub.clock import from_micros
from hub.events import emit, in_order
from hub.language import gettext
from hub.now import Item, Panel, Spot
from hub.people import Actor
from hub.personal import Erasure, Identity, Personal
from tracker.briefs import Brief, brief_stories
from tracker.derived import refresh
from tracker.listing import find_stories
from tracker.page_words import state_word
from tracker.planning.tables import BoardRow, DueDateRow, WorklistRow
from tracker.plans import Plan
from tracker.sight import story_ref
from tracker.states import OPEN, State
from tracker.storyboard.preference_tables import PreferenceRow
from tracker.storyboard.subscription_tables import SubscriptionEventRow
from tracker.tables import CommentRow, StoryRow, SubscriptionRow, TaskRow, VoiceRow

if TYPE_CHECKING:
    from hub.app import App

_SHOWN = 10
_BATCH = 200


def personal_panels(
    app: "App", session: Session, actor: Actor, identity: Identity, now: datetime
) -> Sequence[Panel]:
    """Return the stories that somebody has tasks of, and those that they filed."""
    del app, now
    row = find_row(session, identity.slug)
    if row is None:
        return ()

    def panel(key: str, title: str, facet: str, query: str, states: tuple[State, ...]) -> Panel:
        plan = Plan(states, ((f"{facet}:{row.id}",),))
        stories = brief_stories(session, find_stories(session, actor, plan, limit=_SHOWN).ids)
        url = f"/stories?q={query}:{identity.slug}" if stories else ""
        return Panel(
            key, title, [item_of(each) for each in stories], Spot.MAIN, url, gettext("All")
        )

    return [
        panel("tasks", gettext("Stories with a task of theirs"), "assignee", "assignee", OPEN),
        panel(
            "filed", gettext("Stories that they filed"), "creator", "is:any%20creator", tuple(State)
        ),
    ]


def item_of(story: Brief) -> Item:
    """Return a story as a panel lists it."""
    notes = (f"#{story.id}", state_word(story.state))
    return Item(story.title, story.url, story.changed_at, notes)


def export_stories(session: Session, identity: Identity) -> Mapping[str, Any]:
    """Return all that the tracker keeps of somebody."""
    row = find_row(session, identity.slug)
    if row is None:
        return {}
    id_ = row.id
    has_task = (col(TaskRow.creator_id) == id_) | (col(TaskRow.assignee_id) == id_)
    return {
        "stories": _fields(session, StoryRow, col(StoryRow.creator_id) == id_),
        "tasks": _fields(session, TaskRow, has_task),
        "comments": _fields(session, CommentRow, col(CommentRow.author_id) == id_),
        "voices": _fields(session, VoiceRow, col(VoiceRow.person_id) == id_),
        "subscriptions": _fields(session, SubscriptionRow, col(SubscriptionRow.person_id) == id_),
        "subscription_events": _fields(
            session, SubscriptionEventRow, col(SubscriptionEventRow.subscriber_id) == id_
        ),
        "boards": _fields(session, BoardRow, col(BoardRow.creator_id) == id_),
        "worklists": _fields(session, WorklistRow, col(WorklistRow.creator_id) == id_),
        "due_dates": _fields(session, DueDateRow, col(DueDateRow.creator_id) == id_),
        "preferences": _fields(session, PreferenceRow, col(PreferenceRow.person_id) == id_),
    }  # fmt: skip


def erase_from_stories(session: Session, erasure: Erasure, position: int) -> int | None:
    """End what somebody follows, and tell of the next of their stories that their names have gone.

    Their rows point to their tombstone by themselves; names of speakers on IRC go with all other records.
    """
    in_order(session)
    row = find_row(session, erasure.tombstone)
    if row is None:
        return None
    kept = delete(PreferenceRow).where(col(PreferenceRow.person_id) == row.id)
    session.connection().execute(kept)
    heard = delete(SubscriptionEventRow).where(col(SubscriptionEventRow.subscriber_id) == row.id)
    session.connection().execute(heard)
    mine = select(SubscriptionRow).where(SubscriptionRow.person_id == row.id)
    for subscription in session.exec(mine.limit(_BATCH)).all():
        session.delete(subscription)
        story = session.get(StoryRow, subscription.target_id)
        if subscription.target_type == "story" and story is not None:
            refresh(session, story)
    by = Actor(f"person:{erasure.tombstone}")
    filed = select(StoryRow.id).where(StoryRow.creator_id == row.id, col(StoryRow.id) > position)
    ids = session.exec(filed.order_by(col(StoryRow.id)).limit(_BATCH)).all()
    for id_ in ids:
        emit(session, by, "story.changed", story_ref(id_ or 0), at=erasure.now)
    if ids:
        return ids[-1]
    return position + 1 if session.exec(mine).first() is not None else None


def _fields(session: Session, table: type[SQLModel], condition: Any) -> list[Mapping[str, Any]]:
    return [
        {name: _told(name, value) for name, value in row.model_dump().items()}
        for row in session.exec(select(table).where(condition))
    ]


def _told(name: str, value: Any) -> Any:
    return from_micros(value) if name.endswith("_at") and value is not None else value


PERSONAL = Personal(panels=personal_panels, export=export_stories, erase=erase_from_stories)
