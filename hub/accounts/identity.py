"""All names under which a person is known, for modules that follow people (hub/personal.py)."""

from collections.abc import Iterable

from sqlmodel import Session, select

from hub.accounts.people import require_row
from hub.accounts.tables import HandleRow
from hub.people import person_ref
from hub.personal import Identity


def identity_of(session: Session, slug: str, nicks: Iterable[tuple[str, str]] = ()) -> Identity:
    """Return under which names somebody is known; `nicks` (network, folded) are theirs besides.

    Raises: NotFound.
    """
    row = require_row(session, slug)
    handles = session.exec(select(HandleRow).where(HandleRow.person_id == row.id)).all()
    former = [handle.subject for handle in handles if handle.kind == "former"]

    def of(kind: str) -> frozenset[tuple[str, str]]:
        return frozenset((h.realm, h.subject) for h in handles if h.kind == kind)

    return Identity(
        row.slug,
        tuple(person_ref(name) for name in (row.slug, *former)),
        of("irc"),
        of("nick") | frozenset(nicks),
    )
