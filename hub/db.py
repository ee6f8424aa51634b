"""The database behind two doors: `read(fn)` and `write(fn)`. There is no third.

SQLite (WAL, foreign keys, synchronous=FULL) or PostgreSQL, by the url alone.

- Reading: one snapshot for the whole of `fn`, on connections that can't write.
- Writing: one writer at a time on SQLite, by BEGIN IMMEDIATE; all of `fn` is committed, or nothing is.
- A write that PostgreSQL could not serialize or that found SQLite busy is tried again, and so is what lost
  its connection before it committed: `fn` may run more than once and must have no effect outside its session.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    DisconnectionError,
    OperationalError,
)
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from hub.checkpoints import BOUND_PAGES, Checkpoints
from hub.errors import Invalid, Unavailable
from hub.language import gettext

T = TypeVar("T")
Row = TypeVar("Row")

_BUSY_MS = 30_000
_TRIES = 8


class Database:
    """The two doors. Safe to use from any thread.

    Raises: Unavailable from both doors when the database can't be reached; Invalid for text that it can't
    take (a NUL, half a character).
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        make = self._sqlite_engine if self.is_sqlite else self._postgres_engine
        self._reader = make(writing=False)
        self._writer = make(writing=True)
        # Threads of one process queue here, in order, rather than in SQLite's polling busy handler.
        self._turn = threading.Lock() if self.is_sqlite else None
        is_file = self.is_sqlite and bool(self.url.database)
        self._checkpoints = Checkpoints(Path(self.url.database or "")) if is_file else None

    def read(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` on a snapshot and return its value."""
        with _errors_explained():
            try:
                return self._read_once(fn)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return self._read_once(fn)

    def _read_once(self, fn: Callable[[Session], T]) -> T:
        with Session(self._reader) as session:
            value = fn(session)
            session.rollback()
            return value

    def write(self, fn: Callable[[Session], T]) -> T:
        """Run `fn` in one transaction, commit it durably, and return its value."""
        with _errors_explained():
            for tried in range(1, _TRIES + 1):
                try:
                    return self._write_once(fn)
                except DBAPIError as error:
                    if tried == _TRIES or not _may_pass(error):
                        raise
                    time.sleep(random.uniform(0.01, 0.05) * 2**tried)  # noqa: S311
        raise AssertionError("unreachable")

    def _write_once(self, fn: Callable[[Session], T]) -> T:
        with self._in_turn(), Session(self._writer) as session:
            value = fn(session)
            if not self.is_sqlite:
                session.flush()  # what is only noted so far has not written yet
                session.connection().execute(_TELL)
            _commit(session)
            if self._checkpoints is not None:
                self._checkpoints.committed()
            return value

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        with self._turn:
            yield

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """A connection inside one writing transaction, for migrations, backup and restore only."""
        with _errors_explained(), self._in_turn(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        if self._checkpoints is not None:
            self._checkpoints.close()
        self._reader.dispose()
        self._writer.dispose()

    def _sqlite_engine(self, *, writing: bool) -> Engine:
        _make_folder_of(Path(self.url.database or ""))
        engine = create_engine(
            self.url,
            hide_parameters=True,  # what people wrote does not belong into logs
            connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False},
            pool_size=1 if writing else 8,
            max_overflow=0 if writing else 24,
        )
        event.listen(engine, "connect", _sqlite_opened(writing=writing))
        event.listen(engine, "begin", _sqlite_begin(writing=writing))
        return engine

    def _postgres_engine(self, *, writing: bool) -> Engine:
        engine = create_engine(
            self.url,
            hide_parameters=True,
            pool_size=8,
            max_overflow=24,
            isolation_level="READ COMMITTED" if writing else "REPEATABLE READ",
            connect_args={
                "options": "-c timezone=UTC"
                + ("" if writing else " -c default_transaction_read_only=on"),
                "connect_timeout": 10,
            },
        )
        _keep_alive(engine)
        return engine


def hold(session: Session, row: Row) -> Row:
    """Return a row that its session keeps to the end: asked for by its key again, it costs no query.

    A session forgets rows that nobody refers to; a use case begins with one that a view has looked at.
    """
    session.info.setdefault("held", []).append(row)
    return row


def _make_folder_of(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The folder {file.parent} of the database can't be made: {error.strerror}."
            " Give another [database] url or data folder."
        ) from error


def _commit(session: Session) -> None:
    """Commit. Of a connection that breaks meanwhile nobody knows what it did: that is not tried again."""
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _unusable(error) from error
        raise


PULSE = "madang_pulse"
"""The PostgreSQL notification channel on which every commit is told."""

_TELL = text(
    "SELECT CASE WHEN pg_current_xact_id_if_assigned() IS NOT NULL"
    f" THEN pg_notify('{PULSE}', '') END"
)
"""Told only by transactions that wrote: else those who wake to look would wake each other for ever."""

MIGRATING = 0x6D61_6461_6E67  # advisory lock key: "madang" in ASCII
"""The PostgreSQL advisory lock that only one migrating process may hold."""


_IDLE_S = 1.0


def _keep_alive(engine: Engine) -> None:
    """Let a connection be asked whether it still stands, unless it was in use just before: asking takes time.

    One that broke within that second is tried again by the doors themselves.
    """

    def note_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    def check(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used", 0.0) < _IDLE_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", check)


def _sqlite_opened(*, writing: bool) -> Callable[[sqlite3.Connection, Any], None]:
    def opened(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see _sqlite_begin
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        _use_wal(cursor)
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-32000")
        if writing:
            # NORMAL loses commits on a power cut (measured); FULL with group commit does not.
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={BOUND_PAGES}")
            # What is redacted is also gone from the file's free pages.
            cursor.execute("PRAGMA secure_delete=ON")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    return opened


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Switch a new file to WAL; two processes that do it at once get SQLITE_BUSY without any waiting."""
    for tried in range(1, _TRIES + 1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if tried == _TRIES or "locked" not in str(error):
                raise
            time.sleep(0.01 * 2**tried)


def _sqlite_begin(*, writing: bool) -> Callable[[Connection], None]:
    statement = "BEGIN IMMEDIATE" if writing else "BEGIN"

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return begin


_SERIALIZATION = {"40001", "40P01"}  # serialization_failure, deadlock_detected


def _may_pass(error: DBAPIError) -> bool:
    """Whether the same write can succeed when it is tried again."""
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _SERIALIZATION:
        return True
    return isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)


@contextmanager
def _errors_explained() -> Iterator[None]:
    try:
        yield
    except (DataError, UnicodeEncodeError) as error:
        raise Invalid(
            "text",
            gettext(
                "The database can't take this text: %(reason)s. Leave odd characters out.",
                reason=_reason(error),
            ),
        ) from error
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and not _is_unreadable(error):
            raise
        raise _unusable(error) from error


def _unusable(error: DBAPIError) -> Unavailable:
    return Unavailable(
        f"The database can't be used: {_reason(error)}."
        " Check [database] url, the disk and its free space."
    )


def _is_unreadable(error: DatabaseError) -> bool:
    """Whether SQLite found a file that is none of its own, or a damaged one."""
    return type(error.orig) is sqlite3.DatabaseError


def _reason(error: Exception) -> str:
    """Return the first line of what the driver said, without the statement and its values."""
    told = str(error.orig if isinstance(error, DBAPIError) else error).strip()
    return told.splitlines()[0].rstrip(".") if told else "no reason was given"
