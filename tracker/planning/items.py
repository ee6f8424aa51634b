"""What people do to the items of worklists, which are the cards of boards: put, move, take away.

Each of these holds the order lock from before it looks until it commits: of two who move at once, the
second finds what the first has done. A move writes one row; only where there is no room left between two
cards are those of the list spaced anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.db import hold
from hub.errors import Conflict, Invalid, NotFound
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.changes import KEEP, Kept, touch
from tracker.planning.places import place_at, spaced
from tracker.planning.sight import (
    board_of,
    holder_of,
    moves,
    need_date,
    need_move,
    need_worklist,
    sees,
    shown_items,
)
from tracker.planning.tables import (
    ITEM_TYPES,
    LaneRow,
    WorklistItemRow,
    WorklistRow,
)
from tracker.planning.timeline import note_plan
from tracker.sight import sees as sees_story
from tracker.tables import StoryRow, TaskRow


@dataclass(frozen=True, slots=True)
class Item:
    """What an item stands for: a story or a task, and the story that says who may know of it."""

    type: str
    id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Placed:
    """An item, and the position at which who asks sees it in its list, from 0."""

    row: WorklistItemRow
    position: int


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What is to change of an item. due_date_id: the date that its card shows, None for none."""

    position: int | Kept = KEEP
    list_id: int | Kept = KEEP
    due_date_id: int | Kept | None = KEEP


def add_item(
    session: Session,
    actor: Actor,
    list_id: int,
    type_: str,
    id_: int,
    position: int | None = None,
    *,
    now: datetime,
) -> WorklistItemRow:
    """Put a story or task into a worklist, at its end without a position.

    One that was taken out of the list, or of its board, comes back.

    Raises: NotFound, Refused, Invalid, Conflict when it is on the board already.
    """
    in_order(session)
    list_ = _open(session, actor, list_id)
    item = need_item(session, actor, type_, id_)
    siblings = _siblings(session, list_)
    row = _archived(session, siblings, item)
    if len(siblings) > 1 or board_of(session, list_id) is not None:
        _need_new(session, siblings, item)
    if row is None:
        row = WorklistItemRow(
            list_id=list_id, item_type=type_, item_id=id_, place=0, created_at=micros(now)
        )
    row.archived, row.list_id = False, list_id
    row.place, at = _place(session, actor, list_id, position, row.id)
    touch(row, now)
    session.add(row)
    session.flush()
    told = {"worklist_id": list_id, "item_id": id_, "item_type": type_, "position": at}
    note_plan(
        session, actor, "contents_changed", list_, now=now, story_id=item.story_id,
        added=told, removed=None, updated=None,
    )  # fmt: skip
    return row


def edit_item(
    session: Session, actor: Actor, number: int, edit: ItemEdit, *, now: datetime
) -> Placed:
    """Move an item within its list or to another, or say which due date its card shows.

    Raises: NotFound, Refused, Invalid, Conflict when it is on the other board already.
    """
    row, list_, item = open_item(session, actor, number)
    at = position_of(session, actor, row)
    before = _told(row, at)
    to = row.list_id if edit.list_id is KEEP else edit.list_id
    if to != row.list_id:
        _need_room(session, actor, row, to, item)
        row.list_id = to
    if edit.position is not KEEP or to != list_.id:
        wanted = None if edit.position is KEEP else edit.position
        row.place, at = _place(session, actor, to, wanted, row.id)
    if edit.due_date_id is not KEEP:
        if edit.due_date_id is not None:
            need_date(session, actor, edit.due_date_id)
        row.due_date_id = edit.due_date_id
    session.add(row)
    session.flush()
    after = _told(row, at)
    if before != after:
        touch(row, now)
        note_plan(
            session, actor, "contents_changed", list_, now=now, story_id=item.story_id,
            added=None, removed=None,
            updated={"old": before, "new": after},
        )  # fmt: skip
    return Placed(row, at)


def remove_item(session: Session, actor: Actor, number: int, *, now: datetime) -> None:
    """Take an item out of its list; it is kept to come back. Raises: NotFound, Refused."""
    row, list_, item = open_item(session, actor, number)
    if row.archived:
        return
    row.archived = True
    touch(row, now)
    session.add(row)
    session.flush()
    told = {"worklist_id": list_.id, "item_id": row.item_id, "item_type": row.item_type}
    note_plan(
        session, actor, "contents_changed", list_, now=now, story_id=item.story_id,
        added=None, removed=told, updated=None,
    )  # fmt: skip


def open_item(
    session: Session, actor: Actor, number: int
) -> tuple[WorklistItemRow, WorklistRow, Item]:
    """Return an item that somebody is about to change, its list, and what it stands for.

    Raises: NotFound, Refused.
    """
    in_order(session)
    row = session.get(WorklistItemRow, number) if 0 < number < 1 << 31 else None
    list_ = session.get(WorklistRow, row.list_id) if row is not None else None
    if row is None or list_ is None or not sees(actor, holder_of(session, hold(session, list_))):
        raise _no_card(number)
    try:
        item = need_item(session, actor, row.item_type, row.item_id)
    except NotFound as error:
        raise _no_card(number) from error
    need_move(actor, holder_of(session, list_))
    return hold(session, row), list_, item


def _no_card(number: int) -> NotFound:
    return NotFound(gettext("There is no card %(number)s.", number=number))


def need_item(session: Session, actor: Actor, type_: str, id_: int) -> Item:
    """Return what an item stands for, when somebody may see it. Raises: NotFound, Invalid."""
    if type_ not in ITEM_TYPES:
        raise Invalid("item_type", gettext("A card is a story or a task."))
    is_number = 0 < id_ < 1 << 31
    story_id: int | None = id_
    if type_ == "task" and is_number:
        task = session.get(TaskRow, id_)
        story_id = task.story_id if task is not None else None
    story = session.get(StoryRow, story_id) if is_number and story_id is not None else None
    if story is None or not sees_story(actor, story):
        raise NotFound(
            gettext("Item %(number)s refers to a non-existent task or story.", number=id_)
        )
    return Item(type_, id_, story.id or 0)


def position_of(session: Session, actor: Actor, row: WorklistItemRow) -> int:
    """Return how many of a list's cards somebody sees before this one."""
    where = {"list": row.list_id, "place": row.place, "id": row.id}
    before = _BEFORE.where(shown_items(actor))
    return int(session.connection().execute(before, where).scalar_one())


def _open(session: Session, actor: Actor, list_id: int) -> WorklistRow:
    list_ = need_worklist(session, actor, list_id)
    need_move(actor, holder_of(session, list_))
    if list_.automatic:
        raise Invalid(
            "list_id", gettext("This list fills itself by its filters. Choose another one.")
        )
    return list_


def _need_room(session: Session, actor: Actor, row: WorklistItemRow, to: int, item: Item) -> None:
    """Make sure that an item may go to another list. Raises: NotFound, Refused, Conflict."""
    other = _open(session, actor, to)
    board = board_of(session, to)
    here = board_of(session, row.list_id)
    if board is not None and (here is None or here.id != board.id):
        _need_new(session, _siblings(session, other), item)


def _siblings(session: Session, list_: WorklistRow) -> Sequence[int]:
    """Return the lists of which only one has a card: the lanes of a board, or the list alone."""
    board = board_of(session, list_.id or 0)
    if board is None:
        return [list_.id or 0]
    return session.exec(select(LaneRow.list_id).where(LaneRow.board_id == board.id)).all()


def _archived(session: Session, lists: Sequence[int], item: Item) -> WorklistItemRow | None:
    query = select(WorklistItemRow).where(*_same(item, lists), col(WorklistItemRow.archived))
    return session.exec(query.order_by(col(WorklistItemRow.id))).first()


def _need_new(session: Session, lists: Sequence[int], item: Item) -> None:
    there = col(WorklistItemRow.archived).is_(False)
    if session.exec(select(WorklistItemRow.id).where(*_same(item, lists), there)).first():
        raise Conflict(gettext("That is on this board already. Move its card instead."))


def _same(item: Item, lists: Sequence[int]) -> Sequence[Any]:
    return (
        WorklistItemRow.item_type == item.type,
        WorklistItemRow.item_id == item.id,
        col(WorklistItemRow.list_id).in_(lists),
    )


def _place(
    session: Session, actor: Actor, list_id: int, position: int | None, besides: int | None
) -> tuple[int, int]:
    """Return the place before the card that somebody sees at a position, and the position that it gets.

    The rest keeps its order.
    """
    query = select(WorklistItemRow.id, WorklistItemRow.place, shown_items(actor)).where(
        WorklistItemRow.list_id == list_id, col(WorklistItemRow.archived).is_(False)
    )
    rows = session.exec(query.order_by(col(WorklistItemRow.place), col(WorklistItemRow.id))).all()
    others = [each for each in rows if each[0] != besides]
    seen = [number for number, each in enumerate(others) if each[2]]
    position = len(seen) if position is None else min(max(position, 0), len(seen))
    at = seen[position] if position < len(seen) else len(others)
    place = place_at([each[1] for each in others], at)
    if place is not None:
        return place, position
    places = spaced(len(others))
    for (id_, *_), new in zip(others, places, strict=True):
        row = session.get_one(WorklistItemRow, id_)
        row.place = new
        session.add(row)
    session.flush()
    found = place_at(places, at)
    assert found is not None
    return found, position


def _told(row: WorklistItemRow, position: int) -> dict[str, object]:
    return {
        "worklist_id": row.list_id,
        "item_id": row.item_id,
        "item_type": row.item_type,
        "position": position,
        "due_date_id": row.due_date_id,
    }


_PLACE = col(WorklistItemRow.place)
_BEFORE = (
    sa.select(sa.func.count())
    .select_from(WorklistItemRow)
    .where(
        col(WorklistItemRow.list_id) == sa.bindparam("list"),
        col(WorklistItemRow.archived).is_(False),
        (sa.bindparam("place") > _PLACE)
        | ((sa.bindparam("place") == _PLACE) & (col(WorklistItemRow.id) < sa.bindparam("id"))),
    )
)


def may_move(session: Session, actor: Actor, list_: WorklistRow) -> bool:
    """Tell whether somebody may move items of a worklist."""
    return not list_.automatic and moves(actor, holder_of(session, list_))
