"""Finds what is related to a thing: written things of other kinds that share its telling words."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from sqlmodel import Session

from hub.documents import Document
from hub.links import document_now
from hub.module import Module
from hub.people import Actor
from search.analyzer import Row, indexed
from search.engine import Damaged, Phrase, Terms, Wanted
from search.finding import Asker, readable
from search.index import Index

_MOST = 5
_LOOKED_AT = 15
_FROM_TITLE = 10
_FROM_TEXT = 8
_SHORTEST = 3
_EXCLUDED = 100
_TEXT = 20_000

_TELL_NOTHING = """
about after again all also and any are been before both but can could did does done each few
for from get had has have here how into its just let like made make many may more most much must new
not now off once one only other our out over own per same see should since some still such than that
the their them then there these they this those too under until use used using very was way well were
what when where which while who why will with would you your agenda meeting meetings minutes notes item
items topic story stories pad task tasks link links info action actions agreed everyone weekly
"""
_COMMON = frozenset(_TELL_NOTHING.split())
"""Words that tell nothing, and what stands in every agenda."""


def related(
    index: Index,
    session: Session,
    modules: Sequence[Module],
    actor: Actor,
    document: Document,
    without: Collection[str],
) -> Sequence[Document]:
    """Return the few best of the other kinds that somebody may see, none of `without`."""
    opened = index.opened()
    asked = _asked(modules, document, without)
    if opened is None or not asked.must:
        return ()
    asker = Asker(actor, modules)
    try:
        asked = readable(session, opened.reader, asker, asked)
        found = opened.reader.search(asked, newest=False, limit=_LOOKED_AT).matches
    except Damaged:
        index.damaged(opened.reader)
        return ()
    told = (document_now(session, modules, match.ref) for match in found)
    seen = (near for near in told if near is not None and asker.may_read(near))
    return list(islice(seen, _MOST))


def _asked(modules: Sequence[Module], document: Document, without: Collection[str]) -> Wanted:
    words = telling_words(document)
    kinds = {kind for kind in _written_kinds(modules) if kind != document.kind}
    excluded = tuple(dict.fromkeys((document.ref, *sorted(without)[:_EXCLUDED])))
    must = tuple(Phrase((Row((word,)),)) for word in words)
    return Wanted(
        must=must if kinds else (),
        some=min(len(must), max(2, len(must) // 4)),
        unless=(Terms("ref", excluded),),
        filters=(Terms("kind", tuple(sorted(kinds))),),
    )


def telling_words(document: Document) -> Sequence[str]:
    """Return the words by which a thing is known: of its title and labels, and what its text repeats."""
    labels = (label.partition(":")[2] for label in document.labels)
    titled = islice(_telling(f"{document.title} {' '.join(labels)}"), _FROM_TITLE)
    counts = Counter(_telling(document.text[:_TEXT]))
    repeated = sorted(counts, key=lambda word: (-counts[word], -len(word), word))
    return [*dict.fromkeys((*titled, *(w for w in repeated[:_FROM_TEXT] if counts[w] > 1)))]


def _telling(text: str) -> Iterator[str]:
    """Yield the tokens that tell something; numbers of days and years do not."""
    for token in indexed(text).split():
        if token.isdecimal() and len(token) < 5:
            continue
        if token.isascii() and (len(token) < _SHORTEST or token in _COMMON):
            continue
        if len(token) > 1:
            yield token


def _written_kinds(modules: Sequence[Module]) -> Iterator[str]:
    """Yield the kinds of things that are written, not said."""
    for module in modules:
        if module.documents is not None and module.documents.since is None:
            yield from (kind.kind for kind in module.refs)
