"""A person's data: all of it told to them, or their names taken out of everything.

Erasing begins in one transaction: the account is closed, what opens it is gone, and the records have a
tombstone (`erased-1a2b3c4d`) for the name. What modules keep may be large, so a consumer takes the names out
of it piece by piece (`Personal.erase`), goes on where it was after a restart, and then forgets them too.
Nothing is deleted that others refer to: lines, anchors, counts and minutes stay.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from hub.accounts.audit import audit_log, record
from hub.accounts.gone import keep_slug
from hub.accounts.handles import handles_of
from hub.accounts.identity import identity_of
from hub.accounts.naming import TOMBSTONE
from hub.accounts.people import ERASED, keep_one, key_of, need, person_of, require_row, strip, tell
from hub.accounts.records import forget_in_audit, names_in_records, rename_in_records
from hub.accounts.sessions import list_sessions
from hub.accounts.tables import ErasureRow, PersonRow
from hub.accounts.teams import list_grants, teams_of
from hub.accounts.tokens import list_tokens
from hub.clock import from_micros, micros
from hub.consumers import Consumer, Step
from hub.errors import Conflict
from hub.events import take_turn
from hub.irc import casefold
from hub.language import gettext
from hub.module import Module
from hub.people import Actor, person_ref
from hub.personal import Erasure, Identity, Personal


def export_person(
    session: Session, slug: str, modules: Iterable[Module] = (), *, now: datetime
) -> dict[str, Any]:
    """Return all that the hub keeps of somebody, as JSON knows it; who may have it is the caller's matter.

    It reads the whole archive: not for every visit.

    Raises: NotFound.
    """
    row = require_row(session, slug)
    person, identity = person_of(row), identity_of(session, slug)
    told: dict[str, Any] = {
        "exported_at": now,
        "person": {
            "slug": person.slug,
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "state": person.state,
            "language": person.language,
            "created_at": person.created_at,
            "changed_at": from_micros(row.changed_at),
            "former_slugs": [ref.partition(":")[2] for ref in identity.refs[1:]],
            "has_password": bool(row.password),
        },
        "handles": [_fields(handle) for handle in handles_of(session, person.slug)],
        "sessions": [_fields(one) for one in list_sessions(session, person.slug, now=now)],
        "tokens": [_fields(token) for token in list_tokens(session, person.slug)],
        "teams": list(teams_of(session, person.slug)),
        "rights": [_fields(grant) for grant in list_grants(session, to=person.ref)],
        "acts": [_fields(act) for act in audit_log(session, limit=100_000, ref=person.ref)],
    }
    for module in modules:
        if module.personal is not None and module.personal.export is not None:
            told[module.name] = dict(module.personal.export(session, identity))
    exported: dict[str, Any] = _plain(told)
    return exported


def erase_person(
    session: Session,
    actor: Actor,
    slug: str,
    now: datetime,
    nicks: Sequence[tuple[str, str]] = (),
) -> str:
    """Close an account for good and take the person's names out of everything; return the tombstone's slug.

    On IRC what their services accounts said is theirs. `nicks` (network, nick) are theirs besides, for all
    the time until now; only an administrator can say so, as nobody can prove to own a nick. For somebody who
    was erased before, more nicks can be given.

    Raises: NotFound, Refused; Conflict when nobody would be left to administer.
    """
    take_turn(session, "people")
    row = require_row(session, slug)
    need(actor, "administer" if nicks else "secure", row)
    if row.state == ERASED and not nicks:
        raise Conflict(gettext("%(slug)s was erased already.", slug=row.slug))
    keep_one(session, row)
    more = [(network, casefold(nick)) for network, nick in nicks]
    identity = identity_of(session, row.slug, more)
    if row.state != ERASED:
        actor = _close(session, actor, row, identity, now)
    session.add(
        ErasureRow(
            tombstone=row.slug,
            known=_packed(identity),
            at=micros(now),
            actor=actor.name,
        )
    )
    record(session, actor, "erase", person_ref(row.slug), now=now)
    tell(session, actor, "person.erased", row, now=now)
    return row.slug


def _close(
    session: Session, actor: Actor, row: PersonRow, identity: Identity, now: datetime
) -> Actor:
    """Put the tombstone in a person's place; return the actor, who may have been they."""
    before, tombstone = row.slug, f"{TOMBSTONE}{secrets.token_hex(4)}"
    strip(session, row)
    for ref in identity.refs:
        keep_slug(session, key_of(row), ref.partition(":")[2], now)
    row.slug = row.name = tombstone
    row.email = row.password = row.language = ""
    row.state, row.role, row.changed_at = ERASED, "member", micros(now)
    session.add(row)
    session.flush()
    rename_in_records(session, names_in_records(identity), person_ref(tombstone))
    forget_in_audit(session, identity.refs, person_ref(tombstone))
    if actor.person == before:
        return Actor(person_ref(tombstone), actor.role, person=tombstone)
    return actor


def erasure_consumer(modules: Sequence[Module]) -> Consumer:
    """Return the consumer that takes names out of what modules keep."""
    return Consumer("erasures", "at least once", _step(modules))


def waiting_erasures(session: Session) -> int:
    """Return how many erasures are not done yet."""
    rows = session.exec(select(ErasureRow.id).where(col(ErasureRow.done_at).is_(None)))
    return len(rows.all())


def _step(modules: Sequence[Module]) -> Step:
    parts = [
        (module.name, module.personal)
        for module in modules
        if module.personal is not None and module.personal.erase is not None
    ]

    def step(session: Session, cursor: int) -> int:
        row = session.exec(
            select(ErasureRow)
            .where(col(ErasureRow.done_at).is_(None))
            .order_by(col(ErasureRow.id))
            .limit(1)
        ).first()
        if row is None:
            return cursor
        _advance(session, row, parts)
        session.add(row)
        return cursor + 1

    return step


def _advance(session: Session, row: ErasureRow, parts: Sequence[tuple[str, Personal]]) -> None:
    """Erase one bounded piece, and note where to go on."""
    erasure = Erasure(_unpacked(row.known), row.tombstone, from_micros(row.at))
    names = [name for name, _ in parts]
    place = names.index(row.module) if row.module in names else 0
    if place < len(parts):
        erase = parts[place][1].erase
        assert erase is not None
        following = erase(session, erasure, row.position)
        if following is not None:
            row.module, row.position = names[place], following
            return
    if place + 1 < len(parts):
        row.module, row.position = names[place + 1], 0
        return
    row.done_at, row.known = micros(erasure.now), ""


def _packed(identity: Identity) -> str:
    return json.dumps(
        {
            "slug": identity.slug,
            "refs": identity.refs,
            "accounts": sorted(identity.accounts),
            "nicks": sorted(identity.nicks),
        },
        ensure_ascii=False,
    )


def _unpacked(text: str) -> Identity:
    told = json.loads(text)
    return Identity(
        told["slug"],
        tuple(told["refs"]),
        frozenset((network, name) for network, name in told["accounts"]),
        frozenset((network, name) for network, name in told["nicks"]),
    )


def _fields(value: Any) -> dict[str, Any]:
    """Return a frozen value's fields by their names."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it: times in ISO UTC."""
    if isinstance(value, datetime):
        return f"{value.isoformat()[:19]}Z"
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value
