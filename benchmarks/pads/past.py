"""Figures: a pad of 260,000 edits: opened by a browser, read as of any moment, and on disk."""

import random
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import func, select

from benchmarks import hub
from benchmarks.figures import Figure, at_most
from benchmarks.madang import Failed
from benchmarks.pads import load, servers, trace
from hub.app import App
from pad import pads
from pad.lib0 import Reader
from pad.tables import KeyframeRow

_AWAY_S = 0.3
_KEYFRAMES = select(func.sum(func.length(KeyframeRow.data)))


@dataclass(frozen=True, slots=True)
class Size:
    """Edits, and how often it is opened and looked back at."""

    edits: int
    times: int


FULL = Size(edits=259_778, times=40)
QUICK = Size(edits=5_000, times=3)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure a real pad's past."""
    whose, given = trace.patches(size.edits)
    with hub.opened(folder / "data") as app:
        empty = _bytes(app)
        edits = trace.write_pad(app, given)
        named = f"a pad of {edits:,} edits"
        taken = (_bytes(app) - empty) / 1e6
        frames = app.db.read(lambda s: s.exec(_KEYFRAMES).one()) / 1e6
        sought = _sought(app, edits, size.times)
    with servers.madang(folder, folder / "data") as (port, pid):
        opened = [_opened(port, pid) for _ in range(size.times)]
    return [
        Figure(f"{named}: opened", "ms", opened, at_most(100), whose),
        Figure(f"{named}: its text at any moment", "ms", sought, at_most(100)),
        Figure(f"{named}: its text at any moment, slowest", "ms", [max(sought)], at_most(100)),
        Figure(f"{named}: its log on disk", "MB", [taken - frames], at_most(2)),
        Figure(f"{named}: its keyframes on disk", "MB", [frames]),
    ]


def _bytes(app: App) -> int:
    """Return how large the database is, but for pages that are free."""
    pages, free, size = (
        app.db.read(lambda s, n=name: s.connection().exec_driver_sql(f"PRAGMA {n}").scalar_one())  # type: ignore[misc]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def _sought(app: App, edits: int, times: int) -> list[float]:
    chance = random.Random(3)
    return [_sought_ms(app, chance.randint(1, edits)) for _ in range(times)]


def _sought_ms(app: App, seq: int) -> float:
    began = time.perf_counter()
    pad = app.db.read(lambda s: pads.find_pad(s, trace.NAME))
    assert pad is not None
    app.db.read(lambda s: pads.text_at(s, pad, seq))
    return 1000 * (time.perf_counter() - began)


def _opened(port: int, pid: int) -> float:
    """Return the ms from knocking until the whole text is there; nobody else has the pad open."""
    began = time.perf_counter()
    sock = load.greeted(load.Load(port, f"/ws/pads/{trace.NAME}?ack=1", pid))
    while not _has_text(sock):
        pass
    taken = 1000 * (time.perf_counter() - began)
    sock.close()
    time.sleep(_AWAY_S)
    return taken


def _has_text(sock: socket.socket) -> bool:
    """Read one frame; tell whether it is the answer to step 1."""
    head = _exactly(sock, 2)
    length = head[1] & 127
    if length >= 126:
        length = int.from_bytes(_exactly(sock, 2 if length == 126 else 8), "big")
    message = _exactly(sock, length)
    if message[:2] != b"\x00\x01":
        return False
    if len(Reader(message, at=2).blob()) < 1_000:
        raise Failed("the pad is empty")
    return True


def _exactly(sock: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        got = sock.recv(count - len(found))
        if not got:
            raise Failed("the server has hung up")
        found += got
    return found
