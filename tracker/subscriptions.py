"""Who wants to hear of what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.authors import person_id
from tracker.changes import see_story
from tracker.derived import refresh
from tracker.planning.sight import need_worklist
from tracker.tables import (
    TARGETS,
    ProjectGroupRow,
    ProjectRow,
    StoryRow,
    SubscriptionRow,
    TaskRow,
)

_BEGIN = sa.insert(SubscriptionRow)
_TABLES: Mapping[str, type[Any]] = {"project": ProjectRow, "project_group": ProjectGroupRow}


def subscribe(
    session: Session,
    person: int,
    target_type: str,
    target_id: int,
    *,
    now: datetime,
    is_new: bool = False,
) -> int:
    """Let a person hear of a thing, and return the subscription's number; once is enough.

    is_new: the thing has just been made, so that nobody hears of it yet.

    Raises: Conflict when they do already.
    """
    if not is_new and find_subscription(session, person, target_type, target_id) is not None:
        raise Conflict(gettext("You follow this already."))
    session.flush()  # what it speaks of is written
    told = {"person_id": person, "target_type": target_type, "target_id": target_id}
    added = session.connection().execute(_BEGIN, told | {"created_at": micros(now)})
    key: Any = added.inserted_primary_key
    return int(key[0])


def follow(
    session: Session, actor: Actor, target_type: str, target_id: int, *, now: datetime
) -> int:
    """Begin to hear of a thing that one may see.

    Raises: NotFound, Refused, Invalid, Conflict.
    """
    in_order(session)
    if target_type not in TARGETS:
        raise Invalid(
            "target_type", gettext("There is nothing of that kind to follow: %(kind)s.", kind=target_type)
        )  # fmt: skip
    story = _need_target(session, actor, target_type, target_id)
    number = subscribe(session, person_id(session, actor), target_type, target_id, now=now)
    if target_type == "story" and story is not None:
        refresh(session, story)
    return number


def unfollow(session: Session, actor: Actor, target_type: str, target_id: int) -> None:
    """Hear of a thing no more; who did not hear of it stays so."""
    in_order(session)
    row = find_subscription(session, person_id(session, actor), target_type, target_id)
    if row is None:
        return
    session.delete(row)
    if target_type == "story" and (story := session.get(StoryRow, target_id)) is not None:
        refresh(session, story)


def find_subscription(
    session: Session, person: int, target_type: str, target_id: int
) -> SubscriptionRow | None:
    """Return somebody's subscription of a thing."""
    return session.exec(
        select(SubscriptionRow).where(
            SubscriptionRow.person_id == person,
            SubscriptionRow.target_type == target_type,
            SubscriptionRow.target_id == target_id,
        )
    ).first()


def _need_target(
    session: Session, actor: Actor, target_type: str, target_id: int
) -> StoryRow | None:
    if target_type == "story":
        return see_story(session, actor, target_id)
    if target_type == "task":
        task = session.get(TaskRow, target_id)
        return see_story(session, actor, task.story_id if task else 0)
    if target_type == "worklist":
        need_worklist(session, actor, target_id)
        return None
    table = _TABLES.get(target_type)
    if table is None or session.get(table, target_id) is None:
        raise NotFound(gettext("There is nothing of that number to follow."))
    return None
