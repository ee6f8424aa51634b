"""Finds what somebody may read: from a query to hits that their owners have told about just now.

Rights are asked twice. Before: what is not public counts, in numbers and facets too, only where `hub.people`
allows it thing by thing. After: each hit that is shown is asked for once more as it is now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlmodel import Session

from hub.clock import SECOND, from_micros
from hub.documents import Document, may_see
from hub.links import document_now
from hub.module import Module
from hub.people import Actor
from search.analyzer import Row
from search.asking import wanted, widened
from search.engine import PUBLIC, Damaged, Facets, Match, Matches, Reader, Terms, Wanted
from search.index import Index, State
from search.query import Order, Query
from search.snippets import Piece, excerpt, whole
from search.spelling import better_query

GROUPS = 12
_STEP = 100
_MOST = 200
_SHOWN = 2
_AROUND = 2
_LONG = 500
_NOT_PUBLIC = 500


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the conversation around a hit; `is_it`: it is a hit itself."""

    ref: str
    url: str
    who: str
    at: datetime
    pieces: Sequence[Piece]
    is_it: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found, as its owner tells of it now."""

    ref: str
    kind: str
    url: str
    title: str
    who: str
    where: str
    at: datetime
    pieces: Sequence[Piece]
    around: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Group:
    """Hits that belong together: those of a channel's day, or a single thing. `more`: not shown ones."""

    hits: Sequence[Hit]
    more: int
    where: str
    day: date

    @property
    def talks(self) -> Sequence[Sequence[Said]]:
        """The conversations around the hits in the order of time; those that touch are one."""
        found: list[list[Said]] = []
        it = {hit.ref for hit in self.hits}
        for hit in sorted(self.hits, key=lambda hit: hit.at):
            known = {said.ref for said in found[-1]} if found else set()
            told = [replace(said, is_it=said.ref in it) for said in hit.around]
            if known & {said.ref for said in told}:
                found[-1] = [replace(said, is_it=said.ref in it) for said in found[-1]]
                found[-1] += [said for said in told if said.ref not in known]
            elif told:
                found.append(told)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """What a page of results shows.

    total: None when there are very many. is_wide: not all words had to be there. next_offset: None at the
    end. better: the query with words that are there, empty when there is no better one.
    """

    query: Query
    groups: Sequence[Group]
    total: int | None
    facets: Facets
    next_offset: int | None
    is_wide: bool
    better: str
    state: State
    done: float

    @property
    def hits(self) -> Sequence[Hit]:
        """All hits that are shown."""
        return [hit for group in self.groups for hit in group.hits]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and of which modules."""

    actor: Actor
    modules: Sequence[Module]

    def may_read(self, document: Document) -> bool:
        """Tell whether a thing may be shown."""
        return may_see(self.actor, document)


def find(
    session: Session,
    index: Index,
    asker: Asker,
    query: Query,
    *,
    offset: int = 0,
    groups: int = GROUPS,
    faceted: bool = True,
) -> Found:
    """Return what is found from an offset on. Never fails for what a query or an index holds."""
    nothing = Found(query, (), 0, {}, None, False, "", State.MISSING, 0.0)
    opened = index.opened()
    if opened is None:
        return nothing
    try:
        nothing = replace(nothing, state=opened.state, done=opened.done)
        if query.is_empty:
            return nothing
        return replace(
            _find(session, opened.reader, asker, query, offset, groups, faceted),
            state=opened.state,
            done=opened.done,
        )
    except Damaged:
        index.damaged(opened.reader)
        return replace(nothing, state=State.MISSING)


def _find(
    session: Session,
    reader: Reader,
    asker: Asker,
    query: Query,
    offset: int,
    groups: int,
    faceted: bool,
) -> Found:
    newest = query.first is Order.NEW
    asked = readable(session, reader, asker, wanted(query))
    first = reader.search(asked, newest=newest, limit=_STEP, offset=offset)
    wide, better = None, ""
    if first.total == 0:
        better = better_query(reader, query, asked)
        wide = widened(query)
        if wide is not None:
            asked = readable(session, reader, asker, wide)
            first = reader.search(asked, newest=False, limit=_STEP, offset=offset)
    drafts, next_offset = _grouped(reader, asked, first, offset, groups, newest=newest and not wide)
    rows = [row for phrase in asked.must for row in phrase.rows]
    shown = [g for g in (_group(session, asker, draft, rows) for draft in drafts) if g.hits]
    facets = reader.facets(asked) if faceted and first.total is not None and first.total else {}
    return Found(
        query, shown, first.total, facets, next_offset, wide is not None, better, State.WHOLE, 1.0
    )


def readable(session: Session, reader: Reader, asker: Asker, asked: Wanted) -> Wanted:
    """Return what is asked for, among what the asker may read: what is public, and single things.

    Of what is not public, so many of the newest that fit are looked at.
    """
    public = Terms("visibility", (PUBLIC,))
    hidden = tuple(value for value in reader.visibilities() if value != PUBLIC)
    if not hidden:
        return replace(asked, readable=(public,))
    others = replace(asked, readable=(Terms("visibility", hidden),))
    found = reader.search(others, newest=True, limit=_NOT_PUBLIC).matches
    refs = tuple(match.ref for match in found if _is_open(session, asker, match))
    return replace(asked, readable=(public, Terms("ref", refs)) if refs else (public,))


def _is_open(session: Session, asker: Asker, match: Match) -> bool:
    document = document_now(session, asker.modules, match.ref)
    return document is not None and asker.may_read(document)


@dataclass(slots=True)
class _Draft:
    """A group while it is gathered."""

    key: tuple[str, str, int]
    matches: list[Match]


def _grouped(
    reader: Reader, asked: Wanted, first: Matches, offset: int, groups: int, *, newest: bool
) -> tuple[Sequence[_Draft], int | None]:
    """Gather matches until one would begin a group too many; return them and where that one is."""
    drafts: dict[tuple[str, str, int], _Draft] = {}
    found, place = first.matches, offset
    while True:
        for match in found:
            key = _key(match)
            if key not in drafts and len(drafts) == groups:
                return list(drafts.values()), place
            drafts.setdefault(key, _Draft(key, [])).matches.append(match)
            place += 1
        if len(found) < _STEP:
            return list(drafts.values()), None
        if place - offset >= _MOST:
            return list(drafts.values()), place
        found = reader.search(asked, newest=newest, limit=_STEP, offset=place).matches


def _key(match: Match) -> tuple[str, str, int]:
    if match.kind == "line":
        return (match.kind, match.ref.rpartition("T")[0], match.at // 86_400)
    return (match.kind, match.ref, 0)


def _group(session: Session, asker: Asker, draft: _Draft, rows: Sequence[Row]) -> Group:
    hits: list[Hit] = []
    for match in draft.matches:
        if len(hits) == _SHOWN:
            break
        hits += _hit(session, asker, match, rows)
    more = max(0, len(draft.matches) - len(hits)) if hits else 0
    first = draft.matches[0]
    return Group(hits, more, first.where, from_micros(first.at * SECOND).date())


def _hit(session: Session, asker: Asker, match: Match, rows: Sequence[Row]) -> Iterator[Hit]:
    """Ask a match's owner what it is now; nothing when it is gone, or not for the asker any more."""
    told = _around(session, asker.modules, match.ref)
    document = next((d for d in told if d.ref == match.ref), None)
    if document is None:
        document = document_now(session, asker.modules, match.ref)
    if document is None or not asker.may_read(document):
        return
    around = [_said(asker, d, rows, document.ref) for d in told if asker.may_read(d)]
    yield Hit(
        document.ref,
        document.kind,
        url_of(asker.modules, document),
        document.title,
        document.who,
        document.where,
        document.at.astimezone(UTC),
        excerpt(document.text, rows),
        around,
    )


def _around(session: Session, modules: Sequence[Module], ref: str) -> Sequence[Document]:
    """Return a thing of a stream with what is around it; nothing for other things."""
    for module in modules:
        documents = module.documents
        if documents is not None and documents.around is not None:
            told = documents.around(session, ref, _AROUND)
            if told:
                return told
    return ()


def _said(asker: Asker, document: Document, rows: Sequence[Row], hit: str) -> Said:
    return Said(
        document.ref,
        url_of(asker.modules, document),
        document.who,
        document.at.astimezone(UTC),
        whole(document.text[:_LONG], rows),
        document.ref == hit,
    )


def url_of(modules: Sequence[Module], document: Document) -> str:
    """Return the address of a thing on this hub, `/` when its kind has none."""
    if document.url:
        return document.url
    ref = document.ref
    kind = ref.partition(":")[0]
    for module in modules:
        for known in module.refs:
            if known.kind == kind:
                return known.url(ref)
    return "/"
