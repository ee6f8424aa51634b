"""The text itself: the one file that knows the CRDT library, pycrdt.

Only version 1 of Yjs' encoding is spoken. Indexes of the library count UTF-8 bytes, ours count characters;
they are turned into each other here and nowhere else. The library is Rust: where it panics it raises what
is no Exception, which is turned into Panic.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

from pycrdt import Assoc, Doc, Text, get_state, merge_updates

from pad.lib0 import Malformed
from pad.matching import Matcher
from pad.update import EMPTY, ROOT

SERVER = 1
"""The client id under which the hub itself writes. What it writes is made from what is stored, within the
transaction that stores it, so that no clock is given twice."""

_CHUNK = 1_000  # merging takes more than twice the time for twice the updates


class Panic(Exception):
    """The library gave up on an update; the document that it was applied to is to be thrown away."""


class Engine:
    """One pad's text in memory. Not for two threads at once."""

    __slots__ = ("_doc", "_text")

    def __init__(self, updates: Iterable[bytes] = ()) -> None:
        self._doc: Doc[Text] = Doc(client_id=SERVER, allow_multithreading=True)
        self._text = self._doc.get(ROOT, type=Text)
        for update in updates:
            self.apply(update)

    def apply(self, update: bytes) -> None:
        """Take an update in.

        Raises: Malformed when it is none, Panic when the engine broke: make a new one then.
        """
        with _explained():
            self._doc.apply_update(update)

    def encode(self, vector: bytes | None = None) -> bytes:
        """Return all, or what somebody who knows `vector` does not know, as one update.

        Raises: Malformed when `vector` is none.
        """
        with _explained():
            return self._doc.get_update(vector) if vector else self._doc.get_update()

    def vector(self) -> bytes:
        """Return the state vector: how far each client's items go."""
        return self._doc.get_state()

    def text(self) -> str:
        """Return the text."""
        return str(self._text)

    def size(self) -> int:
        """Return the text's length in bytes."""
        return len(self._text)

    def letter(self, index: int) -> tuple[int, int] | None:
        """Return the name that Yjs has for a letter for good, client and clock; None behind the last one."""
        place = len(self.text()[:index].encode())
        if place >= self.size():
            return None
        item = self._text.sticky_index(place, Assoc.AFTER).to_json().get("item")
        return (item["client"], item["clock"]) if item else None

    def write(self, text: str) -> bytes:
        """Change the text to `text`, by as few edits as are easily found; return that as an update."""
        return self.edit(edits(self.text(), text))

    def edit(self, changes: Sequence[tuple[int, int, str]]) -> bytes:
        """Make changes (start, end, what stands there instead), told in order; return them as an update.

        Places are characters of the text as it is now, before all changes.
        """
        found: list[bytes] = []
        places = _in_bytes(self.text(), changes)
        watching = self._doc.observe(lambda event: found.append(event.update))
        try:
            # From the end, so that no edit moves the place of one that is still to come.
            with _explained(), self._doc.transaction():
                for start, end, put in reversed(places):
                    if end > start:
                        del self._text[start:end]
                    if put:
                        self._text.insert(start, put)
        finally:
            self._doc.unobserve(watching)
        return found[0] if found else EMPTY


def _in_bytes(text: str, changes: Sequence[tuple[int, int, str]]) -> Sequence[tuple[int, int, str]]:
    found, at, length = [], 0, 0
    for start, end, put in changes:
        length += len(text[at:start].encode())
        first = length
        length += len(text[start:end].encode())
        found.append((first, length, put))
        at = end
    return found


def edits(old: str, new: str) -> Sequence[tuple[int, int, str]]:
    """Return how `old` becomes `new`: (start, end, what stands there instead), in the order of `old`.

    Compared by lines, and within what differs by what is the same at both ends.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    found = []
    for tag, i1, i2, j1, j2 in Matcher(before, after).get_opcodes():
        if tag != "equal":
            found.append(_narrowed(old, starts[i1], starts[i2], "".join(after[j1:j2])))
    return found


def _narrowed(old: str, start: int, end: int, put: str) -> tuple[int, int, str]:
    gone = old[start:end]
    most = min(len(gone), len(put))
    head = next((i for i in range(most) if gone[i] != put[i]), most)
    tail = next((i for i in range(most - head) if gone[-1 - i] != put[-1 - i]), most - head)
    return start + head, end - tail, put[head : len(put) - tail]


def merged(updates: Sequence[bytes]) -> bytes:
    """Return updates as one, gaps included.

    Raises: Malformed, Panic.
    """
    if len(updates) == 1:
        return updates[0]
    with _explained():
        while len(updates) > 1:
            updates = [
                merge_updates(*updates[i : i + _CHUNK]) for i in range(0, len(updates), _CHUNK)
            ]
    return updates[0] if updates else EMPTY


def vector_of(update: bytes) -> bytes:
    """Return the state vector of an update.

    Raises: Malformed, Panic.
    """
    with _explained():
        return get_state(update)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Malformed(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Panic(str(error)) from error
