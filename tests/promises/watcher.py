"""What anybody could see while it happened: on the day's page, in its text, the feed, the stream."""

import re
import threading
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from types import TracebackType
from typing import Self

from tests.promises.reading import channel_url, day_url, today
from tests.servers.deadline import wait_until
from tests.servers.madang import Madang


class Watcher:
    """Reads a channel's pages over and over, and its live stream, from threads of its own.

    `seen` has, by source (page, text, feed, live), every match of the pattern that was ever
    readable there. The hub may die and come back as often as it likes; a watcher goes on.
    """

    def __init__(self, hub: Madang, channel: str, pattern: str, network: str = "") -> None:
        self._hub = hub
        self._channel = channel
        self._network = network
        self._pattern = re.compile(pattern)
        self._stopped = threading.Event()
        self.seen: dict[str, set[str]] = {name: set() for name in ("page", "text", "feed", "live")}
        self._threads = [
            threading.Thread(target=self._repeat, args=(work,), daemon=True)
            for work in (self._read_pages, self._read_stream)
        ]

    @property
    def everything(self) -> set[str]:
        """All that was readable anywhere."""
        return set().union(*self.seen.values())

    def start(self) -> Self:
        """Begin to watch."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> set[str]:
        """End; all that was readable anywhere until now."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        return self.everything

    def wait_for_any(self, source: str, timeout_s: float = 15.0) -> None:
        """Wait until something is readable in a source; a live stream begins when it is opened."""
        wait_until(lambda: self.seen[source], f"anything in the {source}", timeout_s)

    def _repeat(self, work: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            try:
                work()
            except (OSError, HTTPException):
                self._stopped.wait(0.02)  # the hub is away

    def _read_pages(self) -> None:
        day = today()
        pages = {
            "page": day_url(self._channel, day, ".log.html", self._network),
            "text": day_url(self._channel, day, ".log", self._network),
            "feed": channel_url(self._channel, self._network) + "feed.atom",
        }
        for source, path in pages.items():
            self._note(source, self._hub.get(path))
        self._stopped.wait(0.02)

    def _read_stream(self) -> None:
        address = self._hub.url + channel_url(self._channel, self._network) + "live"
        # A short time-out, so that a stop is noticed; the stream's own heart beats more slowly.
        with urllib.request.urlopen(address, timeout=1) as stream:
            while not self._stopped.is_set() and (line := stream.readline()):
                self._note("live", line.decode("utf-8", errors="replace"))

    def _note(self, source: str, body: str) -> None:
        self.seen[source].update(self._pattern.findall(body))

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
