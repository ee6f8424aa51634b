"""What a person may do beside what their role may: given to them, or following from what they did."""

from collections.abc import Iterable

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub.accounts.identity import identity_of
from hub.accounts.people import Person, find_row
from hub.accounts.tables import GrantRow, MemberRow
from hub.module import Module
from hub.people import Right


def rights_of(session: Session, person: Person, modules: Iterable[Module] = ()) -> frozenset[Right]:
    """Return all rights of a person: given to them, to their teams, and by the modules.

    Without the modules, what follows from what they did (who chaired may correct the minutes) is left out.
    """
    return _given(session, person) | _earned(session, person, modules)


def _given(session: Session, person: Person) -> frozenset[Right]:
    row = find_row(session, person.slug)
    if row is None:
        return frozenset()
    teams = select(MemberRow.team_id).where(MemberRow.person_id == row.id)
    found = session.exec(
        select(GrantRow.verb, GrantRow.ref).where(
            or_(col(GrantRow.person_id) == row.id, col(GrantRow.team_id).in_(teams))
        )
    )
    return frozenset((verb, ref) for verb, ref in found)


def _earned(session: Session, person: Person, modules: Iterable[Module]) -> frozenset[Right]:
    asked = [m.personal.rights for m in modules if m.personal is not None and m.personal.rights]
    if not asked:
        return frozenset()
    identity = identity_of(session, person.slug)
    return frozenset(right for rights in asked for right in rights(session, identity))
