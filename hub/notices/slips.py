"""Slips: signed words in a mail by which its reader ends such mails without logging in.

Source: RFC 8058 (one-click unsubscribing).
"""

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer
from sqlmodel import Session

from hub.notices.choices import choices_of, choose
from hub.notices.reasons import How

_LONGEST = 400
_SALT = "madang.unsubscribe"


@dataclass(frozen=True, slots=True)
class Slip:
    """That a person wants no more mails of one sort: those at once, or the daily one."""

    person_id: int
    how: How


def write_slip(secret: str, slip: Slip) -> str:
    """Return a slip as it stands in an address. It has no end: mails are kept for long."""
    return URLSafeSerializer(secret, salt=_SALT).dumps([slip.person_id, slip.how.value])


def read_slip(secret: str, text: str) -> Slip | None:
    """Return what a slip says; None for what the hub has not signed."""
    if len(text) > _LONGEST:
        return None
    try:
        person, how = URLSafeSerializer(secret, salt=_SALT).loads(text)
    except BadData:
        return None
    return Slip(person, How(how))


def unsubscribe(session: Session, slip: Slip) -> None:
    """Let all that came by such mails come into the inbox only; doing it again changes nothing."""
    choices = choices_of(session, [slip.person_id])[slip.person_id]
    choose(
        session,
        slip.person_id,
        {reason: How.INBOX for reason, how in choices.items() if how is slip.how},
    )
