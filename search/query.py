"""What somebody asks for, read from what they typed: `kind:story from:ann in:#swift before:2026-03 words`.

    words           all of them, in any order; nova-compute and 오픈스택 as they stand
    "a phrase"      these words after each other
    word*           all that begins so
    -word  -in:#c   not what has it
    kind:  in: (channel:, project:)  from: (by:)  series:  tag:     one of several, when given again
    before: after: (since:) on:      2021, 2021-05, 2021-05-12, today, yesterday, 7d, 2w, 3m, 1y
    sort:new  sort:best

Any text can be read: what can't be understood is told as a `Problem` with the best guess; the rest counts.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from hub.language import gettext
from search.analyzer import Row, sought
from search.dates import read_date

LONGEST = 400
"""A query counts up to so many characters."""

MOST_CLAUSES = 32
_GUESSES = 8


class Order(StrEnum):
    """Which hits come first."""

    BEST = "best"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Clause:
    """Something that has to be in a text, or must not be; `typed` is how it was written."""

    row: Row
    typed: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that a document has to be: `name` is kind, in, from, series or tag.

    start, end: where in the query it stands.
    """

    name: str
    value: str
    negated: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a query that was not understood, as a sentence; `guess` is the query that may be meant."""

    sentence: str
    guess: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query as it was understood. Times: from `after` until before `before`."""

    text: str
    clauses: tuple[Clause, ...] = ()
    filters: tuple[Filter, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    order: Order | None = None
    problems: tuple[Problem, ...] = ()
    dated: tuple[tuple[int, int], ...] = ()

    @property
    def wanted(self) -> Sequence[Clause]:
        """What has to be in a text."""
        return [clause for clause in self.clauses if not clause.negated]

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all."""
        return not (self.clauses or self.filters or self.after or self.before)

    @property
    def first(self) -> Order:
        """The order that is asked for, or the one that fits: without words there is no best."""
        return self.order or (Order.BEST if self.wanted else Order.NEW)

    def values(self, name: str) -> Sequence[str]:
        """Return what is asked for by a filter's name, each value once."""
        found = (f.value for f in self.filters if f.name == name and not f.negated)
        return list(dict.fromkeys(found))


NAMES: Mapping[str, str] = MappingProxyType(
    {
        "kind": "kind", "type": "kind",
        "in": "in", "channel": "in", "project": "in",
        "from": "from", "by": "from", "author": "from",
        "series": "series", "tag": "tag",
        "before": "before", "after": "after", "since": "after", "on": "on", "date": "on",
        "sort": "sort", "order": "sort",
    }
)  # fmt: skip
"""Filters by the names that are understood."""

_ORDERS = {
    "new": Order.NEW, "newest": Order.NEW, "date": Order.NEW, "latest": Order.NEW,
    "best": Order.BEST, "score": Order.BEST, "relevance": Order.BEST,
}  # fmt: skip
_QUOTES = str.maketrans("“”„‟＂«»「」『』：", '""""""""""":')
_PART = re.compile(
    r'(?P<no>-(?=\S))?(?:(?P<name>[A-Za-z]{1,20}):(?=\S))?(?:"(?P<phrase>[^"]*)(?P<end>"|\Z)|(?P<word>[^\s"]+))'
)


@dataclass(slots=True)
class _Draft:
    """A query while it is read."""

    text: str
    now: datetime
    clauses: list[Clause] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    dated: list[tuple[int, int]] = field(default_factory=list)
    after: datetime | None = None
    before: datetime | None = None
    order: Order | None = None

    def guess(self, match: re.Match[str], better: str) -> str:
        """Return the query with something better in a part's place."""
        return " ".join(f"{self.text[: match.start()]}{better}{self.text[match.end() :]}".split())

    def problem(self, match: re.Match[str], better: str, sentence: str) -> None:
        """Note what was not understood."""
        self.problems.append(Problem(sentence, self.guess(match, better)))


def read_query(text: str, now: datetime) -> Query:
    """Read a query; never fails. `now` is what dates like `7d` are counted from."""
    text = text.replace("\0", " ").translate(_QUOTES).strip()
    draft = _Draft(text[:LONGEST], now)
    if len(text) > LONGEST:
        told = gettext("Only the first %(number)s characters are looked for.", number=LONGEST)
        draft.problems.append(Problem(told, draft.text))
    for match in _PART.finditer(draft.text):
        _read_part(draft, match)
    if draft.after and draft.before and draft.after >= draft.before:
        _turn_round(draft)
    return Query(
        draft.text,
        tuple(draft.clauses),
        tuple(draft.filters),
        draft.after,
        draft.before,
        draft.order,
        tuple(draft.problems),
        tuple(draft.dated),
    )


def best_guess(query: Query, now: datetime) -> str:
    """Return the query that is meant when each guess at its problems is right; empty without problems."""
    guess = ""
    for _ in range(_GUESSES):
        if not query.problems or query.problems[0].guess == query.text:
            break
        guess = query.problems[0].guess
        query = read_query(guess, now)
    return guess


def without(query: Query, unwanted: Filter) -> str:
    """Return a query's text without one of its filters."""
    return " ".join(f"{query.text[: unwanted.start]} {query.text[unwanted.end :]}".split())


def narrowed(query: Query, name: str, value: str) -> str:
    """Return a query's text with one filter more; `on` takes the place of other dates."""
    text = undated(query) if name == "on" else query.text
    quoted = f'"{value}"' if re.search(r"\s", value) else value
    return f"{text} {name}:{quoted}".strip()


def undated(query: Query) -> str:
    """Return a query's text without its dates."""
    text = query.text
    for start, end in sorted(query.dated, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def any_word(query: Query) -> Query:
    """Return the query with each word of its clauses by itself, common English words left out."""
    words = [clause for clause in query.clauses if clause.negated or not _is_filler(clause)]
    return replace(query, clauses=tuple(words) or query.clauses)


def _is_filler(clause: Clause) -> bool:
    return clause.typed.casefold() in FILLERS


_FILLERS = """
a about an and any are as at be been but by came can come could did do does for from had has have he her
his how i if in into is it its me my no not of on or our out she should so some than that the their them
then there these they this to us was we were what when where which who why will with would you your
그 그런 누가 누구 뭐 뭐가 뭘 무엇 무엇을 무슨 어느 어디 어디에 어디서 어떤 어떻게 언제
왜 우리 있나요 있어요 하나요 했나요
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that say little: left out where not all words have to be there."""


def _read_part(draft: _Draft, match: re.Match[str]) -> None:
    name = match["name"]
    if name is None:
        return _read_words(draft, match)
    known = NAMES.get(name.lower())
    if known is not None:
        return _read_filter(draft, match, known)
    close = difflib.get_close_matches(name.lower(), NAMES, 1, 0.75)
    if close and len(name) > 2 and not _value(match).startswith("//"):
        told = gettext("There is no filter “%(name)s”; it was looked for as words.", name=name)
        draft.problem(match, f"{match['no'] or ''}{close[0]}:{_shown(match)}", told)
    return _read_words(draft, match)


def _value(match: re.Match[str]) -> str:
    return match["word"] if match["phrase"] is None else match["phrase"]


def _shown(match: re.Match[str]) -> str:
    return match["word"] if match["phrase"] is None else f'"{match["phrase"]}"'


def _read_words(draft: _Draft, match: re.Match[str]) -> None:
    typed = f"{match['name']}:{_value(match)}" if match["name"] else _value(match)
    if match["phrase"] is not None and not match["end"]:
        told = gettext("A quotation mark is missing; the phrase was taken to end here.")
        draft.problem(match, f'{match[0]}"', told)
    elif match["word"] is not None and _is_bare(draft, match):
        return
    row = sought(typed)
    if match["phrase"] is None and typed.endswith("*"):
        row = replace(row, prefix=True)
    if row.tokens and len(draft.clauses) < MOST_CLAUSES:
        draft.clauses.append(Clause(row, typed.rstrip("*"), bool(match["no"])))
    elif row.tokens and not any(p.guess == draft.text for p in draft.problems):
        told = gettext("Only the first %(number)s words are looked for.", number=MOST_CLAUSES)
        draft.problems.append(Problem(told, draft.text))


def _is_bare(draft: _Draft, match: re.Match[str]) -> bool:
    """Tell whether this is a filter without a value, and note it; a blank is the usual reason."""
    name, colon, rest = match["word"].lower().partition(":")
    if match["name"] or not colon or rest or name not in NAMES:
        return False
    rest = draft.text[match.end() :].lstrip()
    told = gettext("“%(name)s:” needs a word right behind it.", name=name)
    better = f"{draft.text[: match.end()]}{rest}" if rest else draft.text[: match.start()].strip()
    draft.problems.append(Problem(told, better))
    return True


def _read_filter(draft: _Draft, match: re.Match[str], name: str) -> None:
    value = _value(match).strip()
    if name in {"before", "after", "on"}:
        return _read_date(draft, match, name, value)
    if name == "sort":
        return _read_order(draft, match, value)
    if not value:
        told = gettext("“%(name)s:” needs a word right behind it.", name=name)
        return draft.problem(match, "", told)
    negated = bool(match["no"])
    draft.filters.append(Filter(name, value.casefold(), negated, match.start(), match.end()))
    return None


def _read_order(draft: _Draft, match: re.Match[str], value: str) -> None:
    draft.order = _ORDERS.get(value.lower())
    if draft.order is None:
        told = gettext("Sort by new or best, not by “%(value)s”.", value=value)
        draft.problem(match, "sort:new", told)


def _read_date(draft: _Draft, match: re.Match[str], name: str, value: str) -> None:
    period = read_date(value, draft.now)
    if period is None:
        told = gettext(
            "“%(value)s” is no date: write 2021, 2021-05, 2021-05-12, today or 7d.", value=value
        )
        better = next(
            (f"{name}:{guess}" for guess in _dates(value) if read_date(guess, draft.now)), ""
        )
        return draft.problem(match, better, told)
    draft.dated.append((match.start(), match.end()))
    if name == "on" and match["no"]:
        return draft.problem(match, "", gettext("A date can't be left out; use before: or after:."))
    if (name == "after") != bool(match["no"]) or name == "on":
        draft.after = max(draft.after or period.start, period.start)
    if (name == "before") != bool(match["no"]) or name == "on":
        end = period.end if name == "on" else period.start
        draft.before = min(draft.before or end, end)
    return None


_NUMBERS = re.compile(r"\d+")


def _dates(value: str) -> Iterator[str]:
    """Yield what somebody may have meant who wrote that for a date."""
    numbers = _NUMBERS.findall(value)
    for row in (numbers, numbers[::-1], numbers[:2], numbers[:1]):
        if row and len(row[0]) == 4:
            yield "-".join(row)
    if len(numbers) == 3 and len(numbers[2]) == 4:
        yield f"{numbers[2]}-{numbers[0]}-{numbers[1]}"
    if len(value) == 8 and value.isdecimal():
        yield f"{value[:4]}-{value[4:6]}-{value[6:]}"


def _turn_round(draft: _Draft) -> None:
    assert draft.after is not None
    assert draft.before is not None
    told = gettext("Nothing is both before and after these dates; they were turned round.")
    first, last = draft.before, draft.after
    draft.after, draft.before = first, last
    query = Query(draft.text, dated=tuple(draft.dated))
    guess = f"{undated(query)} after:{first:%Y-%m-%d} before:{last:%Y-%m-%d}".strip()
    draft.problems.append(Problem(told, guess))
