"""Keeping queries: each person has their own, which nobody else sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from hub.accounts.people import key_of, require_row
from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound
from hub.events import take_turn
from hub.irc import keepable_text
from hub.language import gettext
from hub.saved.tables import SavedRow, Where

LONGEST_NAME, LONGEST_WORDS = 80, 400
MOST = 100
"""So many queries of one kind somebody may keep."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A query under its name."""

    id: int
    where: Where
    name: str
    words: str


def keep(
    session: Session, slug: str, where: Where, name: str, words: str, *, now: datetime
) -> Saved:
    """Keep a query; under a name that is there already it takes the other's place.

    Raises: Invalid, Conflict when there are too many.
    """
    person = _turn(session, slug)
    name, words = _name(name or words), " ".join(keepable_text(words).split())
    if not 0 < len(words) <= LONGEST_WORDS:
        raise Invalid("words", gettext("A query has 1 to %(most)s characters.", most=LONGEST_WORDS))
    row = _named(session, person, where, name)
    if row is None:
        mine = (SavedRow.person_id == person, SavedRow.asked_of == where)
        if session.exec(select(func.count(col(SavedRow.id))).where(*mine)).one() >= MOST:
            raise Conflict(gettext("You keep %(most)s of these. Forget one first.", most=MOST))
        row = SavedRow(
            person_id=person, asked_of=where, name=name, words=words, created_at=micros(now)
        )
    row.words = words
    session.add(row)
    session.flush()
    return _saved(row)


def rename(session: Session, slug: str, id_: int, name: str) -> None:
    """Give a query another name.

    Raises: NotFound, Invalid, Conflict when another one has that name.
    """
    person = _turn(session, slug)
    row, name = _mine(session, person, id_), _name(name)
    other = _named(session, person, Where(row.asked_of), name)
    if other is not None and other.id != row.id:
        raise Conflict(gettext("You keep another query as %(name)s.", name=name))
    row.name = name
    session.add(row)


def forget(session: Session, slug: str, id_: int) -> Saved:
    """Keep a query no longer, and return what it was. Raises: NotFound."""
    row = _mine(session, _turn(session, slug), id_)
    session.delete(row)
    return _saved(row)


def saved_of(session: Session, slug: str, where: Where | None = None) -> Sequence[Saved]:
    """Return the queries that somebody keeps, in the order of their names."""
    query = select(SavedRow).where(SavedRow.person_id == key_of(require_row(session, slug)))
    if where is not None:
        query = query.where(SavedRow.asked_of == where)
    return [_saved(row) for row in session.exec(query.order_by(SavedRow.asked_of, SavedRow.name))]


def _turn(session: Session, slug: str) -> int:
    """Let one query be kept at a time, and return the person's number."""
    take_turn(session, "saved queries")
    return key_of(require_row(session, slug))


def _mine(session: Session, person: int, id_: int) -> SavedRow:
    row = session.get(SavedRow, id_)
    if row is None or row.person_id != person:
        raise NotFound(gettext("You keep no such query; it may be forgotten already."))
    return row


def _named(session: Session, person: int, where: Where, name: str) -> SavedRow | None:
    query = select(SavedRow).where(
        SavedRow.person_id == person, SavedRow.asked_of == where, SavedRow.name == name
    )
    return session.exec(query).first()


def _name(text: str) -> str:
    """Raises: Invalid."""
    name = " ".join(keepable_text(text).split())[:LONGEST_NAME]
    if not name:
        raise Invalid("name", gettext("Give it a name."))
    return name


def _saved(row: SavedRow) -> Saved:
    return Saved(row.id or 0, Where(row.asked_of), row.name, row.words)
