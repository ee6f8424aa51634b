"""How somebody wants to hear of things: by which reason, when, and of which not at all."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Invalid
from hub.events import take_turn
from hub.language import gettext
from hub.notices.reasons import How, Reason
from hub.notices.tables import InboxRow, MutedRow, NoticeChoiceRow

Choices = Mapping[Reason, How]

_TURN = "notices"


def take_notices_turn(session: Session) -> None:
    """Let nobody else change inboxes until this transaction ends: their counts are right only so."""
    take_turn(session, _TURN)


def inbox_row(session: Session, person_id: int) -> InboxRow:
    """Return somebody's inbox, a new one when they have none."""
    row = session.get(InboxRow, person_id)
    if row is None:
        row = InboxRow(person_id=person_id)
        session.add(row)
        session.flush()
    return row


def choices_of(session: Session, people: Collection[int]) -> Mapping[int, Choices]:
    """Return how each of these people wants to hear, by reason; what they did not choose is the inbox."""
    found = {person: dict.fromkeys(Reason, How.INBOX) for person in people}
    rows = select(NoticeChoiceRow).where(col(NoticeChoiceRow.person_id).in_(people))
    for row in session.exec(rows):
        found[row.person_id][Reason(row.reason)] = How(row.how)
    return found


def choose(session: Session, person_id: int, choices: Choices) -> None:
    """Keep how somebody wants to hear for these reasons."""
    take_notices_turn(session)
    for reason, how in choices.items():
        row = session.get(NoticeChoiceRow, (person_id, reason.value))
        row = row or NoticeChoiceRow(person_id=person_id, reason=reason.value, how=how.value)
        row.how = how.value
        session.add(row)
    session.flush()


def choose_hour(session: Session, person_id: int, hour: int, zone: str) -> None:
    """Keep when somebody's digest comes: at an hour of a time zone.

    Raises: Invalid.
    """
    if not 0 <= hour <= 23:
        raise Invalid("hour", gettext("Choose an hour from 0 to 23."))
    if zone not in available_timezones():
        raise Invalid(
            "zone",
            gettext("There is no time zone %(zone)s. Asia/Seoul is one, or UTC.", zone=zone[:60]),
        )
    take_notices_turn(session)
    row = inbox_row(session, person_id)
    row.hour, row.zone = hour, zone
    session.add(row)
    session.flush()


def next_digest(row: InboxRow | None, now: datetime) -> datetime:
    """Return when the next digest of an inbox is due: at their hour, in UTC."""
    zone = ZoneInfo(row.zone if row else "UTC")
    local = now.astimezone(zone)
    hour = row.hour if row else InboxRow.model_fields["hour"].default
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if due <= local:
        due = (due.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    return due.astimezone(UTC)


def mute(session: Session, person_id: int, ref: str, *, muted: bool, now: datetime) -> None:
    """Let somebody hear nothing more of a thing, or again; doing it twice changes nothing."""
    take_notices_turn(session)
    row = session.get(MutedRow, (person_id, ref))
    if row is not None and not muted:
        session.delete(row)
    if row is None and muted:
        session.add(MutedRow(person_id=person_id, ref=ref, at=micros(now)))
    session.flush()


def muted_by(session: Session, person_id: int, limit: int = 200) -> Sequence[str]:
    """Return the refs of what somebody hears nothing of, the newest first."""
    rows = select(MutedRow.ref).where(MutedRow.person_id == person_id)
    return session.exec(rows.order_by(col(MutedRow.at).desc()).limit(limit)).all()


def who_muted(session: Session, ref: str, people: Collection[int]) -> frozenset[int]:
    """Return which of these people hear nothing of a thing."""
    rows = select(MutedRow.person_id).where(
        MutedRow.ref == ref, col(MutedRow.person_id).in_(people)
    )
    return frozenset(session.exec(rows))
