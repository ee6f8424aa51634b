"""What happened to what somebody follows, as StoryBoard's clients ask for it."""

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from tracker.storyboard import shapes
from tracker.storyboard.paging import PAGING, equals, listed
from tracker.storyboard.sight import need_story
from tracker.storyboard.subscription_tables import SubscriptionEventRow
from tracker.storyboard.wire import GONE, Call, Fault, Reply, moment, not_found
from tracker.tables import TimelineRow


def list_subscription_events(call: Call) -> Reply:
    """List what happened for who asks; an administrator may ask for anybody's."""
    call.args.allow(*PAGING, "subscriber_id", "event_type")
    call.need_login()
    subscriber = call.args.number("subscriber_id")
    if subscriber != call.me and not call.is_super:
        raise Fault(403, "Permission Denied")
    asked = call.args.texts("event_type")
    kinds = [kind for kind in shapes.EVENT_KEYS if not asked or kind in asked]
    found = [
        *equals(col(SubscriptionEventRow.subscriber_id), subscriber),
        col(TimelineRow.kind).in_(kinds),
    ]
    joined = (TimelineRow, col(TimelineRow.id) == col(SubscriptionEventRow.timeline_id))
    sorts = {"event_type": TimelineRow.kind, "author_id": TimelineRow.author_id}
    return listed(
        call, SubscriptionEventRow, found, lambda rows: _told(call, rows), columns=sorts,
        joined=joined, story_id=col(TimelineRow.story_id),
    )  # fmt: skip


def show_subscription_event(call: Call) -> Reply:
    """Show one of one's own."""
    return Reply(_told(call, [_own(call)])[0])


def delete_subscription_event(call: Call) -> Reply:
    """Take one of one's own away: it was read."""
    call.session.delete(_own(call))
    return GONE


def _own(call: Call) -> SubscriptionEventRow:
    """Return what an address speaks of, which is for who asks. Raises: Denied, Fault."""
    call.need_login()
    id_ = call.number("id", "subscription_event_id")
    row = call.session.get(SubscriptionEventRow, id_)
    entry = call.session.get(TimelineRow, row.timeline_id) if row is not None else None
    if row is None or entry is None or entry.kind not in shapes.EVENT_KEYS:
        raise not_found("SubscriptionEvent", id_)
    if row.subscriber_id != call.me and not call.is_super:
        raise Fault(403, "You do not have access to this record.")
    try:
        need_story(call, entry.story_id or 0)
    except Fault as error:
        raise not_found("SubscriptionEvent", id_) from error
    return row


def _told(call: Call, rows: Sequence[SubscriptionEventRow]) -> list[dict[str, Any]]:
    entries = [row.timeline_id for row in rows]
    found = call.session.exec(select(TimelineRow).where(col(TimelineRow.id).in_(entries))).all()
    events = {event["id"]: event for event in shapes.events(call.session, found)}
    return [_shape(row, events[row.timeline_id]) for row in rows]


def _shape(row: SubscriptionEventRow, event: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "subscriber_id": row.subscriber_id,
        "author_id": event["author_id"],
        "event_type": event["event_type"],
        "event_info": event["event_info"],
    }
    if "comment" in event:
        info = {"story_id": event["story_id"], "comment_id": event["comment_id"]}
        told |= {"event_info": json.dumps(info), "comment": event["comment"]}
    return told | {"id": row.id, "created_at": moment(row.created_at), "updated_at": None}
