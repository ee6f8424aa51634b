"""Who is here: the actor that a person is, by a session or by a token."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from hub.accounts.identity import known_by
from hub.accounts.people import Person, keep_row, key_of, person_of, require_row
from hub.accounts.rights import earned_rights
from hub.accounts.standing import standing_of
from hub.accounts.tables import PersonRow
from hub.module import Module
from hub.people import Actor


@dataclass(frozen=True, slots=True)
class Visit:
    """A request's visitor who is known.

    session_id, token_id: by which of the two they came. csrf: the key of their forms' tokens, empty with a
    token. language: what they chose, or empty. is_stale: `touch_session` or `touch_token` is due.
    unread: how many things in their inbox have news; known where pages are shown (web/sessions.py).
    """

    actor: Actor
    person: Person
    session_id: int | None = None
    token_id: int | None = None
    csrf: str = ""
    language: str = ""
    is_stale: bool = False
    unread: int = 0


def actor_of(
    session: Session,
    person: Person,
    verbs: frozenset[str] | None = None,
    modules: Sequence[Module] = (),
) -> Actor:
    """Return the actor that a person is now, with all their rights.

    Without the modules, what follows from what they did is left out.

    Raises: NotFound.
    """
    row = require_row(session, person.slug)
    standing = standing_of(session, key_of(row))
    identity = known_by(row.slug, standing.handles)
    return Actor(
        person.ref,
        person.role,
        standing.rights | earned_rights(session, identity, modules),
        person.slug,
        frozenset(f"team:{slug}" for slug in standing.teams),
        verbs,
        key_of(row),
    )


def find_owner(session: Session, person_id: int) -> Person | None:
    """Return whose a session or token is, while they may log in."""
    row = session.get(PersonRow, person_id)
    if row is None:
        return None
    person = person_of(keep_row(session, row))
    return person if person.is_active else None
