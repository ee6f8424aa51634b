"""API tokens: a program's key, told once, with scopes and an end.

Scopes: `read` sees what the person sees; `write` also changes what the person may change; `admin` also does
what the person may administer, and stands for them in everything. No scope gives more than the person has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from hub.accounts.audit import record
from hub.accounts.digests import LONGEST, kept, new_secret
from hub.accounts.naming import right_name
from hub.accounts.people import key_of, need, require_row
from hub.accounts.tables import PersonRow, TokenRow
from hub.accounts.visits import Visit, actor_of, find_owner
from hub.clock import from_micros, micros
from hub.errors import Conflict, Invalid, NotFound
from hub.language import gettext
from hub.module import Module
from hub.people import VERBS, Actor, person_ref

PREFIX = "madang_"
SCOPES = ("read", "write", "admin")
LONGEST_LIFE = timedelta(days=366)
_MOST = 50
_NOTED = timedelta(hours=1)
_READING = frozenset({"read"})
_VERBS = {
    "read": _READING,
    "write": VERBS - {"redact", "secure", "administer"},
    "admin": VERBS,
}


_BY_DIGEST = (
    select(TokenRow, PersonRow)  # whose it is is read along
    .join(PersonRow, col(PersonRow.id) == col(TokenRow.person_id))
    .where(col(TokenRow.digest) == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as its owner sees it, without the secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


def create_token(
    session: Session,
    actor: Actor,
    person: str,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[TokenInfo, str]:
    """Make a token for a person (a slug); return it with its secret, which nobody can be told again.

    An end is a must for all but the operator, who may make one without (None).

    Raises: NotFound, Refused, Invalid, Conflict when there are too many.
    """
    owner = require_row(session, person)
    need(actor, "secure", owner)
    chosen = _chosen(actor, scopes)
    _check_end(actor, expires_at, now)
    held = session.exec(select(TokenRow).where(TokenRow.person_id == owner.id)).all()
    if len(held) >= _MOST:
        raise Conflict(gettext("There are 50 tokens already. Revoke those that nothing uses."))
    secret = new_secret(PREFIX)
    row = TokenRow(
        digest=kept(secret),
        person_id=key_of(owner),
        name=right_name(name),
        scopes=" ".join(chosen),
        created_at=micros(now),
        expires_at=micros(expires_at) if expires_at else None,
    )
    session.add(row)
    session.flush()
    record(session, actor, "token", person_ref(owner.slug), row.scopes, now=now)
    return _info(row), secret


def read_token(
    session: Session, secret: str, now: datetime, modules: Sequence[Module] = ()
) -> Visit | None:
    """Return who comes with that secret; None when it opens nothing, or nothing any more."""
    if not secret.startswith(PREFIX) or len(secret) > LONGEST:
        return None
    found = session.exec(_BY_DIGEST, params={"digest": kept(secret)}).first()
    row, _owner = found or (None, None)
    if row is None or (row.expires_at is not None and row.expires_at <= micros(now)):
        return None
    person = find_owner(session, row.person_id)
    if person is None:
        return None
    verbs = frozenset(verb for scope in row.scopes.split() for verb in _VERBS.get(scope, ()))
    return Visit(
        actor_of(session, person, verbs, modules),
        person,
        token_id=row.id,
        language=person.language,
        is_stale=row.used_at is None or micros(now - _NOTED) >= row.used_at,
    )


def renew_token(session: Session, token_id: int, expires_at: datetime) -> str:
    """Give a token that a program renews by itself another secret and end, and return the secret.

    Whether it may be renewed is the caller's matter.

    Raises: NotFound for one that was revoked.
    """
    row = session.get(TokenRow, token_id)
    if row is None:
        raise NotFound(gettext("There is no such token, or it was revoked."))
    secret = new_secret(PREFIX)
    row.digest, row.expires_at = kept(secret), micros(expires_at)
    session.add(row)
    session.flush()
    return secret


def touch_token(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that a token is in use; due once an hour, see `Visit.is_stale`."""
    row = session.get(TokenRow, token_id)
    if row is not None:
        row.used_at = max(row.used_at or 0, micros(now))
        session.add(row)


def list_tokens(session: Session, slug: str) -> Sequence[TokenInfo]:
    """Return somebody's tokens, the newest first; those that have ended too, until they are revoked."""
    owner = require_row(session, slug)
    rows = session.exec(
        select(TokenRow).where(TokenRow.person_id == owner.id).order_by(col(TokenRow.id).desc())
    )
    return [_info(row) for row in rows]


def revoke_token(
    session: Session, actor: Actor, slug: str, token_id: int, *, now: datetime
) -> None:
    """End one of somebody's tokens.

    Raises: NotFound, Refused.
    """
    owner = require_row(session, slug)
    need(actor, "secure", owner)
    row = session.get(TokenRow, token_id)
    if row is None or row.person_id != owner.id:
        raise NotFound(gettext("There is no such token, or it was revoked."))
    session.delete(row)
    record(session, actor, "token-revoke", person_ref(owner.slug), row.scopes, now=now)


def _chosen(actor: Actor, scopes: Iterable[str]) -> Sequence[str]:
    given = set(scopes)
    if not given or not given <= set(SCOPES):
        raise Invalid("scopes", gettext("Choose what the token may: read, write, admin."))
    chosen = [scope for scope in SCOPES if scope in given]
    if actor.verbs is not None and any(not _VERBS[scope] <= actor.verbs for scope in chosen):
        raise Invalid("scopes", gettext("A token can't make one that may do more than itself."))
    return chosen


def _check_end(actor: Actor, expires_at: datetime | None, now: datetime) -> None:
    if expires_at is None and actor.person is None:
        return
    if expires_at is None or not now < expires_at <= now + LONGEST_LIFE:
        raise Invalid("expires_at", gettext("A token ends within a year. Say in how many days."))


def _info(row: TokenRow) -> TokenInfo:
    return TokenInfo(
        row.id or 0,
        row.name,
        tuple(row.scopes.split()),
        from_micros(row.created_at),
        from_micros(row.expires_at) if row.expires_at is not None else None,
        from_micros(row.used_at) if row.used_at is not None else None,
    )
