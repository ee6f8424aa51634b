"""The archive's side of the search port: its spoken lines as documents."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from archive.entries import Entry
from archive.queries import find_line, last_id, spoken_around, stream
from hub.clock import from_micros
from hub.documents import Document, Documents
from hub.irc import NOT_LOGGED, REMOVED, SPOKEN, Kind, plain

_TOLD = SPOKEN | {Kind.TOPIC}
_STEP = 5000


def _document(network: str, slug: str, entry: Entry) -> Document | None:
    if entry.kind not in _TOLD or entry.text in {NOT_LOGGED, REMOVED}:
        return None
    anchor = entry.anchor  # dear, and asked for a million times when an index is built
    ref = f"line:{network}/{slug}/{anchor}"
    text = plain(entry.text)
    return Document(ref, "line", f"{slug} {anchor}", text, from_micros(entry.at), entry.nick, slug)


def document(session: Session, ref: str) -> Document | None:
    """Return what a line says now; None when it says nothing (any more) or there is none."""
    found = find_line(session, ref)
    return _document(found[0].network, found[0].slug, found[1]) if found else None


def documents_since(session: Session, cursor: int, limit: int) -> tuple[Sequence[Document], int]:
    """Return the documents among the next `limit` lines after `cursor`, and the new cursor."""
    found = []
    for line_id, network, slug, entry in stream(session, cursor, limit):
        cursor = line_id
        told = _document(network, slug, entry)
        if told is not None:
            found.append(told)
    return found, cursor


def all_documents(session: Session) -> Iterator[Document]:
    """Yield every line that says something, in the order in which it came in."""
    cursor = 0
    while True:
        found, after = documents_since(session, cursor, _STEP)
        yield from found
        if after == cursor:
            return
        cursor = after


def documents_around(session: Session, ref: str, each: int) -> Sequence[Document]:
    """Return what was said right before and right after a line, at most so much of each, and the line."""
    found = find_line(session, ref)
    if found is None:
        return ()
    channel, entry = found
    told = (
        _document(channel.network, channel.slug, said)
        for said in spoken_around(session, channel, entry, each)
    )
    return [document for document in told if document is not None]


DOCUMENTS = Documents(document, all_documents, documents_since, last_id, documents_around)
