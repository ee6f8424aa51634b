"""Whose a pad is: who may read and write it, who is invited, its link for reading, its owner.

An invitation is a right of the kernel (hub/accounts), given to a person or a team. It counts in
`may_pad` (pad/pads.py) only; the open rooms hear of each change by the pad's row.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, delete, select, update

from hub.accounts.audit import record
from hub.accounts.people import find_row
from hub.accounts.tables import GrantRow, TeamRow
from hub.accounts.teams import find_team, list_grants
from hub.clock import micros
from hub.errors import Invalid
from hub.events import emit
from hub.language import gettext
from hub.people import Actor, person_ref
from pad.names import ref
from pad.pads import Pad, begin_pad, find_pad, locked, need_maintain
from pad.tables import CHOICES, LISTED, PadRow


class Level(StrEnum):
    """What somebody is invited to."""

    READ = "read"
    WRITE = "write"
    MAINTAIN = "maintain"


_VERBS: Mapping[Level, tuple[str, ...]] = {
    Level.READ: ("read",),
    Level.WRITE: ("read", "write"),
    Level.MAINTAIN: ("maintain",),
}


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is invited, or a team: `to` is its ref."""

    to: str
    level: Level


def access_words(access: str) -> str:
    """Return who reads and writes a pad of that access."""
    return {
        "open": gettext("Open: anybody who has its address reads and writes"),
        "public": gettext("Public: all read, who is logged in writes"),
        "members": gettext("Members: who is logged in reads and writes, nobody else sees it"),
        "private": gettext("Private: only who is invited sees it"),
        "group": gettext("Group: who has a session of its group sees it"),
    }.get(access, access)


def begin_settled(session: Session, actor: Actor, name: str, *, access: str, now: datetime) -> None:
    """Begin a pad for those whom its access says; one that there is stays as it is.

    Raises: Refused, NotFound.
    """
    if find_pad(session, name) is None:
        pad = begin_pad(session, actor, name, access=access, now=now)
        _settle(session, actor, pad, now)


def set_access(session: Session, actor: Actor, pad: Pad, access: str, *, now: datetime) -> None:
    """Say who reads and writes a pad. When not all may read it any more, its link for reading ends.

    Raises: Refused, NotFound, Invalid.
    """
    current = _maintained(session, actor, pad)
    if access not in CHOICES or current.access not in CHOICES:
        raise Invalid("access", gettext("Choose who may read and write the pad."))
    if access == current.access:
        return
    values: dict[str, object] = {"access": access}
    if access not in LISTED and current.access in LISTED:
        values |= {"reading": _secret(), "is_linked": False}
    if not current.owner and actor.person is not None:
        values["owner"] = actor.name
    _settle(session, actor, current, now, **values)


def invite(session: Session, actor: Actor, pad: Pad, to: str, level: str, *, now: datetime) -> None:
    """Invite a person or a team (`ann`, `team:infra`), or change what they are invited to.

    Raises: Refused, NotFound, Invalid for nobody.
    """
    current = _maintained(session, actor, pad)
    if level not in list(Level):
        raise Invalid("level", gettext("Choose what they are invited to."))
    told, whom = _whom(session, to)
    _uninvite(session, current, told)
    for verb in _VERBS[Level(level)]:
        row = GrantRow(verb=verb, ref=ref(current.name), actor=actor.name, at=micros(now), **whom)
        session.add(row)
    session.flush()
    record(session, actor, "grant", ref(current.name), f"{level} to {told}", now=now)
    _settle(session, actor, current, now)


def uninvite(session: Session, actor: Actor, pad: Pad, to: str, *, now: datetime) -> None:
    """Take an invitation back; one that there is not may be taken back, too.

    Raises: Refused, NotFound.
    """
    current = _maintained(session, actor, pad)
    _uninvite(session, current, to)
    record(session, actor, "revoke", ref(current.name), f"from {to}"[:200], now=now)
    _settle(session, actor, current, now)


def invited(session: Session, pad: Pad) -> Sequence[Invited]:
    """Return who is invited to a pad."""
    verbs: dict[str, set[str]] = {}
    for grant in list_grants(session, ref=ref(pad.name)):
        verbs.setdefault(grant.to, set()).add(grant.verb)
    return [Invited(to, _level(those)) for to, those in verbs.items()]


def _level(verbs: set[str]) -> Level:
    if "maintain" in verbs:
        return Level.MAINTAIN
    return Level.WRITE if "write" in verbs else Level.READ


def new_link(session: Session, actor: Actor, pad: Pad, *, is_on: bool, now: datetime) -> None:
    """Give a pad another link for reading, or none; the one before leads nowhere from now on.

    Raises: Refused, NotFound.
    """
    current = _maintained(session, actor, pad)
    _settle(session, actor, current, now, reading=_secret(), is_linked=is_on)


def hand_over(session: Session, actor: Actor, pad: Pad, to: str, *, now: datetime) -> None:
    """Make a pad somebody else's. Who owned it is invited to maintain it on.

    Raises: Refused, NotFound, Invalid for nobody.
    """
    current = _maintained(session, actor, pad)
    told, whom = _whom(session, to)
    if "person_id" not in whom:
        raise Invalid(
            "to", gettext("A pad is one person's. Give their short name, for example ann.")
        )
    if told == current.owner:
        return
    before = current.owner
    if before.startswith(person_ref("")) and find_row(session, before.partition(":")[2]):
        invite(session, actor, current, before, Level.MAINTAIN, now=now)
    record(session, actor, "hand-over", ref(current.name), f"from {before} to {told}", now=now)
    _settle(session, actor, current, now, owner=told)


def move_invitations(session: Session, before: str, name: str) -> None:
    """Let the invitations to a pad follow it to its new name."""
    moved = update(GrantRow).where(col(GrantRow.ref) == ref(before)).values(ref=ref(name))
    session.connection().execute(moved)


def forget_invitations(session: Session, names: Sequence[str]) -> None:
    """Take back all invitations to pads that are gone: the next one of that name is another."""
    refs = [ref(name) for name in names]
    session.connection().execute(delete(GrantRow).where(col(GrantRow.ref).in_(refs)))


def _maintained(session: Session, actor: Actor, pad: Pad) -> Pad:
    current = locked(session, pad)
    need_maintain(actor, current)
    return current


def _settle(session: Session, actor: Actor, pad: Pad, now: datetime, **values: object) -> None:
    at = max(micros(now), pad.settled_at + 1)
    changed = update(PadRow).where(col(PadRow.id) == pad.id).values(settled_at=at, **values)
    session.connection().execute(changed)
    session.expire_all()
    emit(session, actor, "pad.settled", ref(pad.name), at=now)


def _uninvite(session: Session, pad: Pad, to: str) -> None:
    for grant in list_grants(session, ref=ref(pad.name)):
        if grant.to == to:
            session.delete(session.get(GrantRow, grant.id))
    session.flush()


def _whom(session: Session, to: str) -> tuple[str, dict[str, int | None]]:
    """Return the ref of a person or team, and how a right is given to them."""
    kind, _, slug = to.strip().rpartition(":")
    name = slug.strip().lstrip("@").lower()
    team = find_team(session, name) if kind == "team" else None
    if team is not None:
        row = session.exec(select(TeamRow).where(TeamRow.slug == team.slug)).one()
        return team.ref, {"team_id": row.id}
    person = find_row(session, name) if kind in ("", "person") else None
    if person is None or person.state != "active":
        raise Invalid(
            "to",
            gettext(
                "There is nobody called %(name)s. Give a person's short name, or a team as team:infra.",
                name=to[:64],
            ),
        )
    return person_ref(person.slug), {"person_id": person.id}


def _secret() -> str:
    return secrets.token_hex(16)
