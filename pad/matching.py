"""Which lines two texts have in common, found in bounded time.

difflib looks at each pair of equal lines: a text of a hundred thousand empty lines would keep it busy for
hours. When there are too many pairs, only what is the same at both ends is found.
"""

import difflib
from collections.abc import Callable, Sequence

_MOST_PAIRS = 300_000


class Matcher(difflib.SequenceMatcher[str]):
    """difflib's matcher of two texts' lines, with an end."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        self._before, self._after = before, after
        super().__init__(None, before, after, autojunk=False)

    def get_matching_blocks(self) -> list[difflib.Match]:
        """Return the stretches that both have."""
        return self._ends() if self._is_costly() else super().get_matching_blocks()

    def _is_costly(self) -> bool:
        places: dict[str, list[int]] = vars(self)["b2j"]
        return sum(len(places.get(line, ())) for line in self._before) > _MOST_PAIRS

    def _ends(self) -> list[difflib.Match]:
        before, after = self._before, self._after
        most = min(len(before), len(after))
        head = next((i for i in range(most) if before[i] != after[i]), most)
        most -= head
        tail = next((i for i in range(most) if before[-1 - i] != after[-1 - i]), most)
        ends = len(before), len(after)
        found = [(0, 0, head), (ends[0] - tail, ends[1] - tail, tail)]
        return [difflib.Match(*one) for one in found if one[2]] + [difflib.Match(*ends, 0)]


def narrowed(old: str, new: str) -> tuple[int, int, str] | None:
    """Return the one stretch of `old` that differs, and what stands there in `new`; None when none does."""
    if old == new:
        return None
    most = min(len(old), len(new))
    head = _same(most, lambda length: old[:length] == new[:length])
    tail = _same(
        most - head,
        lambda length: old[len(old) - length :] == new[len(new) - length :],
    )
    return head, len(old) - tail, new[head : len(new) - tail]


def _same(most: int, is_same: Callable[[int], bool]) -> int:
    """Return the greatest length up to `most` at which two texts are the same; comparing is cheap."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if is_same(middle):
            least = middle
        else:
            most = middle - 1
    return least
