"""Turns what somebody asks for into what an index is asked for. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from hub.clock import SECOND, micros
from search.analyzer import Row, is_spaced, sought
from search.engine import Phrase, Terms, Wanted
from search.query import Clause, Query, any_word

_FIELDS: Mapping[str, str] = MappingProxyType(
    {"kind": "kind", "in": "where", "from": "who", "series": "label", "tag": "label"}
)
_CHANNEL = ("#", "&", "+", "!")
_KINDS = {"log": "line", "irc": "line", "talk": "line", "minutes": "meeting", "people": "person"}
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers")
_SHORTEST_STEM = 3
_LEANING = """
에서 에게 으로 까지 부터 처럼 보다 하고 이나 이랑
이라 라는 들을 들이 들은 을 를 이 가 은 는 에 의 로 와 과 도 만 랑
"""
_PARTICLES = tuple(_LEANING.split())
"""Korean that leans on a word; longer ones first."""


def wanted(query: Query) -> Wanted:
    """Return what has to be met for a document to be what is asked for."""
    return Wanted(
        must=tuple(Phrase((clause.row,)) for clause in query.wanted),
        unless=(
            *(Phrase((clause.row,)) for clause in query.clauses if clause.negated),
            *(terms for terms in _terms(query, negated=True)),
        ),
        filters=tuple(_terms(query, negated=False)),
        after=micros(query.after) // SECOND if query.after else None,
        before=micros(query.before) // SECOND if query.before else None,
    )


def widened(query: Query) -> Wanted | None:
    """Return what is still near to it: words in other forms, and not all of them; None when that is the same.

    Half of the words are enough, and two of them when there are more.
    """
    wide = any_word(query)
    must = tuple(phrase for clause in wide.wanted for phrase in _forms(clause))
    some = max(1, min(len(must), (len(must) + 1) // 2)) if len(must) > 1 else None
    found = replace(wanted(wide), must=must, some=some)
    return None if not must or found == wanted(query) else found


def _forms(clause: Clause) -> Sequence[Phrase]:
    """Return a word in its forms: without a Korean particle, with the endings of English.

    Where no blanks part the words (Han, Kana) each pair of characters is one.
    """
    row = clause.row
    if row.prefix or not row.tokens:
        return [Phrase((row,))]
    if len(row.tokens) == 1 and is_spaced(row.tokens[0]):
        return [Phrase(tuple(Row((form,)) for form in english_forms(row.tokens[0])))]
    if len(row.tokens) > 1 and not any(map(_is_parted, row.tokens)):
        return [Phrase((Row((pair,)),)) for pair in row.tokens]
    bare = without_particle(clause.typed)
    return [Phrase((row,))] if bare is None else [Phrase((row, bare))]


def _is_parted(token: str) -> bool:
    """Tell whether a token is of a script in which blanks part words: Hangul is, too."""
    return is_spaced(token) or any("\uac00" <= character <= "\ud7a3" for character in token)


def english_forms(word: str) -> Sequence[str]:
    """Return a word and the forms that it may have beside: decide, decides, decided, deciding."""
    if not (word.isascii() and word.isalpha()) or len(word) <= _SHORTEST_STEM:
        return (word,)
    stems = {word}
    for ending in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            stems |= {stem, f"{stem}e"} if ending != "s" else {stem}
    if word.endswith("e"):
        stems.add(word[:-1])
    if word.endswith(("y", "ies", "ied")):
        stems |= {
            f"{word.removesuffix('y').removesuffix('ies').removesuffix('ied')}{e}"
            for e in ("y", "i")
        }
    forms = {f"{stem}{ending}" for stem in stems for ending in ("", *_ENDINGS)}
    return (word, *sorted(forms - {word}))


def bare_words(known: Sequence[tuple[str, int]], beginning: str) -> Sequence[str]:
    """Return Korean words without their particles, the most frequent first; forms of one word are one.

    known: words that begin so, with how often each is found. A word loses its particle only where what is
    left was found by itself or in another form, and is no shorter than the beginning.
    """
    counts = dict(known)
    bare = {word: [*_bare(word, len(beginning))] for word in counts}
    forms = Counter(stem for stems in bare.values() for stem in stems)
    found: Counter[str] = Counter()
    for word, count in counts.items():
        stems = (stem for stem in bare[word] if stem in counts or forms[stem] > 1)
        found[next(stems, word)] += count
    return [word for word, _ in found.most_common()]


def _bare(word: str, shortest: int) -> Iterator[str]:
    """Yield a word without its particle, for each that it may be."""
    for particle in _PARTICLES:
        stem = word.removesuffix(particle)
        if stem != word and len(stem) >= max(2, shortest):
            yield stem


def without_particle(typed: str) -> Row | None:
    """Return what to look for without the particle at the end of a Korean word, None without one."""
    for particle in _PARTICLES:
        bare = typed.removesuffix(particle)
        if bare != typed and len(bare) >= 2 and "가" <= bare[-1] <= "힣":
            return sought(bare)
    return None


def _terms(query: Query, *, negated: bool) -> Sequence[Terms]:
    found: dict[str, list[str]] = {}
    for name in _FIELDS:
        values = [f.value for f in query.filters if f.name == name and f.negated is negated]
        if values:
            key = name if name in ("series", "tag") else _FIELDS[name]
            found[key] = [spelled for value in values for spelled in _spelled(name, value)]
    return [
        Terms(_FIELDS.get(key, key), tuple(dict.fromkeys(values))) for key, values in found.items()
    ]


def _spelled(name: str, value: str) -> Sequence[str]:
    """Return the ways in which a filter's value may stand in the index."""
    if name == "in":
        return (value,) if value.startswith(_CHANNEL) else (value, f"#{value}")
    if name in ("series", "tag"):
        return (f"{name}:{value}",)
    if name == "kind":
        return (value, _KINDS.get(value, value), value.removesuffix("s"))
    return (value.removeprefix("@"),)
