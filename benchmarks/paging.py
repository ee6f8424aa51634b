"""Figures: a day's page of 3,000 lines from the real server, out of a large archive and out of a small one;
and the yard.

Asked for over loopback on a connection that is kept, without a tag that could be answered by 304; the server
keeps no pages, so each is read from the database and rendered.
"""

import http.client
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.corpus import CHANNEL, FIRST_DAY, TALK, days
from benchmarks.figures import Figure, at_most, ratios
from benchmarks.hub import fill, opened
from benchmarks.madang import Failed, free_port, running, wait_for_pages

_LINES = 3_000
_SMALL_DAYS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """Days of the large archive; pages of one run, and runs."""

    days: int
    pages: int
    runs: int


FULL = Size(days=334, pages=30, runs=7)
QUICK = Size(days=10, pages=5, runs=3)


def figures(folder: Path, size: Size) -> Sequence[Figure]:
    """Measure both archives in turns, then the large one compressed."""
    names = {"large": size.days, "small": _SMALL_DAYS}
    for name, count in names.items():
        with opened(folder / name) as app:
            fill(app, days(TALK, count, _LINES))
    found: dict[str, list[float]] = {"large": [], "small": [], "packed": [], "yard": []}
    with _server(folder / "large") as large, _server(folder / "small") as small:
        for _ in range(size.runs):
            found["large"].append(large.median_ms(size.days, size.pages))
            found["small"].append(small.median_ms(_SMALL_DAYS, size.pages))
            found["yard"].append(large.yard_ms(size.pages))
            found["packed"].append(large.median_ms(size.days, size.pages, encoding="gzip"))
    growth = ratios(found["large"], found["small"])
    lines = f"{size.days * _LINES:,} lines"
    name = f"page, {_LINES:,} lines out of"
    return [
        Figure(f"{name} {lines}", "ms", found["large"], at_most(30)),
        Figure(f"{name} {lines}, gzip", "ms", found["packed"]),
        Figure(f"the yard out of {lines}", "ms", found["yard"], at_most(50)),
        Figure(f"{name} {_SMALL_DAYS * _LINES:,} lines", "ms", found["small"]),
        Figure(f"{name} {lines}, by the small archive", "ratio", growth, at_most(1.25)),
    ]


class _Pages:
    """A server's pages, on a connection that is kept."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def median_ms(self, count: int, pages: int, encoding: str = "identity") -> float:
        """Return how long a page takes, of so many pages of days spread over the archive."""
        step = max(1, count // pages)
        return statistics.median(self._ms(n * step % count, encoding) for n in range(pages))

    def yard_ms(self, pages: int) -> float:
        """Return how long the yard takes, asked for so often."""
        return statistics.median(self._yard_ms() for _ in range(pages))

    def _yard_ms(self) -> float:
        began = time.perf_counter()
        self._connection.request("GET", "/")
        answer = self._connection.getresponse()
        body = answer.read()
        took_s = time.perf_counter() - began
        if answer.status != 200 or b'class="talk"' not in body:
            raise Failed(f"/ answers {answer.status}, and shows no talk")
        return 1000 * took_s

    def _ms(self, number: int, encoding: str) -> float:
        file = CHANNEL.replace("#", "%23")
        day = FIRST_DAY + timedelta(days=number)
        began = time.perf_counter()
        path = f"/irclogs/{file}/{file}.{day}.log.html"
        self._connection.request("GET", path, headers={"Accept-Encoding": encoding})
        answer = self._connection.getresponse()
        body = answer.read()
        took_s = time.perf_counter() - began
        packed = answer.headers.get("Content-Encoding", "identity")
        if answer.status != 200 or packed != encoding:
            raise Failed(f"{path} answers {answer.status}, encoded {packed}")
        if packed == "identity" and body.count(b'<li id="t') != _LINES:
            raise Failed(f"{path} has not {_LINES} lines")
        return 1000 * took_s


@contextmanager
def _server(data: Path) -> Iterator[_Pages]:
    port = free_port()
    config = data.with_suffix(".toml")
    place = ("--host", "127.0.0.1", "--port", str(port))
    with running(data, "web", "--config", str(config), *place):
        wait_for_pages(port)
        pages = _Pages(port)
        try:
            yield pages
        finally:
            pages.close()
