"""What must always be true of boards and worklists."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.planning.tables import LaneRow, WorklistItemRow, WorklistRow


def check_plans(session: Session) -> Iterator[str]:
    """A card is once on its board, and no two of a list share a place; nobody fills automatic lists."""
    there = col(WorklistItemRow.archived).is_(False)
    kind, id_ = col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)
    doubles = (
        sa.select(col(LaneRow.board_id), kind, id_)
        .join(LaneRow, col(LaneRow.list_id) == col(WorklistItemRow.list_id))
        .where(there)
        .group_by(col(LaneRow.board_id), kind, id_)
        .having(sa.func.count() > 1)
    )
    for board, type_, number in session.connection().execute(doubles):
        yield f"Board {board} has {type_} {number} more than once."
    place, list_ = col(WorklistItemRow.place), col(WorklistItemRow.list_id)
    same = sa.select(list_).where(there).group_by(list_, place).having(sa.func.count() > 1)
    for (list_id,) in session.connection().execute(same.distinct()):
        yield f"Two cards of worklist {list_id} have the same place."
    filled = select(WorklistItemRow.list_id).where(there).distinct()
    its = col(WorklistRow.id).in_(filled)
    for filling in session.exec(select(WorklistRow.id).where(its, col(WorklistRow.automatic))):
        yield f"Worklist {filling} fills itself, but somebody has put things into it."
