"""One-time links and codes: to set the hub up, to join, to set a password, to prove a name elsewhere.

A code is used once, before its end; whatever is wrong with one, the answer is the same: None.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, delete, select

from hub.accounts.audit import record
from hub.accounts.digests import LONGEST, kept
from hub.accounts.people import require_row
from hub.accounts.tables import PersonRow, TicketRow
from hub.clock import from_micros, micros
from hub.errors import NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may, person_ref


class TicketKind(StrEnum):
    """What a code is for."""

    SETUP = "setup"
    """To become the first administrator."""
    INVITE = "invite"
    """To join."""
    RESET = "reset"
    """To set a new password, or the first one."""
    VERIFY = "verify"
    """To prove that an e-mail address is read."""
    LINK = "link"
    """To prove on IRC whose services account it is."""


_LIVES = {
    TicketKind.SETUP: timedelta(days=7),
    TicketKind.INVITE: timedelta(days=14),
    TicketKind.RESET: timedelta(days=3),
    TicketKind.VERIFY: timedelta(days=2),
    TicketKind.LINK: timedelta(minutes=15),
}
_LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""What is typed by hand: no letter that is taken for another, and hardly a word."""
_TYPED = 10


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a code stands for. `person` is a slug, empty for nobody yet; `actor` is who made it."""

    id: int
    kind: TicketKind
    person: str
    data: Mapping[str, str]
    actor: str
    expires_at: datetime


def make_ticket(
    session: Session,
    actor: Actor,
    kind: TicketKind,
    *,
    person: str = "",
    data: Mapping[str, str] | None = None,
    lives: timedelta | None = None,
    now: datetime,
) -> str:
    """Make a code and return it. A new `link` or `reset` of a person ends the older ones of its kind.

    Rights are the caller's matter, but for invitations and resets there are `invite` and `make_reset`.

    Raises: NotFound for nobody of that slug.
    """
    _sweep(session, now)
    row = require_row(session, person) if person else None
    if row is not None and kind in (TicketKind.LINK, TicketKind.RESET, TicketKind.VERIFY):
        session.connection().execute(
            delete(TicketRow).where(
                col(TicketRow.person_id) == row.id, col(TicketRow.kind) == kind.value
            )
        )
    code = _new_code(kind)
    session.add(
        TicketRow(
            kind=kind.value,
            digest=_kept(kind, code),
            person_id=row.id if row else None,
            data=json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True),
            actor=actor.name,
            created_at=micros(now),
            expires_at=micros(now + (lives or _LIVES[kind])),
        )
    )
    session.flush()
    return code


def peek_ticket(session: Session, kind: TicketKind, code: str, now: datetime) -> Ticket | None:
    """Return what a code stands for without using it up; None when it is good for nothing."""
    row = _find(session, kind, code, now)
    return _ticket(session, row) if row is not None else None


def use_ticket(session: Session, kind: TicketKind, code: str, now: datetime) -> Ticket | None:
    """Use a code up and return what it stands for; None when it is good for nothing."""
    row = _find(session, kind, code, now)
    if row is None:
        return None
    ticket = _ticket(session, row)
    used = session.connection().execute(delete(TicketRow).where(col(TicketRow.id) == row.id))
    session.expunge(row)
    return ticket if used.rowcount else None  # two at once: one of them was quicker


def invite(
    session: Session,
    actor: Actor,
    *,
    email: str = "",
    lives: timedelta | None = None,
    now: datetime,
    address: str = "",
) -> str:
    """Make an invitation and return its code. `email` is a note, it need not be who comes.

    Raises: Refused.
    """
    if not may(actor, "administer", "people:all"):
        raise Refused(gettext("Invitations are made by administrators of the hub. Ask one."))
    data = {"email": email.strip()} if email.strip() else {}
    code = make_ticket(session, actor, TicketKind.INVITE, data=data, lives=lives, now=now)
    record(session, actor, "invite", "people:all", now=now, address=address)
    return code


def list_invites(session: Session, *, now: datetime) -> Sequence[Ticket]:
    """Return the invitations that wait, the newest first. Their codes nobody knows any more."""
    rows = session.exec(
        select(TicketRow)
        .where(TicketRow.kind == TicketKind.INVITE.value, col(TicketRow.expires_at) > micros(now))
        .order_by(col(TicketRow.id).desc())
    )
    return [_ticket(session, row) for row in rows]


def withdraw_invite(session: Session, actor: Actor, ticket_id: int, *, now: datetime) -> None:
    """Take an invitation back.

    Raises: Refused, NotFound.
    """
    if not may(actor, "administer", "people:all"):
        raise Refused(gettext("Invitations are made by administrators of the hub. Ask one."))
    row = session.get(TicketRow, ticket_id)
    if row is None or row.kind != TicketKind.INVITE.value:
        raise NotFound(gettext("That invitation was used or taken back already."))
    session.delete(row)
    record(session, actor, "invite-withdraw", "people:all", now=now)


def make_reset(
    session: Session, actor: Actor, slug: str, *, now: datetime, address: str = ""
) -> str:
    """Make a code with which somebody sets a new password, and return it.

    Raises: NotFound, Refused.
    """
    row = require_row(session, slug)
    if not may(actor, "administer", person_ref(row.slug)):
        raise Refused(gettext("An administrator of the hub makes the link. Ask one."))
    code = make_ticket(session, actor, TicketKind.RESET, person=row.slug, now=now)
    record(session, actor, "reset", person_ref(row.slug), now=now, address=address)
    return code


def forget_tickets(session: Session, kind: TicketKind) -> None:
    """End all codes of a kind."""
    session.connection().execute(delete(TicketRow).where(col(TicketRow.kind) == kind.value))


def _find(session: Session, kind: TicketKind, code: str, now: datetime) -> TicketRow | None:
    if not code or len(code) > LONGEST:
        return None
    row = session.exec(
        select(TicketRow).where(
            TicketRow.kind == kind.value,
            TicketRow.digest == _kept(kind, code),
            col(TicketRow.expires_at) > micros(now),
        )
    ).first()
    if row is None or row.person_id is None:
        return row
    owner = session.get(PersonRow, row.person_id)
    return row if owner is not None and owner.state == "active" else None


def _ticket(session: Session, row: TicketRow) -> Ticket:
    owner = session.get(PersonRow, row.person_id) if row.person_id is not None else None
    data = {str(key): str(value) for key, value in json.loads(row.data).items()}
    return Ticket(
        row.id or 0,
        TicketKind(row.kind),
        owner.slug if owner else "",
        data,
        row.actor,
        from_micros(row.expires_at),
    )


def _new_code(kind: TicketKind) -> str:
    if kind is TicketKind.LINK:
        return "".join(secrets.choice(_LETTERS) for _ in range(_TYPED))
    return secrets.token_urlsafe(24)


def _kept(kind: TicketKind, code: str) -> str:
    """Return what is kept of a code; one that is typed compares without its case."""
    typed = code.strip().lower() if kind is TicketKind.LINK else code
    return kept(f"{kind.value}:{typed}")


def _sweep(session: Session, now: datetime) -> None:
    """Forget the codes that are over."""
    session.connection().execute(delete(TicketRow).where(col(TicketRow.expires_at) <= micros(now)))
