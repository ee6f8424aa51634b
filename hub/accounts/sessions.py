"""Sessions: a browser that somebody is logged in with, known by a secret in its cookie.

Whoever logs in gets a new one, so nobody can be given a session beforehand. It ends 30 days after it was last
used and 180 days after it began, whichever comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, delete, select

from hub.accounts.digests import LONGEST, kept, new_secret
from hub.accounts.people import Person, key_of, need, require_row
from hub.accounts.tables import PersonRow, SessionRow
from hub.accounts.visits import Visit, actor_of, find_owner
from hub.clock import from_micros, micros
from hub.errors import NotFound
from hub.irc import keepable_text
from hub.language import gettext
from hub.module import Module
from hub.people import Actor

UNUSED = timedelta(days=30)
LONGEST_LIFE = timedelta(days=180)
_NOTED = timedelta(hours=1)
_LONGEST_AGENT = 300
MOST = 50
"""So many sessions somebody may have; one more ends the one that was used longest ago."""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as its owner sees it."""

    id: int
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime


def open_session(
    session: Session, person: Person, *, address: str = "", agent: str = "", now: datetime
) -> str:
    """Begin a session for somebody who has just proved who they are; return its secret.

    Raises: NotFound for nobody.
    """
    _sweep(session, now)
    row = require_row(session, person.slug)
    _make_room(session, key_of(row))
    secret = new_secret()
    session.add(
        SessionRow(
            digest=kept(secret),
            person_id=key_of(row),
            csrf=new_secret(),
            address=keepable_text(address)[:64],
            agent=keepable_text(agent)[:_LONGEST_AGENT],
            created_at=micros(now),
            seen_at=micros(now),
        )
    )
    return secret


def read_session(
    session: Session, token: str, now: datetime, modules: Sequence[Module] = ()
) -> Visit | None:
    """Return who visits with that secret; None when it opens nothing, or nothing any more.

    modules: the hub's, whose `personal.rights` count then.
    """
    if not token or len(token) > LONGEST:
        return None
    found = session.exec(
        select(SessionRow, PersonRow)  # whose it is is read along
        .join(PersonRow, col(PersonRow.id) == col(SessionRow.person_id))
        .where(SessionRow.digest == kept(token))
    ).first()
    row, _owner = found or (None, None)
    if row is None or not _is_alive(row, now):
        return None
    person = find_owner(session, row.person_id)
    if person is None:
        return None
    return Visit(
        actor_of(session, person, modules=modules),
        person,
        session_id=row.id,
        csrf=row.csrf,
        language=person.language,
        is_stale=micros(now - _NOTED) >= row.seen_at,
    )


def touch_session(session: Session, session_id: int, *, now: datetime) -> None:
    """Note that a session is in use; due once an hour, see `Visit.is_stale`."""
    row = session.get(SessionRow, session_id)
    if row is not None:
        row.seen_at = max(row.seen_at, micros(now))
        session.add(row)


def list_sessions(session: Session, slug: str, *, now: datetime) -> Sequence[SessionInfo]:
    """Return somebody's sessions, the last used first."""
    owner = require_row(session, slug)
    rows = session.exec(
        select(SessionRow)
        .where(SessionRow.person_id == owner.id)
        .order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    )
    return [
        SessionInfo(
            row.id or 0,
            row.address,
            row.agent,
            from_micros(row.created_at),
            from_micros(row.seen_at),
        )
        for row in rows
        if _is_alive(row, now)
    ]


def revoke_session(session: Session, actor: Actor, slug: str, session_id: int) -> None:
    """End one of somebody's sessions.

    Raises: NotFound, Refused.
    """
    owner = require_row(session, slug)
    need(actor, "secure", owner)
    row = session.get(SessionRow, session_id)
    if row is None or row.person_id != owner.id:
        raise NotFound(gettext("There is no such session, or it has ended."))
    session.delete(row)


def revoke_all(session: Session, actor: Actor, slug: str, *, except_: int | None = None) -> None:
    """End all of somebody's sessions but the one that is named.

    Raises: NotFound, Refused.
    """
    owner = require_row(session, slug)
    need(actor, "secure", owner)
    query = delete(SessionRow).where(col(SessionRow.person_id) == owner.id)
    if except_ is not None:
        query = query.where(col(SessionRow.id) != except_)
    session.connection().execute(query)


def end_session(session: Session, token: str) -> None:
    """Log out: end the session of that secret, if there is one."""
    session.connection().execute(delete(SessionRow).where(col(SessionRow.digest) == kept(token)))


def _is_alive(row: SessionRow, now: datetime) -> bool:
    return row.seen_at > micros(now - UNUSED) and row.created_at > micros(now - LONGEST_LIFE)


def _make_room(session: Session, person_id: int) -> None:
    """End the sessions of somebody that leave no room for one more."""
    newest = (
        select(SessionRow.id)
        .where(SessionRow.person_id == person_id)
        .order_by(col(SessionRow.seen_at).desc(), col(SessionRow.id).desc())
    )
    over = session.exec(newest.offset(MOST - 1)).all()
    if over:
        session.connection().execute(delete(SessionRow).where(col(SessionRow.id).in_(over)))


def _sweep(session: Session, now: datetime) -> None:
    """Forget the sessions that have ended."""
    session.connection().execute(
        delete(SessionRow).where(
            or_(
                col(SessionRow.seen_at) <= micros(now - UNUSED),
                col(SessionRow.created_at) <= micros(now - LONGEST_LIFE),
            )
        )
    )
