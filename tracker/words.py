"""The words of a text, as stories are found by them. Pure."""

import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_LONGEST = 40
_MOST = 2_000


def fold(text: str) -> str:
    """Return a text as it compares: case, width and accents' composition set aside."""
    return unicodedata.normalize("NFKC", text).casefold()


def words_of(text: str) -> Sequence[str]:
    """Return each word of a text once, folded, in the order in which they come; bounded."""
    found = dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(fold(text)))
    return list(found)[:_MOST]


def has_phrase(text: str, phrase: str) -> bool:
    """Tell whether the words of a phrase stand in a text, next to each other."""
    sought, there = _WORD.findall(fold(phrase)), _WORD.findall(fold(text))
    return any(there[i : i + len(sought)] == sought for i in range(len(there) - len(sought) + 1))
