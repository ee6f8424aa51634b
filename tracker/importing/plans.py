"""Takes in due dates, worklists and boards, under their own numbers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from hub.clock import micros
from hub.errors import HubError, Invalid
from hub.events import in_order
from tracker.importing.known import Import, digest_of, line_of, prose_of, when
from tracker.importing.places import person_here
from tracker.importing.source import Shape, number, text
from tracker.importing.tables import ImportedRow
from tracker.planning.filters import Criterion, Filter, put_filter
from tracker.planning.permissions import Part, give_parts
from tracker.planning.places import STEP
from tracker.planning.sight import Planned, forget_boards
from tracker.planning.tables import (
    FIELDS,
    ITEM_TYPES,
    BoardRow,
    DatedRow,
    DueDateRow,
    LaneRow,
    WorklistFilterRow,
    WorklistItemRow,
    WorklistRow,
)
from tracker.tables import StoryRow, TaskRow

_TARGETS: Mapping[str, Any] = {"story": StoryRow, "task": TaskRow}


def take_date(session: Session, run: Import, told: Shape) -> None:
    """Take a due date in, with the stories and tasks that have it. Raises: Invalid."""

    def fill(row: DueDateRow) -> None:
        row.name, row.date = line_of(told, "name", "?"), when(told, "date") or row.created_at
        _store(session, row)
        _clear(session, DatedRow, col(DatedRow.due_date_id) == row.id)
        for kind, many in (("story", "stories"), ("task", "tasks")):
            for each in _shapes(told, many):
                if _is_here(session, run, f"due date {row.id}", kind, number(each, "id")):
                    its = number(each, "id")
                    session.add(DatedRow(due_date_id=row.id or 0, target_type=kind, target_id=its))

    _take(session, run, "due_date", DueDateRow, told, fill)


def take_worklist(
    session: Session, run: Import, told: Shape, items: Sequence[Shape], filters: Sequence[Shape]
) -> None:
    """Take a worklist in, with what lies in it or fills it. Raises: Invalid."""

    def fill(row: WorklistRow) -> None:
        row.title = line_of(told, "title", "?")
        row.project_id = run.here("project", number(told, "project_id"))
        row.archived, row.automatic = told.get("archived") is True, told.get("automatic") is True
        _store(session, row)
        _items(session, run, row, () if row.automatic else items)
        _filters(session, run, row, filters)

    _take(session, run, "worklist", WorklistRow, told, fill, items, filters)


def take_board(session: Session, run: Import, told: Shape) -> None:
    """Take a board in; its lanes are worklists that are here already. Raises: Invalid."""

    def fill(row: BoardRow) -> None:
        row.title, row.description = line_of(told, "title", "?"), prose_of(told, "description")
        row.project_id = run.here("project", number(told, "project_id"))
        row.archived = told.get("archived") is True
        _store(session, row)
        _clear(session, LaneRow, col(LaneRow.board_id) == row.id)
        for place, lane in enumerate(_shapes(told, "lanes"), 1):
            _lane(session, run, row, lane, place)

    _take(session, run, "board", BoardRow, told, fill)


def _take(
    session: Session,
    run: Import,
    kind: str,
    table: Any,
    told: Shape,
    fill: Callable[[Any], None],
    *beside: Sequence[Shape],
) -> None:
    """Take a thing in as it is there now; one that was changed here since is left as it is."""
    in_order(session)
    id_, digest = number(told, "id"), digest_of(told, *map(list, beside))
    known = session.get(ImportedRow, (run.realm, kind, id_))
    row = session.get(table, id_)
    if known is not None and known.digest == digest:
        return
    if row is not None and known is None:
        raise Invalid("id", f"there is another {kind} of that number here already")
    if row is not None and known is not None and (row.updated_at or 0) != known.changed_at:
        raise Invalid("id", "it was changed here since the last import, and stays as it is")
    row = row or table(
        id=id_, created_at=when(told, "created_at") or micros(run.now), **_UNTOLD[kind]
    )
    row.is_private = told.get("private") is True
    row.creator_id = person_here(session, run, number(told, "creator_id"))
    row.creator_name = "" if row.creator_id is not None else run.actor.name
    row.updated_at = when(told, "updated_at")
    fill(row)
    _parts(session, run, row, told)
    kept = known or ImportedRow(realm=run.realm, kind=kind, number=id_, id=id_)
    kept.digest, kept.changed_at = digest, row.updated_at or 0
    _store(session, kept)


_UNTOLD: Mapping[str, Mapping[str, Any]] = {
    "due_date": {"name": "", "date": 0},
    "worklist": {"title": ""},
    "board": {"title": ""},
}


def _items(session: Session, run: Import, row: WorklistRow, items: Sequence[Shape]) -> None:
    _clear(session, WorklistItemRow, col(WorklistItemRow.list_id) == row.id)
    ordered = sorted(items, key=lambda each: _position(each))
    for place, told in enumerate(ordered, 1):
        kind, id_ = text(told, "item_type"), number(told, "item_id")
        if not _is_here(session, run, f"worklist {row.id}", kind, id_):
            continue
        wanted = number(told, "id") or None
        is_taken = wanted is None or session.get(WorklistItemRow, wanted) is not None
        due = run.here("due_date", number(told, "display_due_date"))
        item = WorklistItemRow(
            id=None if is_taken else wanted, list_id=row.id or 0, item_type=kind, item_id=id_,
            place=place * STEP, archived=told.get("archived") is True, due_date_id=due,
            created_at=when(told, "created_at") or micros(run.now),
            updated_at=when(told, "updated_at"),
        )  # fmt: skip
        _store(session, item)


def _position(told: Shape) -> tuple[int, int]:
    place = told.get("list_position")
    return place if isinstance(place, int) else 0, number(told, "id")


def _filters(session: Session, run: Import, row: WorklistRow, filters: Sequence[Shape]) -> None:
    _clear(session, WorklistFilterRow, col(WorklistFilterRow.list_id) == row.id)
    for told in filters:
        criteria = [_criterion(session, run, each) for each in _shapes(told, "filter_criteria")]
        its = [each for each in criteria if each is not None]
        if len(its) < len(criteria) or not its:
            run.miss(f"worklist {row.id}: a filter asks for what is not here; make it anew")
            continue
        kind = text(told, "type").lower()
        try:
            put_filter(session, row, Filter(kind, tuple(its)), now=run.now)
        except HubError as error:
            run.miss(f"worklist {row.id}: a filter: {error}")


def _criterion(session: Session, run: Import, told: Shape) -> Criterion | None:
    """Return what a filter asks for, by the numbers of here; None for what is not here."""
    field, value = text(told, "field"), str(told.get("value") or "")
    if field not in FIELDS:
        return None
    kind = {"Project": "project", "ProjectGroup": "group", "User": "user"}.get(field)
    if kind is not None:
        their = int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0
        here = person_here(session, run, their) if kind == "user" else run.here(kind, their)
        if here is None:
            return None
        value = str(here)
    return Criterion(field, value, line_of(told, "title", value), told.get("negative") is True)


def _lane(session: Session, run: Import, board: BoardRow, told: Shape, place: int) -> None:
    list_id = number(told, "list_id")
    if session.get(WorklistRow, list_id) is None:
        run.miss(f"board {board.id}: its lane {list_id} is not here")
        return
    _clear(session, LaneRow, col(LaneRow.list_id) == list_id)
    made = when(told, "created_at") or micros(run.now)
    _store(
        session,
        LaneRow(board_id=board.id or 0, list_id=list_id, place=place * STEP, created_at=made),
    )
    forget_boards(session)


def _parts(session: Session, run: Import, row: Planned, told: Shape) -> None:
    """Give the thing to those who own and use it there; its maker owns what nobody would."""
    people = {
        part: [
            id_
            for id_ in (person_here(session, run, their) for their in _numbers(told, name))
            if id_
        ]
        for part, name in ((Part.OWNER, "owners"), (Part.USER, "users"))
    }
    if not people[Part.OWNER] and row.creator_id is not None:
        people[Part.OWNER] = [row.creator_id]
    teams = {
        part: [team for their in _numbers(told, name) if (team := run.here("team", their))]
        for part, name in ((Part.OWNER, "team_owners"), (Part.USER, "team_users"))
    }
    give_parts(session, run.actor, row, people, teams, now=run.now)


def _is_here(session: Session, run: Import, where: str, kind: str, id_: int) -> bool:
    table = _TARGETS.get(kind) if kind in ITEM_TYPES else None
    if table is None or not id_ or session.get(table, id_) is None:
        run.miss(f"{where}: {kind or 'thing'} {id_} is not here")
        return False
    return True


def _clear(session: Session, table: Any, condition: Any) -> None:
    session.flush()
    session.connection().execute(sa.delete(table.__table__).where(condition))
    session.expire_all()


def _store(session: Session, row: Any) -> None:
    session.add(row)
    session.flush()


def _shapes(told: Shape, name: str) -> Sequence[Shape]:
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _numbers(told: Shape, name: str) -> Sequence[int]:
    found = told.get(name)
    return [each for each in found if isinstance(each, int)] if isinstance(found, list) else []
