"""What is kept of a person's notices: told to them, and deleted with them."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, SQLModel, col, delete, select

from hub.accounts.people import find_row
from hub.notices.choices import take_notices_turn
from hub.notices.tables import TABLES
from hub.personal import Erasure, Identity, Personal


def export_notices(session: Session, identity: Identity) -> Mapping[str, Any]:
    """Return all that is kept: an inbox, how they want to hear, and of what not."""
    row = find_row(session, identity.slug)
    if row is None:
        return {}
    return {_name(table): _rows(session, table, row.id or 0) for table in TABLES}


def erase_notices(session: Session, erasure: Erasure, _position: int) -> int | None:
    """Delete all that is kept; nobody else's records point to it."""
    row = find_row(session, erasure.tombstone)
    if row is not None:
        take_notices_turn(session)
        for table in TABLES:
            mine = col(table.person_id) == row.id
            session.connection().execute(delete(table).where(mine))
    return None


def _name(table: type[SQLModel]) -> str:
    return str(table.__tablename__)


def _rows(session: Session, table: type[SQLModel], person_id: int) -> list[Mapping[str, Any]]:
    mine = col(table.person_id) == person_id  # type: ignore[attr-defined]
    return [row.model_dump() for row in session.exec(select(table).where(mine))]


PERSONAL = Personal(export=export_notices, erase=erase_notices)
