"""Refs: `kind:id`, the only way in which one module names a thing of another; and links between refs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, insert, select

from hub.clock import from_micros, micros
from hub.people import Actor, may
from hub.tables import LinkRow


def may_read(_session: Session, actor: Actor, ref: str) -> bool:
    """Tell whether somebody may know of a thing that is as public as its kind."""
    return may(actor, "read", ref)


@dataclass(frozen=True, slots=True)
class RefKind:
    """How a module's things are recognised in text, labelled and addressed.

    `pattern` matches a mention in plain text; `found` turns the match into refs; `url` and `label` serve
    whoever shows a ref. `label` answers None when there is no such thing. `sees` tells whether somebody may
    know of it: what they may not is for them as if there was none. `call` matches how a thing is called in
    what people write for the hub, as `@ann`: `found` and signs know it, and so do links but for those of
    talk, where it may mean anybody. `standing` tells how far a thing is, of kinds that are to be done.
    """

    kind: str
    pattern: re.Pattern[str]
    found: Callable[[re.Match[str]], Sequence[str]]
    url: Callable[[str], str]
    label: Callable[[Session, str], str | None]
    sees: Callable[[Session, Actor, str], bool] = may_read
    call: re.Pattern[str] | None = None
    standing: "Callable[[Session, str], Standing | None] | None" = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a thing is, in the reader's words, and whether nothing of it is left to be done."""

    words: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Backlink:
    """Something, `source`, speaks of the thing at hand, `target`."""

    source: str
    target: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sign:
    """A mention in a text, from `start` to before `end`: what it names, where that is, and its title.

    standing: how far it is, where that was asked for.
    """

    start: int
    end: int
    ref: str
    url: str
    title: str
    standing: Standing | None = None


Signs = Callable[[str], Sequence[Sign]]
"""Finds what a text mentions, in its order, none over another. Asks for each thing's title only once."""

Place = tuple[str, str]
"""The address of a thing, and its title."""

_MOST = 200
"""So many things of one page get their titles; each costs a query."""


def no_signs(_text: str) -> Sequence[Sign]:
    """Find nothing: for texts of which nobody knows who reads them."""
    return ()


def signs_for(kinds: Sequence[RefKind], session: Session, actor: Actor) -> Signs:
    """Return what finds mentions of things that there are and that somebody may know of.

    For one page, within one read: titles are kept, and what follows the first hundreds stays plain text.
    """
    known: dict[str, Place | None] = {}

    def look(kind: RefKind, ref: str) -> Place | None:
        if ref not in known and len(known) < _MOST:
            known[ref] = _place(session, actor, kind, ref)
        return known.get(ref)

    return partial(_signs, kinds, look)


def with_standing(kinds: Sequence[RefKind], session: Session, signs: Signs) -> Signs:
    """Let mentions of what is to be done tell how far it is, for one page as the signs are."""
    asks = {kind.kind: kind.standing for kind in kinds if kind.standing is not None}
    known: dict[str, Standing | None] = {}

    def stand(sign: Sign) -> Sign:
        ask = asks.get(sign.ref.partition(":")[0])
        if ask is None:
            return sign
        if sign.ref not in known:
            known[sign.ref] = ask(session, sign.ref)
        return replace(sign, standing=known[sign.ref])

    return lambda text: [stand(sign) for sign in signs(text)]


def places_of(
    kinds: Sequence[RefKind], session: Session, actor: Actor, refs: Iterable[str]
) -> Mapping[str, Place]:
    """Return where things are and what they are called, as far as somebody may know of them."""
    by_kind = {kind.kind: kind for kind in kinds}
    found = {}
    for ref in islice(dict.fromkeys(refs), _MOST):
        kind = by_kind.get(ref.partition(":")[0])
        place = _place(session, actor, kind, ref) if kind is not None else None
        if place is not None:
            found[ref] = place
    return found


def signs_of(kinds: Sequence[RefKind], places: Mapping[str, Place]) -> Signs:
    """Return what finds mentions of these things only, and asks for nothing more."""
    return partial(_signs, kinds, lambda _, ref: places.get(ref))


def _place(session: Session, actor: Actor, kind: RefKind, ref: str) -> Place | None:
    title = kind.label(session, ref) if kind.sees(session, actor, ref) else None
    return None if title is None else (kind.url(ref), title)


def _signs(
    kinds: Sequence[RefKind],
    look: Callable[[RefKind, str], Place | None],
    text: str,
) -> Sequence[Sign]:
    found: list[Sign] = []
    for kind in kinds:
        for match in _mentions(kind, text):
            refs = kind.found(match)
            place = look(kind, refs[0]) if refs else None
            if place is not None:
                found.append(Sign(match.start(), match.end(), refs[0], *place))
    found.sort(key=lambda sign: (sign.start, -sign.end))
    apart: list[Sign] = []
    for sign in found:
        if not apart or sign.start >= apart[-1].end:
            apart.append(sign)
    return apart


def _mentions(kind: RefKind, text: str) -> Iterator[re.Match[str]]:
    yield from kind.pattern.finditer(text)
    if kind.call is not None:
        yield from kind.call.finditer(text)


def find_refs(kinds: Iterable[RefKind], text: str, *, said: bool = True) -> Iterator[str]:
    """Yield each ref that the text mentions, once. said: it is talk, in which nobody is called by a sign."""
    seen: set[str] = set()
    for kind in kinds:
        for match in kind.pattern.finditer(text) if said else _mentions(kind, text):
            for ref in kind.found(match):
                if ref not in seen:
                    seen.add(ref)
                    yield ref


def set_links(session: Session, source: str, targets: Iterable[str], *, at: datetime) -> None:
    """Make `targets` all that `source` links to. Doing it again changes nothing."""
    table = LinkRow.__table__  # type: ignore[attr-defined]
    session.connection().execute(delete(table).where(table.c.source == source))
    rows = [{"source": source, "target": t, "at": micros(at)} for t in dict.fromkeys(targets)]
    if rows:
        session.connection().execute(insert(table), rows)


def backlinks(session: Session, first: str, last: str, limit: int = 2000) -> Sequence[Backlink]:
    """Return who links to the targets from `first` to `last` in the order of their names."""
    its = {"first": first, "last": last, "most": limit}
    rows = session.connection().execute(_BACKLINKS, its)
    return [Backlink(source, target, from_micros(at)) for source, target, at in rows]


# Made once, for every page of a day asks: to make a statement costs more than to run it.
_BACKLINKS = (
    select(LinkRow.source, LinkRow.target, LinkRow.at)
    .where(
        col(LinkRow.target) >= bindparam("first"),
        col(LinkRow.target) <= bindparam("last"),
    )
    .order_by(col(LinkRow.target), col(LinkRow.at))
    .limit(bindparam("most"))
)


def links_from(
    session: Session, first: str, last: str, limit: int = 2000
) -> Sequence[tuple[str, str]]:
    """Return source and target of what the sources from `first` to `last` mention."""
    its = {"first": first, "last": last, "most": limit}
    return [(source, target) for source, target in session.connection().execute(_FROM, its)]


def newest_backlinks(session: Session, target: str, limit: int) -> Sequence[Backlink]:
    """Return who links to one thing, the newest first."""
    rows = session.connection().execute(_NEWEST, {"target": target, "most": limit})
    return [Backlink(source, target, from_micros(at)) for source, at in rows]


def targets_of(session: Session, source: str, limit: int = 200) -> Sequence[str]:
    """Return what a thing links to."""
    rows = session.connection().execute(_TARGETS, {"source": source, "most": limit})
    return [target for (target,) in rows]


_FROM = (
    select(LinkRow.source, LinkRow.target)
    .where(
        col(LinkRow.source) >= bindparam("first"),
        col(LinkRow.source) <= bindparam("last"),
    )
    .order_by(col(LinkRow.source), col(LinkRow.target))
    .limit(bindparam("most"))
)
_NEWEST = (
    select(LinkRow.source, LinkRow.at)
    .where(col(LinkRow.target) == bindparam("target"))
    .order_by(col(LinkRow.at).desc(), col(LinkRow.source))
    .limit(bindparam("most"))
)
_TARGETS = (
    select(LinkRow.target)
    .where(col(LinkRow.source) == bindparam("source"))
    .order_by(col(LinkRow.target))
    .limit(bindparam("most"))
)
