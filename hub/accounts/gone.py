"""Slugs of people who were erased: nobody else can have them, though the hub doesn't know them any more."""

import hashlib
import secrets
from datetime import datetime

from sqlmodel import Session, select

from hub.accounts.tables import HandleRow
from hub.clock import micros
from hub.tables import SettingRow

_SALT = "people.salt"


def keep_slug(session: Session, person_id: int, slug: str, now: datetime) -> None:
    """Let nobody else have a slug; only a digest of it is kept, with whose it was."""
    gone = _digest(session, slug)
    session.add(HandleRow(person_id=person_id, kind="gone", subject=gone, bound_at=micros(now)))


def is_gone(session: Session, slug: str) -> bool:
    """Tell whether it was the slug of somebody who was erased."""
    query = select(HandleRow.id).where(HandleRow.kind == "gone")
    if session.exec(query.limit(1)).first() is None:
        return False
    return (
        session.exec(query.where(HandleRow.subject == _digest(session, slug))).first() is not None
    )


def _digest(session: Session, slug: str) -> str:
    row = session.get(SettingRow, _SALT)
    if row is None:
        row = SettingRow(name=_SALT, value=secrets.token_hex(16))
        session.add(row)
        session.flush()
    return hashlib.blake2b(slug.encode(), key=row.value.encode(), digest_size=20).hexdigest()
