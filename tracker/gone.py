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


def forget_numbers(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Forget who follows these things, where they lie, their due dates, and who was given them.

    kind: `story`, `task` or `project_group`; they are about to be deleted.
    """
    run = session.connection().execute
    session.flush()
    session.expire_all()
    for type_, number in (
        (col(SubscriptionRow.target_type), col(SubscriptionRow.target_id)),
        (col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)),
        (col(DatedRow.target_type), col(DatedRow.target_id)),
    ):
        run(sa.delete(type_.table).where(type_ == kind, among(number, ids)))  # type: ignore[attr-defined]
    if kind == "story":
        run(sa.delete(GrantRow).where(among(col(GrantRow.ref), map(story_ref, ids))))
