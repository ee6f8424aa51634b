"""Notices by mail: what waits to be sent, at once or once a day, in the queue of letters.

A letter is put into the queue in the transaction that fills the inbox, and says only of what it will tell:
the text is written when it is sent, for who may still know of it. The first time it is taken the end of what
it tells is fixed, so that it says the same under the same Message-ID should it have to be sent again; what
happens later makes a new letter. What was read meanwhile is not mailed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from hub.accounts.letters import Writer
from hub.accounts.tables import LetterRow
from hub.clock import from_micros, micros
from hub.config import Config
from hub.events import take_turn
from hub.mail import Mail
from hub.notices.choices import next_digest
from hub.notices.gathering import Inboxes
from hub.notices.reasons import How
from hub.notices.sight import may_know
from hub.notices.tables import InboxRow
from hub.notices.telling import Happening
from hub.notices.written import Writing

if TYPE_CHECKING:
    from hub.app import App

NOTICE, DIGEST = "notice", "digest"
GATHERED = timedelta(seconds=30)
"""So long a mail waits for what else happens to the same thing: a form may do several things at once."""


def inboxes(app: "App") -> Inboxes:
    """Return the hub's inboxes, which write mails where the hub sends any."""
    return Inboxes(may_know(app.modules), put_letter if app.config.mail.host else None)


def put_letter(session: Session, person_id: int, happening: Happening, how: How) -> None:
    """Promise somebody a mail of what happened, unless one that was not taken yet will tell of it."""
    take_turn(session, "letters")
    if how is How.NOW:
        kind, wanted = NOTICE, f"{happening.ref} {happening.entry}"
        due, sort = happening.at + GATHERED, f"{happening.ref} "
    else:
        kind, wanted, sort = DIGEST, str(micros(happening.at)), ""
        due = next_digest(session.get(InboxRow, person_id), happening.at)
    waiting = select(LetterRow.id).where(
        LetterRow.person_id == person_id, LetterRow.kind == kind, LetterRow.tries == 0,
        col(LetterRow.wanted).startswith(sort, autoescape=True),
    )  # fmt: skip
    if session.exec(waiting).first() is None:
        at = micros(due)
        row = LetterRow(kind=kind, wanted=wanted, person_id=person_id, asked_at=at, due_at=at)
        session.add(row)
        session.flush()


def letter_writers(app: "App") -> Mapping[str, Writer]:
    """Return what writes the letters that tell of notices."""
    writing = Writing(app.modules, app.passes.secret)

    def notice(session: Session, config: Config, row: LetterRow, now: datetime) -> Mail | None:
        del now
        ref, first, last = [*row.wanted.split(" "), ""][:3]
        if not last:
            last = str(writing.last_entry(session, row.person_id or 0, ref))
            row.wanted = f"{ref} {first} {last}"
        return writing.notice(session, config, row.person_id or 0, ref, int(first), int(last))

    def digest(session: Session, config: Config, row: LetterRow, now: datetime) -> Mail | None:
        since, _, until = row.wanted.partition(" ")
        if not until:
            until = str(micros(now))
            row.wanted = f"{since} {until}"
        span = (from_micros(int(since)), from_micros(int(until)))
        return writing.digest(session, config, row.person_id or 0, *span)

    return {NOTICE: notice, DIGEST: digest}
