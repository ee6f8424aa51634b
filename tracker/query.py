"""The query box's grammar: `is:open assignee:me project:x -tag:z importance:high sort:updated "phrase"`.

Pure. A query is terms `key:value`, each of which may be forbidden by a `-` before it, and words and phrases
that titles or descriptions must have. What looks like a term but is none is looked for as words. A query
written out and read again is the same query, so that it can be an address.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.states import CLOSED, OPEN, Importance, Stage, State
from tracker.tables import KINDS
from tracker.words import words_of

LONGEST = 400
_MOST = 24
"""Characters of a query, and its terms and words together."""


class Sort(StrEnum):
    """The order of a list; all but the last with the largest first."""

    UPDATED = "updated"
    CREATED = "created"
    IMPORTANCE = "importance"
    HEAT = "heat"
    OLDEST = "oldest"


STATES: Mapping[str, tuple[State, ...]] = {
    "open": OPEN,
    "closed": CLOSED,
    "any": (*OPEN, *CLOSED),
    **{state.value: (state,) for state in State},
}
"""What `is:` says of a story's state."""

MARKS = ("duplicate", "security", "private", "unassigned")
"""What else `is:` may say."""

_CHOICES: Mapping[str, frozenset[str]] = {
    "is": frozenset({*STATES, *MARKS}),
    "importance": frozenset(Importance),
    "stage": frozenset(Stage),
    "kind": frozenset(KINDS),
    "sort": frozenset(Sort),
}
_NAMED = frozenset(
    {"project", "group", "tag", "assignee", "creator", "follower", "affects", "milestone"}
)
_ALIASES = {"author": "creator", "subscriber": "follower", "status": "is"}
KEYS = frozenset({*_CHOICES, *_NAMED})

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')
_PLAIN = re.compile(r'[^\s":-][^\s":]*')


@dataclass(frozen=True, slots=True)
class Term:
    """One `key:value`; `forbidden` with a `-` before it."""

    key: str
    value: str
    forbidden: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.forbidden}{self.key}:{_quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Sought:
    """Words next to each other that a story has, or must not have; the last may be a word's beginning."""

    text: str
    forbidden: bool = False
    is_phrase: bool = False

    def __str__(self) -> str:
        text = f'"{self.text}"' if self.is_phrase else _quoted(self.text)
        return f"{'-' * self.forbidden}{text}"


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. state: what was said of it, "" for nothing, which means open."""

    state: str = ""
    terms: tuple[Term, ...] = ()
    sought: tuple[Sought, ...] = ()
    sort: Sort = Sort.UPDATED

    @property
    def states(self) -> tuple[State, ...]:
        """The states that stories may have."""
        return STATES[self.state or "open"]

    def __str__(self) -> str:
        """Return the query as people write it, in a settled order."""
        parts = [f"is:{self.state}"] if self.state else []
        parts += [str(each) for each in (*self.terms, *self.sought)]
        if self.sort is not Sort.UPDATED:
            parts.append(f"sort:{self.sort}")
        return " ".join(parts)

    def with_state(self, state: str) -> "Query":
        """Return the query for stories in another state."""
        return replace(self, state=state)

    def with_sort(self, sort: Sort) -> "Query":
        """Return the query in another order."""
        return replace(self, sort=sort)

    def with_term(self, key: str, value: str) -> "Query":
        """Return the query with one more term, which takes the place of others of its key."""
        kept = tuple(term for term in self.terms if term.key != key or key == "tag")
        return replace(self, terms=tuple(dict.fromkeys((*kept, Term(key, value)))))


def parse_query(text: str) -> Query:
    """Return what a text asks for; every text asks for something."""
    state, sort = "", Sort.UPDATED
    terms: list[Term] = []
    sought: list[Sought] = []
    for part in list(_parts(text[:LONGEST]))[:_MOST]:
        if isinstance(part, Sought):
            sought.append(part)
        elif part.key == "is" and part.value in STATES and not part.forbidden:
            state = part.value
        elif part.key == "sort":
            sort = Sort(part.value)
        else:
            terms.append(part)
    return Query(state, tuple(dict.fromkeys(terms)), tuple(dict.fromkeys(sought)), sort)


def _parts(text: str) -> Iterator[Term | Sought]:
    for token in _TOKEN.finditer(text.replace("\0", " ")):
        value = token["bare"] if token["quoted"] is None else token["quoted"]
        forbidden = token["minus"] == "-"
        term = _term(token["key"] or "", value.strip(), forbidden)
        if term is not None:
            yield term
            continue
        # What is no term is words: `http://x` and `what:ever` too.
        text = " ".join((f"{token['key']}:{value}" if token["key"] else value).split())
        words = words_of(text)
        if words:
            is_phrase = token["quoted"] is not None or [text] != list(words)
            yield Sought(text, forbidden, is_phrase)


def _term(key: str, value: str, forbidden: bool) -> Term | None:
    key = _ALIASES.get(key, key)
    if not value or key not in KEYS:
        return None
    if key not in _CHOICES:
        return Term(key, " ".join(value.split()), forbidden)
    value = value.lower()
    known = value in _CHOICES[key] and not (forbidden and (key == "sort" or value in STATES))
    return Term(key, value, forbidden) if known else None


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f'"{value}"'
