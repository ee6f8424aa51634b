"""Migrations: they make exactly the tables of the program, once, whoever comes at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

from hub.app import App
from hub.db import Database
from hub.errors import Unavailable
from hub.schema import newest, upgrade, version
from tests.prepared import empty_postgres_url

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/madang.db"
    return empty_postgres_url(request.getfixturevalue("postgres"))


def test_migrations_make_exactly_the_tables_of_the_program(app: App) -> None:
    def differences(session: object) -> list[object]:
        connection = session.connection()  # type: ignore[attr-defined]
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))

    assert app.db.read(differences) == []


def test_an_empty_database_has_no_version_and_gets_the_newest(empty_url: str) -> None:
    db = Database(empty_url)
    assert version(db) is None
    upgrade(db)
    upgrade(db)
    assert version(db) == newest()
    db.close()


MIGRATES = """
import sys
from hub.db import Database
from hub.schema import upgrade
db = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
upgrade(db)
"""


def test_processes_that_migrate_at_the_same_time_do_it_once(empty_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATES, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [process.communicate(timeout=60) for process in processes]
    assert [(p.returncode, err) for p, (_, err) in zip(processes, ends, strict=True)] == [
        (0, "")
    ] * 2
    db = Database(empty_url)
    assert version(db) == newest()
    db.close()


def test_a_schema_of_a_newer_version_is_refused(app: App) -> None:
    newer = sa.text("UPDATE alembic_version SET version_num = '9999'")
    app.db.write(lambda s: s.connection().execute(newer) and None)
    with pytest.raises(
        Unavailable, match=r"unknown to this version of Madang.+'9999'.+newer one\."
    ):
        upgrade(app.db)
    assert version(app.db) == "9999"


def test_a_failing_migration_leaves_the_database_as_it_was(empty_url: str) -> None:
    db = Database(empty_url)
    in_the_way = sa.text("CREATE TABLE redaction (n int)")  # the last table that is made
    db.write(lambda s: s.connection().execute(in_the_way) and None)
    with pytest.raises(Exception, match="already exists"):
        upgrade(db)
    assert version(db) is None
    tables = db.read(lambda s: sa.inspect(s.connection()).get_table_names())
    assert tables == ["redaction"]
    db.close()
