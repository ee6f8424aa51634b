"""Letters: mails that people are promised. They wait in the database until a server has taken them.

Asking for one does the same whether there is somebody of that name or not: who it is for is found out when it
is sent (hub/accounts/postman.py), long after the answer. What it says is written then, too, with a new code,
so that no code stands in the database. A letter that was sent just before a crash is sent again; the code of
the newer one is good.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlmodel import Session, col, delete, func, select

from hub.accounts.audit import record
from hub.accounts.handles import bind_handle, fold, handles_of
from hub.accounts.passwords import named
from hub.accounts.people import (
    ACTIVE,
    Person,
    key_of,
    person_by_handle,
    person_of,
    require_person,
    require_row,
)
from hub.accounts.tables import LetterRow, PersonRow, TicketRow
from hub.accounts.tickets import TicketKind, make_ticket, use_ticket
from hub.clock import from_micros, micros
from hub.config import Config
from hub.errors import Refused
from hub.events import take_turn
from hub.irc import keepable_text
from hub.language import gettext, speaking
from hub.mail import Mail
from hub.people import Actor, Role, person_ref

RESET, VERIFY = "reset", "verify"
_LONGEST = 256
_SPACING = timedelta(minutes=10)
"""Nobody gets two links for a new password within that time, whoever asks for them."""
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
LIVES = timedelta(days=1)
"""So long it is tried to send a letter."""


Writer = Callable[[Session, Config, LetterRow, datetime], Mail | None]
"""Writes a letter when it is sent; None when there is nobody for it, or nothing to say any more."""

_NONE: Mapping[str, Writer] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is due, ready to be sent."""

    id: int
    mail: Mail


def ask_reset(session: Session, wanted: str, *, language: str, now: datetime) -> None:
    """Promise a link for a new password to who has that name or verified address, should there be anybody."""
    _put(session, RESET, keepable_text(wanted).strip()[:_LONGEST], None, language, now)


def ask_verification(session: Session, slug: str, *, language: str, now: datetime) -> bool:
    """Promise somebody a link that proves that they read their address; False when it is proved, or none.

    Raises: NotFound.
    """
    row = require_row(session, slug)
    if not row.email or is_verified(session, person_of(row)):
        return False
    _forget(session, LetterRow.kind == VERIFY, LetterRow.person_id == row.id)
    _put(session, VERIFY, row.email, row.id, language, now)
    return True


def is_verified(session: Session, person: Person) -> bool:
    """Tell whether somebody has proved that they read the address they gave."""
    owner = person_by_handle(session, "email", "", fold("email", person.email))
    return bool(person.email) and owner is not None and owner.slug == person.slug


def confirm_address(session: Session, code: str, *, now: datetime, address: str = "") -> Person:
    """Bind the address that a link proves to be read to whose it is; one can log in by it from then on.

    Raises: Refused when the code is good for nothing; Conflict when it is somebody else's.
    """
    ticket = use_ticket(session, TicketKind.VERIFY, code, now)
    if ticket is None:
        raise Refused(gettext("This link is good for nothing any more. Ask for a new one."))
    person = require_person(session, ticket.person)
    actor, email = Actor(person.ref, person.role, person=person.slug), ticket.data["email"]
    bind_handle(session, actor, person.slug, "email", "", email, now=now, address=address)
    return person


def is_due(session: Session, now: datetime) -> bool:
    """Tell whether there is a letter to send, at little cost."""
    first = session.exec(select(func.min(LetterRow.due_at))).one()
    return first is not None and first <= micros(now)


def take_letter(
    session: Session, config: Config, *, writers: Mapping[str, Writer] = _NONE, now: datetime
) -> Letter | None:
    """Take the next letter that is due; it comes again later, unless `drop_letter` says that it was sent.

    Those that are for nobody, or have waited for too long, go. None when no letter is due. writers: who write
    letters of other kinds; those are tried at least once, however long nobody took them.
    """
    take_turn(session, "letters")
    is_tried = col(LetterRow.kind).in_(_WRITERS) | (col(LetterRow.tries) > 0)
    _forget(session, col(LetterRow.asked_at) <= micros(now - LIVES), is_tried)
    while (row := _next(session, now)) is not None:
        write = _WRITERS.get(row.kind) or writers.get(row.kind)
        mail = write(session, config, row, now) if write else None
        if mail is not None:
            row.due_at = micros(now + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(row.tries, 9)))
            row.tries += 1
            session.add(row)
            return Letter(row.id or 0, mail)
        session.delete(row)
        session.flush()
    return None


def drop_letter(session: Session, letter_id: int) -> None:
    """Forget a letter: it was sent, or never can be."""
    _forget(session, LetterRow.id == letter_id)


def _put(
    session: Session, kind: str, wanted: str, person_id: int | None, language: str, now: datetime
) -> None:
    at = micros(now)
    session.add(
        LetterRow(
            kind=kind, wanted=wanted, person_id=person_id, language=language, asked_at=at, due_at=at
        )
    )
    session.flush()


def _forget(session: Session, *conditions: object) -> None:
    session.connection().execute(delete(LetterRow).where(*conditions))  # type: ignore[arg-type]


def _next(session: Session, now: datetime) -> LetterRow | None:
    return session.exec(
        select(LetterRow)
        .where(col(LetterRow.due_at) <= micros(now))
        .order_by(col(LetterRow.due_at), col(LetterRow.id))
        .limit(1)
    ).first()


def _reset(session: Session, config: Config, letter: LetterRow, now: datetime) -> Mail | None:
    row = named(session, letter.wanted)
    to = _proved(session, row, letter.wanted) if row is not None else ""
    if row is None or row.state != ACTIVE or not to:
        return None
    if letter.tries == 0 and _has_new_link(session, row, now):
        return None
    person = person_of(row)
    actor = Actor(person.ref, Role.MEMBER, person=person.slug)
    code = make_ticket(session, actor, TicketKind.RESET, person=person.slug, now=now)
    if letter.tries == 0:
        record(session, actor, "reset", person.ref, "by mail", now=now)
    with speaking(person.language or letter.language):
        return Mail(
            to,
            gettext("A new password for %(hub)s", hub=config.hub.name),
            _text(
                gettext("Somebody asked for a new password for your account %(name)s on %(hub)s."
                        " Here you set one, within three days:", name=person.slug, hub=config.hub.name),
                f"{config.public_url}/reset/{code}",
                gettext("If that was not you, nothing has to be done: your password is still the same."),
            ),
        )  # fmt: skip


def _verify(session: Session, config: Config, letter: LetterRow, now: datetime) -> Mail | None:
    row = session.get(PersonRow, letter.person_id)
    if row is None or row.state != ACTIVE or row.email != letter.wanted:
        return None
    person = person_of(row)
    actor, data = Actor(person.ref, Role.MEMBER, person=person.slug), {"email": row.email}
    code = make_ticket(session, actor, TicketKind.VERIFY, person=person.slug, data=data, now=now)
    with speaking(person.language or letter.language):
        return Mail(
            row.email,
            gettext("Your e-mail address on %(hub)s", hub=config.hub.name),
            _text(
                gettext("The account %(name)s on %(hub)s gave this as its e-mail address. If it is yours,"
                        " confirm it here, within two days:", name=person.slug, hub=config.hub.name),
                f"{config.public_url}/verify/{code}",
                gettext("If you know nothing of it, nothing has to be done."),
            ),
        )  # fmt: skip


_WRITERS: Mapping[str, Writer] = {
    RESET: _reset,
    VERIFY: _verify,
}


def _text(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def _proved(session: Session, row: PersonRow, wanted: str) -> str:
    """Return at which address somebody has proved to read: the one asked with, theirs, or another."""
    proved = {handle.subject: handle.shown for handle in handles_of(session, row.slug, "email")}
    for address in (wanted.strip(), row.email):
        if fold("email", address) in proved:
            return proved[fold("email", address)]
    return next(iter(proved.values()), "")


def _has_new_link(session: Session, row: PersonRow, now: datetime) -> bool:
    """Tell whether somebody was sent a link for a new password just now, and has not used it."""
    newest = session.exec(
        select(func.max(TicketRow.created_at)).where(
            TicketRow.person_id == key_of(row),
            TicketRow.kind == TicketKind.RESET.value,
            TicketRow.actor == person_ref(row.slug),  # others were made by administrators
        )
    ).one()
    return newest is not None and from_micros(newest) > now - _SPACING
