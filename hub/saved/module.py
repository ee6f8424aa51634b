"""What kept queries bring to the hub; they are told to their owner, and deleted with them."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, delete, select

from hub.accounts.people import find_row
from hub.module import Module
from hub.personal import Erasure, Identity, Personal
from hub.saved.tables import TABLES, SavedRow


def saved_queries() -> Module:
    """Build the module of kept queries."""
    return Module(name="saved", tables=TABLES, personal=Personal(export=_export, erase=_erase))


def _export(session: Session, identity: Identity) -> Mapping[str, Any]:
    row = find_row(session, identity.slug)
    mine = SavedRow.person_id == (row.id if row else 0)
    found = session.exec(select(SavedRow).where(mine).order_by(col(SavedRow.id)))
    return {"saved_queries": [kept.model_dump() for kept in found]}


def _erase(session: Session, erasure: Erasure, _position: int) -> int | None:
    row = find_row(session, erasure.tombstone)
    if row is not None:
        session.connection().execute(delete(SavedRow).where(col(SavedRow.person_id) == row.id))
    return None
