"""A reader who follows the archive everywhere and remembers every line that was shown."""

import http.client
import json
import re
import threading
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any, Self

from tests.promises.archives import Archive, parse, talk

_TOLD = re.compile(r"<span[^>]*>(.*)</span></li>")
_IN_FEED = re.compile(r"<span>([a-z]+ \d{6})</span>")


@dataclass
class LiveReader:
    """An open live page: reads the stream, and comes back after each loss with the last id.

    `lines` are the anchors and texts of what it was shown, by id; `order` the ids as they came.
    """

    archive: Archive
    lines: dict[int, tuple[str, str]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    opened: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)
    _connection: http.client.HTTPConnection | None = None
    _thread: threading.Thread | None = None

    @property
    def texts(self) -> list[str]:
        """What it was shown, in the order in which it came."""
        return [self.lines[id_][1] for id_ in self.order]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._follow, name="live", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(15)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._read_stream()
            except (OSError, http.client.HTTPException):
                self._stop.wait(0.05)  # the hub is away

    def _read_stream(self) -> None:
        madang = self.archive.madang
        connection = http.client.HTTPConnection(madang.host, madang.port, timeout=1)
        last = {"Last-Event-ID": str(self.order[-1])} if self.order else {}
        try:
            connection.request("GET", self.archive.address + "live", headers=last)
            answer = connection.getresponse()
            if answer.status == 200:
                self._read_events(answer)
            else:
                self._stop.wait(0.05)  # no such channel yet
        finally:
            self.opened.clear()
            connection.close()

    def _read_events(self, answer: http.client.HTTPResponse) -> None:
        name = ""
        while not self._stop.is_set():
            line = answer.readline()
            if not line:
                return
            key, _, value = line.decode("utf-8").rstrip("\r\n").partition(": ")
            if key == "retry":
                self.opened.set()
            elif key == "event":
                name = value
            elif key == "data":
                assert name != "stale", "the reader was away for too long"
                self._take(json.loads(value))

    def _take(self, told: dict[str, Any]) -> None:
        match = _TOLD.search(told["html"])
        self.lines[told["id"]] = (told["at"], unescape(match[1]) if match else "")
        self.order.append(told["id"])


@dataclass
class PageReader:
    """Reads the day's text and the feed again and again; `texts` is everything said it ever saw."""

    archive: Archive
    pause_s: float = 0.25
    texts: set[str] = field(default_factory=set)
    reads: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._read, name="pages", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(15)

    def _read(self) -> None:
        while not self._stop.wait(self.pause_s):
            try:
                # Taken apart only when it has come whole: half a page may end in half a line.
                self.texts.update(text for _, text in talk(parse(self.archive.text())))
                self.texts.update(_IN_FEED.findall(unescape(self.archive.feed())))
                self.reads += 1
            except (OSError, http.client.HTTPException):
                continue  # the hub is away
