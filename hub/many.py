"""Ways to ask for many rows at once, alike on SQLite and PostgreSQL."""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Session, SQLModel, select

Row = TypeVar("Row", bound=SQLModel)


class Many(sa.types.TypeDecorator[Sequence[Any]]):
    """Many values as one parameter: an array, and JSON where there are no arrays."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, item: Any) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Return the type that the database has for it."""
        kind = sa.ARRAY(self.item) if dialect.name == "postgresql" else sa.Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Return the values as the driver takes them."""
        return list(value) if dialect.name == "postgresql" else json.dumps(list(value))


class among(sa.sql.functions.FunctionElement[Any]):  # noqa: N801 - reads as the condition that it is
    """The condition that a column has one of many values.

    They are one parameter, so the statement is the same for any number of them: neither SQLAlchemy nor
    PostgreSQL has to make it up anew, as they do for each length of an IN. `values`: the values, or a
    `bindparam` for them, see `many`.
    """

    inherit_cache = True
    type = sa.types.NULLTYPE  # of a boolean SQLite is asked whether it is 1, and no index helps

    def __init__(self, column: Any, values: Any) -> None:
        if not isinstance(values, sa.BindParameter):
            values = sa.bindparam("among", list(values), type_=Many(column.type), unique=True)
        super().__init__(column, values)


def many(name: str, item: Any = sa.Integer) -> Any:
    """Return the parameter of that name for many values of a type."""
    return sa.bindparam(name, type_=Many(item))


@compiles(among, "postgresql")
def _as_array(element: Any, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    return f"({compiler.process(column, **options)} = ANY ({compiler.process(values, **options)}))"


@compiles(among)
def _as_json(element: Any, compiler: Any, **options: Any) -> str:
    column, values = element.clauses
    told = compiler.process(
        sa.select(sa.column("value")).select_from(sa.func.json_each(values)), **options
    )
    return f"({compiler.process(column, **options)} IN ({told}))"


def rows_by_id(session: Session, table: type[Row], ids: Iterable[int | None]) -> Sequence[Row]:
    """Return the rows of these numbers, in no order; those that the session holds cost no query."""
    wanted = {id_ for id_ in ids if id_ is not None}
    key_of, known = sa.inspect(table).identity_key_from_primary_key, session.identity_map
    held = {id_: row for id_ in wanted if (row := known.get(key_of((id_,)))) is not None}
    rest = wanted - set(held)
    found = session.exec(_by_id(table), params={"ids": rest}) if rest else ()
    return [*held.values(), *found]


@cache
def _by_id(table: type[Row]) -> Any:
    return select(table).where(among(table.id, many("ids")))  # type: ignore[attr-defined]
