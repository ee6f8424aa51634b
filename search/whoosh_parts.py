"""What Whoosh is given of ours: fields, a tokenizer, a weighting, a filter by time."""

import warnings
from collections.abc import Iterator
from typing import Any

with warnings.catch_warnings():  # it is older than some rules of the language, which tells of that
    warnings.simplefilter("ignore")
    from whoosh import fields
    from whoosh.analysis import Token, Tokenizer
    from whoosh.collectors import WrappingCollector
    from whoosh.scoring import BM25F

BETWEEN = "\x1f"
"""Parts the labels of a document."""


class Split(Tokenizer):  # type: ignore[misc]  # it has no types
    """Takes joined tokens apart; the analysis itself is ours."""

    def __init__(self, between: str) -> None:
        self._between = between

    def __call__(
        self, value: str, positions: bool = False, start_pos: int = 0, mode: str = "", **_: Any
    ) -> Iterator[Any]:
        token = Token(positions=positions, mode=mode)
        for place, text in enumerate(value.split(self._between), start_pos):
            token.text = text
            token.boost = 1.0
            token.stopped = False
            if positions:
                token.pos = place
            yield token


def schema() -> Any:
    """Return the fields of an index."""

    def number() -> Any:
        return fields.NUMERIC(int, bits=32, signed=False, shift_step=8, sortable=True)

    tokens = Split(" ")
    return fields.Schema(
        ref=fields.ID(stored=True),
        note=fields.STORED,
        kind=fields.ID(stored=True, sortable=True),
        where=fields.ID(stored=True, sortable=True),
        who=fields.ID(),
        visibility=fields.ID(),
        label=fields.TEXT(analyzer=Split(BETWEEN), phrase=False),
        at=number(),
        weight=number(),
        moment=fields.STORED,
        title=fields.TEXT(analyzer=tokens),
        text=fields.TEXT(analyzer=tokens),
        korean=fields.TEXT(analyzer=tokens, phrase=False),
    )


class Weighted(BM25F):  # type: ignore[misc]  # it has no types
    """Multiplies what BM25 gives with a document's own weight."""

    use_final = True

    def __init__(self, weights: Any) -> None:
        super().__init__()
        self._weights = weights

    def final(self, _searcher: Any, docnum: int, score: float) -> float:
        """Return what a match counts."""
        return score * float(self._weights[docnum])


class Within(WrappingCollector):  # type: ignore[misc]  # it has no types
    """Lets matches of a span of time through, and counts them."""

    def __init__(self, child: Any, after: int | None, before: int | None) -> None:
        super().__init__(child)
        self._after, self._before = after or 0, 0xFFFF_FFFF if before is None else before
        self.total = 0
        self._times: Any = None

    def set_subsearcher(self, subsearcher: Any, offset: int) -> None:
        """Look into another segment."""
        WrappingCollector.set_subsearcher(self, subsearcher, offset)
        self._times = subsearcher.reader().column_reader("at")

    def collect_matches(self) -> None:
        """Let through what is of that time."""
        child, times, after, before = self.child, self._times, self._after, self._before
        for docnum in child.matches():
            if after <= times[docnum] < before:
                self.total += 1
                child.collect(docnum)
