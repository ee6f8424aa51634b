"""Figure: from a line spoken on IRC until it is on an open page's stream, in an otherwise quiet hub.

One process runs bot and web, as `madang serve` does. The line is on disk before it is on the stream.
"""

import http.client
import queue
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, at_most
from benchmarks.ingesting import Flooding, flood
from benchmarks.madang import Failed, free_port, wait_for_pages

_STREAM = "/irclogs/%23yard/live"
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Size:
    """Lines of one run, and runs."""

    lines: int
    runs: int


FULL = Size(lines=100, runs=5)
QUICK = Size(lines=10, runs=3)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure line by line, each when the one before has arrived."""
    port = free_port()
    role = ("serve", "--host", "127.0.0.1", "--port", str(port))
    with flood(folder, *role, tagged=True) as flooding:
        wait_for_pages(port)
        flooding.run(1, 0)  # the channel's archive begins
        with _reading(port) as arrived:
            runs = [sorted(_latencies(flooding, arrived, size.lines)) for _ in range(size.runs)]
        flooding.verify()
    middle = [statistics.median(run) for run in runs]
    high = [run[int(0.95 * (len(run) - 1))] for run in runs]
    return [
        Figure("live, spoken until on the stream, median", "ms", middle, at_most(250)),
        Figure("live, spoken until on the stream, 95 of 100", "ms", high, at_most(250)),
    ]


def _latencies(flooding: Flooding, arrived: "queue.Queue[float]", lines: int) -> Iterator[float]:
    for _ in range(lines):
        said_at = flooding.say()
        try:
            yield 1000 * (arrived.get(timeout=_PATIENCE_S) - said_at)
        except queue.Empty:
            raise Failed(f"a line was not on the stream after {_PATIENCE_S:.0f} s")


@contextmanager
def _reading(port: int) -> Iterator["queue.Queue[float]"]:
    """Read the stream in a thread, which tells when each line arrives."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", _STREAM)
    answer = connection.getresponse()
    if answer.status != 200:
        raise Failed(f"{_STREAM} answers {answer.status}")
    arrived: queue.Queue[float] = queue.Queue()
    reading = threading.Thread(target=_read, args=(answer, arrived), daemon=True)
    reading.start()
    try:
        yield arrived
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, arrived: "queue.Queue[float]") -> None:
    try:
        while line := answer.readline():
            if line.startswith(b"data: "):
                arrived.put(time.monotonic())
    except (OSError, ValueError, AttributeError):  # closed while it was read
        return
