"""Figures: ten thousand pads in lists and searches, and what a thousand that were open leave in memory.

Lists and searches read what was kept of each pad's text when people stopped writing: no pad is opened for
them.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from benchmarks import hub, speech
from benchmarks.figures import Figure, at_most
from benchmarks.pads import load, servers
from benchmarks.searching import built, whole_page
from hub.app import App
from hub.clock import micros
from hub.irc import Line
from hub.people import GUEST
from pad import log, pads
from pad.engine import Engine
from search.module import engine_of
from web.app import make_app

_LINES = 30
_BATCH = 500
_IN_TURN = 20
_GONE_S, _SETTLED_S = 0.1, 3.0
_AUTHOR = log.Author("guest:many", "", 0)


@dataclass(frozen=True, slots=True)
class Size:
    """How many pads there are, how often each list is asked for, and how many pads are open at once."""

    pads: int
    times: int
    opened: int


FULL = Size(pads=10_000, times=20, opened=1_000)
QUICK = Size(pads=200, times=3, opened=20)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Fill a hub with pads; ask, open and close."""
    with hub.opened(folder / "data") as app:
        _fill(app, size.pads)
        found = list(_asked(app, size))
    with servers.madang(folder, folder / "data") as (port, pid):
        resident = list(_resident(port, pid, size))
    before = resident[0]
    for what, target, after in zip(
        ("in turns", "at once"), (at_most(1.1), None), resident[1:], strict=True
    ):
        name = f"memory after {size.opened:,} pads were opened and closed, {what}"
        note = f"{after:.0f} MB, {before:.0f} before"
        found.append(Figure(name, "times", [after / before], target, note))
    return found


def _fill(app: App, count: int) -> None:
    days = enumerate(speech.days(count, _LINES))
    for _ in range(0, count, _BATCH):
        some = [(number, lines) for _, (number, lines) in zip(range(_BATCH), days, strict=False)]
        app.db.write(lambda s, some=some: [_write(s, app, *one) for one in some])  # type: ignore[misc]


def _write(session: Session, app: App, number: int, lines: Sequence[Line]) -> None:
    now = app.clock()
    pad = pads.begin_pad(session, GUEST, _name(number), access="open", now=now)
    text = "\n".join(line.text for line in lines)
    entry = log.Entry(micros(now), _AUTHOR, Engine().write(text))
    seq = log.append(session, pad.id, pad.epoch, [entry])
    pads.save_text(session, GUEST, pad, seq, text, now=now)


def _name(number: int) -> str:
    return f"meeting-{number}"


def _asked(app: App, size: Size) -> Iterator[Figure]:
    shell, named = make_app(app), f"{size.pads:,} pads"
    rare, common = speech.word(20_000), speech.word(50)
    for what, path in (
        ("the list", "/p/"),
        ("those with a rare word in the list", f"/p/?q={rare}"),
        ("those with a common word in the list", f"/p/?q={common}"),
    ):
        times = [asyncio.run(_timed(shell, path)) for _ in range(size.times)]
        yield Figure(f"{named}: {what}", "ms", times, at_most(100))
    index, _ = built(app, engine_of("tantivy"))
    ask = whole_page(app, index)
    for what, word in (("a rare", rare), ("a common", common)):
        times = [_asked_ms(ask, f"{word} kind:pad") for _ in range(size.times)]
        yield Figure(f"{named}: search for {what} word", "ms", times, at_most(100))
    index.close()


async def _timed(shell: object, path: str) -> float:
    began = time.perf_counter()
    await hub.asked(shell, path)  # type: ignore[arg-type]
    return 1000 * (time.perf_counter() - began)


def _asked_ms(ask: object, text: str) -> float:
    began = time.perf_counter()
    ask(text)  # type: ignore[operator]
    return 1000 * (time.perf_counter() - began)


def _resident(port: int, pid: int, size: Size) -> Iterator[float]:
    """Yield the server's memory in MB: warm, after pads were opened in turns, and after as many at once."""
    first, second, end = (size.opened * n for n in (1, 2, 3))
    for start in (0, first):
        for number in range(start, start + size.opened, _IN_TURN):
            _open_and_close(port, pid, range(number, number + _IN_TURN))
        time.sleep(_SETTLED_S)
        yield _resident_mb(pid)
    _open_and_close(port, pid, range(second, end))
    time.sleep(_SETTLED_S)
    yield _resident_mb(pid)


def _open_and_close(port: int, pid: int, numbers: Sequence[int]) -> None:
    there = [load.greeted(load.Load(port, f"/ws/pads/{_name(n)}?ack=1", pid)) for n in numbers]
    for sock in there:
        sock.close()
    time.sleep(_GONE_S)


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
