"""The two doors of the database, on both kinds."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from hub.app import App
from hub.db import Database
from hub.errors import HubError, Invalid, Unavailable
from hub.tables import SettingRow
from tests.databases import Yard
from tests.servers.postgres import Postgres

ROOT = Path(__file__).parents[2]


class Stop(Exception):
    """What a test raises in the middle of a transaction."""


@pytest.fixture(autouse=True)
def no_settings(app: App) -> None:
    """Leave out what a hub keeps for itself."""
    app.db.write(lambda s: s.execute(sa.delete(SettingRow)))


def put(session: Session, name: str, value: str = "x") -> None:
    """Write one row."""
    session.add(SettingRow(name=name, value=value))


def test_what_is_written_is_read(app: App) -> None:
    app.db.write(lambda s: put(s, "a"))
    names = app.db.read(lambda s: s.connection().execute(sa.text("SELECT name FROM setting")).all())
    assert [tuple(row) for row in names] == [("a",)]


def test_the_door_for_reading_cannot_write(app: App) -> None:
    insert = sa.text("INSERT INTO setting (name, value) VALUES ('a', 'b')")
    with pytest.raises((HubError, DBAPIError), match=r"read-?only"):
        app.db.read(lambda s: s.connection().execute(insert) and None)
    with pytest.raises((HubError, DBAPIError), match=r"read-?only"):
        app.db.read(lambda s: (put(s, "a"), s.flush()))
    assert app.db.read(lambda s: s.get(SettingRow, "a")) is None


def test_a_failing_write_leaves_nothing(app: App) -> None:
    def fail(session: Session) -> None:
        put(session, "a")
        session.flush()
        put(session, "b")
        raise Stop

    with pytest.raises(Stop):
        app.db.write(fail)
    assert app.db.read(lambda s: s.get(SettingRow, "a")) is None
    app.db.write(lambda s: put(s, "c"))
    assert app.db.read(lambda s: s.get(SettingRow, "c")) is not None


def test_a_read_is_one_snapshot(app: App) -> None:
    count = sa.text("SELECT count(*) FROM setting")

    def read(session: Session) -> tuple[int, int]:
        before = session.connection().execute(count).scalar_one()
        app.db.write(lambda s: put(s, "late"))
        return before, session.connection().execute(count).scalar_one()

    assert app.db.read(read) == (0, 0)
    assert app.db.read(lambda s: s.connection().execute(count).scalar_one()) == 1


def test_two_writers_never_take_the_same_number(app: App) -> None:
    other = Database(app.config.database_url)
    app.db.write(lambda s: put(s, "number", "0"))

    def take(session: Session) -> None:
        if not app.db.is_sqlite:
            session.connection().execute(sa.text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        row = session.get(SettingRow, "number")
        assert row is not None
        row.value = str(int(row.value) + 1)
        session.add(row)

    def work(db: Database) -> None:
        for _ in range(20):
            db.write(take)

    threads = [threading.Thread(target=work, args=(db,)) for db in (app.db, other, app.db, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    row = app.db.read(lambda s: s.connection().execute(sa.text("SELECT value FROM setting")).one())
    assert row[0] == "80"


def test_a_write_that_could_not_be_serialized_is_tried_again(postgres_app: App) -> None:
    app = postgres_app
    other = Database(app.config.database_url)
    app.db.write(lambda s: put(s, "a", "0"))
    tries = []

    def add(session: Session) -> None:
        session.connection().execute(sa.text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        row = session.get(SettingRow, "a")
        assert row is not None
        tries.append(row.value)
        if len(tries) == 1:
            other.write(lambda s: s.execute(sa.text("UPDATE setting SET value = '7'")) and None)
        row.value = str(int(row.value) + 1)

    app.db.write(add)
    other.close()
    row = app.db.read(lambda s: s.get(SettingRow, "a").value)  # type: ignore[union-attr]
    assert (tries, row) == (["0", "7"], "8")


def test_a_deadlock_is_tried_again(postgres_app: App) -> None:
    app = postgres_app
    other = Database(app.config.database_url)
    app.db.write(lambda s: put(s, "a", "0"))
    app.db.write(lambda s: put(s, "b", "0"))
    met = threading.Barrier(2)

    def crosswise(first: str, second: str) -> None:
        tries = []

        def add(session: Session) -> None:
            more = sa.text("UPDATE setting SET value = (value::int + 1)::text WHERE name = :name")
            session.execute(more, {"name": first})
            tries.append(first)
            if len(tries) == 1:
                met.wait(10)
            session.execute(more, {"name": second})

        (app.db if first == "a" else other).write(add)

    threads = [threading.Thread(target=crosswise, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    query = sa.text("SELECT value FROM setting WHERE name IN ('a', 'b')")
    rows = app.db.read(lambda s: s.connection().execute(query).all())
    assert [row[0] for row in rows] == ["2", "2"]


WRITES_FOR_EVER = """
import sys
from hub.db import Database
from hub.tables import SettingRow
db = Database(sys.argv[1])
for i in range(10**9):
    def pair(session):
        session.add(SettingRow(name=f"{i}-a", value="x"))
        session.flush()
        session.add(SettingRow(name=f"{i}-b", value="x" * 5000))
    db.write(pair)
    print(i, flush=True)
"""


def test_a_killed_writer_leaves_whole_transactions_only(yard: Yard, database_url: str) -> None:
    for _ in range(3):
        before = yard.rows("SELECT count(*) FROM setting")[0][0] // 2
        yard.sql("DELETE FROM setting")
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_FOR_EVER, database_url],
            stdout=subprocess.PIPE,
            cwd=ROOT,
        )
        assert writer.stdout is not None
        acknowledged = -1
        for _ in range(30 + before % 7):
            acknowledged = int(writer.stdout.readline())
        writer.kill()
        acknowledged = max([acknowledged, *map(int, writer.stdout.read().split())])
        writer.wait()
        writer.stdout.close()
        names = {name for (name,) in yard.rows("SELECT name FROM setting")}
        assert {f"{i}-{half}" for i in range(acknowledged + 1) for half in "ab"} <= names
        halves = [{name[:-1] for name in names if name.endswith(half)} for half in "ab"]
        assert halves[0] == halves[1]
        assert yard.problems == []


def test_sqlite_is_durable_checked_and_forgets_what_is_overwritten(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/a.db")

    def told(session: Session) -> list[object]:
        run = session.connection().exec_driver_sql
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "query_only")
        return [run(f"PRAGMA {name}").scalar_one() for name in names]

    assert db.write(told) == ["wal", 2, 1, 1, 0]
    assert (db.read(told)[0], db.read(told)[-1]) == ("wal", 1)
    db.close()


def test_every_connection_to_sqlite_is_set_up_so(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/a.db")

    def deeper(session: Session, depth: int) -> set[int]:
        mine = session.connection().exec_driver_sql("PRAGMA query_only").scalar_one()
        return {mine} | (db.read(lambda s: deeper(s, depth - 1)) if depth else set())

    assert db.read(lambda s: deeper(s, 12)) == {1}
    db.close()


def test_a_database_that_cannot_be_reached_is_unavailable() -> None:
    db = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match=r"The database can't be used: .+Check \[database\] url"):
        db.read(lambda s: s.connection() and None)
    with pytest.raises(Unavailable):
        db.write(lambda s: s.connection() and None)
    db.close()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"this is a letter to my aunt, and no database" * 100)
    db = Database(f"sqlite:///{tmp_path}/a.db")
    with pytest.raises(Unavailable, match="file is not a database"):
        db.read(lambda s: s.connection() and None)
    db.close()


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="folder"):
        Database(f"sqlite:///{tmp_path}/file/deep/a.db")


def test_a_busy_file_is_waited_for(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/a.db")
    db.write(lambda s: s.connection().exec_driver_sql("CREATE TABLE t (n)") and None)
    rival = sqlite3.connect(tmp_path / "a.db", isolation_level=None, check_same_thread=False)
    rival.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: rival.execute("COMMIT")).start()
    db.write(lambda s: s.connection().exec_driver_sql("INSERT INTO t VALUES (1)") and None)
    assert rival.execute("SELECT count(*) FROM t").fetchone() == (1,)
    rival.close()
    db.close()


def test_half_characters_are_invalid(app: App) -> None:
    refuses(app, "half \ud800 character")
    refuses(app, "\udcff")


def test_nul_is_invalid_on_postgresql(postgres_app: App) -> None:
    refuses(postgres_app, "a\0b")


def refuses(app: App, text: str) -> None:
    """Both doors say so in one sentence, whether it is a value or what is looked for."""
    with pytest.raises(Invalid, match="can't take this text"):
        app.db.write(lambda s: put(s, "name", text))
    with pytest.raises(Invalid, match="can't take this text"):
        app.db.read(lambda s: s.get(SettingRow, text))


def test_writing_goes_on_after_postgresql_came_back(tmp_path: Path) -> None:
    with Postgres() as server:
        db = Database(server.create_database())
        db.write(lambda s: s.execute(sa.text("CREATE TABLE t (n int)")) and None)
        server.kill()
        with pytest.raises(Unavailable):
            db.write(lambda s: s.execute(sa.text("INSERT INTO t VALUES (1)")) and None)
        server.start()
        db.write(lambda s: s.execute(sa.text("INSERT INTO t VALUES (2)")) and None)
        assert db.read(lambda s: s.execute(sa.text("SELECT n FROM t")).scalars().all()) == [2]
        db.close()


def cut_all(app: App) -> None:
    """End every other connection to a hub's database, as a server that is restarted does."""
    other = Database(app.config.database_url)
    ended = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other.read(lambda s: s.connection().execute(ended).all())
    other.close()


def test_what_lost_its_connection_is_tried_again(postgres_app: App) -> None:
    app = postgres_app
    app.db.write(lambda s: put(s, "lost 1"))
    cut_all(app)
    app.db.write(lambda s: put(s, "lost 2"))
    cut_all(app)
    names = app.db.read(lambda s: s.exec(sa.select(SettingRow.name)).scalars().all())  # type: ignore[call-overload]
    assert {"lost 1", "lost 2"} <= set(names)
    runs: list[int] = []

    def cut_within(session: Session) -> None:
        runs.append(len(runs))
        put(session, "lost 3")
        session.flush()
        if len(runs) == 1:
            cut_all(app)
            session.connection().execute(sa.text("SELECT 1"))

    app.db.write(cut_within)
    assert runs == [0, 1]
    kept = sa.select(sa.func.count()).where(SettingRow.name == "lost 3")  # type: ignore[arg-type]
    assert app.db.read(lambda s: s.connection().execute(kept).scalar_one()) == 1


def test_a_lost_commit_is_not_tried_again(postgres_app: App) -> None:
    app, runs = postgres_app, []

    def cut_before_commit(session: Session) -> None:
        runs.append(1)
        put(session, "unsure")
        session.flush()
        sa.event.listen(session, "before_commit", lambda _: cut_all(app))

    with pytest.raises(Unavailable):
        app.db.write(cut_before_commit)
    assert runs == [1]
    app.db.write(lambda s: put(s, "sure"))
