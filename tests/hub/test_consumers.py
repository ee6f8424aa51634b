"""Consumers: exactly once in the database, each for itself, quiet when nothing happens."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from hub import bootstrap
from hub.app import App
from hub.consumers import Consumer, Worker, advance, catch_up, cursor_of
from hub.db import Database
from hub.events import emit, events_since
from hub.people import Actor
from hub.tables import ConsumerRow, SettingRow
from tests.databases import Yard

ANN = Actor("ann")
NOW = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)
pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]


def happen(app: App, count: int = 1) -> None:
    """Let things happen, each in a transaction of its own."""
    for _ in range(count):
        app.db.write(lambda s: emit(s, ANN, "thing.done", "thing:1", at=NOW))


@dataclass
class Copier:
    """A consumer that keeps a row for each event, in the database whose cursor it moves."""

    name: str = "copier"
    before: Callable[[int], None] = lambda _: None
    after: Callable[[int], None] = lambda _: None
    steps: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def consumer(self) -> Consumer:
        """The consumer, of one event a step."""
        return Consumer(self.name, "exactly once", self.step)

    def step(self, session: Session, cursor: int) -> int:
        with self.lock:
            self.steps += 1
        for event in events_since(session, cursor, 1):
            self.before(event.id)
            # No key that would hide a second copy.
            session.add(
                SettingRow(name=f"{self.name}:{event.id}:{self.steps}", value=str(event.id))
            )
            session.flush()
            self.after(event.id)
            cursor = event.id
        return cursor


def copied(app: App, name: str = "copier") -> list[int]:
    """Return the events of which there is a copy, one by one."""
    rows = app.db.read(
        lambda s: s.execute(
            sa.select(SettingRow.value).where(SettingRow.name.like(f"{name}:%"))  # type: ignore[attr-defined]
        ).all()
    )
    return sorted(int(value) for (value,) in rows)


def state(app: App, name: str) -> ConsumerRow:
    """Return a consumer's row."""

    def read(session: Session) -> ConsumerRow:
        row = session.get(ConsumerRow, name)
        assert row is not None
        session.expunge(row)
        return row

    return app.db.read(read)


@asynccontextmanager
async def working(app: App, consumers: Sequence[Consumer]):  # type: ignore[no-untyped-def]
    """Run a worker for as long as this is entered."""
    async with app.pulse.running():
        task = asyncio.create_task(Worker(app, consumers).run())
        try:
            yield
        finally:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


async def until(condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(timeout_s):
        while not await asyncio.to_thread(condition):
            await asyncio.sleep(0.01)


def test_a_consumer_catches_up_with_all_that_waits(app: App) -> None:
    happen(app, 7)
    copier = Copier()
    catch_up(app, [copier.consumer])
    assert copied(app) == [1, 2, 3, 4, 5, 6, 7]
    assert app.db.read(lambda s: cursor_of(s, "copier")) == 7
    catch_up(app, [copier.consumer])
    assert copied(app) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_exception_at_any_point_does_the_work_once(app: App, moment: str) -> None:
    happen(app, 5)
    failures = iter([True, False, True, True] + [False] * 20)

    def fail(_: int) -> None:
        if next(failures):
            raise OSError("pulled the plug")

    copier = Copier(**{moment: fail})  # type: ignore[arg-type]
    while len(copied(app)) < 5:
        try:
            catch_up(app, [copier.consumer])
        except OSError:
            continue
    assert copied(app) == [1, 2, 3, 4, 5]


KILLED = """
import os, sys
from hub import bootstrap
from hub.config import Config
from hub.consumers import catch_up
from tests.hub.test_consumers import Copier
config = Config.model_validate({"database": {"url": sys.argv[1]}, "hub": {"data_dir": sys.argv[2]}})
at, left = sys.argv[3], int(sys.argv[4])
def die(event_id):
    if event_id >= left:
        os.kill(os.getpid(), 9)
app = bootstrap.build(config)
catch_up(app, [Copier(**{at: die}).consumer])
"""


def test_a_kill_at_any_point_does_the_work_once(
    app: App, database_url: str, tmp_path: Path
) -> None:
    happen(app, 4)
    for moment, event_id in (("before", 2), ("after", 3)):
        arguments = [database_url, str(tmp_path / "data"), moment, str(event_id)]
        process = subprocess.run([sys.executable, "-c", KILLED, *arguments], cwd=ROOT, check=False)
        assert process.returncode == -9
        assert copied(app) == list(range(1, event_id))
    catch_up(app, [Copier().consumer])
    assert copied(app) == [1, 2, 3, 4]


async def test_one_that_fails_does_not_stop_the_others(app: App) -> None:
    def fail(_: int) -> None:
        raise OSError("no such thing")

    faulty, sound = Copier("faulty", before=fail), Copier("sound")
    async with working(app, [faulty.consumer, sound.consumer]):
        happen(app, 3)
        await until(lambda: copied(app, "sound") == [1, 2, 3])
        await until(lambda: state(app, "faulty").error is not None)
    assert state(app, "faulty").cursor == 0
    assert state(app, "faulty").error == "OSError('no such thing')"
    assert state(app, "faulty").failed_at is not None
    assert Yard(app).problems == [
        "Consumer faulty is stopped by an error: OSError('no such thing')."
    ]
    assert 'consumer="faulty"' in app.metrics.text(
        {"madang_consumer_failures_total": ("counter", "x")}
    )


async def test_one_that_failed_tries_again_and_forgets_its_failure(app: App) -> None:
    failures = iter([True])

    def fail_once(_: int) -> None:
        if next(failures, False):
            raise OSError("passing")

    copier = Copier(before=fail_once)
    async with working(app, [copier.consumer]):
        happen(app)
        await until(lambda: copied(app) == [1])
    assert (state(app, "copier").error, state(app, "copier").failed_at) == (None, None)


async def test_one_that_fails_does_so_less_and_less_often(app: App) -> None:
    def fail(_: int) -> None:
        raise OSError("always")

    copier = Copier(before=fail)
    happen(app)
    async with working(app, [copier.consumer]):
        await until(lambda: copier.steps >= 1)
        happen(app, 10)  # what wakes the others does not make it try sooner
        await asyncio.sleep(2.5)  # the span over which its tries are counted
    assert copier.steps <= 2


async def test_two_workers_do_the_work_once(app: App) -> None:
    other = bootstrap.build(app.config)
    mine, theirs = Copier(), Copier()
    async with working(app, [mine.consumer]), working(other, [theirs.consumer]):
        happen(app, 30)
        await until(lambda: len(copied(app)) >= 30)
    other.db.close()
    assert copied(app) == list(range(1, 31))


async def test_consumers_of_a_quiet_hub_rest(app: App) -> None:
    other = bootstrap.build(app.config)
    copiers = [Copier("a"), Copier("b"), Copier("a"), Copier("b")]
    consumers = [copier.consumer for copier in copiers]
    happen(app)
    async with working(app, consumers[:2]), working(other, consumers[2:]):
        await until(lambda: copied(app, "a") == [1] == copied(app, "b"))
        await asyncio.sleep(0.6)  # each other's news settle
        before = [copier.steps for copier in copiers]
        await asyncio.sleep(1)  # the span over which steps are counted
        idle = [c.steps - b for c, b in zip(copiers, before, strict=True)]
        happen(app)
        await until(lambda: copied(app, "b") == [1, 2])
    other.db.close()
    assert idle == [0, 0, 0, 0]


async def test_a_worker_outlives_a_database_that_is_away(postgres_app: App) -> None:
    app, copier = postgres_app, Copier()
    async with working(app, [copier.consumer]):
        happen(app)
        await until(lambda: copied(app) == [1])
        other = Database(app.config.database_url)
        name = other.url.database
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
        app.db.read(lambda s: s.execute(sa.text(cut + " AND pid <> pg_backend_pid()")) and None)
        happen(app)
        await until(lambda: copied(app) == [1, 2])
        other.close()


def test_a_step_that_finds_nothing_moves_nothing(app: App) -> None:
    copier = Copier()
    assert app.db.write(lambda s: advance(s, copier.consumer)) is False
    happen(app)
    assert app.db.write(lambda s: advance(s, copier.consumer)) is True
