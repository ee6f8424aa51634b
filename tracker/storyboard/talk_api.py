"""Tags, comments and events."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from hub.errors import Conflict, NotFound
from tracker.comments import edit_comment, remove_comment, say
from tracker.storyboard import shapes
from tracker.storyboard.bodies import Text, check, number, text, words
from tracker.storyboard.paging import PAGING, contains, each, equals, listed
from tracker.storyboard.plan_events import PLAN_KEYS, visible_plans
from tracker.storyboard.sight import hidden_stories, need_story, visible_tags
from tracker.storyboard.wire import GONE, Call, Fault, Reply, exists, invalid, moment, not_found
from tracker.tables import (
    CommentRow,
    CommentVersionRow,
    StoryTagRow,
    TagRow,
    TimelineRow,
)
from tracker.tags import add_tags, make_tag, remove_tags, tags_of
from tracker.timeline import entries_of

_EVENT_TYPES = (
    "story_created, story_details_changed, user_comment, tags_added, tags_deleted, task_created,"
    " task_assignee_changed, task_details_changed, task_status_changed, task_priority_changed,"
    " task_deleted, worklist_created, worklist_details_changed, worklist_permission_created,"
    " worklist_permissions_changed, worklist_filters_changed, worklist_contents_changed, board_created,"
    " board_details_changed, board_permission_created, board_permissions_changed, board_lanes_changed"
)

_ALL_KINDS = [*shapes.EVENT_KEYS, *PLAN_KEYS]


def list_tags(call: Call) -> Reply:
    """List tags with how popular they are."""
    call.args.allow(*PAGING, "name")
    found = (*contains(col(TagRow.name), call.args.text("name")), visible_tags(call))
    return listed(call, TagRow, found, lambda rows: shapes.tags(call.session, rows), tells=False)


def show_tag(call: Call) -> Reply:
    """Show one tag."""
    id_ = call.number("id", "tag_id")
    row = call.session.exec(select(TagRow).where(TagRow.id == id_, visible_tags(call))).first()
    if row is None:
        raise not_found("Tag", id_)
    return Reply(shapes.tags(call.session, [row])[0])


def create_tag(call: Call) -> Reply:
    """Make a tag that no story has yet."""
    call.need_login()
    try:
        return Reply(shapes.new_tag(make_tag(call.session, call.path["id"], now=call.now)))
    except Conflict as error:
        raise exists("StoryTag", call.path["id"]) from error


def list_story_tags(call: Call) -> Reply:
    """List a story's tags."""
    row = need_story(call, call.number("id", "story_id"))
    rows = call.session.exec(
        select(TagRow)
        .join(StoryTagRow, col(StoryTagRow.tag_id) == col(TagRow.id))
        .where(StoryTagRow.story_id == row.id)
        .order_by(col(TagRow.id))
    )
    return Reply(shapes.tags(call.session, rows.all()), is_one=False)


def put_story_tags(call: Call) -> Reply:
    """Give a story tags, from the body or the address."""
    call.need_login()
    row, names = need_story(call, call.number("id", "story_id")), _names(call)
    for name in names:
        if name.strip().lower() in tags_of(call.session, row.id or 0):
            raise Fault(400, f"The Story {row.id} already has a tag {name}")
    add_tags(call.session, call.reader, row.id or 0, names, now=call.now)
    return Reply(shapes.tagged_story(call.session, row))


def take_story_tags(call: Call) -> Reply:
    """Take tags from a story."""
    call.need_login()
    row = need_story(call, call.number("id", "story_id"))
    try:
        remove_tags(call.session, call.reader, row.id or 0, _names(call), now=call.now)
    except NotFound as error:
        raise Fault(404, str(error)) from error
    return GONE


def list_comments(call: Call) -> Reply:
    """List a story's comments."""
    call.args.allow(*PAGING)
    id_ = call.number("id", "story_id")
    story_id = col(CommentRow.story_id)
    return listed(call, CommentRow, [story_id == id_], each(shapes.comment), story_id=story_id)


def show_comment(call: Call) -> Reply:
    """Show one comment."""
    return Reply(shapes.comment(_comment(call)))


def show_history(call: Call) -> Reply:
    """Show what a comment said before."""
    row = _comment(call)
    if not row.is_active:
        return Reply([], is_one=False)
    found = call.session.exec(
        select(CommentVersionRow)
        .where(CommentVersionRow.comment_id == row.id)
        .order_by(col(CommentVersionRow.id))
    )
    told = [
        {"content": old.content, "id": old.id, "created_at": moment(old.at), "updated_at": None}
        for old in found
    ]
    return Reply(told, is_one=False)


def create_comment(call: Call) -> Reply:
    """Say something about a story; the answer is the event."""
    call.need_login()
    row, body = need_story(call, call.number("id", "story_id")), call.given
    check(body, Text("content"), creating=True)
    entry = say(
        call.session, call.reader, row.id or 0, text(body, "content") or "",
        in_reply_to=number(body, "in_reply_to"), may_be_empty=True, now=call.now,
    )  # fmt: skip
    return Reply(shapes.events(call.session, [entry])[0])


def change_comment(call: Call) -> Reply:
    """Change one's own comment."""
    call.need_login()
    row, body = _comment(call), call.given
    check(body, Text("content"), creating=False)
    if row.author_id != call.me:
        raise Fault(403, "You are not allowed to update this comment.")
    edit_comment(
        call.session,
        call.reader,
        row.story_id,
        row.id or 0,
        text(body, "content") or "",
        now=call.now,
    )
    return Reply(shapes.comment(row))


def delete_comment(call: Call) -> Reply:
    """Take a comment back."""
    call.need_super()
    row = _comment(call)
    remove_comment(call.session, call.actor, row.story_id, row.id or 0, now=call.now)
    return GONE


def list_events(call: Call) -> Reply:
    """List what happened everywhere."""
    args = call.args
    args.allow(*PAGING, "story_id", "worklist_id", "board_id", "event_type")
    found: list[Any] = []
    for name in ("story_id", "worklist_id", "board_id"):
        found += equals(getattr(TimelineRow, name), args.number(name))
    if args.number("story_id") is not None:
        return _events(call, found, list(shapes.EVENT_KEYS))
    return _events(call, found, _ALL_KINDS)


def list_story_events(call: Call) -> Reply:
    """List what happened to a story."""
    call.args.allow(*PAGING, "event_type")
    here = TimelineRow.story_id == call.number("id", "story_id")
    return _events(call, [here], list(shapes.EVENT_KEYS))


def show_event(call: Call) -> Reply:
    """Show one event."""
    id_ = call.number("eid", "event_id")
    row = call.session.get(TimelineRow, id_)
    if row is None or row.kind not in _ALL_KINDS or not _is_visible(call, row):
        raise not_found("Event", id_)
    try:
        if row.story_id is not None or row.kind not in PLAN_KEYS:
            need_story(call, row.story_id or 0)
    except Fault as error:
        raise not_found("Event", id_) from error
    return Reply(shapes.events(call.session, [row])[0])


def _is_visible(call: Call, row: TimelineRow) -> bool:
    seen = select(TimelineRow.id).where(TimelineRow.id == row.id, visible_plans(call))
    return call.session.exec(seen).first() is not None


def _events(call: Call, conditions: Any, known_kinds: Sequence[str]) -> Reply:
    kinds = call.args.texts("event_type")
    if any(kind not in _EVENT_TYPES.split(", ") for kind in kinds):
        choices = f"Event type must be one of the following: {_EVENT_TYPES}"
        raise Fault(400, f"Invalid event_type requested. {choices}")
    chosen = [kind for kind in kinds if kind in known_kinds] if kinds else known_kinds
    # Nearly all events are of these kinds: an index of kinds would lead through all there are.
    known: Any = col(TimelineRow.kind).concat("")
    one_by_one = [*conditions, known.in_(chosen)]
    found = [*one_by_one, visible_plans(call), *_not_hidden(call)]
    sorts = {"event_type": TimelineRow.kind, "created_at": TimelineRow.at}
    return listed(
        call, TimelineRow, [*conditions, col(TimelineRow.kind).in_(chosen), *found[-2:]]
        if kinds else found, lambda rows: shapes.events(call.session, rows), columns=sorts,
        total=_count(call, conditions, chosen),
    )  # fmt: skip


def _count(call: Call, conditions: Sequence[Any], kinds: Sequence[str]) -> int:
    """Count events: of stories all less the few that are hidden, which is faster than to look at each.

    How many there are everywhere is known by kind.
    """

    def counted(*more: Any) -> int:
        query = select(sa.func.count()).select_from(TimelineRow).where(*conditions, *more)
        return int(call.session.exec(query).one())

    kind, plans = col(TimelineRow.kind), [each for each in kinds if each in PLAN_KEYS]
    told = [each for each in kinds if each not in PLAN_KEYS]
    total = counted(kind.in_(told)) if conditions else entries_of(call.session, told)
    hidden = hidden_stories(call)
    if told and hidden is not None:
        one_by_one: Any = kind.concat("")
        total -= counted(one_by_one.in_(told), col(TimelineRow.story_id).in_(hidden))
    if plans:
        total += counted(kind.in_(plans), visible_plans(call), *_not_hidden(call))
    return total


def _not_hidden(call: Call) -> Sequence[Any]:
    """Return the condition that an event is about no story that is hidden; none where no story is."""
    hidden, story_id = hidden_stories(call), col(TimelineRow.story_id)
    return () if hidden is None else (story_id.is_(None) | story_id.not_in(hidden),)


def _comment(call: Call) -> CommentRow:
    id_ = call.number("cid", "comment_id")
    row = call.session.get(CommentRow, id_)
    if row is None or row.story_id != call.number("id", "story_id"):
        raise not_found("Comment", id_)
    need_story(call, row.story_id)
    return row


def _names(call: Call) -> list[str]:
    names = [*call.args.texts("tags"), *words(call.body, "tags")]
    if not names:
        raise invalid("tags", "", "name one")
    return names
