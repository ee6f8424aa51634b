"""What the bot heard goes into the hub: one task, one order, one transaction at a time.

Law: one task handles everything of a network, one after another. It takes all that has come in since the
last commit into ONE transaction, in which the archive records the lines and every module's `on_line` runs;
after the commit, and never before, the collected effects are sent and readers are woken. So a burst costs
one fsync, and what anyone can see is on disk.

When the database can't be written the task waits and tries again; what comes in meanwhile is kept up to
`limits.buffered_lines`. Beyond that lines are dropped, and the archive shows the gap.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import anyio
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from hub.app import App
from hub.errors import HubError
from hub.irc import Effect, Line
from hub.module import Heard
from hub.recorder import Recorder, Standing

T = TypeVar("T")

_log = logging.getLogger(__name__)

_BATCH = 2_000
_HEARTBEAT_S = 5.0
_LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that were heard: live, or replayed by the server."""

    lines: Sequence[Line]
    live: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """The server's history of a channel is complete from `since` on."""

    channel: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Link:
    """The connection's state has changed."""

    state: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: all up to `heard_at` was heard."""

    heard_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """Lines were dropped between these times for want of memory."""

    since: datetime
    until: datetime


Happening = Lines | Replayed | Link | Beat | Dropped | Standing

Send = Callable[[Effect], None]


@dataclass(slots=True)
class Dispatcher:
    """Puts one network's happenings into the hub, in their order. `put` is called in the loop."""

    app: App
    network: str
    recorder: Recorder
    send: Send
    heard_at: Callable[[], datetime | None]
    _queue: deque[Happening] = field(default_factory=deque)
    _waiting: int = 0
    _dropping_since: datetime | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """Take a place among the network's sources, before anything is heard."""
        now = self.app.clock()
        await self._until_written(lambda session: self.recorder.open(session, now))

    def put(self, happening: Happening) -> None:
        """Queue what happened; returns at once."""
        if isinstance(happening, Lines) and self._is_full(len(happening.lines)):
            return
        self._queue.append(happening)
        self._arrived.set()

    async def run(self) -> None:
        """Handle what comes in until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._beat)
            while True:
                await self._arrived.wait()
                self._arrived.clear()
                await self.drain()

    async def drain(self) -> None:
        """Handle all that is queued now, and return; what is in hand elsewhere is waited for."""
        async with self._turn:
            while self._queue:
                await self._handle(self._take())

    async def _beat(self) -> None:
        while True:
            await anyio.sleep(_HEARTBEAT_S)
            self.put(Beat(self.heard_at(), self.app.clock()))

    def _is_full(self, more: int) -> bool:
        """Count lines in; begin to drop at the limit, and end it once half of them are stored."""
        limit, now = self.app.config.limits.buffered_lines, self.app.clock()
        room = limit if self._dropping_since is None else limit // 2
        if self._waiting + more > room:
            if self._dropping_since is None:
                _log.error("%s: %d lines wait for the database, dropping more", self.network, limit)
                self._dropping_since = now
            self.app.metrics.add("madang_lines_dropped_total", more, network=self.network)
            return True
        if self._dropping_since is not None:
            self._queue.append(Dropped(self._dropping_since, now))
            self._dropping_since = None
        self._waiting += more
        return False

    def _take(self) -> Sequence[Happening]:
        """Take the next batch: at most one run of live lines, which `settle` then takes over."""
        batch: list[Happening] = []
        size, live = 0, False
        while self._queue and size < _BATCH:
            is_live = isinstance(self._queue[0], Lines) and self._queue[0].live
            if live and not is_live:
                break
            happening = self._queue.popleft()
            batch.append(happening)
            live = is_live
            size += len(happening.lines) if isinstance(happening, Lines) else 1
        return batch

    async def _handle(self, batch: Sequence[Happening]) -> None:
        work = await self._until_written(lambda session: _write(session, self, batch))
        for settlement in work.settlements:
            self.recorder.settle(settlement)
        self._waiting -= work.lines
        self.app.metrics.add("madang_lines_total", work.stored, network=self.network)
        self.app.metrics.put("madang_lines_waiting", self._waiting, network=self.network)
        for effect in work.effects:
            self.send(effect)

    async def _until_written(self, fn: Callable[[Session], T]) -> T:
        pause = 0.25
        while True:
            try:
                return await self.app.write(fn)
            except (HubError, SQLAlchemyError) as error:
                _log.error("%s: lines can't be stored, trying again: %s", self.network, error)
                self.app.metrics.add("madang_store_failures_total", network=self.network)
            await anyio.sleep(pause)
            pause = min(_LONGEST_PAUSE_S, pause * 2)


@dataclass(slots=True)
class _Work:
    """What one transaction did."""

    lines: int = 0
    stored: int = 0
    settlements: list[Any] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)


def _write(session: Session, dispatcher: Dispatcher, batch: Sequence[Happening]) -> _Work:
    """Write a batch; live lines that follow each other go in together."""
    work = _Work()
    live: list[Line] = []
    for happening in batch:
        if isinstance(happening, Lines) and happening.live:
            live += happening.lines
            continue
        _write_live(session, dispatcher, live, work)
        live = []
        _write_other(session, dispatcher, happening, work)
    _write_live(session, dispatcher, live, work)
    return work


def _write_live(
    session: Session, dispatcher: Dispatcher, lines: Sequence[Line], work: _Work
) -> None:
    if not lines:
        return
    heard, settlement = dispatcher.recorder.record(session, lines)
    work.lines += len(lines)
    work.stored += len(heard)
    work.settlements.append(settlement)
    for line in heard:
        work.effects += _asked_for(session, dispatcher.app, line)


def _asked_for(session: Session, app: App, heard: Heard) -> Sequence[Effect]:
    effects: list[Effect] = []
    for module in app.modules:
        if module.on_line is not None:
            effects += module.on_line(app, session, heard, heard.line.at)
    return effects


def _due(session: Session, dispatcher: Dispatcher, now: datetime) -> Sequence[Effect]:
    effects: list[Effect] = []
    for module in dispatcher.app.modules:
        if module.on_tick is not None:
            effects += module.on_tick(dispatcher.app, session, dispatcher.network, now)
    return effects


def _write_other(
    session: Session, dispatcher: Dispatcher, happening: Happening, work: _Work
) -> None:
    recorder = dispatcher.recorder
    match happening:
        case Lines(lines):
            work.lines += len(lines)
            work.stored += recorder.replay(session, lines)
        case Standing():
            recorder.stand(session, happening)
        case Replayed(channel, since):
            recorder.replayed(session, channel, since)
        case Link(state, reason, at):
            recorder.connection(session, state, reason, at)
        case Beat(heard_at, at):
            recorder.heartbeat(session, heard_at, at)
            if heard_at is not None:  # who is not there hears no answer, and can't tell silence
                work.effects += _due(session, dispatcher, at)
        case Dropped(since, until):
            recorder.missed(session, since, until)
