"""Places in an order, with room between them. Pure."""

from collections.abc import Sequence

STEP = 1 << 20
"""How far from the last a new place is: twenty times can a gap be halved."""


def place_at(places: Sequence[int], position: int) -> int | None:
    """Return a place at a position among places that ascend; None when there is no room left.

    position: 0 for the first; what is beyond the end is the end.
    """
    position = max(0, min(position, len(places)))
    if not places:
        return 0
    if position == 0:
        return places[0] - STEP
    if position == len(places):
        return places[-1] + STEP
    before, after = places[position - 1], places[position]
    between = (before + after) // 2
    return between if before < between < after else None


def spaced(number: int) -> Sequence[int]:
    """Return so many places with room between them all."""
    return range(0, number * STEP, STEP)
