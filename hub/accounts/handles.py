"""Handles: under which names a person is known elsewhere, each bound to one person at a time.

kind    realm        subject                  who binds it
oidc    the issuer   its `sub`                the person, by logging in there
irc     a network    a services account       the person, by `link CODE` on IRC
email               an address that is read   the person, by a link in a mail; administrators
nick    a network    a nick                   administrators: nobody can prove to own one
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.audit import record
from hub.accounts.people import (
    Person,
    find_row,
    key_of,
    need,
    person_by_handle,
    person_of,
    require_row,
    tell,
)
from hub.accounts.tables import HandleRow, PersonRow
from hub.accounts.visits import actor_of
from hub.clock import from_micros, micros
from hub.errors import Conflict, Invalid, NotFound
from hub.events import take_turn
from hub.irc import casefold, keepable_text
from hub.language import gettext
from hub.module import Module
from hub.people import Actor, Role, may, person_ref

KINDS = ("oidc", "irc", "email", "nick")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Handle:
    """A name elsewhere. `subject` is how it compares, `shown` how it is written."""

    kind: str
    realm: str
    subject: str
    shown: str
    bound_at: datetime


def bind_handle(
    session: Session,
    actor: Actor,
    slug: str,
    kind: str,
    realm: str,
    subject: str,
    *,
    now: datetime,
    address: str = "",
) -> Handle:
    """Bind a name elsewhere to a person, who has proved it; binding it again changes nothing.

    Raises: NotFound, Refused, Invalid; Conflict when it is somebody else's.
    """
    take_turn(session, "people")
    owner = require_row(session, slug)
    need(actor, "administer" if kind == "nick" else "secure", owner)
    shown, folded = _told(subject), fold(kind, subject)
    if kind not in KINDS or not folded:
        raise Invalid(
            "handle", gettext("This is no name that can be bound. Check how it is written.")
        )
    row = _find(session, kind, realm, folded)
    if row is not None and row.person_id != owner.id:
        raise Conflict(
            gettext("%(name)s is bound to somebody else. They can unbind it.", name=shown)
        )
    if row is None:
        row = HandleRow(
            person_id=key_of(owner), kind=kind, realm=realm, subject=folded, shown=shown,
            bound_at=micros(now),
        )  # fmt: skip
        session.add(row)
        _note(session, actor, "bind", owner, f"{kind} {realm} {shown}", now, address)
    return _handle(row)


def unbind_handle(
    session: Session, actor: Actor, slug: str, kind: str, realm: str, subject: str, *, now: datetime
) -> None:
    """Take a name elsewhere from a person.

    Raises: NotFound, Refused; Conflict when they could not log in any more.
    """
    owner = require_row(session, slug)
    need(actor, "secure", owner)
    row = _find(session, kind, realm, fold(kind, subject))
    if row is None or row.person_id != owner.id or kind not in KINDS:
        raise NotFound(gettext("%(name)s is not bound.", name=_told(subject)))
    if kind == "oidc" and not owner.password and _count(session, owner, "oidc") == 1:
        raise Conflict(
            gettext("Nothing else lets you log in. Set a password first, or bind another login.")
        )
    session.delete(row)
    _note(session, actor, "unbind", owner, f"{kind} {realm} {row.shown}", now, "")


ON_IRC = ("irc", "nick")
"""The kinds of names that everybody on IRC sees."""


def handles_of(session: Session, slug: str, *kinds: str) -> Sequence[Handle]:
    """Return under which names a person is known elsewhere: those of some kinds, else all."""
    query = (
        select(HandleRow)
        .join(PersonRow, col(PersonRow.id) == col(HandleRow.person_id))
        .where(PersonRow.slug == slug, col(HandleRow.kind).in_(kinds or KINDS))
    )
    rows = session.exec(
        query.order_by(col(HandleRow.kind), col(HandleRow.realm), col(HandleRow.subject))
    )
    return [_handle(row) for row in rows]


def speaker(
    session: Session,
    network: str,
    account: str | None,
    nick: str,
    modules: Sequence[Module] = (),
) -> Actor:
    """Return who speaks on IRC: the person whose services account it is, else only a speaker.

    A nick proves nothing, so a bound nick makes nobody a person here.
    """
    person = person_of_account(session, network, account) if account else None
    if person is not None:
        return actor_of(session, person, modules=modules)
    return Actor(f"irc:{network}/{account or nick}", Role.SPEAKER)


def person_of_account(session: Session, network: str, account: str) -> Person | None:
    """Return whose services account it is, while they are neither suspended nor erased."""
    person = person_by_handle(session, "irc", network, fold("irc", account))
    return person if person is not None and person.is_active else None


def person_called(session: Session, name: str) -> Person | None:
    """Return who has that slug, had it before, or else is the only one who has it as a name on IRC."""
    found = find_row(session, name)
    if found is not None:
        return person_of(found)
    owners = session.exec(
        select(PersonRow)
        .join(HandleRow, col(HandleRow.person_id) == col(PersonRow.id))
        .where(col(HandleRow.kind).in_(ON_IRC), HandleRow.subject == fold("irc", name))
        .distinct()
        .limit(2)
    ).all()
    return person_of(owners[0]) if len(owners) == 1 else None


def knows(session: Session, actor: Actor, person: Person) -> bool:
    """Tell whether an actor may know that somebody has an account: guests, when it has a name on IRC."""
    is_public = actor.person is not None or bool(handles_of(session, person.slug, *ON_IRC))
    return may(actor, "read", person.ref, "public" if is_public else "private")


def fold(kind: str, subject: str) -> str:
    """Return a name as it compares among its kind."""
    told = _told(subject)
    if kind in ("irc", "nick"):
        return casefold(told)
    return told.casefold() if kind == "email" else told


def _told(subject: str) -> str:
    return keepable_text(subject).strip()[:_LONGEST]


def _find(session: Session, kind: str, realm: str, folded: str) -> HandleRow | None:
    return session.exec(
        select(HandleRow).where(
            HandleRow.kind == kind, HandleRow.realm == realm, HandleRow.subject == folded
        )
    ).first()


def _count(session: Session, owner: PersonRow, kind: str) -> int:
    query = select(HandleRow).where(HandleRow.person_id == owner.id, HandleRow.kind == kind)
    return len(session.exec(query).all())


def _note(
    session: Session,
    actor: Actor,
    verb: str,
    owner: PersonRow,
    detail: str,
    now: datetime,
    address: str,
) -> None:
    record(session, actor, verb, person_ref(owner.slug), detail, now=now, address=address)
    tell(session, actor, "person.changed", owner, now=now)


def _handle(row: HandleRow) -> Handle:
    return Handle(row.kind, row.realm, row.subject, row.shown, from_micros(row.bound_at))
