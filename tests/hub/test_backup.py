"""Backup and restore: one moment of a busy hub, whole or not at all, on either database."""

import gzip
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from archive.redaction import redact_line
from hub import bootstrap
from hub.accounts.erasure import erase_person
from hub.accounts.handles import bind_handle
from hub.accounts.letters import ask_reset
from hub.accounts.people import create_person, require_person
from hub.accounts.sessions import open_session
from hub.accounts.teams import add_member, create_team, give
from hub.accounts.tickets import make_reset
from hub.accounts.tokens import create_token
from hub.app import App
from hub.backup import back_up, restore
from hub.errors import Conflict, Invalid, Unavailable
from tests.databases import OPERATOR, PUBLIC, START, Yard, config_for
from tests.meetbot.held import hold, plan
from tests.pad.scribbles import scribble
from tests.servers.deadline import wait_until
from tests.tracker.filled import fill_tracker

ROOT = Path(__file__).parents[2]
ODD = [
    "조선글",
    "\U0001f600 \u202e \ufffe",
    "\x02\x0304,01bold\x03\x1f",
    "\x85\u2028\u2029",
    "\"\\'%s",
    "",
]


def everything(app: App) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, without the lineage, which is another one after each restore."""
    return app.db.read(
        lambda s: {
            table.name: sorted(
                (tuple(row) for row in s.execute(sa.select(table)) if row[0] != "hub.lineage"),
                key=repr,
            )
            for table in SQLModel.metadata.sorted_tables
        }
    )


def body(file: Path) -> list[object]:
    """Return what a backup holds, without the lineage and what counts and digests it."""
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    return [line for line in lines[:-1] if "hub.lineage" not in line]


def live_a_little(yard: Yard) -> None:
    """Fill every table."""
    yard.joins()
    for i, text in enumerate([*ODD, "x" * 100_000]):
        yard.says("ann", text, msgid=f"m{i}", account="ann" if i % 2 else None)
    ref = yard.says("bob", "secret")
    yard.says("bob", f"{PUBLIC}/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:31")
    yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=START))
    yard.app.db.write(hold)
    yard.app.db.write(plan)
    yard.app.db.write(scribble)
    yard.sql(
        "INSERT INTO meeting_account (meeting_id, folded, account, network, is_chair, begins)"
        " VALUES (1, 'ann', 'ann', 'oftc', TRUE, FALSE)"
    )
    yard.says("zed", "bye")
    yard.app.db.write(lambda s: settle_people(s, yard.now + timedelta(seconds=1)))
    yard.settles()
    assert [name for name, rows in everything(yard.app).items() if not rows] == [], "empty tables"


def settle_people(session: Session, now: datetime) -> None:
    """Let people have something of everything that an account can have, and one be erased."""
    for slug in ("ann", "zed"):
        create_person(session, OPERATOR, slug, now=now)
    bind_handle(session, OPERATOR, "ann", "irc", "net", "Ann", now=now)
    open_session(session, require_person(session, "ann"), now=now)
    create_token(session, OPERATOR, "ann", "bot", ["read"], None, now)
    make_reset(session, OPERATOR, "ann", now=now)
    ask_reset(session, "ann", language="ko", now=now)
    create_team(session, OPERATOR, "infra", now=now)
    add_member(session, OPERATOR, "infra", "ann", now=now)
    give(session, OPERATOR, "edit", "series:swift", "team:infra", now=now)
    fill_tracker(session, "ann", now)
    erase_person(session, OPERATOR, "zed", now, [("net", "zed")])


@pytest.fixture
def other(request: pytest.FixtureRequest, app: App) -> App:
    """An empty hub on the other kind of database."""
    name = "postgres_app" if app.db.is_sqlite else "sqlite_app"
    found: App = request.getfixturevalue(name)
    return found


def test_a_hub_moves_to_the_other_database_and_back(yard: Yard, other: App, tmp_path: Path) -> None:
    live_a_little(yard)
    before = everything(yard.app)
    copied = back_up(yard.app, tmp_path / "a.backup", START)
    assert copied.rows == {name: len(rows) for name, rows in before.items()}
    assert restore(other, tmp_path / "a.backup") == copied
    assert everything(other) == before
    assert Yard(other).problems == []
    back_up(other, tmp_path / "b.backup", START)
    assert body(tmp_path / "a.backup") == body(tmp_path / "b.backup")
    restore(yard.app, tmp_path / "b.backup", replace=True)
    assert everything(yard.app) == before


def test_a_restored_hub_goes_on(yard: Yard, other: App, tmp_path: Path) -> None:
    live_a_little(yard)
    back_up(yard.app, tmp_path / "a.backup", START)
    restore(other, tmp_path / "a.backup")
    after = Yard(other, now=yard.now)
    after.joins(channel="#new")
    ref = after.says("ann", "on we go")
    other.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="asked", at=START))
    after.settles()
    assert after.problems == []


def test_a_backup_can_be_read_by_its_owner_only(yard: Yard, tmp_path: Path) -> None:
    back_up(yard.app, tmp_path / "a.backup", START)
    assert (tmp_path / "a.backup").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_file_that_is_there_is_not_overwritten(yard: Yard, tmp_path: Path) -> None:
    (tmp_path / "a.backup").write_text("precious")
    with pytest.raises(Conflict, match=r"a\.backup exists already"):
        back_up(yard.app, tmp_path / "a.backup", START)
    assert (tmp_path / "a.backup").read_text() == "precious"


def test_a_file_that_cannot_be_written_is_told_of(yard: Yard, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="can't be written: No such file or directory"):
        back_up(yard.app, tmp_path / "none" / "a.backup", START)


def test_a_hub_with_lines_is_replaced_only_when_that_is_said(yard: Yard, tmp_path: Path) -> None:
    yard.says("ann", "one")
    back_up(yard.app, tmp_path / "a.backup", START)
    yard.says("ann", "two")
    with pytest.raises(Conflict, match="--replace"):
        restore(yard.app, tmp_path / "a.backup")
    assert yard.texts() == ["one", "two"]
    restore(yard.app, tmp_path / "a.backup", replace=True)
    assert yard.texts() == ["one"]


def rewritten(change: Callable[[list[str]], list[str]]) -> Callable[[bytes], bytes]:
    """Return what changes the lines of a backup."""
    return lambda data: gzip.compress(
        "\n".join(change(gzip.decompress(data).decode().splitlines())).encode() + b"\n"
    )


def _later_schema(lines: list[str]) -> list[str]:
    head = json.loads(lines[0]) | {"schema": "9999", "madang": "9.9"}
    return [json.dumps(head), *lines[1:]]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[: len(data) // 2],
    "cut at the end": lambda data: data[:-1],
    "a bit turned": lambda data: data[:200] + bytes([data[200] ^ 16]) + data[201:],
    "empty": lambda data: b"",
    "not gzip": lambda data: b"hello",
    "gzip of something": lambda data: gzip.compress(b"hello\n"),
    "gzip of JSON": lambda data: gzip.compress(b"[1]\n"),
    "no end": rewritten(lambda lines: lines[:-1]),
    "no rows": rewritten(lambda lines: [lines[0], lines[-1]]),
    "a row less": rewritten(lambda lines: [x for x in lines if "one" not in x]),
    "a row twice": rewritten(lambda lines: [*lines[:-1], lines[-2], lines[-1]]),
    "a text changed": rewritten(lambda lines: [x.replace("one", "two") for x in lines]),
    "something after the end": rewritten(lambda lines: [*lines, "[1]"]),
    "a number for a row": rewritten(lambda lines: [*lines[:-1], "5", lines[-1]]),
    "an unknown table": rewritten(lambda lines: [x.replace('"line"', '"lime"') for x in lines]),
    "a column less": rewritten(lambda lines: [x.replace(',"msgid"', "") for x in lines]),
    "a later schema": rewritten(_later_schema),
    "only a head": rewritten(lambda lines: lines[:1]),
    "an empty head": rewritten(lambda lines: ["{}", *lines[1:]]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_or_edited_file_is_refused_and_changes_nothing(
    sqlite_app: App, tmp_path: Path, damage: str
) -> None:
    yard = Yard(sqlite_app)
    yard.says("ann", "one")
    file = tmp_path / "a.backup"
    back_up(yard.app, file, START)
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    before = everything(yard.app)
    with pytest.raises(Invalid, match=r"a\.backup .+\. (Use|Give|Restore) .+\."):
        restore(yard.app, file, replace=True)
    assert everything(yard.app) == before


def test_a_file_that_is_not_there_is_told_of(sqlite_app: App, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no such file"):
        restore(sqlite_app, tmp_path / "none.backup")


TALKS = """
import sys, itertools
from datetime import timedelta
from pathlib import Path
from archive.redaction import redact_line
from hub import bootstrap
from tests.databases import OPERATOR, PUBLIC, START, Yard, config_for
from tests.meetbot.held import hold
yard = Yard(bootstrap.build(config_for(sys.argv[1], Path(sys.argv[2]))))
link = f"{PUBLIC}/irclogs/%23yard/%23yard.2021-05-12.log.html#t2021-05-12T21:00:31"
for i in itertools.count():
    ref = yard.says("ann", f"{i} {link}")
    if i % 3 == 0:
        yard.app.db.write(lambda s: redact_line(s, OPERATOR, ref, reason="x", at=START))
    yard.settles()
"""


@contextmanager
def talking(app: App) -> Iterator[None]:
    """Let another process talk, redact and consume without a pause."""
    arguments = [app.config.database_url, app.config.hub.data_dir]
    process = subprocess.Popen([sys.executable, "-c", TALKS, *arguments], cwd=ROOT)
    try:
        before = Yard(app).rows("SELECT count(*) FROM line")
        wait_until(lambda: Yard(app).rows("SELECT count(*) FROM line") > before, "talk", 60)
        yield
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_copy_of_a_busy_hub_is_consistent(app: App, other: App, tmp_path: Path) -> None:
    with talking(app):
        for i in range(3):
            back_up(app, tmp_path / f"{i}.backup", START)
    for i in range(3):
        restore(other, tmp_path / f"{i}.backup", replace=True)
        assert Yard(other).problems == []


def test_a_busy_hub_is_restored(yard: Yard, tmp_path: Path) -> None:
    live_a_little(yard)
    back_up(yard.app, tmp_path / "a.backup", START)
    with talking(yard.app):
        for _ in range(2):
            restore(yard.app, tmp_path / "a.backup", replace=True)
    yard.settles()
    assert yard.problems == []


def test_a_bot_goes_on_after_the_hub_was_restored_under_it(yard: Yard, tmp_path: Path) -> None:
    back_up(yard.app, tmp_path / "empty.backup", START)
    yard.joins()
    for i in range(5):
        yard.says("ann", f"lost {i}")
    restore(yard.app, tmp_path / "empty.backup", replace=True)
    yard.says("ann", "kept")
    assert yard.texts() == ["kept"]
    assert yard.rows("SELECT slot FROM source") == [(0,)]
    assert yard.rows("SELECT state FROM watch") == [("joined",)]
    yard.joins(bot="b")
    assert yard.hears(yard.line("ann", "kept"), bot="b") != []  # said before b came in, or new
    yard.hears(yard.line("bob", "both"), bot="b")
    assert yard.hears(yard.line("bob", "both"), bot="a") == []
    assert yard.problems == []


def test_readers_see_the_hub_before_or_after_but_not_between(yard: Yard, tmp_path: Path) -> None:
    for i in range(50):
        yard.says("ann", str(i))
    back_up(yard.app, tmp_path / "a.backup", START)
    seen, done = set(), threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(yard.rows("SELECT count(*) FROM line")[0][0])

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(3):
        restore(yard.app, tmp_path / "a.backup", replace=True)
    done.set()
    reader.join()
    assert seen <= {50}


def test_bootstrap_opens_a_restored_folder(sqlite_app: App, tmp_path: Path) -> None:
    Yard(sqlite_app).says("ann", "one")
    back_up(sqlite_app, tmp_path / "a.backup", START)
    url = f"sqlite:///{tmp_path}/fresh/madang.db"
    fresh = bootstrap.build(config_for(url, tmp_path / "fresh"))
    restore(fresh, tmp_path / "a.backup")
    assert Yard(fresh).texts() == ["one"]
    fresh.db.close()
