"""What a column of the hub's tables may hold: for what comes from outside, and for what is there.

SQLite keeps any value in any column, so a file that somebody edited could bring a text where a time belongs,
and every page that reads it would break. The type says most; by the names that all tables share, `at` and
`..._at` are moments in microseconds since 1970. What else a column takes its `info` says: `one_of` its
values, or `within` its bounds.
"""

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from hub.clock import micros

CALENDAR = (
    micros(datetime.min.replace(tzinfo=UTC)),
    micros(datetime.max.replace(tzinfo=UTC)),
)
"""The moments that Python can tell, and so pages can show."""

_UNKEEPABLE = re.compile(r"[\x00\ud800-\udfff]")


def wrong(column: "sa.Column[Any]", value: object) -> str | None:
    """Say what is wrong with a value for a column; None when it may stand there."""
    if value is None:
        return None if column.nullable else "is missing"
    if isinstance(column.type, sa.Boolean):
        return None if isinstance(value, bool) else "should be true or false"
    if isinstance(column.type, sa.Integer):
        return _wrong_number(column, value)
    if isinstance(column.type, sa.Text):
        return _wrong_text(column, value)
    if isinstance(column.type, sa.LargeBinary):
        return None if isinstance(value, bytes) else "should be bytes"
    return None


def strays(table: sa.Table, *, is_sqlite: bool) -> Iterator[tuple[str, sa.ColumnElement[bool]]]:
    """Yield each column of a table with the condition under which a stored value has no place there."""
    for column in table.columns:
        found = []
        if is_sqlite:
            found.append(sa.func.typeof(column) != _stored_as(column))
        if (bounds := _bounds(column)) is not None:
            found.append(~column.between(*bounds))
        if (values := _values(column)) is not None:
            found.append(column.not_in(values))
        if found:
            yield column.name, column.is_not(None) & sa.or_(*found)


def _stored_as(column: "sa.Column[Any]") -> str:
    """Return what SQLite calls the kind of value that stands in a column."""
    if isinstance(column.type, sa.LargeBinary):
        return "blob"
    return "text" if isinstance(column.type, sa.Text) else "integer"


def _wrong_number(column: "sa.Column[Any]", value: object) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return "should be a whole number"
    least, most = _bounds(column) or _room(column)
    return None if least <= value <= most else f"should be from {least} to {most}"


def _wrong_text(column: "sa.Column[Any]", value: object) -> str | None:
    if not isinstance(value, str):
        return "should be text"
    if _UNKEEPABLE.search(value):
        return "holds characters that no text may hold"
    values = _values(column)
    if values is not None and value not in values:
        return f"should be one of {', '.join(values)}"
    return None


def _room(column: "sa.Column[Any]") -> tuple[int, int]:
    """Return the bounds of what the database itself can take."""
    big, small = isinstance(column.type, sa.BigInteger), isinstance(column.type, sa.SmallInteger)
    half = 1 << (63 if big else 15 if small else 31)
    return -half, half - 1


def _bounds(column: "sa.Column[Any]") -> tuple[int, int] | None:
    if column.name == "at" or column.name.endswith("_at"):
        return CALENDAR
    bounds: tuple[int, int] | None = column.info.get("within")
    return bounds


def _values(column: "sa.Column[Any]") -> Collection[str] | None:
    values: Collection[str] | None = column.info.get("one_of")
    return values
