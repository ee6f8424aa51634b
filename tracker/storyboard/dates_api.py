"""Due dates: lists of them, one, what has them, and who may do what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hub.accounts.tables import GrantRow
from hub.clock import micros
from hub.people import Actor
from tracker.changes import KEEP
from tracker.planning.dates import (
    DateEdit,
    NewDate,
    create_date,
    edit_date,
    set_dated,
    targets_of,
)
from tracker.planning.sight import edits, moves, need_board, need_worklist, sees, visible
from tracker.planning.tables import DatedRow, DueDateRow
from tracker.storyboard import plan_shapes
from tracker.storyboard.bodies import flag, kept_flag, kept_text, number, text
from tracker.storyboard.paging import PAGING, contains, equals, listed
from tracker.storyboard.plan_bodies import (
    change_permissions,
    numbers,
    show_permissions,
    take_parts,
)
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found, read_moment

_SORTS = {"private": DueDateRow.is_private}
_THINGS = (("tasks", "task"), ("stories", "story"))


def list_dates(call: Call) -> Reply:
    """List due dates by their filters."""
    args = call.args
    args.allow(*PAGING, "name", "date", "board_id", "worklist_id", "user", "owner")
    found = [
        visible(call.reader, DueDateRow),
        *contains(col(DueDateRow.name), args.text("name")),
        *_of_person(call, "user", ("maintain", "write")),
        *_of_person(call, "owner", ("maintain",)),
    ]
    if (date := args.text("date")) is not None:
        found += equals(col(DueDateRow.date), micros(read_moment(date, "date")))
    for type_ in ("board", "worklist"):
        id_ = args.number(f"{type_}_id")
        if id_ is not None:
            need = need_board if type_ == "board" else need_worklist
            need(call.session, call.reader, id_)
            ids = select(DatedRow.due_date_id).where(
                DatedRow.target_type == type_, DatedRow.target_id == id_
            )
            found.append(col(DueDateRow.id).in_(ids))
    return listed(
        call,
        DueDateRow,
        found,
        lambda rows: plan_shapes.due_dates(call, rows),
        columns=_SORTS,
        as_objects=True,
    )


def show_date(call: Call) -> Reply:
    """Show one due date."""
    return Reply(plan_shapes.due_dates(call, [_date(call)])[0])


def make_date(call: Call) -> Reply:
    """Set a due date, and give it to what the body names."""
    call.need_login()
    body = call.given
    date = _moment(call)
    if date is None:
        raise invalid("date", body.get("date"), "say when, for example 2030-01-02T03:04:05+00:00")
    new = NewDate(text(body, "name") or "", date, is_private=bool(flag(body, "private")))
    id_, owner = create_date(call.session, call.reader, new, now=call.now)
    row = call.session.get_one(DueDateRow, id_)
    take_parts(call, owner, row)
    _attach(call, owner, id_)
    told = plan_shapes.due_dates(call, [row])[0]
    return Reply(told | {"editable": True, "assignable": True, "updated_at": None})


def change_date(call: Call) -> Reply:
    """Change a due date, what has it, and who has a part in it."""
    call.need_login()
    row, body = _date(call), call.given
    if not moves(call.reader, row):
        raise not_found("Due date", row.id)
    date = _moment(call)
    edit = DateEdit(
        kept_text(body, "name"), KEEP if date is None else date, kept_flag(body, "private")
    )
    if edit != DateEdit():
        if not edits(call.reader, row):
            raise not_found("Due date", row.id)
        edit_date(call.session, call.reader, row.id or 0, edit, now=call.now)
    take_parts(call, call.reader, row)
    _attach(call, call.reader, row.id or 0)
    return Reply(plan_shapes.due_dates(call, [row])[0])


def delete_date(call: Call) -> Reply:
    """Take a due date off a board or worklist: no date is deleted here."""
    call.need_login()
    row = _date(call)
    given = [(each, call.args.number(f"{each}_id")) for each in ("board", "worklist")]
    if all(id_ is None for _, id_ in given):
        raise Fault(400, "Say which board_id or worklist_id it is taken from.")
    if not moves(call.reader, row):
        raise not_found("Due date", row.id)
    for type_, id_ in given:
        if id_ is not None:
            set_dated(call.session, call.reader, row.id or 0, type_, id_, dated=False, now=call.now)
    return GONE


def show_date_permissions(call: Call) -> Reply:
    """Tell what who asks may do to a due date."""
    return show_permissions(call, _date(call))


def change_date_permissions(call: Call) -> Reply:
    """Give a part of a due date to others."""
    call.need_login()
    row = _date(call)
    if not edits(call.reader, row):
        raise not_found("Due date", row.id)
    return change_permissions(call, row)


def _attach(call: Call, actor: Actor, id_: int) -> None:
    """Give a due date to exactly the tasks and stories that a body names, if any, and to its board.

    What who asks may not see stays as it is.
    """
    seen = plan_shapes.due_dates(call, [call.session.get_one(DueDateRow, id_)])[0]
    for name, type_ in _THINGS:
        given = numbers(call.given, name)
        if given is None:
            continue
        known = [each["id"] for each in seen[name]]
        _set(call, actor, id_, type_, [n for n in known if n not in given], dated=False)
        _set(call, actor, id_, type_, [n for n in given if n not in known], dated=True)
    for type_ in ("board", "worklist"):
        target = number(call.given, f"{type_}_id")
        if target is not None and target not in targets_of(call.session, [id_], type_).get(id_, ()):
            _set(call, actor, id_, type_, [target], dated=True)


def _set(
    call: Call, actor: Actor, id_: int, type_: str, targets: Sequence[int], *, dated: bool
) -> None:
    for target in targets:
        set_dated(call.session, actor, id_, type_, target, dated=dated, now=call.now)


def _moment(call: Call) -> datetime | None:
    given = text(call.given, "date")
    return None if given is None else read_moment(given, "date")


def _of_person(call: Call, name: str, verbs: Sequence[str]) -> list[Any]:
    person = call.args.number(name)
    if person is None:
        return []
    given = select(GrantRow.ref).where(
        GrantRow.person_id == person, col(GrantRow.verb).in_(verbs),
        col(GrantRow.ref).startswith("due_date:"),
    )  # fmt: skip
    ids = [ref.partition(":")[2] for ref in call.session.exec(given)]
    return [col(DueDateRow.id).in_([int(id_) for id_ in ids if id_.isdecimal()])]


def _date(call: Call) -> DueDateRow:
    """Return the due date of the address, when it may be seen. Raises: Fault."""
    id_ = call.number("id", "due_date_id")
    row = call.session.get(DueDateRow, id_)
    if row is None or not sees(call.reader, row):
        raise not_found("Due date", id_)
    return row
