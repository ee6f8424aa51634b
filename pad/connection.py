"""One socket at a pad: who it is, what it may, and what is still to be sent to it.

Frames wait in a queue of bounded size, which one writer empties. When a reader is too slow for it the
connection goes, never a frame: whoever comes back gets what is missing.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from hub.people import Actor
from pad import protocol
from pad.log import Author
from pad.names import READING

# 4400-4499 tell y-websocket 3 not to come back; all others it tries again.
UNFIT, FORBIDDEN, ANEW, TOO_LARGE, TOO_MANY, FORGED = 4400, 4403, 4409, 4413, 4429, 4422
FROZEN = 4423
RESTART, AGAIN = 1012, 1013
"""The server restarts, try again later (IANA's registry for RFC 6455)."""

_PENDING = 500
_FRAMES = 2_000
_BYTES = 16_000_000


@dataclass(slots=True, eq=False)
class Connection:
    """`counted` is how many updates came, `pending` how many of them wait for the disk.

    clients: the Yjs client ids that it wrote or spoke under. name: the pad's in the address by which it came.
    recheck: is set when who it is has to be found out again. gap_since: since when (monotonic) something
    is missing before what it sent; None when nothing is.
    """

    actor: Actor
    author: Author
    guest: bool
    may_write: bool
    wants_acks: bool
    name: str = ""
    recheck: asyncio.Event = field(default_factory=asyncio.Event)
    clients: set[int] = field(default_factory=set)
    counted: int = 0
    pending: int = 0
    gap_since: float | None = None
    asked_at: float = float("-inf")
    closing: tuple[int, str] | None = None
    _frames: deque[bytes] = field(default_factory=deque)
    _bytes: int = 0
    _ready: asyncio.Event = field(default_factory=asyncio.Event)
    _calm: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def reads_only(self) -> bool:
        """Whether it came by the address for those who only read: it hears no talk."""
        return self.name.startswith(READING)

    def send(self, frame: bytes) -> None:
        """Let a frame go out, in order."""
        if self.closing is not None:
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        if len(self._frames) > _FRAMES or self._bytes > _BYTES:
            self.close(AGAIN, "You take in too little of what others write.")
        self._ready.set()

    def stored(self, number: int) -> None:
        """One of its updates, the one with that number, is on disk."""
        self.pending -= 1
        if self.pending < _PENDING:
            self._calm.set()
        if self.pending == 0:
            self.acknowledge()
        elif self.wants_acks and self.gap_since is None:
            self.send(protocol.ack(number))

    def acknowledge(self) -> None:
        """Say that all is on disk, if it is."""
        if self.wants_acks and self.pending == 0 and self.gap_since is None:
            self.send(protocol.ack(self.counted))

    def close(self, code: int, reason: str) -> None:
        """End the connection as soon as what waits is sent; it takes nothing more."""
        if self.closing is None:
            self.closing = (code, reason)
            if code == AGAIN:
                self._frames.clear()
            self._ready.set()
            self._calm.set()

    async def calm(self) -> None:
        """Wait while too much of what it sent waits for the disk: it is read from no further until then."""
        while self.pending >= _PENDING and self.closing is None:
            self._calm.clear()
            await self._calm.wait()

    async def next(self, timeout_s: float) -> bytes | None:
        """Return the next frame to send, None at the end.

        After so long without one it is a greeting without content: y-websocket hangs up on who is silent
        for 30 s.
        """
        while not self._frames:
            if self.closing is not None:
                return None
            self._ready.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._ready.wait()
            except TimeoutError:
                return protocol.presence(b"\x00")
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame
