"""All names under which a person is known, for modules that follow people (hub/personal.py)."""

from collections.abc import Iterable

from sqlmodel import Session

from hub.accounts.people import key_of, require_row
from hub.accounts.standing import Handle, standing_of
from hub.people import person_ref
from hub.personal import Identity


def identity_of(session: Session, slug: str, nicks: Iterable[tuple[str, str]] = ()) -> Identity:
    """Return under which names somebody is known; `nicks` (network, folded) are theirs besides.

    Raises: NotFound.
    """
    row = require_row(session, slug)
    return known_by(row.slug, standing_of(session, key_of(row)).handles, nicks)


def known_by(
    slug: str, handles: Iterable[Handle], nicks: Iterable[tuple[str, str]] = ()
) -> Identity:
    """Return under which names the owner of these handles is known."""
    all_ = tuple(handles)

    def of(kind: str) -> frozenset[tuple[str, str]]:
        return frozenset((each.realm, each.subject) for each in all_ if each.kind == kind)

    names = (slug, *(each.subject for each in all_ if each.kind == "former"))
    return Identity(slug, tuple(map(person_ref, names)), of("irc"), of("nick") | frozenset(nicks))
