"""Whose each letter of a pad is.

Yjs names the client and the clock of each letter; the hub notes as which author a client writes, from which
clock on. Only the hub writes that down (pad/room.py), so nobody can sign with another's name or colour.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from pad import log
from pad.log import Author
from pad.tables import AuthorRow, WriterRow


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote, by number; `writers` are (client, from which clock on, author's number), in order."""

    authors: Mapping[int, Author]
    writers: Sequence[tuple[int, int, int]] = ()

    def told(self) -> Mapping[str, Any]:
        """Return what pages are told; an author's key is nobody's business."""
        return {
            "authors": {
                number: {"name": author.name, "colour": author.colour}
                for number, author in self.authors.items()
            },
            "writers": [list(one) for one in self.writers],
        }

    def as_json(self) -> str:
        """Return the same as compact JSON."""
        return json.dumps(self.told(), ensure_ascii=False, separators=(",", ":"))


NOTHING = Authorship({})


def authorship(session: Session, pad_id: int) -> Authorship:
    """Return whose all of a pad is."""
    return Authorship(log.authors_of(session, pad_id), log.clocks_of(session, pad_id))


def authorship_of(
    session: Session, pad_id: int, clients: Collection[int], keys: Collection[str]
) -> Authorship:
    """Return whose some clients are, and who the authors of these keys are."""
    if not clients and not keys:
        return NOTHING
    writers = session.exec(
        select(WriterRow.client, WriterRow.clock, WriterRow.author_id)
        .where(WriterRow.pad_id == pad_id, col(WriterRow.client).in_(clients))
        .where(col(WriterRow.retired).is_(False))
        .order_by(col(WriterRow.client), col(WriterRow.clock))
    ).all()
    numbers = {number for _, _, number in writers}
    rows = session.exec(
        select(AuthorRow)
        .where(AuthorRow.pad_id == pad_id)
        .where(col(AuthorRow.id).in_(numbers) | col(AuthorRow.key).in_(keys))
    )
    authors = {row.id or 0: Author(row.key, row.name, row.colour) for row in rows}
    return Authorship(authors, [(client, clock, number) for client, clock, number in writers])
