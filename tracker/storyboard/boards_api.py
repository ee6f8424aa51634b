"""Boards: lists of them, one with its lanes, and who may do what."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from tracker.changes import KEEP
from tracker.planning.boards import NewBoard, create_board, edit_board, set_lanes
from tracker.planning.permissions import with_owner
from tracker.planning.sight import edits, sees, visible
from tracker.planning.tables import BoardRow, LaneRow
from tracker.planning.worklists import PlanEdit
from tracker.storyboard import plan_shapes
from tracker.storyboard.bodies import (
    Text,
    check,
    flag,
    kept_flag,
    kept_number,
    kept_text,
    number,
    text,
)
from tracker.storyboard.paging import PAGING, contains, equals, listed
from tracker.storyboard.plan_bodies import change_permissions, show_permissions, take_parts
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found
from tracker.storyboard.worklists_api import lists_with, of_person

_SORTS = {"private": BoardRow.is_private}
_FILTERS = (
    "title", "creator_id", "project_id", "archived", "user_id", "story_id", "task_id", "item_type",
)  # fmt: skip


def list_boards(call: Call) -> Reply:
    """List boards by their filters."""
    args = call.args
    args.allow(*PAGING, *_FILTERS)
    found = [
        visible(call.reader, BoardRow),
        col(BoardRow.archived).is_(bool(args.flag("archived"))),
        *contains(col(BoardRow.title), args.text("title")),
        *equals(col(BoardRow.creator_id), args.number("creator_id")),
        *equals(col(BoardRow.project_id), args.number("project_id")),
        *of_person(call, BoardRow, "board"),
    ]
    if (lists := lists_with(call)) is not None:
        found.append(
            col(BoardRow.id).in_(select(LaneRow.board_id).where(col(LaneRow.list_id).in_(lists)))
        )
    return listed(
        call,
        BoardRow,
        found,
        lambda rows: plan_shapes.boards(call, rows),
        columns=_SORTS,
        as_objects=True,
    )


def show_board(call: Call) -> Reply:
    """Show one board with its lanes and cards."""
    return Reply(plan_shapes.boards(call, [_board(call)], whole=True, dates=True)[0])


def make_board(call: Call) -> Reply:
    """Make a board."""
    call.need_login()
    body = call.given
    check(body, Text("title", 1, 255, required=True), Text("description"), creating=True)
    if number(body, "creator_id") not in (None, call.me):
        raise Fault(400, "You can't select the creator of a board.")
    new = NewBoard(
        body["title"],
        text(body, "description"),
        number(body, "project_id"),
        is_private=bool(flag(body, "private")),
    )
    lanes = _lanes(body) or []
    id_ = create_board(call.session, call.reader, new, lanes, now=call.now)
    row = call.session.get_one(BoardRow, id_)
    take_parts(call, with_owner(call.reader, row), row)
    return Reply(plan_shapes.bare_board(row))


def change_board(call: Call) -> Reply:
    """Change a board, its lanes and who has a part in it."""
    call.need_login()
    row, body = _own_board(call), call.given
    check(body, Text("title", 1, 255, required=True), Text("description"), creating=False)
    if number(body, "creator_id") not in (None, row.creator_id):
        raise Fault(400, "You can't change the creator of a board.")
    edit = PlanEdit(
        kept_text(body, "title"),
        text(body, "description") if "description" in body else KEEP,
        kept_number(body, "project_id"),
        kept_flag(body, "private"),
        kept_flag(body, "archived"),
    )
    edit_board(call.session, call.reader, row.id or 0, edit, now=call.now)
    lanes = _lanes(body)
    if lanes is not None:
        set_lanes(call.session, call.reader, row.id or 0, lanes, now=call.now)
    take_parts(call, call.reader, row)
    return Reply(plan_shapes.boards(call, [row], whole=True)[0])


def delete_board(call: Call) -> Reply:
    """Archive a board and its lanes."""
    call.need_login()
    row = _own_board(call)
    edit_board(call.session, call.reader, row.id or 0, PlanEdit(archived=True), now=call.now)
    return GONE


def show_board_permissions(call: Call) -> Reply:
    """Tell what who asks may do to a board."""
    return show_permissions(call, _board(call))


def change_board_permissions(call: Call) -> Reply:
    """Give a part of a board to others."""
    call.need_login()
    return change_permissions(call, _own_board(call))


def _lanes(body: Mapping[str, Any]) -> Sequence[int] | None:
    """Return the lists that are to be lanes, by their positions. Raises: Fault."""
    given = body.get("lanes")
    if given is None:
        return None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise invalid("lanes", given, "should be a list of lanes")
    found = [(number(each, "position") or 0, number(each, "list_id")) for each in given]
    ordered = sorted(found, key=lambda each: each[0])
    return [list_id for _, list_id in ordered if list_id is not None]


def _board(call: Call) -> BoardRow:
    """Return the board of the address, when it may be seen. Raises: Fault."""
    id_ = call.number("id", "board_id")
    row = call.session.get(BoardRow, id_)
    if row is None or not sees(call.reader, row):
        raise not_found("Board", id_)
    return row


def _own_board(call: Call) -> BoardRow:
    """Return the board of the address, for who may change it; to others there is none. Raises: Fault."""
    row = _board(call)
    if not edits(call.reader, row):
        raise not_found("Board", row.id)
    return row
