"""Tags: by what their front matter says pads are found together."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, delete, func, select

from pad.front import read_front
from pad.tables import PadRow, TagRow


def keep_tags(session: Session, pad_id: int, text: str) -> None:
    """Make the tags in a text a pad's own."""
    wanted = set(read_front(text).tags)
    known = set(session.exec(select(TagRow.tag).where(TagRow.pad_id == pad_id)))
    if known - wanted:
        session.connection().execute(
            delete(TagRow).where(col(TagRow.pad_id) == pad_id, col(TagRow.tag).in_(known - wanted))
        )
    session.add_all(TagRow(pad_id=pad_id, tag=tag) for tag in sorted(wanted - known))
    session.flush()


def tags_of(session: Session, pad_id: int) -> Sequence[str]:
    """Return a pad's tags, by the alphabet."""
    return list(
        session.exec(select(TagRow.tag).where(TagRow.pad_id == pad_id).order_by(col(TagRow.tag)))
    )


def pads_with(session: Session, tag: str) -> Sequence[int]:
    """Return the ids of the pads that have a tag."""
    return list(session.exec(select(TagRow.pad_id).where(TagRow.tag == tag)))


def common_tags(
    session: Session, readable: "sa.ColumnElement[bool]", limit: int
) -> Sequence[tuple[str, int]]:
    """Return the tags that most pads have, each with how many; only `readable` pads count."""
    count = func.count()
    rows = session.exec(
        select(TagRow.tag, count)
        .join(PadRow, col(PadRow.id) == TagRow.pad_id)
        .where(readable, col(PadRow.deleted_at).is_(None), PadRow.head > 0)
        .group_by(col(TagRow.tag))
        .order_by(count.desc(), col(TagRow.tag))
        .limit(limit)
    )
    return [(tag, number) for tag, number in rows]
