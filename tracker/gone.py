"""What speaks of a thing by its number, without a key of the database: it goes with the thing.

SQLite gives the number of the newest row to the next one when it was deleted. Who could read a private story,
followed it or had it on a board must not find another in its place.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from hub.accounts.tables import GrantRow
from hub.many import among
from tracker.planning.tables import DatedRow, WorklistItemRow
from tracker.sight import story_ref
from tracker.tables import SubscriptionRow


def forget_numbers(
    session: Session, kind: str, ids: Sequence[int], *, followers: bool = True
) -> None:
    """Forget who follows these things, where they lie, their due dates, and who was given them.

    kind: `story`, `task` or `project_group`; they are about to be deleted. followers: False where those have
    yet to hear of it: `forget_followers` is due then.
    """
    run = session.connection().execute
    session.flush()
    session.expire_all()
    if followers:
        forget_followers(session, kind, ids)
    for type_, number in (
        (col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)),
        (col(DatedRow.target_type), col(DatedRow.target_id)),
    ):
        run(sa.delete(type_.table).where(type_ == kind, among(number, ids)))  # type: ignore[attr-defined]
    if kind == "story":
        run(sa.delete(GrantRow).where(among(col(GrantRow.ref), map(story_ref, ids))))


def forget_followers(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Let nobody follow these things any more."""
    of_them = among(col(SubscriptionRow.target_id), ids)
    gone = sa.delete(SubscriptionRow).where(col(SubscriptionRow.target_type) == kind, of_them)
    session.connection().execute(gone)
