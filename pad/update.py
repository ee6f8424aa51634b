"""What an update says before it is applied: who inserts how much, what it deletes, and what it rests on.

A pad is one text. So an update may hold characters, deletions, formats (which the text ignores) and gaps,
below the one root `content`; maps, arrays, embedded things and other roots are refused here, before the
engine sees them.

Source: Yjs 13, UpdateDecoderV1 and `readStructs`; the table of content kinds in `src/structs/Item.js`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pad.lib0 import Malformed, Reader, uint

ROOT = "content"
"""The name of the one text that a pad has."""

EMPTY = b"\x00\x00"
"""The update that changes nothing."""

_GC, _DELETED, _STRING, _FORMAT, _SKIP = 0, 1, 4, 6, 10
_KIND, _PARENT_KEY, _RIGHT, _LEFT = 0x1F, 0x20, 0x40, 0x80


class Unfit(ValueError):
    """A sound update that does not fit a pad."""


@dataclass(frozen=True, slots=True)
class Span:
    """Items of one client, from clock `start` to before `end`; clocks count UTF-16 units."""

    client: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in an update.

    inserted: bytes of text, in UTF-8. needs: for each client the clock up to which its items must be
    known. deletes_at: where in the update its deletions begin.
    """

    spans: Sequence[Span]
    deleted: Sequence[Span]
    needs: Mapping[int, int]
    inserted: int
    items: int
    deletes_at: int


NOTHING = Facts((), (), MappingProxyType({}), 0, 0, 1)


def read_update(update: bytes) -> Facts:
    """Tell what an update says.

    Raises: Malformed for bytes that are no update of version 1, Unfit for what has no place in a pad.
    """
    reading = _Reading(Reader(update))
    reading.clients()
    deletes_at = reading.source.at
    deleted = reading.deletions()
    if not reading.source.is_done:
        raise Malformed("something follows the update")
    return Facts(reading.spans, deleted, reading.needs, reading.inserted, reading.items, deletes_at)


def with_deletions(update: bytes, facts: Facts, deleted: Iterable[Span]) -> bytes:
    """Return the update with only those deletions."""
    return update[: facts.deletes_at] + _encoded(deleted)


def _encoded(deleted: Iterable[Span]) -> bytes:
    by_client: dict[int, list[Span]] = {}
    for span in deleted:
        by_client.setdefault(span.client, []).append(span)
    parts = [uint(len(by_client))]
    for client, spans in by_client.items():
        parts += [uint(client), uint(len(spans))]
        parts += [uint(span.start) + uint(span.end - span.start) for span in spans]
    return b"".join(parts)


class _Reading:
    """Walks through one update and gathers its facts."""

    __slots__ = ("inserted", "items", "needs", "source", "spans")

    def __init__(self, source: Reader) -> None:
        self.source = source
        self.spans: list[Span] = []
        self.needs: dict[int, int] = {}
        self.inserted = 0
        self.items = 0

    def clients(self) -> None:
        """Read the items of all clients."""
        read = self.source.uint
        for _ in range(read()):
            count, client, clock = read(), read(), read()
            start = clock
            for _ in range(count):
                info = self.source.byte()
                length = self._item(info)
                if info == _SKIP:
                    self._span(client, start, clock)
                    start = clock + length
                clock += length
            self._span(client, start, clock)
            self.items += count

    def deletions(self) -> list[Span]:
        """Read what is deleted."""
        read = self.source.uint
        found = []
        for _ in range(read()):
            client = read()
            for _ in range(read()):
                start = read()
                span = Span(client, start, start + _length(read()))
                self._need(client, span.end)
                found.append(span)
        return found

    def _item(self, info: int) -> int:
        """Read one item and return how many clocks it takes."""
        if info in {_GC, _SKIP}:
            return _length(self.source.uint())
        self._place(info)
        return self._content(info & _KIND)

    def _place(self, info: int) -> None:
        """Read between what the item was written, or else in what."""
        read = self.source.uint
        for side in (_LEFT, _RIGHT):
            if info & side:
                client = read()
                self._need(client, read() + 1)
        if info & (_LEFT | _RIGHT):
            return
        if read() != 1:
            raise Unfit("A pad has no parts within parts.")
        root = self.source.string()
        if root != ROOT or info & _PARENT_KEY:
            raise Unfit(f"A pad has one text, named {ROOT}.")

    def _content(self, kind: int) -> int:
        if kind == _STRING:
            text = self.source.string()
            self.inserted += len(text.encode())
            return _length(len(text) + sum(1 for letter in text if letter > "\uffff"))
        if kind == _DELETED:
            return _length(self.source.uint())
        if kind == _FORMAT:
            self.source.blob()
            self.source.blob()
            return 1
        raise Unfit("A pad holds text and nothing else.")

    def _span(self, client: int, start: int, end: int) -> None:
        if end > start:
            self.spans.append(Span(client, start, end))

    def _need(self, client: int, clock: int) -> None:
        if self.needs.get(client, 0) < clock:
            self.needs[client] = clock


def _length(value: int) -> int:
    if value == 0:
        raise Malformed("an item has no length")
    return value
