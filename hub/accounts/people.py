"""People: who has an account, under which name, in which role and state.

A person's `slug` stands in addresses and records (`person:ann`); after a renaming the old one still leads to
them and nobody else can have it. `name` is how they are called on pages, in any script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, delete, func, select

from hub.accounts.audit import record
from hub.accounts.gone import is_gone
from hub.accounts.naming import right_email, right_language, right_name, right_slug, taken
from hub.accounts.tables import (
    GrantRow,
    HandleRow,
    LetterRow,
    MemberRow,
    PersonRow,
    SessionRow,
    TicketRow,
    TokenRow,
)
from hub.clock import from_micros, micros
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.events import emit_each, take_turn
from hub.irc import keepable_text
from hub.language import gettext
from hub.people import Actor, Role, may, person_ref

ROOT = "/people/"
"""Where people's pages are."""

ACTIVE, SUSPENDED, ERASED = "active", "suspended", "erased"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the rest of the hub knows them."""

    slug: str
    name: str
    email: str
    role: Role
    state: str
    language: str
    created_at: datetime

    @property
    def ref(self) -> str:
        """The person's ref."""
        return person_ref(self.slug)

    @property
    def is_active(self) -> bool:
        """Whether they may log in and act."""
        return self.state == ACTIVE


def create_person(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    name: str = "",
    email: str = "",
    role: Role = Role.MEMBER,
    language: str = "",
    now: datetime,
) -> Person:
    """Add somebody, without a password yet. Who may join decides hub/accounts/registration.py.

    Raises: Invalid for a name that can't be taken or is taken.
    """
    take_turn(session, "people")
    row = PersonRow(
        slug=free_slug(session, slug),
        name=right_name(name or slug),
        email=right_email(email),
        role=_right_role(role),
        language=right_language(language),
        created_at=micros(now),
        changed_at=micros(now),
    )
    session.add(row)
    session.flush()
    person = person_of(row)
    tell(session, actor, "person.created", row, now=now)
    return person


def account_ref(row: PersonRow) -> str:
    """Return the ref by which an index knows somebody, whatever they are called."""
    return f"account:{key_of(row)}"


def tell(session: Session, actor: Actor, name: str, row: PersonRow, *, now: datetime) -> None:
    """Put into the outbox what has become of somebody: under their name, and for what knows their account."""
    emit_each(session, actor, name, [person_ref(row.slug), account_ref(row)], at=now)


def find_person(session: Session, slug: str) -> Person | None:
    """Return the person of that name, or of that earlier name; also one suspended or erased."""
    row = find_row(session, slug)
    return person_of(row) if row else None


def require_person(session: Session, slug: str) -> Person:
    """Return the person of that name.

    Raises: NotFound.
    """
    return person_of(require_row(session, slug))


def person_by_handle(session: Session, kind: str, realm: str, subject: str) -> Person | None:
    """Return who is known elsewhere by that name; also one suspended. `subject` as it compares."""
    row = session.exec(
        select(PersonRow)
        .join(HandleRow, col(HandleRow.person_id) == col(PersonRow.id))
        .where(HandleRow.kind == kind, HandleRow.realm == realm, HandleRow.subject == subject)
    ).first()
    return person_of(row) if row else None


def list_people(
    session: Session,
    after: str = "",
    limit: int = 100,
    words: str = "",
    *,
    all_states: bool = False,
) -> Sequence[Person]:
    """Return people in the order of their slugs, those after a slug; whose slug or name has the words.

    Suspended and erased ones only with `all_states`.
    """
    query = select(PersonRow).where(col(PersonRow.slug) > keepable_text(after))
    if not all_states:
        query = query.where(PersonRow.state == ACTIVE)
    for word in keepable_text(words).lower().split()[:8]:
        query = query.where(
            or_(
                func.lower(PersonRow.slug).contains(word, autoescape=True),
                func.lower(PersonRow.name).contains(word, autoescape=True),
            )
        )
    rows = session.exec(query.order_by(col(PersonRow.slug)).limit(limit))
    return [person_of(row) for row in rows]


def rename_person(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    name: str | None = None,
    new_slug: str | None = None,
    now: datetime,
) -> Person:
    """Change how somebody is called; a new slug is for administrators, the old one leads to them still.

    Raises: NotFound, Refused, Invalid.
    """
    take_turn(session, "people")
    row = require_row(session, slug)
    need(actor, "edit" if new_slug is None else "administer", row)
    if name is not None:
        row.name = right_name(name)
    if new_slug is not None and new_slug.lower() != row.slug:
        _reslug(session, actor, row, new_slug, now)
    return _changed(session, actor, row, now)


def set_email(session: Session, actor: Actor, slug: str, email: str, *, now: datetime) -> Person:
    """Note where somebody can be written to. It proves nothing: see the handle `email`.

    Raises: NotFound, Refused, Invalid.
    """
    row = require_row(session, slug)
    need(actor, "edit", row)
    row.email = right_email(email)
    return _changed(session, actor, row, now)


def set_language(
    session: Session, actor: Actor, slug: str, language: str, *, now: datetime
) -> Person:
    """Note in which language somebody reads; empty for what the browser asks for.

    Raises: NotFound, Refused, Invalid.
    """
    row = require_row(session, slug)
    need(actor, "edit", row)
    row.language = right_language(language)
    return _changed(session, actor, row, now)


def set_role(session: Session, actor: Actor, slug: str, role: Role, *, now: datetime) -> Person:
    """Make somebody an administrator, or a member again.

    Raises: NotFound, Refused, Conflict when nobody would be left to administer.
    """
    take_turn(session, "people")
    row = require_row(session, slug)
    need(actor, "administer", row)
    if row.role == _right_role(role):
        return person_of(row)
    if role is not Role.ADMINISTRATOR:
        keep_one(session, row)
    row.role = role.value
    record(session, actor, "role", person_ref(row.slug), role.value, now=now)
    return _changed(session, actor, row, now)


def suspend(
    session: Session, actor: Actor, slug: str, *, reason: str = "", now: datetime
) -> Person:
    """Shut somebody out: their sessions end, their tokens and passwords open nothing.

    Raises: NotFound, Refused, Conflict when nobody would be left to administer.
    """
    take_turn(session, "people")
    row = require_row(session, slug)
    need(actor, "administer", row)
    if row.state == SUSPENDED:
        return person_of(row)
    keep_one(session, row)
    row.state = SUSPENDED
    session.add(row)
    end_all(session, row)
    record(session, actor, "suspend", person_ref(row.slug), reason, now=now)
    tell(session, actor, "person.suspended", row, now=now)
    return person_of(row)


def restore_person(session: Session, actor: Actor, slug: str, *, now: datetime) -> Person:
    """Let somebody in again who was suspended.

    Raises: NotFound, Refused, Conflict for one who was erased.
    """
    row = require_row(session, slug)
    need(actor, "administer", row)
    if row.state == ERASED:
        raise Conflict(gettext("%(slug)s was erased: there is nobody to let in.", slug=row.slug))
    if row.state == ACTIVE:
        return person_of(row)
    row.state = ACTIVE
    session.add(row)
    record(session, actor, "restore", person_ref(row.slug), now=now)
    tell(session, actor, "person.restored", row, now=now)
    return person_of(row)


def has_administrator(session: Session) -> bool:
    """Tell whether anybody can administer the hub on the web."""
    return _administrators(session) > 0


def end_all(session: Session, row: PersonRow) -> None:
    """End somebody's sessions, the codes that were made for them, and the mails that wait for them."""
    for table in (SessionRow, TicketRow, LetterRow):
        session.connection().execute(delete(table).where(col(table.person_id) == row.id))


def strip(session: Session, row: PersonRow) -> None:
    """Take everything from somebody that opens or gives anything."""
    end_all(session, row)
    for table in (TokenRow, MemberRow, GrantRow, HandleRow):
        session.connection().execute(delete(table).where(col(table.person_id) == row.id))


def find_row(session: Session, slug: str) -> PersonRow | None:
    """Return the row of somebody by their slug or an earlier one; asked again in a session, it is known."""
    folded = keepable_text(slug).lower()
    row = _known(session).get(folded)
    if row is not None and row in session and row.slug == folded:
        return row
    row = session.exec(select(PersonRow).where(PersonRow.slug == folded)).first()
    return _formerly(session, folded) if row is None else keep_row(session, row)


def keep_row(session: Session, row: PersonRow) -> PersonRow:
    """Have `find_row` know somebody's row for the rest of the session."""
    _known(session)[row.slug] = row
    return row


def _known(session: Session) -> dict[str, PersonRow]:
    known: dict[str, PersonRow] = session.info.setdefault("people", {})
    return known


def _formerly(session: Session, slug: str) -> PersonRow | None:
    return session.exec(
        select(PersonRow)
        .join(HandleRow, col(HandleRow.person_id) == col(PersonRow.id))
        .where(HandleRow.kind == "former", HandleRow.subject == slug)
    ).first()


def key_of(row: PersonRow) -> int:
    """Return the number of a stored row."""
    assert row.id is not None
    return row.id


def require_row(session: Session, slug: str) -> PersonRow:
    """Return the row of somebody by their slug.

    Raises: NotFound.
    """
    row = find_row(session, slug)
    if row is None:
        raise NotFound(gettext("There is nobody called %(slug)s here.", slug=slug[:64]))
    return row


def need(actor: Actor, verb: str, row: PersonRow) -> None:
    """Make sure that the actor may do that to somebody.

    Raises: Refused.
    """
    if not may(actor, verb, person_ref(row.slug)):
        raise Refused(
            gettext(
                "You may not do this to %(slug)s. An administrator of the hub can.", slug=row.slug
            )
        )


def keep_one(session: Session, row: PersonRow) -> None:
    """Make sure that somebody is left to administer when this one goes.

    Raises: Conflict.
    """
    is_one = row.role == Role.ADMINISTRATOR.value and row.state == ACTIVE
    if is_one and _administrators(session) == 1:
        raise Conflict(
            gettext(
                "%(slug)s is the only administrator. Make somebody else one first.", slug=row.slug
            )
        )


def person_of(row: PersonRow) -> Person:
    """Return a row as the value that others get."""
    return Person(
        row.slug,
        row.name,
        row.email,
        Role(row.role),
        row.state,
        row.language,
        from_micros(row.created_at),
    )


def free_slug(session: Session, slug: str) -> str:
    """Return a slug as it is kept, when it may be used and is free.

    Raises: Invalid.
    """
    kept = right_slug(slug)
    if find_row(session, kept) is not None or is_gone(session, kept):
        raise taken(kept)
    return kept


def _right_role(role: Role) -> str:
    if role not in (Role.MEMBER, Role.ADMINISTRATOR):
        raise Invalid("role", gettext("A person is a member or an administrator. Choose one."))
    return role.value


def _administrators(session: Session) -> int:
    return session.exec(
        select(func.count()).where(
            PersonRow.role == Role.ADMINISTRATOR.value, PersonRow.state == ACTIVE
        )
    ).one()


def _reslug(session: Session, actor: Actor, row: PersonRow, slug: str, now: datetime) -> None:
    before, after = row.slug, slug.strip().lower()
    own = session.exec(
        select(HandleRow).where(
            HandleRow.kind == "former", HandleRow.subject == after, HandleRow.person_id == row.id
        )
    ).first()
    if own is not None:  # back to a name that was theirs
        session.delete(own)
        session.flush()
    row.slug = free_slug(session, slug)
    session.add(
        HandleRow(
            person_id=key_of(row), kind="former", subject=before, shown=before, bound_at=micros(now)
        )
    )
    record(session, actor, "rename", person_ref(row.slug), f"{before} to {row.slug}", now=now)


def _changed(session: Session, actor: Actor, row: PersonRow, now: datetime) -> Person:
    row.changed_at = micros(now)
    session.add(row)
    session.flush()
    tell(session, actor, "person.changed", row, now=now)
    return person_of(row)
