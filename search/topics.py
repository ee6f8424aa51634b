"""A topic on one timeline: what has its name as a tag or a series, and what speaks of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import groupby

from sqlmodel import Session

from hub.documents import Document
from hub.links import document_now
from search.analyzer import sought
from search.engine import Damaged, Match, Phrase, Reader, Terms, Wanted
from search.finding import Asker, readable, url_of
from search.index import Index

LONGEST = 100
_SHOWN = 60
_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on the timeline. lines: so many were said there on that day; 0 for what was written."""

    kind: str
    url: str
    title: str
    who: str
    where: str
    at: datetime
    text: str
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of the timeline, the newest first, by months.

    earlier: seconds since 1970 before which there is more; None at its end.
    """

    name: str
    months: Sequence[tuple[date, Sequence[Entry]]]
    earlier: int | None


def topic(
    session: Session, index: Index, asker: Asker, name: str, before: int | None = None
) -> Topic:
    """Return what there is on a topic, from before a time. Nothing where there is no index."""
    nothing = Topic(name, (), None)
    opened = index.opened()
    row = sought(name)
    if opened is None or not row.tokens:
        return nothing
    labels = Terms("label", tuple(f"{sort}:{name.casefold()}" for sort in ("tag", "series")))
    asked = (
        Wanted(filters=(labels,), before=before),
        Wanted(must=(Phrase((row,)),), before=before),
    )
    try:
        matches, earlier = _newest(session, opened.reader, asker, asked)
    except Damaged:
        index.damaged(opened.reader)
        return nothing
    entries = _entries(session, asker, matches)
    by_month = groupby(entries, key=lambda entry: entry.at.date().replace(day=1))
    return Topic(name, [(month, list(those)) for month, those in by_month], earlier)


def _newest(
    session: Session, reader: Reader, asker: Asker, asked: Sequence[Wanted]
) -> tuple[Sequence[Match], int | None]:
    """Return the newest of what fits one of these, whole seconds of it, and where the rest begins."""
    found: dict[str, Match] = {}
    for wanted in asked:
        wanted = readable(session, reader, asker, wanted)
        rows = reader.search(wanted, newest=True, limit=_SHOWN + 1).matches
        found |= {match.ref: match for match in rows}
    matches = sorted(found.values(), key=lambda match: (-match.at, match.ref))
    if len(matches) <= _SHOWN:
        return matches, None
    first_left = matches[_SHOWN].at
    whole = [match for match in matches[:_SHOWN] if match.at > first_left]
    return whole or matches[:_SHOWN], first_left + 1 if whole else first_left


def _entries(session: Session, asker: Asker, matches: Sequence[Match]) -> Iterator[Entry]:
    """Yield what its owners tell of it now; what was said in a channel on one day is one entry."""
    for said, those in groupby(matches, key=_day_of):
        told = [document for match in those if (document := _now(session, asker, match))]
        if said and told:
            yield replace(_entry(asker, told[-1]), lines=len(told), at=_utc(told[0]))
        else:
            yield from (_entry(asker, document) for document in told)


def _day_of(match: Match) -> tuple[str, int] | None:
    return (match.where, match.at // 86_400) if match.kind == "line" else None


def _now(session: Session, asker: Asker, match: Match) -> Document | None:
    document = document_now(session, asker.modules, match.ref)
    return document if document is not None and asker.may_read(document) else None


def _entry(asker: Asker, document: Document) -> Entry:
    text = " ".join(document.text[: 2 * _EXCERPT].split())
    return Entry(
        document.kind,
        url_of(asker.modules, document),
        document.title,
        document.who,
        document.where,
        _utc(document),
        text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()}…",
    )


def _utc(document: Document) -> datetime:
    return document.at.astimezone(UTC)
