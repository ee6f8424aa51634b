"""What a person may do beside what their role may, because of what they did."""

from collections.abc import Iterable

from sqlmodel import Session

from hub.module import Module
from hub.people import Right
from hub.personal import Identity


def earned_rights(
    session: Session, identity: Identity, modules: Iterable[Module]
) -> frozenset[Right]:
    """Return the rights that follow from what somebody did: who chaired may correct the minutes."""
    asked = [m.personal.rights for m in modules if m.personal is not None and m.personal.rights]
    return frozenset(right for rights in asked for right in rights(session, identity))
