"""Excerpts of a text around the words that were looked for, in pieces that are marked or not. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from search.analyzer import Row, Token, located, may_hold

_LONG = 220
_BEFORE = 70
_SEEN = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an excerpt. `marked`: it is what was looked for."""

    text: str
    marked: bool = False


def excerpt(text: str, rows: Sequence[Row], length: int = _LONG) -> Sequence[Piece]:
    """Return the part of a text that shows most of what was looked for, on one line."""
    text = " ".join(text[:_SEEN].split())
    spans = _merged(_spans(text, rows))
    start, end = _window(text, spans, length)
    found = [*_pieces(text, spans, start, end)]
    if start > 0:
        found.insert(0, Piece("… "))
    if end < len(text):
        found.append(Piece(" …"))
    return found


def whole(text: str, rows: Sequence[Row]) -> Sequence[Piece]:
    """Return all of a text, marked."""
    return [*_pieces(text, _merged(_spans(text, rows)), 0, len(text))]


def _spans(text: str, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    if not may_hold(text, rows):
        return
    tokens = located(text)
    for row in rows:
        for i in range(len(tokens) - len(row.tokens) + 1):
            if _is_at(tokens, i, row):
                yield tokens[i].start, tokens[i + len(row.tokens) - 1].end


def _is_at(tokens: Sequence[Token], place: int, row: Row) -> bool:
    *before, last = row.tokens
    found = tokens[place + len(before)].text
    if not (found.startswith(last) if row.prefix else found == last):
        return False
    return all(tokens[place + k].text == word for k, word in enumerate(before))


def _merged(spans: Iterable[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _window(text: str, spans: Sequence[tuple[int, int]], length: int) -> tuple[int, int]:
    """Return the stretch that holds the most marks."""
    if len(text) <= length:
        return 0, len(text)
    starts = [max(0, min(start - _BEFORE, len(text) - length)) for start, _ in spans] or [0]
    best = max(starts, key=lambda s: sum(s <= a and b <= s + length for a, b in spans))
    return _at_blank(text, best), min(len(text), best + length)


def _at_blank(text: str, place: int) -> int:
    """Step to the beginning of a word, when one is near."""
    if place == 0:
        return 0
    blank = text.find(" ", place, place + 20)
    return place if blank < 0 else blank + 1


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            yield Piece(text[at:first])
        yield Piece(text[first:last], marked=True)
        at = last
    if at < end:
        yield Piece(text[at:end])
