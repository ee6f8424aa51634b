"""What people do to due dates: set them, and give them to stories, tasks, worklists and boards."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Invalid
from hub.events import emit, in_order
from hub.language import gettext
from hub.many import among, many
from hub.people import Actor
from tracker.authors import person_id
from tracker.changes import KEEP, Kept, right_title, see_story, touch
from tracker.planning.items import need_item
from tracker.planning.permissions import first_owner
from tracker.planning.sight import (
    holder_of,
    need_board,
    need_date,
    need_edit,
    need_move,
    need_worklist,
    ref_of,
    visible,
)
from tracker.planning.tables import DATED, DatedRow, DueDateRow
from tracker.sight import need_write


@dataclass(frozen=True, slots=True)
class NewDate:
    """A due date that is to be set; who sets it owns it with the others."""

    name: str
    date: datetime
    is_private: bool = False
    owners: Sequence[int] = ()
    users: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class DateEdit:
    """What is to change of a due date."""

    name: str | Kept = KEEP
    date: datetime | Kept = KEEP
    is_private: bool | Kept = KEEP


def create_date(
    session: Session, actor: Actor, new: NewDate, *, now: datetime
) -> tuple[int, Actor]:
    """Set a due date; return its number, and who set it with the right to it.

    Raises: Refused, Invalid.
    """
    in_order(session)
    maker = person_id(session, actor)
    row = DueDateRow(
        name=right_title(new.name, least=1),
        date=micros(new.date),
        is_private=new.is_private,
        creator_id=maker,
        created_at=micros(now),
    )
    session.add(row)
    session.flush()
    emit(session, actor, "due_date.created", ref_of(row), at=now)
    owner = first_owner(session, actor, row, maker, new.owners, new.users, now=now)
    return row.id or 0, owner


def edit_date(
    session: Session, actor: Actor, id_: int, edit: DateEdit, *, now: datetime
) -> DueDateRow:
    """Change a due date. Raises: NotFound, Refused, Invalid."""
    in_order(session)
    row = need_date(session, actor, id_)
    need_edit(actor, row)
    if edit.name is not KEEP:
        row.name = right_title(edit.name, least=1)
    if edit.date is not KEEP:
        row.date = micros(edit.date)
    if edit.is_private is not KEEP:
        row.is_private = edit.is_private
    touch(row, now)
    session.add(row)
    session.flush()
    emit(session, actor, "due_date.changed", ref_of(row), at=now)
    return row


def set_dated(
    session: Session,
    actor: Actor,
    id_: int,
    type_: str,
    target: int,
    *,
    dated: bool,
    now: datetime,
) -> None:
    """Give a due date to a thing, or take it off. Raises: NotFound, Refused, Invalid."""
    in_order(session)
    row = need_date(session, actor, id_)
    need_move(actor, row)
    _need_target(session, actor, type_, target)
    known = session.get(DatedRow, (id_, type_, target))
    if dated and known is None:
        session.add(DatedRow(due_date_id=id_, target_type=type_, target_id=target))
    elif not dated and known is not None:
        session.delete(known)
    else:
        return
    touch(row, now)
    session.add(row)
    session.flush()
    emit(session, actor, "due_date.changed", ref_of(row), at=now)


_TYPE = col(DatedRow.target_type) == sa.bindparam("type")
_DATED = (
    select(DatedRow.target_id, DueDateRow)
    .join(DueDateRow, col(DueDateRow.id) == col(DatedRow.due_date_id))
    .where(_TYPE, among(col(DatedRow.target_id), many("ids")))
    .order_by(col(DueDateRow.date), col(DueDateRow.id))
)
_TARGETS = (
    select(DatedRow.due_date_id, DatedRow.target_id)
    .where(among(col(DatedRow.due_date_id), many("ids")), _TYPE)
    .order_by(col(DatedRow.target_id))
)


def dated_by(
    session: Session, actor: Actor, type_: str, ids: Sequence[int]
) -> Mapping[int, Sequence[DueDateRow]]:
    """Return the due dates of many things that somebody may see, the next first: one query for all."""
    found: defaultdict[int, list[DueDateRow]] = defaultdict(list)
    if not ids:
        return found
    query = _DATED.where(visible(actor, DueDateRow))
    for target, row in session.exec(query, params={"type": type_, "ids": ids}):
        found[target].append(row)
    return found


def targets_of(session: Session, ids: Sequence[int], type_: str) -> Mapping[int, Sequence[int]]:
    """Return the numbers of the things of a kind that have each of these due dates."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    if not ids:
        return found
    for id_, target in session.exec(_TARGETS, params={"type": type_, "ids": ids}):
        found[id_].append(target)
    return found


def _need_target(session: Session, actor: Actor, type_: str, id_: int) -> None:
    if type_ not in DATED:
        raise Invalid(
            "type", gettext("Stories, tasks, worklists and boards have due dates, nothing else.")
        )
    if type_ in ("story", "task"):
        item = need_item(session, actor, type_, id_)
        need_write(actor, see_story(session, actor, item.story_id))
    elif type_ == "board":
        need_move(actor, need_board(session, actor, id_))
    else:
        need_move(actor, holder_of(session, need_worklist(session, actor, id_)))
