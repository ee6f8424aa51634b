"""`madang check`: verifies what must always be true of the data, and says what is not."""

from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.types import NullType
from sqlmodel import Session, SQLModel, col, func, select

from hub.app import App
from hub.links import all_links
from hub.rows import strays
from hub.schema import newest, version
from hub.tables import ConsumerRow, EventRow, LinkRow

Check = Callable[[App, Session], Iterator[str]]
"""Yields one sentence for each thing that is wrong."""


def check_schema(app: App, session: Session) -> Iterator[str]:
    """The schema is the newest."""
    del session
    if version(app.db) != newest():
        yield f"The schema is {version(app.db)} and should be {newest()}. Start Madang once."


def check_file(app: App, session: Session) -> Iterator[str]:
    """SQLite's own checks find nothing."""
    if not app.db.is_sqlite:
        return
    connection = session.connection()
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if found != "ok":
            yield f"SQLite's integrity check: {found}. Restore the last backup."
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"SQLite's foreign key check: row {row[1]} of {row[0]} points to no row of {row[2]}."


def check_rows(app: App, session: Session) -> Iterator[str]:
    """Every value is of its column's kind."""
    for table in SQLModel.metadata.sorted_tables:
        keys = list(table.primary_key.columns)
        for name, condition in strays(table, is_sqlite=app.db.is_sqlite):
            # Read as it is: what is wrong with a value may be that it can't be taken for one of its type.
            query = sa.select(*(sa.type_coerce(key, NullType()) for key in keys)).where(condition)
            for row in session.execute(query.limit(_NAMED)):
                place = ", ".join(f"{k.name} {v!r:.60}" for k, v in zip(keys, row, strict=True))
                yield f"{table.name}, {place}: {name} holds what has no place there."


def check_consumers(app: App, session: Session) -> Iterator[str]:
    """No consumer is stuck."""
    del app
    for row in session.exec(select(ConsumerRow)):
        if row.error:
            yield f"Consumer {row.name} is stopped by an error: {row.error}."


def check_links(app: App, session: Session) -> Iterator[str]:
    """The links are those that a rebuild from scratch would find, as far as the consumers have come."""
    stored = {(source, target) for source, target in session.exec(_LINKS)}
    fresh = set(all_links(session, app.modules))
    waiting = _waiting(session)
    for source, target in sorted(stored - fresh)[:20]:
        if source not in waiting:
            yield f"A link from {source} to {target} is stored, but nothing says so."
    if _caught_up(app, session):
        for source, target in sorted(fresh - stored)[:20]:
            yield f"The link from {source} to {target} is missing."


_LINKS = select(LinkRow.source, LinkRow.target)


def _waiting(session: Session) -> set[str]:
    """Return the refs of events that the links consumer has not come to yet."""
    row = session.get(ConsumerRow, "links")
    cursor = row.cursor if row else 0
    return set(session.exec(select(EventRow.ref).where(col(EventRow.id) > cursor)))


def _caught_up(app: App, session: Session) -> bool:
    """Whether no consumer has anything left to read."""
    cursors = {row.name: row.cursor for row in session.exec(select(ConsumerRow))}
    newest_event = session.exec(select(func.max(EventRow.id))).one() or 0
    if cursors.get("links", 0) < newest_event:
        return False
    for module in app.modules:
        if module.documents is not None and module.documents.since is not None:
            cursor = cursors.get(f"links:{module.name}", 0)
            if module.documents.since(session, cursor, 1)[1] != cursor:
                return False
    return True


KERNEL_CHECKS: Sequence[Check] = (
    check_schema,
    check_file,
    check_rows,
    check_consumers,
    check_links,
)
_NAMED = 20
_STOPPED = (AttributeError, LookupError, TypeError, ValueError, OverflowError, StatementError)
"""What a check that computes with bad values runs into."""


def problems(app: App, checks: Sequence[Check]) -> Sequence[str]:
    """Run all checks on one snapshot and return every problem."""
    return app.db.read(lambda session: [p for check in checks for p in _found(app, session, check)])


def _found(app: App, session: Session, check: Check) -> Iterator[str]:
    """Run one check; what it can't get over is a problem too, and the others go on."""
    try:
        yield from check(app, session)
    except DBAPIError:
        raise
    except _STOPPED as error:
        rule = (check.__doc__ or check.__name__).strip().rstrip(".")
        yield f"It could not be verified that “{rule}”: {type(error).__name__}: {error}."
