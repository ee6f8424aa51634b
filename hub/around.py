"""What stands around a thing on its page: what speaks of it, and what is related to it.

Both are read when the page is, as somebody may see them then: nothing is kept beside the links and the index.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from hub.documents import Document, may_see
from hub.links import document_now
from hub.module import Module
from hub.people import Actor
from hub.refs import RefKind, newest_backlinks, targets_of

_SHOWN = 20
_LOOKED_AT = 60
"""What somebody may not see is passed over; after so many links the list ends."""

_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Something near: `text` is what it says, shortened, for what has no title of its own."""

    ref: str
    kind: str
    url: str
    title: str
    who: str
    where: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What speaks of a thing, the newest first, and what is related to it, the best first."""

    speaks: Sequence[Neighbour] = ()
    related: Sequence[Neighbour] = ()


Related = Callable[
    [Session, Sequence[Module], Actor, Document, Collection[str]], Sequence[Document]
]
"""What search brings: what is related to a document and may be seen, without those refs."""


def around(
    session: Session,
    modules: Sequence[Module],
    actor: Actor,
    ref: str,
    told: Collection[str] = (),
    also: Sequence[str] = (),
) -> Around:
    """Return what stands around a thing, for somebody who may see the thing itself.

    told: refs that its page names anyway; they are not called related once more. also: refs of what has its
    place on this page; who speaks of that speaks of the thing.
    """
    speaks = what_speaks_of(session, modules, actor, ref, *also)
    document = document_now(session, modules, ref)
    if document is None:
        return Around(speaks)
    known = {neighbour.ref for neighbour in speaks} | {*targets_of(session, ref), ref, *told}
    kinds = _kinds(modules)
    related = [
        _neighbour(kinds[near.kind], near)
        for module in modules
        if module.related is not None
        for near in module.related(session, modules, actor, document, known)
        if near.kind in kinds
    ]
    return Around(speaks, related)


def what_speaks_of(
    session: Session, modules: Sequence[Module], actor: Actor, *refs: str
) -> Sequence[Neighbour]:
    """Return what mentions a thing, by any of its refs, and may be seen; the newest first."""
    links = [link for ref in refs for link in newest_backlinks(session, ref, _LOOKED_AT)]
    newest = {link.source: None for link in sorted(links, key=lambda link: link.at, reverse=True)}
    told = (_told(session, modules, actor, source) for source in newest)
    return list(islice(filter(None, told), _SHOWN))


def _told(
    session: Session, modules: Sequence[Module], actor: Actor, source: str
) -> Neighbour | None:
    """Return what mentions a thing; None where somebody may not see it."""
    kind = _kinds(modules).get(source.partition(":")[0])
    if kind is None or not kind.sees(session, actor, source):
        return None
    document = document_now(session, modules, source)
    if document is None or not may_see(actor, document):
        return None
    return _neighbour(kind, document)


def _kinds(modules: Sequence[Module]) -> dict[str, RefKind]:
    return {kind.kind: kind for module in modules for kind in module.refs}


def _neighbour(kind: RefKind, document: Document) -> Neighbour:
    return Neighbour(
        document.ref,
        document.kind,
        document.url or kind.url(document.ref),
        document.title,
        document.who,
        document.where,
        document.at,
        _shortened(document.text),
    )


def _shortened(text: str) -> str:
    line = " ".join(text[: 2 * _EXCERPT].split())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT].rstrip()}…"
