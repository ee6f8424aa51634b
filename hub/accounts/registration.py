"""Joining: with an invitation, openly, or not at all (`[auth] registration`); and the first administrator.

The first administrator holds the one-time link that is told where the hub is started; that is never whoever
comes first.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.accounts.audit import record
from hub.accounts.handles import bind_handle
from hub.accounts.passwords import check_rules, set_password
from hub.accounts.people import (
    Person,
    create_person,
    find_row,
    free_slug,
    has_administrator,
    person_by_handle,
    person_of,
)
from hub.accounts.tickets import TicketKind, forget_tickets, make_ticket, use_ticket
from hub.errors import Invalid, Refused
from hub.events import take_turn
from hub.language import gettext
from hub.people import Actor, Role, operator, person_ref

OPEN, INVITE, CLOSED = "open", "invite", "closed"


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody gives who joins. `password` is None for who logs in elsewhere."""

    slug: str
    name: str = ""
    email: str = ""
    password: str | None = None
    language: str = ""


def register(
    session: Session,
    mode: str,
    given: Registration,
    *,
    invite: str = "",
    now: datetime,
    address: str = "",
) -> Person:
    """Let somebody join under the rule `mode`; an invitation counts unless the hub is closed.

    Raises: Refused, Invalid.
    """
    _check_first(session, given)
    by = _let_in(session, mode, invite, now)
    person = _join(session, given, Role.MEMBER, now, address)
    record(session, _self(person), "register", person.ref, by, now=now, address=address)
    return person


def begin_setup(session: Session, *, now: datetime) -> str | None:
    """Return the code for the first administrator; the older ones end. None when there is one already."""
    take_turn(session, "people")
    if has_administrator(session):
        return None
    forget_tickets(session, TicketKind.SETUP)
    return make_ticket(session, operator("start"), TicketKind.SETUP, now=now)


def complete_setup(
    session: Session, code: str, given: Registration, *, now: datetime, address: str = ""
) -> Person:
    """Make the holder of the setup link the first administrator.

    Raises: Refused when the code is good for nothing, Invalid.
    """
    take_turn(session, "people")
    _check_first(session, given)
    if has_administrator(session) or use_ticket(session, TicketKind.SETUP, code, now) is None:
        raise Refused(
            gettext("This link is good for nothing any more. Start the hub again for a new one.")
        )
    person = _join(session, given, Role.ADMINISTRATOR, now, address)
    record(session, _self(person), "setup", person.ref, now=now, address=address)
    return person


def complete_reset(
    session: Session, code: str, password: str, *, now: datetime, address: str = ""
) -> Person:
    """Set the password of whom a reset link is for.

    Raises: Refused when the code is good for nothing, Invalid for a password that is easily guessed.
    """
    ticket = use_ticket(session, TicketKind.RESET, code, now)
    row = find_row(session, ticket.person) if ticket else None
    if ticket is None or row is None:
        raise Refused(gettext("This link is good for nothing any more. Ask for a new one."))
    owner = Actor(person_ref(row.slug), Role.MEMBER, person=row.slug)
    set_password(session, owner, row.slug, password, now=now, keep=address)
    return person_of(row)


def join_by_login(
    session: Session,
    mode: str,
    issuer: str,
    subject: str,
    given: Registration,
    *,
    invite: str = "",
    now: datetime,
    address: str = "",
) -> Person:
    """Return who logs in elsewhere as that subject; who comes for the first time joins by the rule `mode`.

    A slug that is taken or can't be one is made free by a number.

    Raises: Refused, also for somebody suspended.
    """
    take_turn(session, "people")
    known = person_by_handle(session, "oidc", issuer, subject)
    if known is not None:
        if not known.is_active:
            raise Refused(
                gettext("This account is suspended. An administrator of the hub can help.")
            )
        return known
    by = _let_in(session, mode, invite, now)
    joining = Registration(
        _free(session, given.slug), given.name, given.email, None, given.language
    )
    person = _join(session, joining, Role.MEMBER, now, address)
    bind_handle(session, _self(person), person.slug, "oidc", issuer, subject, now=now)
    record(session, _self(person), "register", person.ref, by, now=now, address=address)
    return person


def _check_first(session: Session, given: Registration) -> None:
    """Find what is wrong before a one-time code is used up."""
    free_slug(session, given.slug)
    if given.password is None:
        raise Invalid("password", gettext("Choose a password."))
    check_rules(given.password, given.slug, given.name, given.email)


def _let_in(session: Session, mode: str, invite: str, now: datetime) -> str:
    """Return by what somebody may join.

    Raises: Refused.
    """
    if mode == CLOSED:
        raise Refused(gettext("Nobody can join by themselves here. An administrator adds people."))
    if invite:
        ticket = use_ticket(session, TicketKind.INVITE, invite, now)
        if ticket is not None:
            return f"invited by {ticket.actor}"
    if mode != OPEN:
        raise Refused(
            gettext("Who joins needs an invitation that nobody has used yet. Ask for a new one.")
        )
    return "openly"


def _join(session: Session, given: Registration, role: Role, now: datetime, address: str) -> Person:
    slug = given.slug.strip().lower()
    person = create_person(
        session,
        Actor(person_ref(slug), role, person=slug),
        given.slug,
        name=given.name,
        email=given.email,
        role=role,
        language=given.language,
        now=now,
    )
    if given.password is not None:
        set_password(session, _self(person), person.slug, given.password, now=now, keep=address)
    return person


def _self(person: Person) -> Actor:
    return Actor(person.ref, person.role, person=person.slug)


def _free(session: Session, wanted: str) -> str:
    """Return a free slug that is like the one that was wanted."""
    base = re.sub(r"[^a-z0-9._-]+", "-", wanted.lower()).strip("._-")[:24].strip("._-") or "member"
    for number in range(1, 10_000):
        slug = base if number == 1 and len(base) > 1 else f"{base}-{number}"
        try:
            return free_slug(session, slug)
        except Invalid:
            continue
    raise Invalid("slug", gettext("There is no free name like this. Choose another."))
