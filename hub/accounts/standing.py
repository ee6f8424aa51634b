"""What is written about a person beside their own row: rights that were given, teams, names elsewhere.

Asked for with every request of somebody who is known, so it is one query.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from hub.accounts.tables import GrantRow, HandleRow, MemberRow, TeamRow
from hub.people import Right


@dataclass(frozen=True, slots=True)
class Handle:
    """A name elsewhere, as it compares: see `HandleRow`."""

    kind: str
    realm: str
    subject: str


@dataclass(frozen=True, slots=True)
class Standing:
    """rights: as (verb, ref), given to the person or to a team of theirs. teams: slugs, in order."""

    rights: frozenset[Right]
    teams: tuple[str, ...]
    handles: tuple[Handle, ...]


def standing_of(session: Session, person_id: int) -> Standing:
    """Return what is written about the person of that number."""
    rows = session.connection().execute(_ALL, {"person": person_id}).all()
    return Standing(
        frozenset((a, b) for what, a, b, _ in rows if what == "grant"),
        tuple(sorted(a for what, a, _, _ in rows if what == "team")),
        tuple(Handle(a, b, c) for what, a, b, c in rows if what == "handle"),
    )


def _told(what: str, first: Any, second: Any = "", third: Any = "") -> Any:
    columns = [sa.literal(what), first, *(_text(each) for each in (second, third))]
    return sa.select(*columns)


def _text(value: Any) -> Any:
    return sa.literal(value) if isinstance(value, str) else value


_PERSON = sa.bindparam("person", type_=sa.Integer)
_TEAMS = sa.select(col(MemberRow.team_id)).where(col(MemberRow.person_id) == _PERSON)
_ALL = sa.union_all(
    _told("grant", col(GrantRow.verb), col(GrantRow.ref)).where(col(GrantRow.person_id) == _PERSON),
    _told("grant", col(GrantRow.verb), col(GrantRow.ref)).where(col(GrantRow.team_id).in_(_TEAMS)),
    _told("team", col(TeamRow.slug)).where(col(TeamRow.id).in_(_TEAMS)),
    _told("handle", col(HandleRow.kind), col(HandleRow.realm), col(HandleRow.subject)).where(
        col(HandleRow.person_id) == _PERSON
    ),
)
