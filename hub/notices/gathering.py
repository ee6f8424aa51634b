"""Brings what happened into the inboxes of those whom it concerns.

Law: a module's consumer calls `gather` for each thing that happened, once and in order. All that happens to
one thing gathers in one row until it is read. What waits to be mailed is put into the queue of letters in the
same transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.accounts.people import ACTIVE
from hub.accounts.tables import PersonRow
from hub.clock import micros
from hub.notices.choices import choices_of, inbox_row, take_notices_turn, who_muted
from hub.notices.reasons import How, Reason, mask, strongest
from hub.notices.sight import MayKnow
from hub.notices.tables import NoticeRow
from hub.notices.telling import Happening

Mailing = Callable[[Session, int, Happening, How], None]
"""Puts into the queue of letters what a person wants by mail."""


@dataclass(frozen=True, slots=True)
class Inboxes:
    """All inboxes, as those who fill them see them. mail: None where the hub sends no mails."""

    may_know: MayKnow
    mail: Mailing | None = None

    def gather(self, session: Session, happening: Happening) -> Sequence[int]:
        """Bring something that happened to whom it concerns; return who may know of it at all."""
        take_notices_turn(session)
        people = self._readers(session, happening)
        choices, deaf = (
            choices_of(session, people),
            who_muted(session, happening.ref, people),
        )
        for person in people:
            heard = {
                reason: how
                for reason in happening.concerns[person]
                if (how := choices[person][reason]) is not How.NOT
            }
            if person in deaf or not heard:
                continue
            _put(session, person, happening, heard.keys())
            how = strongest(heard.values())
            if self.mail is not None and how in (How.NOW, How.DAILY):
                self.mail(session, person, happening, how)
        return people

    def _readers(self, session: Session, happening: Happening) -> Sequence[int]:
        if not happening.concerns:
            return ()
        active = select(PersonRow.id).where(
            col(PersonRow.id).in_(happening.concerns), PersonRow.state == ACTIVE
        )
        people = sorted(id_ for id_ in session.exec(active) if id_ is not None)
        if happening.is_open:
            return people
        return [id_ for id_ in people if self.may_know(session, id_, happening.ref)]


def guard(session: Session, ref: str, *, is_open: bool) -> None:
    """Note that a thing is no longer for everybody, or is again: counts don't tell of what is hidden."""
    take_notices_turn(session)
    rows = select(NoticeRow).where(NoticeRow.ref == ref, col(NoticeRow.is_open).is_not(is_open))
    for row in session.exec(rows).all():
        _count(session, row, -1)
        row.is_open = is_open
        _count(session, row, 1)
        session.add(row)
    session.flush()


def forget(session: Session, ref: str) -> None:
    """Take a thing that is being deleted out of all inboxes."""
    take_notices_turn(session)
    for row in session.exec(select(NoticeRow).where(NoticeRow.ref == ref)).all():
        _count(session, row, -1)
        session.delete(row)
    session.flush()


def set_read(session: Session, row: NoticeRow, *, is_read: bool) -> None:
    """Let a row be read or not, and count; in one's turn only."""
    _count(session, row, -1)
    row.is_read = is_read
    _count(session, row, 1)
    session.add(row)
    session.flush()


def _put(session: Session, person: int, happening: Happening, heard: Iterable[Reason]) -> None:
    row = session.exec(
        select(NoticeRow).where(NoticeRow.ref == happening.ref, NoticeRow.person_id == person)
    ).first()
    at, bits = micros(happening.at), mask(heard)
    if row is None:
        row = NoticeRow(
            person_id=person, ref=happening.ref, reasons=bits, first_entry=happening.entry,
            last_entry=happening.entry, is_open=happening.is_open, latest_at=at,
        )  # fmt: skip
    else:
        _count(session, row, -1)
        if row.is_read:
            row.is_read, row.count, row.reasons = False, 0, 0
            row.first_entry = happening.entry
        row.count += 1
        row.reasons |= bits
        row.last_entry, row.latest_at, row.is_open = happening.entry, at, happening.is_open
    _count(session, row, 1)
    session.add(row)
    session.flush()


def _count(session: Session, row: NoticeRow, change: int) -> None:
    if row.is_read:
        return
    inbox = inbox_row(session, row.person_id)
    if row.is_open:
        inbox.unread += change
    else:
        inbox.guarded += change
    session.add(inbox)
