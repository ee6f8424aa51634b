"""The outbox: what has happened, told once, in the transaction in which it happened.

A cursor over event ids is right only when ids become visible in order. On SQLite they do: there is one
writer. On PostgreSQL a transaction with a lower id may commit later, so `in_order` takes an advisory
lock that is held until commit. Whoever emits an event or appends lines calls it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, text
from sqlmodel import Session, col, func, select

from hub.clock import from_micros, micros
from hub.people import Actor
from hub.tables import EventRow

_ORDER = 0x6D61_6461_6E68  # advisory lock key, next to hub.db.MIGRATING
_TELL = insert(EventRow)
_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened: `name` in the past tense, `ref` what it happened to."""

    id: int
    at: datetime
    name: str
    ref: str
    actor: str


def in_order(session: Session) -> None:
    """Make this transaction the only one that may take new ids until it ends."""
    if session.get_bind().dialect.name != "postgresql":
        return
    now = session.get_transaction()
    if now is not None and session.info.get("in_order") is now:
        return  # the lock is held until the end
    session.connection().execute(_LOCK, {"key": _ORDER})
    if not session.in_nested_transaction():  # which gives its locks back when it is undone
        session.info["in_order"] = session.get_transaction()


def take_turn(session: Session, name: str) -> None:
    """Let no other transaction hold the turn of that name until this one ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"madang:{name}"}
        )


def emit(session: Session, actor: Actor, name: str, ref: str, *, at: datetime) -> None:
    """Put an event into the outbox; consumers see it when the transaction commits."""
    emit_all(session, actor, [(name, ref)], at=at)


def emit_all(
    session: Session, actor: Actor, told: Sequence[tuple[str, str]], *, at: datetime
) -> None:
    """Put several events into the outbox, in their order: the name and the ref of each."""
    if not told:
        return
    session.flush()  # what they tell of is written
    in_order(session)
    common = {"at": micros(at), "actor": actor.name}
    rows = [common | {"name": name, "ref": ref} for name, ref in told]
    session.connection().execute(_TELL, rows)


def emit_each(
    session: Session, actor: Actor, name: str, refs: Sequence[str], *, at: datetime
) -> None:
    """Put the same event of many things into the outbox, in their order."""
    emit_all(session, actor, [(name, ref) for ref in refs], at=at)


def events_since(session: Session, cursor: int, limit: int = 500) -> Sequence[Event]:
    """Return the events after `cursor`, oldest first."""
    rows = session.exec(
        select(EventRow).where(col(EventRow.id) > cursor).order_by(col(EventRow.id)).limit(limit)
    )
    return [Event(row.id or 0, from_micros(row.at), row.name, row.ref, row.actor) for row in rows]


def last_event(session: Session) -> int:
    """Return the id of the newest event, 0 when there is none."""
    return session.exec(select(func.max(EventRow.id))).one() or 0
