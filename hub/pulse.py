"""The hub's pulse: tells whoever waits that something was committed, here or in another process.

In this process `beat` wakes at once. Other processes are noticed by looking: SQLite's data_version costs
microseconds, so it is read ten times a second; PostgreSQL tells by LISTEN/NOTIFY.
"""

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from hub.db import PULSE, Database

_LOOK_S = 0.1
_AGAIN_S = 1.0
_log = logging.getLogger(__name__)


class Pulse:
    """One for each process. `beat` may be called from any thread, `after` is awaited in the loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self.count = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look at the other processes for as long as this is entered."""
        self._loop = asyncio.get_running_loop()
        look = self._look_at_sqlite if self._db.is_sqlite else self._listen_to_postgres
        task = asyncio.create_task(look())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self._loop = None

    def beat(self) -> None:
        """Say that something was committed; the others hear it too."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def after(self, count: int, timeout_s: float) -> None:
        """Wait until there were more than `count` beats, but no longer than `timeout_s`.

        Take `count` before looking at the database: then no commit falls between look and wait.
        """
        if self.count > count:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), timeout_s)

    def _wake(self) -> None:
        self.count += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _look_at_sqlite(self) -> None:
        while True:
            try:
                await self._watch_data_version()
            except (DBAPIError, sqlite3.Error) as error:
                _log.warning("pulse: SQLite can't be looked at, trying again: %s", error)
                await asyncio.sleep(_AGAIN_S)

    async def _watch_data_version(self) -> None:
        # A connection of its own: data_version tells only of what *other* connections committed.
        engine = create_engine(
            self._db.url, poolclass=NullPool, connect_args={"check_same_thread": False}
        )
        with engine.connect() as connection:
            version = None
            while True:
                seen = connection.exec_driver_sql("PRAGMA data_version").scalar_one()
                connection.rollback()
                if seen != version:
                    self._wake()  # at first too: something may have happened while nobody looked
                version = seen
                await asyncio.sleep(_LOOK_S)

    async def _listen_to_postgres(self) -> None:
        import psycopg  # not before it is needed: a tenth of what starting with SQLite takes

        address = self._db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True
                ) as listening:
                    await listening.execute(f"LISTEN {PULSE}")
                    self._wake()  # something may have happened while nobody listened
                    async for _ in listening.notifies():
                        self._wake()
            except psycopg.OperationalError as error:
                _log.warning("pulse: PostgreSQL can't be heard, trying again: %s", error)
                await asyncio.sleep(_AGAIN_S)
