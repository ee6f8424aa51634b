"""Worklists: lists of them, one, their items, filters and permissions."""

from typing import Any

from sqlmodel import col, select

from hub.accounts.tables import GrantRow
from hub.db import hold
from tracker.changes import KEEP
from tracker.planning.filters import (
    add_filter,
    edit_filter,
    filters_of,
    find_filter,
    remove_filter,
)
from tracker.planning.items import (
    ItemEdit,
    add_item,
    edit_item,
    need_item,
    position_of,
    remove_item,
)
from tracker.planning.permissions import with_owner
from tracker.planning.sight import (
    edits,
    holder_of,
    moves,
    sees,
    shown_items,
    visible,
)
from tracker.planning.tables import ITEM_TYPES, LaneRow, WorklistItemRow, WorklistRow
from tracker.planning.worklists import NewWorklist, PlanEdit, create_worklist, edit_worklist
from tracker.storyboard import plan_shapes
from tracker.storyboard.bodies import flag, kept_flag, kept_number, kept_text, number, text
from tracker.storyboard.paging import PAGING, contains, equals, listed
from tracker.storyboard.plan_bodies import (
    asked,
    asked_text,
    change_permissions,
    filter_in,
    filters_in,
    show_permissions,
    take_parts,
    to_id,
)
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found
from tracker.tables import SubscriptionRow

_SORTS = {"private": WorklistRow.is_private}
_FILTERS = (
    "title", "creator_id", "project_id", "archived", "user_id", "story_id", "task_id",
    "hide_lanes", "item_type", "board_id", "subscriber_id",
)  # fmt: skip


def list_worklists(call: Call) -> Reply:
    """List worklists by their filters; lanes of boards only where they are asked for."""
    args = call.args
    args.allow(*PAGING, *_FILTERS)
    found = [
        visible(call.reader, WorklistRow),
        col(WorklistRow.archived).is_(bool(args.flag("archived"))),
        *contains(col(WorklistRow.title), args.text("title")),
        *equals(col(WorklistRow.creator_id), args.number("creator_id")),
        *equals(col(WorklistRow.project_id), args.number("project_id")),
        *of_person(call, WorklistRow, "worklist"),
    ]
    board, subscriber = args.number("board_id"), args.number("subscriber_id")
    lanes = select(LaneRow.list_id)
    if board is not None:
        found.append(col(WorklistRow.id).in_(lanes.where(LaneRow.board_id == board)))
    elif args.flag("hide_lanes") is not False:
        found.append(col(WorklistRow.id).not_in(lanes))
    if subscriber is not None:
        ids = select(SubscriptionRow.target_id).where(
            SubscriptionRow.person_id == subscriber, SubscriptionRow.target_type == "worklist"
        )
        found.append(col(WorklistRow.id).in_(ids))
    if (lists := lists_with(call)) is not None:
        found.append(col(WorklistRow.id).in_(lists))
    return listed(
        call,
        WorklistRow,
        found,
        lambda rows: plan_shapes.worklists(call, rows),
        columns=_SORTS,
        as_objects=True,
    )


def show_worklist(call: Call) -> Reply:
    """Show one worklist with its cards."""
    return Reply(plan_shapes.worklists(call, [_list(call)], whole=True, filters=True)[0])


def make_worklist(call: Call) -> Reply:
    """Make a worklist, with what fills it when it fills itself."""
    call.need_login()
    body = call.given
    if number(body, "creator_id") not in (None, call.me):
        raise Fault(400, "You can't select the creator of a worklist.")
    new = NewWorklist(
        text(body, "title") or "",
        number(body, "project_id"),
        is_private=bool(flag(body, "private")),
        automatic=bool(flag(body, "automatic")),
    )
    filters = filters_in(body) if new.automatic else []
    id_ = create_worklist(call.session, call.reader, new, now=call.now)
    row = call.session.get_one(WorklistRow, id_)
    owner = with_owner(call.reader, row)
    for each in filters:
        add_filter(call.session, owner, id_, each, now=call.now)
    take_parts(call, owner, row)
    return Reply(plan_shapes.bare_list(row) | {"updated_at": None})


def change_worklist(call: Call) -> Reply:
    """Change a worklist."""
    call.need_login()
    row, body = _own_list(call), call.given
    if number(body, "creator_id") not in (None, row.creator_id):
        raise Fault(400, "You can't change the creator of a worklist.")
    edit = PlanEdit(
        title=kept_text(body, "title"),
        project_id=kept_number(body, "project_id"),
        is_private=kept_flag(body, "private"),
        archived=kept_flag(body, "archived"),
    )
    edit_worklist(call.session, call.reader, row.id or 0, edit, now=call.now)
    take_parts(call, call.reader, row)
    return Reply(plan_shapes.worklists(call, [row], whole=True)[0])


def delete_worklist(call: Call) -> Reply:
    """Archive a worklist."""
    call.need_login()
    row = _own_list(call)
    edit_worklist(call.session, call.reader, row.id or 0, PlanEdit(archived=True), now=call.now)
    return GONE


def list_items(call: Call) -> Reply:
    """List a worklist's items, those taken out among them; of an automatic one what fills it now."""
    row = _list(call)
    if not row.automatic:
        return Reply(plan_shapes.bare_items(call, [row.id or 0])[row.id or 0], is_one=False)
    told = plan_shapes.worklists(call, [row], whole=True)[0]["items"]
    return Reply(told, is_one=False)


def create_item(call: Call) -> Reply:
    """Put a story or task into a worklist."""
    call.need_login()
    list_ = _moved_list(call)
    id_, type_ = asked(call, "item_id"), asked_text(call, "item_type") or ""
    if type_ not in ITEM_TYPES:
        raise invalid("item_type", type_, "Value should be one of: story, task")
    if id_ is None:
        raise invalid("item_id", id_, "say which story or task")
    need_item(call.session, call.reader, type_, id_)
    position = asked(call, "list_position")
    row = add_item(call.session, call.reader, list_.id or 0, type_, id_, position, now=call.now)
    return Reply(plan_shapes.item(call, row, position_of(call.session, call.reader, row)))


def change_item(call: Call) -> Reply:
    """Move an item, also to another list, or say which due date its card shows."""
    call.need_login()
    row = _item(call)
    position, list_id = asked(call, "list_position"), asked(call, "list_id")
    due = asked(call, "display_due_date")
    edit = ItemEdit(
        KEEP if position is None else position,
        KEEP if list_id is None else list_id,
        KEEP if due is None else None if due == -1 else due,
    )
    placed = edit_item(call.session, call.reader, row.id or 0, edit, now=call.now)
    return Reply(plan_shapes.item(call, placed.row, placed.position, moved=True))


def delete_item(call: Call) -> Reply:
    """Take an item out of its list."""
    call.need_login()
    remove_item(call.session, call.reader, _item(call).id or 0, now=call.now)
    return GONE


def list_filters(call: Call) -> Reply:
    """List a worklist's filters."""
    id_ = _list(call).id or 0
    told = [plan_shapes.filter_(each, id_) for each in filters_of(call.session, [id_]).get(id_, ())]
    return Reply(told, is_one=False)


def show_filter(call: Call) -> Reply:
    """Show one of a worklist's filters."""
    id_ = _list(call).id or 0
    found = find_filter(call.session, id_, call.number("fid", "filter_id"))
    return Reply(plan_shapes.filter_(found, id_))


def create_filter(call: Call) -> Reply:
    """Give a worklist one more filter."""
    call.need_login()
    id_ = _own_list(call).id or 0
    made = add_filter(call.session, call.reader, id_, filter_in(call.given), now=call.now)
    return Reply(plan_shapes.filter_(made, id_))


def change_filter(call: Call) -> Reply:
    """Let a filter ask for something else."""
    call.need_login()
    id_, which = _own_list(call).id or 0, call.number("fid", "filter_id")
    new = filter_in(call.given)
    made = edit_filter(call.session, call.reader, id_, which, new, now=call.now)
    return Reply(plan_shapes.filter_(made, id_))


def delete_filter(call: Call) -> Reply:
    """Take a filter from a worklist."""
    call.need_login()
    id_, which = _own_list(call).id or 0, call.number("fid", "filter_id")
    remove_filter(call.session, call.reader, id_, which, now=call.now)
    return GONE


def show_list_permissions(call: Call) -> Reply:
    """Tell what who asks may do to a worklist."""
    row = _list(call)
    return show_permissions(call, row)


def change_list_permissions(call: Call) -> Reply:
    """Give a part of a worklist to others."""
    call.need_login()
    return change_permissions(call, _own_list(call))


def lists_with(call: Call) -> Any:
    """Return a query for the lists that hold what an address asks for; None when it asks for nothing."""
    args, found = call.args, []
    for name in ITEM_TYPES:
        id_ = args.number(f"{name}_id")
        if id_ is not None:
            found += [WorklistItemRow.item_type == name, WorklistItemRow.item_id == id_]
    if (type_ := args.text("item_type")) is not None:
        found.append(WorklistItemRow.item_type == type_)
    if not found:
        return None
    there = col(WorklistItemRow.archived).is_(False)
    return select(WorklistItemRow.list_id).where(*found, there, shown_items(call.reader))


def of_person(call: Call, table: Any, kind: str) -> list[Any]:
    """Return the condition that somebody has a part in a thing, when an address asks for it."""
    person = call.args.number("user_id")
    if person is None:
        return []
    given = select(GrantRow.ref).where(
        GrantRow.person_id == person, col(GrantRow.ref).startswith(f"{kind}:")
    )
    refs = [ref.partition(":")[2] for ref in call.session.exec(given)]
    return [col(table.id).in_([int(id_) for id_ in refs if id_.isdecimal()])]


def _list(call: Call) -> WorklistRow:
    """Return the worklist of the address, when it may be seen. Raises: Fault."""
    id_ = call.number("id", "worklist_id")
    row = call.session.get(WorklistRow, id_)
    if row is None or not sees(call.reader, holder_of(call.session, row)):
        raise not_found("Worklist", id_)
    return hold(call.session, row)


def _own_list(call: Call) -> WorklistRow:
    """Return the worklist of the address, for who may change it; to others there is none. Raises: Fault."""
    row = _list(call)
    if not edits(call.reader, holder_of(call.session, row)):
        raise not_found("Worklist", row.id)
    return row


def _moved_list(call: Call) -> WorklistRow:
    """Return the worklist of the address, for who may move what lies in it. Raises: Fault."""
    row = _list(call)
    if not moves(call.reader, holder_of(call.session, row)):
        raise not_found("Worklist", row.id)
    return row


def _item(call: Call) -> WorklistItemRow:
    """Return the item that the address or the body names, for who may move it. Raises: Fault."""
    _list(call)
    given = call.path.get("item")
    id_ = to_id(call, "item", "item_id") if given else asked(call, "item_id")
    if id_ is None:
        raise invalid("item_id", id_, "say which card")
    row = call.session.get(WorklistItemRow, id_)
    list_ = call.session.get(WorklistRow, row.list_id) if row is not None else None
    if row is None or list_ is None:
        raise not_found("Worklist item", id_)
    if not moves(call.reader, holder_of(call.session, hold(call.session, list_))):
        raise not_found("Worklist", list_.id)
    return hold(call.session, row)
