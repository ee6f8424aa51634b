"""The links consumers: who mentions whom, kept from the outbox and from append-only streams.

Promise: at least once. The owner of a thing is asked what it says *now*, so repeating is harmless.
Law: one links consumer at a time. Else one could ask, another hear that the thing has changed and take
its links away, and the first put back what it was told before.
"""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from hub.consumers import Consumer, Step
from hub.documents import Document, Documents
from hub.events import events_since, take_turn
from hub.module import Module
from hub.refs import RefKind, find_refs, set_links

_LINES = 2000
_EVENTS = 200
_TURN = "all links"


def link_consumers(modules: Sequence[Module]) -> Sequence[Consumer]:
    """Return one consumer for the outbox and one for each module's stream."""
    kinds = [kind for module in modules for kind in module.refs]
    streams = [
        Consumer(f"links:{module.name}", "at least once", _stream_step(module.documents, kinds))
        for module in modules
        if module.documents is not None and module.documents.since is not None
    ]
    return [Consumer("links", "at least once", _event_step(modules, kinds)), *streams]


def all_links(session: Session, modules: Sequence[Module]) -> Iterator[tuple[str, str]]:
    """Yield (source, target) of every link, from scratch: what the link table should hold."""
    kinds = [kind for module in modules for kind in module.refs]
    for module in modules:
        if module.documents is not None:
            said = module.documents.since is not None
            for document in module.documents.all(session):
                for target in find_refs(kinds, document.text, said=said):
                    yield document.ref, target


def _event_step(modules: Sequence[Module], kinds: Sequence[RefKind]) -> Step:
    def step(session: Session, cursor: int) -> int:
        take_turn(session, _TURN)
        for event in events_since(session, cursor, _EVENTS):
            document, said = looked_up(session, modules, event.ref)
            text, at = (document.text, document.at) if document else ("", event.at)
            set_links(session, event.ref, find_refs(kinds, text, said=said), at=at)
            cursor = event.id
        return cursor

    return step


def _stream_step(documents: Documents, kinds: Sequence[RefKind]) -> Step:
    since = documents.since
    assert since is not None

    def step(session: Session, cursor: int) -> int:
        take_turn(session, _TURN)
        found, cursor = since(session, cursor, _LINES)
        for document in found:
            targets = list(find_refs(kinds, document.text))
            if targets:
                set_links(session, document.ref, targets, at=document.at)
        return cursor

    return step


def document_now(session: Session, modules: Sequence[Module], ref: str) -> Document | None:
    """Return what a thing is now, None when it is gone."""
    return looked_up(session, modules, ref)[0]


def looked_up(
    session: Session, modules: Sequence[Module], ref: str
) -> tuple[Document | None, bool]:
    """Return what a thing is now, None when it is gone; and whether it was said: it is of a stream."""
    for module in modules:
        if module.documents is not None:
            document = module.documents.get(session, ref)
            if document is not None:
                return document, module.documents.since is not None
    return None, False
