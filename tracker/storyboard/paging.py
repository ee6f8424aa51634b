"""Lists: filtered, sorted, and a page at a time after a marker or an offset, with their headers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import SQLModel, select

from tracker.storyboard.sight import hidden_stories, seen
from tracker.storyboard.wire import Call, Fault, Reply

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class Counted:
    """The conditions of a list as they are best counted by: `all` rows, and the few of hidden stories."""

    all: Sequence[Any]
    hidden: Sequence[Any]


PAGING = ("marker", "offset", "limit", "sort_field", "sort_dir")


def listed(
    call: Call,
    table: type[Row],
    conditions: Sequence[Any],
    shape: Callable[[Sequence[Row]], Sequence[Any]],
    *,
    columns: Mapping[str, Any] | None = None,
    total: int | None = None,
    tells: bool = True,
    joined: tuple[Any, Any] | None = None,
    story_id: Any = None,
    counted: Counted | None = None,
    as_objects: bool = False,
) -> Reply:
    """Answer with those rows of a table that meet the conditions.

    columns: what may be sorted by beside the table's own, by name. total: how many there are, when that is
    known. tells: whether the list has headers. joined: another
    table that the conditions speak of, and how it is joined. story_id: the column that says which story a row
    belongs to; those of stories that are hidden from who asks are left out. counted: the same
    conditions, as they are best counted by. as_objects: `shape` looks at more than the columns; plain rows
    have the same names and are read four times as fast.

    Raises: Fault for a field or direction that there is not.
    """
    order, up = _order(call, table, columns or {})
    limit, offset = call.args.number("limit"), call.args.number("offset")
    key = table.id  # type: ignore[attr-defined]
    marker = _marker(call, table)
    headers: dict[str, str] = {}
    if tells:
        known = (
            _count(call, table, counted or Counted(conditions, conditions), joined, story_id)
            if total is None
            else total
        )
        headers = _headers(known, limit, offset, marker)
    if limit is not None and limit <= 0:
        return Reply([], headers=headers, is_one=False)
    query = select(table).where(*conditions, *seen(call, story_id))
    if joined is not None:
        query = query.join(*joined)
    if marker is not None:
        query = query.where(_beyond(call, order, key, marker, up=up))
    first = _directed(order, up=up)
    query = query.order_by(*((first,) if order is key else (first, key.asc())))
    if limit is not None:
        query = query.limit(limit)
    if offset is not None and offset > 0:
        query = query.offset(offset)
    rows: Any = call.session.exec(query) if as_objects else call.session.connection().execute(query)
    return Reply(list(shape(rows.all())), headers=headers, is_one=False)


def each(shape: Callable[[Row], Any]) -> Callable[[Sequence[Row]], Sequence[Any]]:
    """Return what shapes one row after another."""
    return lambda rows: [shape(row) for row in rows]


def contains(column: Any, words: str | None) -> Sequence[Any]:
    """Return the condition that a text stands in a column, whatever its case; none for no text."""
    if words is None:
        return ()
    return (sa.func.lower(column).contains(words.lower(), autoescape=True),)


def equals(column: Any, value: object | None) -> Sequence[Any]:
    """Return the condition that a column has a value; none for no value."""
    return () if value is None else (column == value,)


def _order(call: Call, table: type[Row], columns: Mapping[str, Any]) -> tuple[Any, bool]:
    name = call.args.text("sort_field") or "id"
    direction = call.args.text("sort_dir") or "asc"
    column = columns.get(name)
    if column is None:
        if name not in table.model_fields:
            raise Fault(400, f"Invalid sort_field [{name}]")
        column = getattr(table, name)
    if direction not in ("asc", "desc"):
        choices = "asc-nullsfirst, asc-nullslast, desc-nullsfirst, desc-nullslast"
        raise Fault(400, f"Unknown sort direction, must be one of: {choices}")
    return column, direction == "asc"


def _marker(call: Call, table: type[Row]) -> int | None:
    """Return the marker when there is such a row; any other is as none."""
    given = call.args.number("marker")
    if given is None or call.session.get(table, given) is None:
        return None
    return given


def _beyond(call: Call, order: Any, key: Any, marker: int, *, up: bool) -> Any:
    if order is key:
        return key > marker if up else key < marker
    value = call.session.exec(select(order).where(key == marker)).first()
    if value is None:
        return order.is_not(None) | (key > marker) if up else order.is_(None) & (key > marker)
    further = order > value if up else (order < value) | order.is_(None)
    return further | ((order == value) & (key > marker))


def _directed(order: Any, *, up: bool) -> Any:
    """Return the direction; where nulls go is said only where there may be some: for the index's sake."""
    if getattr(order, "nullable", True):
        return order.asc().nullsfirst() if up else order.desc().nullslast()
    return order.asc() if up else order.desc()


def _count(
    call: Call,
    table: type[Row],
    conditions: Counted,
    joined: tuple[Any, Any] | None,
    story_id: Any,
) -> int:
    """Count all that meet the conditions, less the few that are hidden: faster than to look at each."""
    hidden = None if story_id is None else hidden_stories(call)
    total = _counted(call, table, conditions.all, joined)
    if hidden is None:
        return total
    return total - _counted(call, table, [*conditions.hidden, story_id.in_(hidden)], joined)


def _counted(
    call: Call, table: type[Row], conditions: Sequence[Any], joined: tuple[Any, Any] | None
) -> int:
    query = select(sa.func.count()).select_from(table).where(*conditions)
    if joined is not None:
        query = query.join(*joined)
    return int(call.session.exec(query).one())


def _headers(
    total: int, limit: int | None, offset: int | None, marker: int | None
) -> dict[str, str]:
    headers = {"X-Total": str(total)}
    if limit is not None and limit > 0:
        headers["X-Limit"] = str(limit)
    if marker is not None:
        headers["X-Marker"] = str(marker)
    if offset is not None:
        headers["X-Offset"] = str(offset)
    return headers
