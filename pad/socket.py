"""The pads' WebSocket, `/ws/pads/NAME`: plain y-websocket, for any Yjs client.

Origin and rights are checked before the connection is accepted. With `?ack=1` a client is told what is on
disk; with `?epoch=` it says which history it holds, and is turned away when the pad has another.
"""

import asyncio
import contextlib
import hashlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.app import App
from hub.clock import micros
from hub.errors import Conflict, HubError, Invalid, NotFound, Refused, Unavailable
from hub.people import Actor, Role
from pad import pads
from pad.connection import AGAIN, ANEW, FORBIDDEN, Connection
from pad.etherpad.visits import COOKIE, guest_of
from pad.log import Author
from pad.names import READING, clean, group_of
from pad.pads import Pad, may_pad
from pad.room import Room
from pad.rooms import Rooms
from pad.tables import LISTED
from web.sessions import visit
from web.visitor import is_visitor_still, visitor

_log = logging.getLogger(__name__)

GUEST_COOKIE = "pad_guest"
_KEEP_AWAKE_S = 20.0
_GOODBYE_S = 5.0
_LOOK_S = 2.0
_RATE_PER_S = 50.0  # frames: a key pressed is one for the text and one for the caret
_BURST = 1_000.0
_STATUS = {NotFound: 404, Refused: 403, Invalid: 400, Unavailable: 503}


@dataclass(frozen=True, slots=True)
class Socket:
    """The endpoint of one hub."""

    app: App
    rooms: Rooms

    async def open(self, websocket: WebSocket) -> None:
        """Serve one connection until it ends."""
        try:
            _check_origin(websocket, self.app.config.hub.base_url)
            pad, connection = await self._welcome(websocket)
        except HubError as error:
            status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 500)
            await websocket.send_denial_response(PlainTextResponse(str(error), status))
            return
        await websocket.accept()
        if websocket.query_params.get("epoch", pad.epoch) not in {pad.epoch, ""}:
            await websocket.close(ANEW, "The pad was begun anew.")
            return
        await self._serve(websocket, pad, connection)

    async def _welcome(self, websocket: WebSocket) -> tuple[Pad, Connection]:
        """Find out who comes to which pad, and what they may there.

        Raises: NotFound, Refused, Invalid, Unavailable.
        """
        name = websocket.path_params["name"]
        actor = visitor(websocket)
        is_guest = actor.role is Role.GUEST
        pad = await self._find(name, actor)
        known, member = await self._with_session(websocket, pad)
        is_guest, actor = is_guest and member is None, known
        if not may_pad(actor, "read", pad, name):
            raise NotFound(f"There is no pad {name}.")
        may_write = may_pad(actor, "write", pad, name)
        self._check_room(pad, may_write=may_write)
        author = member or author_of(websocket, actor)
        wants_acks = websocket.query_params.get("ack") == "1"
        return pad, Connection(actor, author, is_guest, may_write, wants_acks, name)

    async def _with_session(self, websocket: WebSocket, pad: Pad) -> tuple[Actor, Author | None]:
        """Return who comes with what a session of the pad's group gives them, and as whom they write."""
        actor, cookie = visitor(websocket), websocket.cookies.get(COOKIE, "")
        if not (cookie and group_of(pad.name)):
            return actor, None
        now = self.app.clock()
        return await self.app.read(lambda s: guest_of(s, actor, cookie, pad.name, now=now))

    async def _watch(self, websocket: WebSocket, pad: Pad, connection: Connection) -> None:
        """Send somebody away when what their rights come from is over."""
        is_still = connection.actor != visitor(websocket)
        while is_still:
            await asyncio.sleep(_LOOK_S)
            with contextlib.suppress(Unavailable):  # whoever writes meanwhile is told so
                is_still = (await self._with_session(websocket, pad))[0] == connection.actor
        if connection.actor != visitor(websocket):
            connection.close(AGAIN, "Your session has ended.")

    async def _recheck(self, websocket: WebSocket, connection: Connection, room: Room) -> None:
        """Find out who somebody is now when others were invited, or no more; and again and again where not
        all may read: teams change without a word to their pads.
        """
        while True:
            patience_s = None if room.pad.access in LISTED else _LOOK_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    await connection.recheck.wait()
            try:
                await is_visitor_still(websocket, connection.actor)
                connection.actor, _ = await self._with_session(websocket, room.pad)
            except Unavailable:
                await asyncio.sleep(_LOOK_S)
                continue
            is_news = connection.recheck.is_set()
            connection.recheck.clear()
            room.settle(connection, is_news=is_news)

    async def _find(self, name: str, actor: Actor) -> Pad:
        if name.startswith(READING):
            found = await self.app.read(partial(pads.find_pad, name=name))
            if found is None:
                raise NotFound("There is no pad at this address.")
            return found
        cleaned = clean(name)
        found = await self.app.read(partial(pads.find_pad, name=cleaned))
        if found is not None:
            return found
        now, access = self.app.clock(), self.app.config.pads.access
        return await self.app.write(
            lambda session: pads.begin_pad(session, actor, cleaned, access=access, now=now)
        )

    def _check_room(self, pad: Pad, *, may_write: bool) -> None:
        """See whether one more fits into a pad.

        Raises: Unavailable when it is full.
        """
        limits = self.app.config.pads
        most = limits.editors if may_write else limits.viewers
        if self.rooms.count(pad.id, may_write=may_write) >= most:
            raise Unavailable(f"{pad.name} is full: {most} are there already.")

    async def _serve(self, websocket: WebSocket, pad: Pad, connection: Connection) -> None:
        streams = websocket.app.state.streams
        try:
            room = await self.rooms.enter(pad, connection, streams.closed)
        except Conflict as error:
            await websocket.close(AGAIN, str(error))
            return
        watching = asyncio.create_task(_end(websocket, connection, streams.ending(websocket), room))
        checking = asyncio.create_task(self._recheck(websocket, connection, room))
        looking = asyncio.create_task(self._watch(websocket, pad, connection))
        sending = asyncio.create_task(_send(websocket, connection))
        try:
            await self._receive(websocket, connection, room)
            async with asyncio.timeout(_GOODBYE_S):
                await sending
        except (WebSocketDisconnect, TimeoutError):
            pass
        finally:
            connection.close(AGAIN, "")
            watching.cancel()
            checking.cancel()
            looking.cancel()
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await sending
            await self.rooms.leave(room, connection)

    async def _receive(self, websocket: WebSocket, connection: Connection, room: Room) -> None:
        """Do what the client says until it goes (WebSocketDisconnect) or has to (return)."""
        allowance, before = _BURST, time.monotonic()
        while connection.closing is None:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            now = time.monotonic()
            allowance = min(_BURST, allowance + (now - before) * _RATE_PER_S) - 1
            before = now
            if allowance < 0:  # it is read more slowly, nothing is lost
                await asyncio.sleep(-allowance / _RATE_PER_S)
            room.receive(connection, message.get("bytes") or b"", micros(self.app.clock()))
            await connection.calm()


async def _end(
    websocket: WebSocket, connection: Connection, ending: Callable[[], Awaitable[None]], room: Room
) -> None:
    """Send somebody away who is no longer who they were: they come again as who they are now, if they may."""
    await ending()
    if not may_pad(visitor(websocket), "read", room.pad, connection.name) and not group_of(
        room.pad.name
    ):
        connection.close(FORBIDDEN, "You may no longer read this pad.")
    connection.close(AGAIN, "Your rights have changed, or the hub stops.")


async def _send(websocket: WebSocket, connection: Connection) -> None:
    """Be the one who writes to a socket; close it when the connection is to end."""
    while (frame := await connection.next(_KEEP_AWAKE_S)) is not None:
        await websocket.send_bytes(frame)
    if connection.closing is not None:
        await websocket.close(*connection.closing)


def _check_origin(websocket: WebSocket, base_url: str) -> None:
    """Let no page of another site speak with the cookies of a visitor. Programs send no Origin.

    Raises: Refused.
    """
    origin = websocket.headers.get("origin")
    if origin is None:
        return
    own = {websocket.headers.get("host", ""), base_url.partition("://")[2].partition("/")[0]}
    if origin.partition("://")[2] not in own:
        raise Refused("Pads are opened from this hub's own pages.")


def author_of(visiting: HTTPConnection, actor: Actor) -> Author:
    """Return the author that a visitor is; a guest is known again by their browser, else only this once."""
    return (
        _guest(visiting)
        if actor.role is Role.GUEST
        else Author(actor.name, _name(visiting, actor), 0)
    )


def _guest(visiting: HTTPConnection) -> Author:
    secret = visiting.cookies.get(GUEST_COOKIE) or secrets.token_hex(16)
    return Author("guest:" + hashlib.sha256(secret.encode()).hexdigest()[:32], "", 0)


def _name(visiting: HTTPConnection, actor: Actor) -> str:
    known = visit(visiting)
    return known.person.name if known else actor.name
