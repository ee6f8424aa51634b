"""What a pad knows already: how far each client's items go, and which of them are deleted.

By it an update is judged before it is stored: whether it rests on something that is missing (a gap: the
sender is asked for all it has), and whether it says anything new (whoever comes back repeats all deletions
that there ever were).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from pad.update import Facts, Span


class Known:
    """Grows by each update that is taken in."""

    __slots__ = ("_deleted", "clocks")

    def __init__(self) -> None:
        self.clocks: dict[int, int] = {}
        self._deleted: dict[int, list[int]] = {}  # start, end, start, end ...; apart and in order

    def lacks(self, facts: Facts) -> bool:
        """Tell whether the update rests on items that are neither known nor in it."""
        after = dict[int, int]()
        for span in facts.spans:
            if span.start > self._clock(after, span.client):
                return True
            after[span.client] = max(self._clock(after, span.client), span.end)
        return any(clock > self._clock(after, client) for client, clock in facts.needs.items())

    def new_items(self, facts: Facts) -> Sequence[Span]:
        """Return the items of an update that are not known."""
        return [
            Span(span.client, max(span.start, self.clocks.get(span.client, 0)), span.end)
            for span in facts.spans
            if span.end > self.clocks.get(span.client, 0)
        ]

    def new_deletions(self, facts: Facts) -> Sequence[Span]:
        """Return what an update deletes that was not deleted yet."""
        return [part for span in facts.deleted for part in self._undeleted(span)]

    def take(self, facts: Facts) -> None:
        """Know what an update says from now on."""
        for span in facts.spans:
            self.clocks[span.client] = max(self.clocks.get(span.client, 0), span.end)
        for span in facts.deleted:
            self._delete(span)

    def _clock(self, after: dict[int, int], client: int) -> int:
        return after.get(client, self.clocks.get(client, 0))

    def _undeleted(self, span: Span) -> Iterator[Span]:
        edges = self._deleted.get(span.client, [])
        at, place = span.start, bisect_right(edges, span.start)
        if place % 2:  # it begins in a deleted part
            at, place = edges[place], place + 1
        while at < span.end:
            end = min(edges[place], span.end) if place < len(edges) else span.end
            if at < end:
                yield Span(span.client, at, end)
            if place >= len(edges):
                return
            at, place = edges[place + 1], place + 2

    def _delete(self, span: Span) -> None:
        edges = self._deleted.setdefault(span.client, [])
        first, last = bisect_left(edges, span.start), bisect_right(edges, span.end)
        # An edge inside a deleted part (odd) is no edge of the new whole.
        edges[first:last] = ([] if first % 2 else [span.start]) + ([] if last % 2 else [span.end])
