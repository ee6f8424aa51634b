"""Refs: `kind:id`, the only way in which one module names a thing of another; and links between refs."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, insert, select

from hub.clock import from_micros, micros
from hub.tables import LinkRow


@dataclass(frozen=True, slots=True)
class RefKind:
    """How a module's things are recognised in text, labelled and addressed.

    `pattern` matches a mention in plain text; `found` turns the match into refs; `url` and `label` serve
    whoever shows a ref. `label` answers None when there is no such thing.
    """

    kind: str
    pattern: re.Pattern[str]
    found: Callable[[re.Match[str]], Sequence[str]]
    url: Callable[[str], str]
    label: Callable[[Session, str], str | None]


@dataclass(frozen=True, slots=True)
class Backlink:
    """Something, `source`, speaks of the thing at hand, `target`."""

    source: str
    target: str
    at: datetime


def find_refs(kinds: Iterable[RefKind], text: str) -> Iterator[str]:
    """Yield each ref that the text mentions, once."""
    seen: set[str] = set()
    for kind in kinds:
        for match in kind.pattern.finditer(text):
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
    rows = session.exec(
        select(LinkRow)
        .where(col(LinkRow.target) >= first, col(LinkRow.target) <= last)
        .order_by(col(LinkRow.target), col(LinkRow.at))
        .limit(limit)
    )
    return [Backlink(row.source, row.target, from_micros(row.at)) for row in rows]
