"""Teams, and the rights that are given by name to people and teams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.audit import record
from hub.accounts.naming import right_name
from hub.accounts.people import Person, key_of, person_of, require_row
from hub.accounts.tables import GrantRow, MemberRow, PersonRow, TeamRow
from hub.clock import from_micros, micros
from hub.errors import Invalid, NotFound, Refused
from hub.events import emit, take_turn
from hub.irc import keepable_text
from hub.language import gettext
from hub.people import Actor, may

GRANTABLE = ("read", "close", "write", "edit", "maintain")
"""The verbs that can be given; who may administer is a matter of roles."""

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_REF = re.compile(r"[a-z][a-z_]{0,30}:\S{1,500}")
_LONGEST_ABOUT = 1_000


@dataclass(frozen=True, slots=True)
class Team:
    """People who are given things together."""

    slug: str
    name: str
    about: str
    created_at: datetime

    @property
    def ref(self) -> str:
        """The team's ref."""
        return f"team:{self.slug}"


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that was given: to a person or a team, by its ref (`to`)."""

    id: int
    verb: str
    ref: str
    to: str
    actor: str
    at: datetime


def teams_of(session: Session, slug: str) -> Sequence[str]:
    """Return the slugs of the teams that somebody is in."""
    return session.exec(
        select(TeamRow.slug)
        .join(MemberRow, col(MemberRow.team_id) == col(TeamRow.id))
        .join(PersonRow, col(PersonRow.id) == col(MemberRow.person_id))
        .where(PersonRow.slug == slug)
        .order_by(col(TeamRow.slug))
    ).all()


def list_teams(session: Session) -> Sequence[Team]:
    """Return all teams in the order of their slugs."""
    return [_team(row) for row in session.exec(select(TeamRow).order_by(col(TeamRow.slug)))]


def find_team(session: Session, slug: str) -> Team | None:
    """Return the team of that slug."""
    row = _find(session, slug)
    return _team(row) if row else None


def members_of(session: Session, slug: str) -> Sequence[Person]:
    """Return who is in a team, in the order of their slugs.

    Raises: NotFound.
    """
    team = _require(session, slug)
    rows = session.exec(
        select(PersonRow)
        .join(MemberRow, col(MemberRow.person_id) == col(PersonRow.id))
        .where(MemberRow.team_id == team.id)
        .order_by(col(PersonRow.slug))
    )
    return [person_of(row) for row in rows]


def create_team(
    session: Session, actor: Actor, slug: str, *, name: str = "", about: str = "", now: datetime
) -> Team:
    """Add a team without anybody in it.

    Raises: Refused, Invalid for a name that can't be taken or is taken.
    """
    take_turn(session, "teams")
    _need(actor, f"team:{slug}")
    if not _SLUG.fullmatch(slug):
        raise Invalid(
            "slug", gettext("A team's short name is 1 to 32 of a-z, 0-9 and -. Choose such a one.")
        )
    if _find(session, slug) is not None:
        raise Invalid("slug", gettext("There is a team %(slug)s already.", slug=slug))
    row = TeamRow(
        slug=slug,
        name=right_name(name or slug),
        about=keepable_text(about)[:_LONGEST_ABOUT],
        created_at=micros(now),
    )
    session.add(row)
    session.flush()
    _note(session, actor, "team-create", slug, "", now)
    return _team(row)


def delete_team(session: Session, actor: Actor, slug: str, *, now: datetime) -> None:
    """Dissolve a team; what was given to it is given no more.

    Raises: NotFound, Refused.
    """
    _need(actor, f"team:{slug}")
    team = _require(session, slug)
    for row in _grants_to(session, team_id=team.id):
        session.delete(row)
    for member in session.exec(select(MemberRow).where(MemberRow.team_id == team.id)):
        session.delete(member)
    session.flush()
    session.delete(team)
    _note(session, actor, "team-delete", slug, "", now)


def add_member(session: Session, actor: Actor, slug: str, person: str, *, now: datetime) -> None:
    """Take somebody into a team; who is in it already stays.

    Raises: NotFound, Refused.
    """
    _need(actor, f"team:{slug}")
    take_turn(session, "teams")
    team, who = _require(session, slug), require_row(session, person)
    if session.get(MemberRow, (team.id, who.id)) is None:
        session.add(MemberRow(team_id=team.id or 0, person_id=key_of(who), since_at=micros(now)))
        _note(session, actor, "team-add", slug, f"person:{who.slug}", now)


def remove_member(session: Session, actor: Actor, slug: str, person: str, *, now: datetime) -> None:
    """Take somebody out of a team; everybody may leave one by themselves.

    Raises: NotFound, Refused.
    """
    team, who = _require(session, slug), require_row(session, person)
    if actor.person != who.slug:
        _need(actor, f"team:{slug}")
    row = session.get(MemberRow, (team.id, who.id))
    if row is not None:
        session.delete(row)
        _note(session, actor, "team-remove", slug, f"person:{who.slug}", now)


def give(session: Session, actor: Actor, verb: str, ref: str, to: str, *, now: datetime) -> Grant:
    """Give a right to a person or a team, by its ref (`to`); giving it again changes nothing.

    Raises: NotFound, Refused, Invalid.
    """
    _need(actor, ref)
    take_turn(session, "teams")
    if verb not in GRANTABLE or not _REF.fullmatch(ref):
        raise Invalid(
            "grant",
            gettext("A right is one of %(verbs)s, and what it is for.", verbs=", ".join(GRANTABLE)),
        )
    owner = _receiver(session, to)
    found = next((r for r in _grants_to(session, **owner) if (r.verb, r.ref) == (verb, ref)), None)
    if found is None:
        found = GrantRow(verb=verb, ref=ref, actor=actor.name, at=micros(now), **owner)
        session.add(found)
        session.flush()
        record(session, actor, "grant", ref, f"{verb} to {to}", now=now)
    return _grant(session, found)


def take_back(session: Session, actor: Actor, grant_id: int, *, now: datetime) -> None:
    """Take a right back that was given.

    Raises: NotFound, Refused.
    """
    row = session.get(GrantRow, grant_id)
    if row is None:
        raise NotFound(gettext("That right was taken back already."))
    _need(actor, row.ref)
    told = _grant(session, row)
    session.delete(row)
    record(session, actor, "revoke", row.ref, f"{row.verb} from {told.to}", now=now)


def list_grants(
    session: Session, *, to: str | None = None, ref: str | None = None
) -> Sequence[Grant]:
    """Return what was given: to a person or team (`to`, a ref), or of one thing, or all.

    Raises: NotFound for nobody.
    """
    query = select(GrantRow)
    if ref is not None:
        query = query.where(GrantRow.ref == ref)
    if to is not None:
        for column, value in _receiver(session, to).items():
            query = query.where(getattr(GrantRow, column) == value)
    rows = session.exec(query.order_by(col(GrantRow.ref), col(GrantRow.id)))
    return [_grant(session, row) for row in rows]


def _receiver(session: Session, to: str) -> dict[str, int | None]:
    kind, _, slug = to.partition(":")
    if kind == "person":
        return {"person_id": require_row(session, slug).id}
    if kind == "team":
        return {"team_id": _require(session, slug).id}
    raise Invalid("to", gettext("A right is given to a person or a team: person:ann, team:infra."))


def _grants_to(session: Session, **owner: int | None) -> Sequence[GrantRow]:
    ((column, value),) = owner.items()
    return session.exec(select(GrantRow).where(getattr(GrantRow, column) == value)).all()


def _grant(session: Session, row: GrantRow) -> Grant:
    if row.team_id is not None:
        team = session.get(TeamRow, row.team_id)
        to = f"team:{team.slug if team else row.team_id}"
    else:
        person = session.get(PersonRow, row.person_id)
        to = f"person:{person.slug if person else row.person_id}"
    return Grant(row.id or 0, row.verb, row.ref, to, row.actor, from_micros(row.at))


def _need(actor: Actor, ref: str) -> None:
    if not may(actor, "administer", ref):
        raise Refused(gettext("Teams and rights are for administrators of the hub. Ask one."))


def _note(session: Session, actor: Actor, verb: str, slug: str, detail: str, now: datetime) -> None:
    record(session, actor, verb, f"team:{slug}", detail, now=now)
    emit(session, actor, "team.changed", f"team:{slug}", at=now)


def _find(session: Session, slug: str) -> TeamRow | None:
    return session.exec(select(TeamRow).where(TeamRow.slug == keepable_text(slug))).first()


def _require(session: Session, slug: str) -> TeamRow:
    row = _find(session, slug)
    if row is None:
        raise NotFound(gettext("There is no team %(slug)s.", slug=slug[:64]))
    return row


def _team(row: TeamRow) -> Team:
    return Team(row.slug, row.name, row.about, from_micros(row.created_at))
