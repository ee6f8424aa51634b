"""Takes text apart into the tokens that are indexed and looked for: the same for every engine.

Rules:
- Runs of letters and digits are words, folded in case and width (NFKC, casefold). Everything else parts
  them, so `nova-compute`, paths and addresses become words that follow each other.
- Scripts that put no blanks between words (Han, Kana, Hangul, Thai and its neighbours) become pairs of
  characters, and the last one stands alone once more: 오픈스택을 is 오픈 픈스 스택 택을 을. So 오픈스택 and
  회의 are found inside of longer words, and one character alone is found as the beginning of a token.
- What is looked for is a row of tokens that follow each other.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ANALYZER_VERSION = 3
"""Told with each index: one that was made by another version is made again. 3: Korean words are in it."""

LONGEST = 64
"""A word of more characters is taken for several."""

MOST_TEXT = 1_000_000
"""A text is indexed up to so many characters."""

_PAIRED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029"
    "\u3031-\u3035\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957"
)
_ASCII_WORD = re.compile(rf"[a-z0-9]{{1,{LONGEST}}}")
_LETTER = rf"[^\W_{_PAIRED}]"
_RUN = re.compile(rf"[{_PAIRED}]+|{_LETTER}(?:{_LETTER}|[{_MARKS}])*")
_IS_PAIRED = re.compile(f"[{_PAIRED}]")
_KOREAN = re.compile("[\uac00-\ud7a3]{2,20}")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a text, and where in the text it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens that have to follow each other; the last one may go on where `prefix` is set."""

    tokens: tuple[str, ...]
    prefix: bool = False


def indexed(text: str) -> str:
    """Return the tokens of a text with blanks between them."""
    text = text[:MOST_TEXT]
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    found: list[str] = []
    for run in _RUN.findall(_folded(text)):
        if _is_paired(run):
            found += _pairs(run)
            found.append(run[-1])
        else:
            found += _words(run)
    return " ".join(found)


def is_korean(text: str) -> bool:
    """Tell whether a text begins in Hangul."""
    return "\uac00" <= text[:1] <= "\ud7a3"


def korean_words(text: str) -> str:
    """Return the Korean words of a text, whole and with blanks between them."""
    if text.isascii():
        return ""
    return " ".join(_KOREAN.findall(_folded(text[:MOST_TEXT])))


def located(text: str) -> Sequence[Token]:
    """Return the tokens of a text with their places in it, in the order of `indexed`.

    Signs that are letters only once they are folded (㈜) are left out.
    """
    text = text[:MOST_TEXT]
    if text.isascii():
        return [Token(m[0], m.start(), m.end()) for m in _ASCII_WORD.finditer(text.lower())]
    return [token for match in _RUN.finditer(text) for token in _located(match)]


def may_hold(text: str, rows: Sequence[Row]) -> bool:
    """Tell, in a fraction of the time that looking takes, whether a text may hold one of the rows."""
    folded = text.lower() if text.isascii() else _folded(text)
    return any(row.tokens[0] in folded for row in rows)


def sought(text: str) -> Row:
    """Return what to look for when somebody types that text; no tokens when there is nothing to find."""
    runs: Sequence[str] = _RUN.findall(_folded(text[:MOST_TEXT]))
    if not runs:
        return Row(())
    tokens = [token for run in runs[:-1] for token in _tokens(run)]
    last = runs[-1]
    if not _is_paired(last):
        return Row((*tokens, *_words(last)))
    if len(last) == 1:
        return Row((*tokens, last), prefix=True)
    return Row((*tokens, *_pairs(last)))


def is_spaced(token: str) -> bool:
    """Tell whether a token is a whole word of a script that puts blanks between words."""
    return not _is_paired(token)


def _located(match: re.Match[str]) -> Iterator[Token]:
    run, start = match[0], match.start()
    folded = _folded(run)
    if _is_paired(run) and len(folded) == len(run):
        for i in range(len(folded) - 1):
            yield Token(folded[i : i + 2], start + i, start + i + 2)
        yield Token(folded[-1], match.end() - 1, match.end())
        return
    for piece in _RUN.findall(folded):
        for token in _tokens(piece):
            yield Token(token, start, match.end())


def _tokens(piece: str) -> Sequence[str]:
    return (*_pairs(piece), piece[-1]) if _is_paired(piece) else _words(piece)


def _words(run: str) -> Sequence[str]:
    """Return a word, or the pieces of one that is too long."""
    if len(run) <= LONGEST:
        return (run,)
    return [run[i : i + LONGEST] for i in range(0, len(run), LONGEST)]


def _pairs(piece: str) -> Sequence[str]:
    return [piece[i : i + 2] for i in range(len(piece) - 1)]


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded)


def _is_paired(run: str) -> bool:
    return _IS_PAIRED.match(run) is not None
