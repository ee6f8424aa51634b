"""What must always be true of accounts, for `madang check`."""

import json
import re
from collections.abc import Iterator

from sqlalchemy import or_
from sqlmodel import Session, col, select

from hub.accounts.naming import TOMBSTONE
from hub.accounts.people import ERASED
from hub.accounts.tables import (
    ErasureRow,
    GrantRow,
    HandleRow,
    MemberRow,
    PersonRow,
    SessionRow,
    TicketRow,
    TokenRow,
)
from hub.accounts.tickets import TicketKind
from hub.app import App
from hub.irc import casefold

_DIGEST = re.compile(r"[0-9a-f]{64}")


def check_people(app: App, session: Session) -> Iterator[str]:
    """Accounts are whole, and who was erased has nothing left."""
    del app
    yield from _check_persons(session)
    yield from _check_erased(session)
    yield from _check_handles(session)
    yield from _check_secrets(session)
    yield from _check_grants(session)


def _check_persons(session: Session) -> Iterator[str]:
    former = set(session.exec(select(HandleRow.subject).where(HandleRow.kind == "former")))
    for row in session.exec(select(PersonRow)):
        if row.slug != row.slug.lower() or not row.name:
            yield f"Person {row.id}: the slug {row.slug!r} or the name {row.name!r} can't be one."
        if row.slug in former:
            yield f"Person {row.slug}: the slug is also the earlier one of somebody."
        if row.password and not row.password.startswith("$argon2id$"):
            yield f"Person {row.slug}: the password is not kept by argon2id. Have it reset."
        if row.state == ERASED and not row.slug.startswith(TOMBSTONE):
            yield f"Person {row.slug}: was erased, but the name is there. Erase them again."


def _check_erased(session: Session) -> Iterator[str]:
    gone = select(PersonRow.id).where(PersonRow.state == ERASED)
    for row in session.exec(select(PersonRow).where(PersonRow.state == ERASED)):
        if row.email or row.password or row.name != row.slug:
            yield f"Person {row.slug}: was erased, but an address, password or name is left."
    for table in (SessionRow, TokenRow, TicketRow, MemberRow, GrantRow):
        if session.exec(select(table).where(col(table.person_id).in_(gone)).limit(1)).first():
            yield f"Somebody who was erased still has a row of {table.__tablename__}."
    query = select(HandleRow).where(col(HandleRow.person_id).in_(gone), HandleRow.kind != "gone")
    for handle in session.exec(query):
        yield f"Somebody who was erased still has the handle {handle.kind} {handle.shown}."
    done = select(ErasureRow).where(col(ErasureRow.done_at).is_not(None), ErasureRow.known != "")
    for erasure in session.exec(done):
        yield f"The erasure of {erasure.tombstone} is done, but its names are still kept."


def _check_handles(session: Session) -> Iterator[str]:
    for row in session.exec(select(HandleRow).where(col(HandleRow.kind).in_(["irc", "nick"]))):
        if row.subject != casefold(row.subject) or casefold(row.shown) != row.subject:
            yield f"Handle {row.kind} {row.realm} {row.shown}: it compares as {row.subject}."


def _check_secrets(session: Session) -> Iterator[str]:
    for name, column in (
        ("Session", SessionRow.digest),
        ("Token", TokenRow.digest),
        ("Ticket", TicketRow.digest),
    ):
        if not all(_DIGEST.fullmatch(digest) for digest in session.exec(select(column))):
            yield f"{name}: one keeps something else than a SHA-256. Revoke it."
    for ticket in session.exec(select(TicketRow)):
        if not _is_object(ticket.data):
            yield f"Ticket {ticket.id}: its data is no JSON object."
    kinds = [TicketKind.RESET.value, TicketKind.LINK.value, TicketKind.VERIFY.value]
    lost = select(TicketRow).where(
        col(TicketRow.kind).in_(kinds), col(TicketRow.person_id).is_(None)
    )
    for ticket in session.exec(lost):
        yield f"Ticket {ticket.id}: a code of the kind {ticket.kind} is for nobody."


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _check_grants(session: Session) -> Iterator[str]:
    both = col(GrantRow.person_id).is_not(None) & col(GrantRow.team_id).is_not(None)
    nobody = col(GrantRow.person_id).is_(None) & col(GrantRow.team_id).is_(None)
    for row in session.exec(select(GrantRow).where(or_(both, nobody))):
        yield f"Grant {row.id} of {row.verb} {row.ref}: it should be one person's or one team's."
