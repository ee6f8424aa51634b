"""What people say to each other beside a pad.

Messages count from 0, without holes. Whose each is stands in the pad's own table of authors, which only the
hub writes: nobody signs with the name of a login. Guests go by a name that nobody checked, and are shown as
guests.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from hub.clock import from_micros, micros
from hub.errors import Invalid
from hub.irc import plain
from hub.language import gettext
from hub.people import Actor
from pad import log
from pad.pads import Pad, locked, need_write
from pad.tables import AuthorRow, PadRow, TalkRow

LONGEST = 2_000
"""Characters that one message may have."""

GUEST = "guest:"
"""What the keys of guests begin with."""


@dataclass(frozen=True, slots=True)
class Said:
    """One message: `author` as the pad knows them now."""

    number: int
    at: datetime
    author: log.Author
    text: str

    @property
    def is_guest(self) -> bool:
        """Whether nobody checked the author's name."""
        return self.author.key.startswith(GUEST)

    def told(self) -> Mapping[str, Any]:
        """Return what pages are told of it: `at` in milliseconds since 1970."""
        return {
            "number": self.number,
            "at": micros(self.at) // 1000,
            "name": self.author.name,
            "colour": self.author.colour,
            "guest": self.is_guest,
            "text": self.text,
        }


def say(
    session: Session, actor: Actor, pad: Pad, text: str, author: log.Author, *, now: datetime
) -> Said:
    """Say something beside a pad.

    Raises: Refused when the actor may not write there, Invalid for a message that is none or too long.
    """
    # The pad's row stays locked, so that two who speak at once get two numbers.
    need_write(actor, locked(session, pad))
    told = "\n".join(plain(line).rstrip() for line in text.strip().splitlines()).strip()
    if not 0 < len(told) <= LONGEST:
        raise Invalid("text", gettext("A message has from 1 to %(most)s characters.", most=LONGEST))
    known = log.known_author(session, pad.id, author)
    number = head(session, pad.id) + 1
    row = TalkRow(
        pad_id=pad.id,
        number=number,
        at=micros(now),
        author_id=log.author_id(session, pad.id, known),
        text=told,
    )
    session.add(row)
    session.flush()
    return Said(number, from_micros(row.at), known, told)


def head(session: Session, pad_id: int) -> int:
    """Return the number of a pad's last message, -1 when nothing was said."""
    found = session.exec(select(func.max(TalkRow.number)).where(TalkRow.pad_id == pad_id)).one()
    return -1 if found is None else found


def heads(session: Session, ids: Collection[int]) -> Mapping[int, int]:
    """Return the number of the last message of each of these pads in which something was said."""
    rows = session.exec(
        select(TalkRow.pad_id, func.max(TalkRow.number))
        .where(col(TalkRow.pad_id).in_(ids))
        .group_by(col(TalkRow.pad_id))
    )
    return {pad_id: number for pad_id, number in rows if number is not None}


def history(session: Session, pad_id: int, start: int, end: int) -> Sequence[Said]:
    """Return the messages from number `start` to `end`, both included, in their order."""
    rows = session.exec(
        select(TalkRow, AuthorRow)
        .join(AuthorRow, col(AuthorRow.id) == TalkRow.author_id)
        .where(TalkRow.pad_id == pad_id, col(TalkRow.number).between(start, end))
        .order_by(col(TalkRow.number))
    )
    return [_said(row, author) for row, author in rows]


def said_by(session: Session, keys: Collection[str]) -> Sequence[tuple[str, Said]]:
    """Return all that the authors of these keys said, with the name of each pad."""
    rows = session.exec(
        select(PadRow.name, TalkRow, AuthorRow)
        .join(TalkRow, col(TalkRow.pad_id) == PadRow.id)
        .join(AuthorRow, col(AuthorRow.id) == TalkRow.author_id)
        .where(col(AuthorRow.key).in_(keys))
        .order_by(col(TalkRow.pad_id), col(TalkRow.number))
    )
    return [(name, _said(row, author)) for name, row, author in rows]


def _said(row: TalkRow, author: AuthorRow) -> Said:
    known = log.Author(author.key, author.name, author.colour)
    return Said(row.number, from_micros(row.at), known, row.text)
