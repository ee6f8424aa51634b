"""Did you mean: words that are there, for words that are not. Only among what the asker may read."""

import difflib
from dataclasses import replace

from search.analyzer import is_spaced
from search.asking import english_forms
from search.engine import Reader, Wanted
from search.query import Query

_CLOSE = 0.75
_KNOWN = 400
_SHORTEST = 4


def better_query(reader: Reader, query: Query, asked: Wanted) -> str:
    """Return the query with each word that nothing holds replaced by the nearest one; empty when none is.

    `asked` tells which documents count: those that pass its filters, else it would be found nowhere again.
    """
    open_ = replace(asked, must=(), unless=(), some=None)
    text, found = query.text, False
    for clause in query.wanted:
        tokens = clause.row.tokens
        if len(tokens) != 1 or not is_spaced(tokens[0]) or len(tokens[0]) < _SHORTEST:
            continue
        better = _nearest(reader, tokens[0], open_)
        if better is not None:
            text, found = text.replace(clause.typed, better, 1), True
    return text if found else ""


def _nearest(reader: Reader, word: str, open_: Wanted) -> str | None:
    """Return the word nearest to one that nothing holds; its first letter, or all but it, is right."""
    if any(known == word for known, _ in reader.words(word, open_, 1)):
        return None
    known: dict[str, int] = {}
    for prefix in dict.fromkeys((word[:3], word[:2], word[:1], word[1::-1])):
        known |= dict(reader.words(prefix, open_, _KNOWN))
    forms = english_forms(word)  # those are looked for anyway
    near = [k for k in known if abs(len(k) - len(word)) <= 2 and k not in forms]
    close = difflib.get_close_matches(word, near, 3, _CLOSE)
    return max(close, key=lambda k: (_likeness(k, word), known[k]), default=None)


def _likeness(one: str, other: str) -> float:
    """Return how alike two words are; letters that changed places count as right."""
    same = sorted(one) == sorted(other)
    return difflib.SequenceMatcher(None, one, other).ratio() + (0.2 if same else 0.0)
