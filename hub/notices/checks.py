"""What must always be true of notices, for `madang check`."""

from collections.abc import Iterator
from zoneinfo import available_timezones

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.people import ERASED
from hub.accounts.tables import PersonRow
from hub.app import App
from hub.notices.reasons import Reason
from hub.notices.tables import TABLES, InboxRow, NoticeRow

_BITS = 1 << len(Reason)


def check_notices(app: App, session: Session) -> Iterator[str]:
    """Inboxes count what is in them, and nobody who was erased has one."""
    del app
    yield from _check_counts(session)
    for row in session.exec(select(NoticeRow)):
        if not 0 < row.reasons < _BITS or row.count < 1 or row.first_entry > row.last_entry:
            yield f"Notice {row.id}: it is there for no reason, or counts nothing."
    zones = available_timezones()
    for inbox in session.exec(select(InboxRow)):
        if inbox.zone not in zones or not 0 <= inbox.hour <= 23:
            yield f"Inbox of person {inbox.person_id}: its digest comes at no time that there is."
    gone = select(PersonRow.id).where(PersonRow.state == ERASED)
    waiting = sa.text("SELECT count(*) FROM erasure WHERE done_at IS NULL")
    if session.connection().execute(waiting).scalar_one():
        return
    for table in TABLES:
        if session.exec(select(table).where(col(table.person_id).in_(gone)).limit(1)).first():
            yield f"Somebody who was erased still has a row of {table.__tablename__}."


def _check_counts(session: Session) -> Iterator[str]:
    unread = col(NoticeRow.is_read).is_(False)
    counted = (
        sa.select(col(NoticeRow.person_id), col(NoticeRow.is_open), sa.func.count())
        .where(unread)
        .group_by(col(NoticeRow.person_id), col(NoticeRow.is_open))
    )
    fresh = {(person, is_open): n for person, is_open, n in session.execute(counted)}
    kept = {row.person_id: row for row in session.exec(select(InboxRow))}
    for person in sorted(kept.keys() | {person for person, _ in fresh}):
        row = kept.get(person, InboxRow(person_id=person))
        wanted = (fresh.get((person, True), 0), fresh.get((person, False), 0))
        if (row.unread, row.guarded) != wanted:
            yield (
                f"Inbox of person {person}: it counts {row.unread} and {row.guarded} unread,"
                f" there are {wanted[0]} and {wanted[1]}."
            )
