"""The group commit: all that waits in all rooms goes to disk in one transaction, again and again.

While one commit runs the next one gathers; when few are here nothing waits longer than that. With many the
commits keep a little distance, so that each person is sent one frame instead of many. When the disk is full
or the database away nothing is acknowledged: the same is tried again until it is stored.
"""

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum, auto

from sqlmodel import Session

from hub.app import App
from hub.errors import Conflict, HubError
from pad import log
from pad.authorship import Authorship, authorship_of
from pad.connection import ANEW
from pad.room import Batch, Room
from pad.segments import Logged

_log = logging.getLogger(__name__)

_FEW = 10
_PAUSE_EACH_S = 0.0002
_LONGEST_PAUSE_S = 0.04
_TRY_AGAIN_S = 0.5


class Missed(Enum):
    """Why a batch is not stored: the pad was begun anew, or it is frozen."""

    ANEW = auto()
    FROZEN = auto()


Work = Sequence[tuple[Room, Batch]]
Stored = tuple[Authorship, int, Sequence[Logged]] | Missed
"""Whose what is new is, the number of a batch's first entry and what others stored before it."""


class Writer:
    """One for each process. `run` works until it is cancelled; `wake` says that a room has something."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._rooms: dict[int, Room] = {}
        self._ready = asyncio.Event()
        self._done = asyncio.Event()

    def wake(self, room: Room) -> None:
        """Let a room be looked at soon."""
        self._rooms[id(room)] = room
        self._ready.set()

    async def settled(self) -> None:
        """Wait until the next round is over."""
        self._ready.set()
        self._done.clear()
        await self._done.wait()

    async def run(self) -> None:
        """Work, round after round."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            await asyncio.sleep(self._pause_s())
            rooms, self._rooms = list(self._rooms.values()), {}
            try:
                await self._round(rooms)
            except Exception:  # noqa: BLE001 - whatever it was, the other pads go on
                # Who sent something that is not stored sends it again to the next room.
                _log.exception("a round of the pads failed")
                for room in rooms:
                    room.spoil()
            self._done.set()

    def _pause_s(self) -> float:
        """Return how long to gather: nothing for a handful of people, and then the longer the more."""
        people = sum(len(room.connections) for room in self._rooms.values())
        return 0 if people <= _FEW else min(_LONGEST_PAUSE_S, people * _PAUSE_EACH_S)

    async def _round(self, rooms: Sequence[Room]) -> None:
        for room in rooms:
            room.tell_presence()
        work = [(room, batch) for room in rooms if (batch := room.batch()) is not None]
        if not work:
            return
        work.sort(key=lambda pair: pair[0].pad.id)  # one order for all: no deadlocks
        for (room, batch), stored in zip(work, await self._store(work), strict=True):
            if stored is Missed.ANEW:
                room.close(ANEW, "The pad was begun anew.")
            elif (
                stored is Missed.FROZEN
            ):  # they come back to a room that knows it, with what they have
                room.spoil()
            else:
                grown, first, between = stored
                room.tell_authors(grown)
                room.committed(batch, first, between)

    async def _store(self, work: Work) -> Sequence[Stored]:
        tried = 0
        while True:
            try:
                return await self._app.write(lambda session: _store(session, work))
            except HubError as error:
                tried += 1
                if tried == 1:
                    _log.error("pads can't be stored, trying again: %s", error)
                await asyncio.sleep(_TRY_AGAIN_S)


def _store(session: Session, work: Work) -> Sequence[Stored]:
    found: list[Stored] = []
    for room, batch in work:
        try:
            first = log.append(session, room.pad.id, room.pad.epoch, batch.entries)
        except log.IsFrozen:
            found.append(Missed.FROZEN)
            continue
        except Conflict:
            found.append(Missed.ANEW)
            continue
        between: Sequence[Logged] = ()
        if first > room.seq + 1:
            between = log.updates_after(session, room.pad.id, room.seq, first - 1)
        unknown = room.unknown(batch.entries, between)
        found.append((authorship_of(session, room.pad.id, *unknown), first, between))
    return found
