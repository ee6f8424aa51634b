"""The outbox: who follows it by a cursor sees each event once, however writers overlap."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlmodel import Session

from hub.app import App
from hub.clock import micros
from hub.db import Database
from hub.events import emit, events_since
from hub.people import Actor
from hub.tables import EventRow

ANN = Actor("ann")
NOW = datetime(2021, 5, 12, 21, 0, 30, tzinfo=UTC)
WRITERS, EACH = 6, 15

Write = Callable[[Session, str, float], None]


def in_turn(session: Session, ref: str, pause_s: float) -> None:
    """Emit two events as use cases do, and dawdle before the commit."""
    emit(session, ANN, "thing.done", f"{ref}/a", at=NOW)
    time.sleep(pause_s)
    emit(session, ANN, "thing.done", f"{ref}/b", at=NOW)


def at_will(session: Session, ref: str, pause_s: float) -> None:
    """The same without the order lock."""
    for half in "ab":
        session.add(EventRow(at=micros(NOW), name="thing.done", ref=f"{ref}/{half}", actor="ann"))
        session.flush()
        time.sleep(pause_s)


def followed(app: App, write: Write) -> tuple[list[str], set[str]]:
    """Let writers write at the same time; return what a follower saw, and what was written."""
    rng = random.Random(1)
    pauses = [[rng.uniform(0, 0.02) for _ in range(EACH)] for _ in range(WRITERS)]
    told = {f"thing:{w}.{i}/{h}" for w in range(WRITERS) for i in range(EACH) for h in "ab"}
    done = threading.Event()
    seen: list[str] = []

    def follow() -> None:
        cursor = 0
        while True:
            last_look = done.is_set()
            found = app.db.read(partial(events_since, cursor=cursor, limit=7))
            seen.extend(event.ref for event in found)
            cursor = found[-1].id if found else cursor
            if last_look and not found:
                return

    def work(number: int) -> None:
        db = Database(app.config.database_url)
        for i, pause in enumerate(pauses[number]):
            db.write(lambda s, i=i, p=pause: write(s, f"thing:{number}.{i}", p))  # type: ignore[misc]
        db.close()

    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
    follower.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    follower.join()
    return seen, told


def test_a_follower_sees_each_event_of_concurrent_writers_once(app: App) -> None:
    seen, told = followed(app, in_turn)
    assert len(seen) == len(told)
    assert set(seen) == told


def test_without_the_order_lock_postgresql_would_lose_events(postgres_app: App) -> None:
    seen, told = followed(postgres_app, at_will)
    assert len(seen) < len(told), "the test above could not fail"


def test_an_event_is_told_only_when_what_it_tells_of_is_committed(app: App) -> None:
    def fail(session: Session) -> None:
        emit(session, ANN, "thing.done", "thing:1", at=NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        app.db.write(fail)
    assert app.db.read(lambda s: events_since(s, 0)) == []


def test_an_event_says_what_happened_to_what_by_whom_and_when(app: App) -> None:
    app.db.write(lambda s: emit(s, ANN, "thing.done", "thing:1", at=NOW))
    (event,) = app.db.read(lambda s: events_since(s, 0))
    assert (event.at, event.name, event.ref, event.actor) == (NOW, "thing.done", "thing:1", "ann")
    assert app.db.read(lambda s: events_since(s, event.id)) == []
