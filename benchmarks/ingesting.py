"""Figures: lines from a flooding server to the disk, through the real bot; and what it keeps up with.

A line counts as stored when another process sees it in the database: SQLite shows a transaction only
after its write-ahead log was synced. Every flood is then looked through: each line once, in the order in
which it was said.
"""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import TALK, days
from benchmarks.figures import Figure, at_least
from benchmarks.madang import Failed, answer, running, surroundings, tail
from hub.irc import SPOKEN

_PACE = 3_000
_POLL_S = 0.002
_LONGEST_S = 300.0


@dataclass(frozen=True, slots=True)
class Size:
    """Lines of one flood at full speed, and of one at a given pace; runs of each."""

    lines: int
    paced_lines: int
    runs: int


FULL = Size(lines=60_000, paced_lines=30_000, runs=5)
QUICK = Size(lines=6_000, paced_lines=3_000, runs=3)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure with the tags of today's servers, and without."""
    return [
        *_flooded(folder / "tagged", size, tagged=True),
        *_flooded(folder / "plain", size, tagged=False),
    ]


def _flooded(folder: Path, size: Size, *, tagged: bool) -> Sequence[Figure]:
    folder.mkdir(parents=True)
    with flood(folder, tagged=tagged) as flooding:
        free = [flooding.run(size.lines, 0) for _ in range(size.runs)]
        paced = [flooding.run(size.paced_lines, _PACE) for _ in range(size.runs)]
        flooding.verify()
    name = f"ingest, {'time and msgid tags' if tagged else 'no tags'}"
    return [
        Figure(f"{name}, flooded", "lines/s", [one.per_s for one in free], at_least(_PACE)),
        Figure(f"{name}, at {_PACE:,}/s: last line stored after", "ms", [o.late_ms for o in paced]),
        Figure(
            f"{name}, at {_PACE:,}/s: reading blocked at most",
            "ms",
            [one.blocked_ms for one in paced],
        ),
    ]


@dataclass(frozen=True, slots=True)
class Flooded:
    """What one flood came to: lines/s from the first said to the last stored; how late, how blocked."""

    per_s: float
    late_ms: float
    blocked_ms: float


class Flooding:
    """A bot that runs, the server that floods it, and a look into its database."""

    def __init__(self, server: "subprocess.Popen[str]", database: Path, texts: list[str]) -> None:
        self._server = server
        self._database = database
        self._texts = texts
        self._said = 0

    def run(self, count: int, per_s: float) -> Flooded:
        """Flood, and wait until all is stored.

        Raises: Failed when it takes too long.
        """
        self._order(count, per_s)
        stored_at = self._stored_at(self._said)
        told = answer(self._server)
        return Flooded(
            count / (stored_at - told["began"]),
            1000 * (stored_at - told["ended"]),
            1000 * told["longest_pong_s"],
        )

    def say(self) -> float:
        """Have one line said; return when, by the clock that all processes share."""
        self._order(1, 0)
        return float(answer(self._server)["began"])

    def _order(self, count: int, per_s: float) -> None:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps({"flood": count, "per_s": per_s}) + "\n")
        self._server.stdin.flush()
        self._said += count

    def _stored_at(self, count: int) -> float:
        """Return when so many spoken lines were there, by the clock that all processes share."""
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        upto = time.monotonic() + _LONGEST_S
        seen, last = 0, 0
        try:
            while seen < count:
                if time.monotonic() > upto:
                    raise Failed(f"{seen} of {count} lines were stored in {_LONGEST_S:.0f} s")
                time.sleep(_POLL_S)
                rows = connection.execute("SELECT id, kind FROM line WHERE id > ?", (last,))
                found = rows.fetchall()
                last = found[-1][0] if found else last
                seen += sum(kind in SPOKEN for _, kind in found)
            return time.monotonic()
        finally:
            connection.close()

    def verify(self) -> None:
        """Make sure that every line is there, once, and in order.

        Raises: Failed when not.
        """
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        rows = connection.execute("SELECT kind, text FROM line ORDER BY id").fetchall()
        connection.close()
        stored = [text for kind, text in rows if kind in SPOKEN]
        said = [f"{i} {self._texts[i % len(self._texts)]}" for i in range(self._said)]
        if stored != said:
            raise Failed(f"{len(said)} lines were said, {len(stored)} stored, or in another order")


@contextmanager
def flood(folder: Path, *role: str, tagged: bool) -> Iterator[Flooding]:
    """Start a flooding server and a bot in its channel; `role` is madang's command with its options."""
    texts = [line.text for day in days(TALK, 1, 1_000) for line in day if line.kind in SPOKEN]
    texts = [text.replace("\x0f", "") for text in texts]
    with _server(texts, tagged=tagged) as server:
        config = folder / "madang.toml"
        config.write_text(_CONFIG.format(port=answer(server)["port"]), encoding="utf-8")
        data = folder / "data"
        with running(data, *(role or ("bot",)), "--config", str(config)) as bot:
            _wait_for_join(bot, data)
            yield Flooding(server, data / "madang.db", texts)


_CONFIG = """
[[network]]
name = "bench"
host = "127.0.0.1"
port = {port}
tls = false
[[network.channel]]
name = "#yard"
"""


@contextmanager
def _server(texts: list[str], *, tagged: bool) -> Iterator["subprocess.Popen[str]"]:
    given = json.dumps({"texts": texts, "tagged": tagged})
    argv = [sys.executable, "-m", "benchmarks.flood_server", given]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    server = subprocess.Popen(argv, **{**surroundings(), **pipes})
    try:
        yield server
    finally:
        server.kill()
        server.communicate()


def _wait_for_join(bot: "subprocess.Popen[bytes]", data: Path) -> None:
    """Wait until the bot has noted that it is in the channel."""
    upto = time.monotonic() + 60
    while time.monotonic() < upto and bot.poll() is None:
        if _is_joined(data / "madang.db"):
            return
        time.sleep(0.05)
    raise Failed(f"the bot did not join:\n{tail(data)}")


def _is_joined(database: Path) -> bool:
    if not database.exists():
        return False
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        found = connection.execute("SELECT count(*) FROM watch WHERE state = 'joined'")
        return bool(found.fetchone()[0])
    except sqlite3.OperationalError:  # the schema is still being made
        return False
    finally:
        connection.close()
