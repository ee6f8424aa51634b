"""The ids under which programs know people of the hub as authors."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from pad.etherpad.tables import ApiAuthorRow


def authors_ids(session: Session, keys: Sequence[str]) -> Sequence[str]:
    """Return the authors' ids of whoever writes under these keys."""
    rows = select(ApiAuthorRow.id).where(col(ApiAuthorRow.key).in_(keys))
    return list(session.exec(rows.order_by(ApiAuthorRow.id)))


def forget_author(session: Session, keys: Sequence[str]) -> None:
    """Take the ids away by which programs could still tell who somebody was."""
    ids = authors_ids(session, keys)
    session.connection().execute(delete(ApiAuthorRow).where(col(ApiAuthorRow.id).in_(ids)))
    session.expire_all()
