"""The meeting's log: what was said from `#startmeeting` to `#endmeeting`, as a value that grows cheaply."""

from collections.abc import Iterator, Sequence
from typing import overload

from hub.irc import Line


class Record(Sequence[Line]):
    """Lines of talk; line N of the log is `record[N - 1]`.

    A value: `append` answers with a longer record and leaves this one as it is. All that grew from one
    another share a list, of which each sees its own beginning, so a line costs the same however long the
    meeting is. Growing one record in two threads at once is not safe; nobody does, as one task handles
    a network.
    """

    __slots__ = ("_count", "_shared")

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self._shared = list(lines)
        self._count = len(self._shared)

    def append(self, line: Line) -> "Record":
        """Return the record with one more line."""
        longer = Record.__new__(Record)
        # Another record may have grown from this one already: then this one's growth is a copy.
        fits = len(self._shared) == self._count
        longer._shared = self._shared if fits else self._shared[: self._count]
        longer._shared.append(line)
        longer._count = self._count + 1
        return longer

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | Sequence[Line]:
        """Return a line, or some."""
        if isinstance(index, slice):
            return tuple(self._shared[: self._count][index])
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._shared[index % self._count]

    def __len__(self) -> int:
        """Count the lines."""
        return self._count

    def __iter__(self) -> Iterator[Line]:
        """Go through the lines, oldest first."""
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        """Tell whether both hold the same lines."""
        return isinstance(other, Record) and self[:] == other[:]

    def __hash__(self) -> int:
        """Hash by the lines."""
        return hash(self[:])

    def __repr__(self) -> str:
        """Say how long it is; the lines would fill a screen."""
        return f"<Record of {self._count} lines>"
