"""The record of administrative acts: who did what to whom or what, when, from where, and in what words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.tables import AuditRow
from hub.clock import from_micros, micros
from hub.irc import keepable_text
from hub.people import Actor

_LONGEST_DETAIL = 500


@dataclass(frozen=True, slots=True)
class Act:
    """One entry of the record. `actor` and `ref` are names as records have them (`person:ann`)."""

    id: int
    at: datetime
    actor: str
    verb: str
    ref: str
    detail: str
    address: str


def record(
    session: Session,
    actor: Actor,
    verb: str,
    ref: str,
    detail: str = "",
    *,
    now: datetime,
    address: str = "",
) -> None:
    """Note an act, in the transaction in which it is done. `verb` is one word: `suspend`, `grant`."""
    session.add(
        AuditRow(
            at=micros(now),
            actor=keepable_text(actor.name),
            verb=verb,
            ref=keepable_text(ref),
            detail=keepable_text(detail.strip())[:_LONGEST_DETAIL],
            address=address,
        )
    )


def audit_log(
    session: Session, before: int | None = None, limit: int = 100, *, ref: str | None = None
) -> Sequence[Act]:
    """Return the record, newest first: what is older than the entry `before`, of one thing with `ref`."""
    query = select(AuditRow)
    if before is not None:
        query = query.where(col(AuditRow.id) < before)
    if ref is not None:
        query = query.where(AuditRow.ref == ref)
    return [
        Act(row.id or 0, from_micros(row.at), row.actor, row.verb, row.ref, row.detail, row.address)
        for row in session.exec(query.order_by(col(AuditRow.id).desc()).limit(limit))
    ]
