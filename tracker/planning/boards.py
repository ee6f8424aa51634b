"""What people do to boards and their lanes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.authors import person_id
from tracker.changes import KEEP, right_text, right_title, touch
from tracker.planning.permissions import first_owner
from tracker.planning.places import place_at, spaced
from tracker.planning.sight import forget_boards, need_board, need_edit, need_worklist
from tracker.planning.tables import BoardRow, LaneRow, WorklistItemRow, WorklistRow
from tracker.planning.timeline import note_plan
from tracker.planning.worklists import (
    NewWorklist,
    PlanEdit,
    apply_edit,
    check_project,
    create_worklist,
)


@dataclass(frozen=True, slots=True)
class NewBoard:
    """A board that is to be made; who makes it owns it with the others."""

    title: str
    description: str | None = None
    project_id: int | None = None
    is_private: bool = False
    owners: Sequence[int] = ()
    users: Sequence[int] = ()


def create_board(
    session: Session, actor: Actor, new: NewBoard, lanes: Sequence[int] = (), *, now: datetime
) -> int:
    """Make a board of worklists that its maker owns, and return its number.

    Raises: NotFound, Refused, Invalid, Conflict.
    """
    in_order(session)
    maker = person_id(session, actor)
    check_project(session, new.project_id)
    row = BoardRow(
        title=right_title(new.title, least=1),
        description=None if new.description is None else right_text(new.description) or None,
        creator_id=maker,
        project_id=new.project_id,
        is_private=new.is_private,
        created_at=micros(now),
    )
    session.add(row)
    session.flush()
    note_plan(
        session, actor, "created", row, now=now,
        board_title=row.title, board_description=row.description,
    )  # fmt: skip
    for list_id in lanes:
        _add_lane(session, actor, row, list_id, now)
    first_owner(session, actor, row, maker, new.owners, new.users, now=now)
    return row.id or 0


def edit_board(
    session: Session, actor: Actor, id_: int, edit: PlanEdit, *, now: datetime
) -> BoardRow:
    """Change a board; to archive it archives its lanes. Raises: NotFound, Refused, Invalid."""
    row = open_board(session, actor, id_)
    text = edit.description
    if edit.project_id is not KEEP:
        check_project(session, edit.project_id)
    if edit.archived is not KEEP and edit.archived != row.archived:
        for _, list_ in lanes_of(session, id_):
            list_.archived = edit.archived
            session.add(list_)
    apply_edit(
        session, actor, row, now,
        title=KEEP if edit.title is KEEP else right_title(edit.title, least=1),
        description=text if text is KEEP or text is None else right_text(text) or None,
        project_id=edit.project_id, is_private=edit.is_private, archived=edit.archived,
    )  # fmt: skip
    return row


def open_board(session: Session, actor: Actor, id_: int) -> BoardRow:
    """Return a board that somebody is about to change; whoever comes next waits.

    Raises: NotFound, Refused.
    """
    in_order(session)
    row = need_board(session, actor, id_)
    need_edit(actor, row)
    return row


def lanes_of(session: Session, board_id: int) -> Sequence[tuple[LaneRow, WorklistRow]]:
    """Return a board's lanes with their worklists, in their order."""
    query = select(LaneRow, WorklistRow).join(
        WorklistRow, col(WorklistRow.id) == col(LaneRow.list_id)
    )
    here = query.where(LaneRow.board_id == board_id)
    return session.exec(here.order_by(col(LaneRow.place), col(LaneRow.id))).all()


def new_lane(session: Session, actor: Actor, board_id: int, title: str, *, now: datetime) -> int:
    """Give a board an empty lane at its end; return the number of its worklist.

    Raises: NotFound, Refused, Invalid.
    """
    board = open_board(session, actor, board_id)
    list_id = create_worklist(
        session, actor, NewWorklist(title, is_private=board.is_private), now=now
    )
    list_ = session.get_one(WorklistRow, list_id)
    _append(session, actor, board, list_, now)
    return list_id


def move_lane(
    session: Session, actor: Actor, board_id: int, list_id: int, position: int, *, now: datetime
) -> None:
    """Put a lane at another position. Raises: NotFound, Refused."""
    open_board(session, actor, board_id)
    rows = [lane for lane, _ in lanes_of(session, board_id)]
    lane = next((each for each in rows if each.list_id == list_id), None)
    if lane is None:
        raise NotFound(gettext("The board has no lane %(number)s.", number=list_id))
    others = [each for each in rows if each is not lane]
    others.insert(max(0, min(position, len(others))), lane)
    set_lanes(session, actor, board_id, [each.list_id for each in others], now=now)


def set_lanes(
    session: Session, actor: Actor, board_id: int, lists: Sequence[int], *, now: datetime
) -> None:
    """Make exactly these worklists the lanes of a board, in this order.

    A lane that goes is archived with what lies in it.

    Raises: NotFound, Refused, Invalid, Conflict.
    """
    board = open_board(session, actor, board_id)
    if len(set(lists)) != len(lists):
        raise Invalid("lanes", gettext("A list can be one lane of a board, not two."))
    there = enumerate(lanes_of(session, board_id))
    known = {lane.list_id: (number, lane) for number, (lane, _) in there}
    for list_id in [each for each in known if each not in lists]:
        _remove_lane(session, actor, board, known[list_id][1], now)
    for list_id in lists:
        if list_id not in known:
            _add_lane(session, actor, board, list_id, now)
    session.flush()
    rows = {lane.list_id: lane for lane, _ in lanes_of(session, board_id)}
    if [*rows] == list(lists):
        return
    for position, (list_id, place) in enumerate(zip(lists, spaced(len(lists)), strict=True)):
        lane = rows[list_id]
        was = known[list_id][0] if list_id in known else position
        lane.place = place
        session.add(lane)
        if was != position:
            touch(lane, now)
            old = {"worklist_id": list_id, "position": was}
            new = {"worklist_id": list_id, "position": position}
            _tell(session, actor, board, now, updated={"old": old, "new": new})
    session.flush()


def _add_lane(session: Session, actor: Actor, board: BoardRow, list_id: int, now: datetime) -> None:
    list_ = need_worklist(session, actor, list_id)
    if session.exec(select(LaneRow.id).where(LaneRow.list_id == list_id)).first() is not None:
        raise Conflict(gettext("List %(number)s is a lane already.", number=list_id))
    need_edit(actor, list_)  # a lane goes by its board's rights: only who owns it gives it away
    if _has_doubles(session, board.id or 0, list_id):
        raise Conflict(
            gettext("Some cards of list %(number)s are on this board already.", number=list_id)
        )
    _append(session, actor, board, list_, now)


def _append(
    session: Session, actor: Actor, board: BoardRow, list_: WorklistRow, now: datetime
) -> None:
    places = [lane.place for lane, _ in lanes_of(session, board.id or 0)]
    session.add(
        LaneRow(
            board_id=board.id or 0,
            list_id=list_.id or 0,
            place=place_at(places, len(places)) or 0,
            created_at=micros(now),
        )
    )
    session.flush()
    forget_boards(session)
    _tell(session, actor, board, now, added={"worklist_id": list_.id, "position": len(places)})


def _remove_lane(
    session: Session, actor: Actor, board: BoardRow, lane: LaneRow, now: datetime
) -> None:
    list_ = session.get_one(WorklistRow, lane.list_id)
    # What goes back to be a list of its own must not show what the board kept to its readers.
    list_.is_private = list_.is_private or board.is_private
    list_.archived = True
    touch(list_, now)
    session.add(list_)
    session.delete(lane)
    forget_boards(session)
    session.flush()
    _tell(session, actor, board, now, removed={"worklist_id": list_.id})


def _has_doubles(session: Session, board_id: int, list_id: int) -> bool:
    """Tell whether a card of a list is on a board already, or twice in the list."""
    lists = [list_id, *session.exec(select(LaneRow.list_id).where(LaneRow.board_id == board_id))]
    kind, id_ = col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)
    there = col(WorklistItemRow.list_id).in_(lists) & col(WorklistItemRow.archived).is_(False)
    double = sa.select(kind, id_).where(there).group_by(kind, id_).having(sa.func.count() > 1)
    return session.connection().execute(double.limit(1)).first() is not None


def _tell(
    session: Session, actor: Actor, board: BoardRow, now: datetime, **changed: object
) -> None:
    told: dict[str, Any] = {"added": None, "removed": None, "updated": None} | changed
    note_plan(session, actor, "lanes_changed", board, now=now, **told)
