"""SQLite's checkpoints, made beside the writers instead of by them.

What is committed stands in SQLite's log and is copied into its file now and then. Left to SQLite, every tenth
change of a story waited until that was done, three times as long as the others.
"""

import logging
import sqlite3
import threading
from pathlib import Path

_EVERY = 8
"""Commits from one checkpoint to the next."""

BOUND_PAGES = 10_000
"""Pages in the log from which SQLite makes the writer wait after all, so that it can't grow without end."""

_log = logging.getLogger(__name__)


class Checkpoints:
    """Copies what is committed into a database's file; its thread begins when there is something to copy.

    Several processes may do so at once: SQLite lets one do it, and none waits.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._commits = 0
        self._due = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Note a commit; for one thread at a time."""
        self._commits += 1
        if self._commits < _EVERY:
            return
        self._commits = 0
        self._due.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread; what was not copied yet SQLite copies when the last connection goes."""
        self._is_closed = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while self._due.wait() and not self._is_closed:
            self._due.clear()
            try:
                self._copy()
            except (
                sqlite3.Error
            ) as error:  # nothing is lost: it stands in the log, the next one tries again
                _log.warning("no checkpoint of the database now: %s", error)

    def _copy(self) -> None:
        connection = sqlite3.connect(self._file, timeout=0)
        try:
            # As the writer does: what a power cut must not take is on the disk before the log forgets it.
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            connection.close()
