"""All pads that are open in this process: read when somebody comes, let go when all have left.

Other processes may have the same pad open. The log is what joins them: what they store is seen by the pulse
(hub/pulse.py) and passed on here.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from sqlmodel import Session

from hub.app import App
from hub.errors import Conflict, HubError
from hub.people import Actor
from pad import log, pads, talk
from pad.authorship import Authorship, authorship_of
from pad.connection import ANEW, RESTART, Connection
from pad.kept import note_wiped
from pad.pads import Pad
from pad.room import Room
from pad.segments import Logged
from pad.writer import Writer

_log = logging.getLogger(__name__)

_QUIET_S = 0.5
_LATEST_S = 1.2
"""The text is kept for lists and search after so many quiet seconds, and while people write."""
_LOOK_S = 0.05
_BEAT_S = 0.4


class Rooms:
    """One for each web server. Its tasks run while any pad is open."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._open: dict[int, Room] = {}
        self._writer = Writer(app)
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._open)

    def count(self, pad_id: int, *, may_write: bool) -> int:
        """Return how many are in a pad who may write, or who may not."""
        room = self._open.get(pad_id)
        return sum(c.may_write == may_write for c in room.connections) if room else 0

    def authors_at(self, pad_id: int) -> Sequence[log.Author]:
        """Return who is in a pad now, each person once."""
        room = self._open.get(pad_id)
        authors = [one.author for one in room.connections] if room else []
        return list({author.key: author for author in authors}.values())

    async def enter(
        self, pad: Pad, connection: Connection, stopped: Callable[[], Awaitable[None]]
    ) -> Room:
        """Let somebody into a pad's room, which is read from the log when nobody is there yet.

        stopped: returns when the server is to stop; then all have to go.

        Raises: Conflict when the pad, in which nothing stood, went with the last one who left.
        """
        async with self._lock:
            room = self._open.get(pad.id)
            if room is None or room.pad.epoch != pad.epoch or room.is_spoilt:
                room = await self._read(pad)
                self._open[pad.id] = room
            connection.author = log.Author(
                connection.author.key,
                connection.author.name,
                room.colour_for(connection.author.key),
            )
            room.join(connection)
            self._start(stopped)
        return room

    async def leave(self, room: Room, connection: Connection) -> None:
        """Let somebody go; after the last one the text is kept for reading and the room is gone.

        While it can't be kept the room stays: whoever tends them tries again.
        """
        room.leave(connection)
        while not room.connections and not room.is_idle and self._is_open(room):
            await self._writer.settled()
        try:
            if room.is_idle and self._is_open(room):
                await self._save(room)
            await self._leave_alone(room)
        except HubError as error:
            _log.warning("pad %s can't be kept, trying again: %s", room.pad.name, error)

    async def _leave_alone(self, room: Room) -> None:
        """Have a room no longer when nobody is in it."""
        async with self._lock:
            if not room.is_idle and self._is_open(room):
                return
            if room.seq == 0:
                await self._app.write(partial(pads.drop_if_empty, pad_id=room.pad.id))
            if self._is_open(room):
                del self._open[room.pad.id]
            if not self._open:
                await self._stop()

    def _is_open(self, room: Room) -> bool:
        """Whether this is the room that whoever comes is let into."""
        return self._open.get(room.pad.id) is room and not room.is_spoilt

    def _start(self, stopped: Callable[[], Awaitable[None]]) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._close_when(stopped), name="pads: stop"),
                asyncio.create_task(self._writer.run(), name="pads: writer"),
                asyncio.create_task(self._tend(), name="pads: tend"),
            ]

    async def _close_when(self, stopped: Callable[[], Awaitable[None]]) -> None:
        await stopped()
        for room in list(self._open.values()):
            room.close(RESTART, "The hub stops.")

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        others = [task for task in tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        for task in others:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _read(self, pad: Pad) -> Room:
        replay, writers, authors, talked = await self._app.read(partial(_kept, pad=pad))
        if replay.broken:
            await self._app.write(lambda session: log.quarantine(session, pad.id, replay.broken))
        colours = {author.key: author.colour for author in authors.values()}
        room = Room(
            pad, replay.engine, replay.seq, dict(writers.owners), writers.retired, colours,
            self._app.config.pads.longest, self._writer.wake,
        )  # fmt: skip
        room.talked = talked
        room.names = {author.key: author.name for author in authors.values()}
        room.saved = pad.text_seq
        room.changed_at = room.saved_at = time.monotonic()
        return room

    async def _tend(self) -> None:
        """Look what others stored, and keep the text of those in which nobody writes just now."""
        # Not `while True`: in Python 3.11 `wait_for`, which the pulse uses, can swallow a cancellation.
        while asyncio.current_task() in self._tasks:
            count = self._app.pulse.count
            try:
                await self._follow()
                for room in list(self._open.values()):
                    if _is_due(room):
                        await self._save(room)
                    if room.is_idle and room.seq == room.saved:
                        await self._leave_alone(room)
            except HubError as error:
                _log.warning("pads can't be looked at, trying again: %s", error)
            await self._app.pulse.after(count, _BEAT_S)
            await asyncio.sleep(_LOOK_S)

    async def _follow(self) -> None:
        rooms = {room.pad.id: room for room in self._open.values()}
        if not rooms:
            return
        found = await self._app.read(partial(_news, rooms={i: r.seq for i, r in rooms.items()}))
        for pad_id, room in rooms.items():
            pad, news = found.get(pad_id, (None, ()))
            if pad is None:
                room.close(ANEW, "The pad is gone.")
                continue
            room.update_pad(pad)
            if news and pad.epoch == room.pad.epoch:
                unknown = room.unknown((), news)
                room.tell_authors(await self._app.read(partial(_whose, pad_id, *unknown)))
                room.catch_up(news)
        await self._follow_talk(rooms)

    async def _follow_talk(self, rooms: Mapping[int, Room]) -> None:
        told = {pad_id: room.talked for pad_id, room in rooms.items()}
        for pad_id, said in (await self._app.read(partial(_said, told=told))).items():
            rooms[pad_id].tell_talk(said)

    async def _save(self, room: Room) -> None:
        """Keep the text as it stands now, and tidy the log."""
        seq, state = room.seq, b""
        if room.broken:
            await self._let_go(room)
            return
        if seq == room.saved:
            return
        text = room.engine.text()
        if (
            seq - await self._app.read(partial(log.keyframe_before, pad_id=room.pad.id))
            >= log.SEALED
        ):
            state = room.engine.encode()
        actor: Actor = room.changed_by
        now = self._app.clock()

        before, (wiped, room.wiped) = room.saved, (room.wiped, None)

        def save(session: Session) -> None:
            if wiped is not None:
                note_wiped(session, room.pad.id, *wiped, now=now)
            if pads.save_text(session, actor, room.pad, seq, text, now=now) and state:
                log.put_keyframe(session, room.pad.id, seq, state)
                log.seal(session, room.pad.id)

        room.saved, room.saved_at = seq, time.monotonic()
        try:
            await self._app.write(save)
        except HubError:
            room.saved, room.wiped = before, room.wiped or wiped
            raise

    async def _let_go(self, room: Room) -> None:
        """Note which updates broke a room's engine; who comes back gets a new one."""
        broken = dict(room.broken)
        await self._app.write(lambda session: log.quarantine(session, room.pad.id, broken))
        if self._open.get(room.pad.id) is room:
            del self._open[room.pad.id]
        room.spoil()


def _is_due(room: Room) -> bool:
    if room.is_spoilt or room.seq == room.saved:
        return bool(room.broken)
    now = time.monotonic()
    return now - room.changed_at >= _QUIET_S or now - room.saved_at >= _LATEST_S


def _kept(
    session: Session, pad: Pad
) -> tuple[log.Replay, log.Writers, Mapping[int, log.Author], int]:
    """Return what a room is made of. Raises: Conflict when the pad is gone."""
    if not pads.heads(session, [pad.id]):
        raise Conflict("The pad was empty and is gone. Open it again.")
    writers, authors = log.writers_of(session, pad.id), log.authors_of(session, pad.id)
    return log.replay(session, pad.id), writers, authors, talk.head(session, pad.id)


def _said(session: Session, told: Mapping[int, int]) -> Mapping[int, Sequence[talk.Said]]:
    """Return what was said beside each pad after the number given for it."""
    heads = talk.heads(session, list(told))
    return {
        pad_id: talk.history(session, pad_id, told[pad_id] + 1, head)
        for pad_id, head in heads.items()
        if head > told[pad_id]
    }


def _whose(pad_id: int, clients: set[int], keys: set[str], session: Session) -> Authorship:
    return authorship_of(session, pad_id, clients, keys)


def _news(session: Session, rooms: Mapping[int, int]) -> Mapping[int, tuple[Pad, list[Logged]]]:
    """Return each pad as it is now, with what was stored after the number given for it."""
    found = {}
    for pad_id, pad in pads.heads(session, list(rooms)).items():
        seq = rooms[pad_id]
        news = log.updates_after(session, pad_id, seq) if pad.head > seq else ()
        found[pad_id] = (pad, list(news))
    return found
