"""Who is here: the actor that a person is, by a session or by a token."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from hub.accounts.people import Person, keep_row, person_of
from hub.accounts.rights import rights_of
from hub.accounts.tables import PersonRow
from hub.accounts.teams import teams_of
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
    """Return the actor that a person is now, with all their rights (see hub/accounts/rights.py)."""
    return Actor(
        person.ref,
        person.role,
        rights_of(session, person, modules),
        person.slug,
        frozenset(f"team:{slug}" for slug in teams_of(session, person.slug)),
        verbs,
    )


def find_owner(session: Session, person_id: int) -> Person | None:
    """Return whose a session or token is, while they may log in."""
    row = session.get(PersonRow, person_id)
    if row is None:
        return None
    person = person_of(keep_row(session, row))
    return person if person.is_active else None
