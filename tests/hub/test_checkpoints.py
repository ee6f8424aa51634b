"""What is committed reaches SQLite's file while nobody waits for it."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from hub.app import App
from hub.checkpoints import Checkpoints
from hub.tables import SettingRow
from tests.servers.deadline import wait_until


def write(app: App, numbers: range) -> None:
    """Commit once for each number."""
    for number in numbers:
        app.db.write(lambda s, n=number: s.add(SettingRow(name=f"copied {n}", value="x")))


def in_the_file(app: App, folder: Path) -> int:
    """Return how many are in the file itself, without the log."""
    alone = folder / "alone.db"
    shutil.copy(Path(app.db.url.database or ""), alone)
    with sqlite3.connect(f"file:{alone}?immutable=1", uri=True) as base:
        query = "SELECT count(*) FROM setting WHERE name LIKE 'copied%'"
        return int(base.execute(query).fetchone()[0])


def test_what_is_committed_comes_into_the_file(sqlite_app: App, tmp_path: Path) -> None:
    write(sqlite_app, range(40))
    wait_until(lambda: in_the_file(sqlite_app, tmp_path) >= 32, "the file to follow")
    reader = sqlite3.connect(Path(sqlite_app.db.url.database or ""))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM setting").fetchall()  # holds what it sees
    write(sqlite_app, range(40, 80))
    assert sqlite_app.db.read(lambda s: s.get(SettingRow, "copied 79")) is not None
    reader.close()
    write(sqlite_app, range(80, 120))
    wait_until(lambda: in_the_file(sqlite_app, tmp_path) >= 112, "the file to follow again")


def test_its_thread_ends_with_the_database(sqlite_app: App) -> None:
    before = threading.active_count()
    write(sqlite_app, range(20))
    sqlite_app.db.close()
    assert threading.active_count() <= before
    write(sqlite_app, range(20, 30))  # a door that is used again opens again
    assert sqlite_app.db.read(lambda s: s.get(SettingRow, "copied 29")) is not None


def test_a_file_that_can_t_be_opened_is_told_and_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    checkpoints = Checkpoints(tmp_path / "nowhere" / "madang.db")
    for _ in range(8):
        checkpoints.committed()
    wait_until(lambda: "no checkpoint" in caplog.text, "a word in the log")
    caplog.clear()
    for _ in range(8):
        checkpoints.committed()
    wait_until(lambda: "no checkpoint" in caplog.text, "another word in the log")
    checkpoints.close()
