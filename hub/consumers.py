"""Consumers: read a stream with a cursor of their own, and survive each other's failures.

Law: a consumer's work and its cursor move in one transaction, so what it writes into the database happens
exactly once. One that fails notes what it failed at and stops there; the others go on. It tries again by
itself, less and less often.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import anyio
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from hub.app import App
from hub.clock import micros
from hub.errors import HubError
from hub.events import take_turn
from hub.tables import ConsumerRow

_log = logging.getLogger(__name__)
_IDLE_S = 5.0
_LONGEST_PAUSE_S = 300.0

Step = Callable[[Session, int], int]
"""Works on what comes after the cursor, a bounded amount, and returns the cursor to go on from."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A named reader of a stream. `promise` says what it guarantees, for the operator's eyes."""

    name: str
    promise: str
    step: Step


def cursor_of(session: Session, name: str) -> int:
    """Return how far a consumer has come."""
    row = session.get(ConsumerRow, name)
    return row.cursor if row else 0


def advance(session: Session, consumer: Consumer) -> bool:
    """Take one step; tell whether there was anything to do. Two processes never take the same one."""
    row = _locked(session, consumer.name)
    cursor = consumer.step(session, row.cursor)
    moved = cursor != row.cursor
    row.cursor, row.failed_at, row.error = cursor, None, None
    session.add(row)
    return moved


def note_failure(session: Session, name: str, error: str, now: datetime) -> None:
    """Remember what stopped a consumer."""
    row = _locked(session, name)
    row.failed_at, row.error = micros(now), error
    session.add(row)


def _locked(session: Session, name: str) -> ConsumerRow:
    take_turn(session, name)
    row = session.get(ConsumerRow, name)
    if row is None:
        row = ConsumerRow(name=name)
        session.add(row)
        session.flush()
    return row


def catch_up(app: App, consumers: Sequence[Consumer]) -> None:
    """Let each consumer do all that waits for it. For tests and the command line."""
    for consumer in consumers:
        while app.db.write(lambda session, c=consumer: advance(session, c)):  # type: ignore[misc]
            pass


@dataclass(slots=True)
class Worker:
    """Runs the consumers of one process, woken by the pulse."""

    app: App
    consumers: Sequence[Consumer]
    name: str = "worker"
    restarts: bool = True
    _pauses: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Run until cancelled."""
        names = ", ".join(consumer.name for consumer in self.consumers)
        _log.info("worker: following with %s", names or "no consumer")
        async with anyio.create_task_group() as group:
            for consumer in self.consumers:
                group.start_soon(self._run_one, consumer)

    async def close(self) -> None:
        """Nothing is in the air: a step is committed or it never was."""

    async def _run_one(self, consumer: Consumer) -> None:
        while True:
            count = self.app.pulse.count
            if await self._step(consumer):
                continue
            await self.app.pulse.after(count, _IDLE_S)

    async def _step(self, consumer: Consumer) -> bool:
        """Take a step; after a failure wait, twice as long each time."""
        try:
            moved = await anyio.to_thread.run_sync(
                self.app.db.write, lambda s: advance(s, consumer)
            )
        except Exception as error:  # noqa: BLE001 - a faulty consumer must not stop the others
            _log.exception("consumer %s stopped", consumer.name)
            await self._fail(consumer, error)
            return True
        self._pauses.pop(consumer.name, None)
        return moved

    async def _fail(self, consumer: Consumer, error: Exception) -> None:
        pause = min(_LONGEST_PAUSE_S, 2 * self._pauses.get(consumer.name, 0.5))
        self._pauses[consumer.name] = pause
        self.app.metrics.add("madang_consumer_failures_total", consumer=consumer.name)
        try:
            await anyio.to_thread.run_sync(
                self.app.db.write,
                lambda s: note_failure(s, consumer.name, repr(error), self.app.clock()),
            )
        except (HubError, SQLAlchemyError) as second:
            _log.warning("consumer %s: its failure can't be noted: %s", consumer.name, second)
        await anyio.sleep(pause)
