"""Pads that are frozen: read as ever, written in by nobody until they are thawed.

The log itself refuses what comes after (pad/log.py), so nobody is quicker.
"""

from datetime import datetime

from sqlmodel import Session, col, update

from hub.accounts.people import find_person
from hub.clock import micros
from hub.events import emit
from hub.people import Actor
from pad.names import ref
from pad.pads import Pad, locked, need_maintain
from pad.tables import PadRow

LONGEST = 200
"""Characters that the reason may have."""


def freeze(session: Session, pad: Pad, by: Actor, now: datetime, why: str = "") -> None:
    """Let nobody write in a pad from now on; one that is frozen already stays as it is.

    Raises: Refused, NotFound.
    """
    current = locked(session, pad)
    need_maintain(by, current)
    if current.frozen is None:
        told = " ".join(why.split())[:LONGEST]
        _set(session, pad, frozen_at=micros(now), frozen_by=by.name, frozen_why=told)
        emit(session, by, "pad.frozen", ref(current.name), at=now)


def thaw(session: Session, pad: Pad, by: Actor, now: datetime) -> None:
    """Let a pad be written in again.

    Raises: Refused, NotFound.
    """
    current = locked(session, pad)
    need_maintain(by, current)
    if current.frozen is not None:
        _set(session, pad, frozen_at=None, frozen_by="", frozen_why="")
        emit(session, by, "pad.thawed", ref(current.name), at=now)


def name_of(session: Session, actor: str) -> str:
    """Return how an actor is called on pages, by the name that stands in the record."""
    kind, _, rest = actor.partition(":")
    person = find_person(session, rest) if kind == "person" else None
    return person.name if person else rest or actor


def _set(session: Session, pad: Pad, **values: object) -> None:
    session.connection().execute(update(PadRow).where(col(PadRow.id) == pad.id).values(**values))
    session.expire_all()
