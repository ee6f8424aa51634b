"""Redaction: the text goes, the anchor stays, and who did it and why is kept.

The text is overwritten in place, so pages, raw text, feeds and search forget it at once. A salted digest
of what was there keeps log files and server history from bringing it back.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from archive.addresses import line_ref, slug
from archive.entries import Channel, Entry
from archive.queries import find_channel, find_line, spoken_by
from archive.tables import ChannelRow, DayRow, LineRow, RedactionRow
from hub.accounts.audit import record
from hub.clock import DAY, SECOND, from_micros, micros
from hub.errors import Invalid, NotFound, Refused
from hub.events import emit, in_order
from hub.irc import REMOVED, Kind, Line, keepable_text
from hub.people import Actor, may
from hub.tables import SettingRow

LINE = LineRow.__table__  # type: ignore[attr-defined]
DAYS = DayRow.__table__  # type: ignore[attr-defined]
CHANNEL = ChannelRow.__table__  # type: ignore[attr-defined]

_SALT = "archive.redaction_salt"


@dataclass(frozen=True, slots=True)
class Redaction:
    """One entry of the audit trail."""

    ref: str
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """The digests of what was redacted in one channel."""

    salt: str
    digests: frozenset[str]

    def hides(self, second: int, line: Line, slack_s: int = 0) -> bool:
        """Tell whether a line of that second, or one within the slack, was redacted here."""
        if not self.digests:
            return False
        seconds = range(second - slack_s, second + slack_s + 1)
        return any(digest(self.salt, s, line.nick, line.text) in self.digests for s in seconds)


def digest(salt: str, second: int, nick: str, text: str) -> str:
    """Return what is kept of a redacted line: enough to know it again, not to read it."""
    told = f"{second}\0{nick}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(told, key=salt.encode(), digest_size=20).hexdigest()


def redacted_digests(session: Session, channel_id: int) -> Redacted:
    """Return what was redacted in a channel."""
    rows = session.exec(select(RedactionRow.digest).where(RedactionRow.channel_id == channel_id))
    found = frozenset(rows)
    return Redacted(salt(session) if found else "", found)


def redact_line(
    session: Session, actor: Actor, ref: str, *, reason: str, at: datetime
) -> Redaction | None:
    """Take the text of one line out of the archive for good.

    Doing it again changes nothing: then the redaction that there was before is returned.

    Raises: NotFound without such a line, Refused without the right, Invalid without a reason.
    """
    _check(actor, ref, reason)
    in_order(session)
    found = find_line(session, ref)
    if found is None:
        raise NotFound(f"There is no line {ref}. Give it as line:NETWORK/#CHANNEL/DATETIME.")
    if found[1].kind is Kind.GAP:
        raise Invalid("ref", f"{ref} is a gap that the archive itself marked: it says nothing.")
    before = session.get(RedactionRow, found[1].id)
    if before is not None:
        return Redaction(ref, from_micros(before.at), before.actor, before.reason)
    _redact(session, actor, *found, reason=reason, at=at)
    record(session, actor, "redact", ref, reason, now=at)
    return None


def redact_nick(
    session: Session,
    actor: Actor,
    network: str,
    channel: str,
    nick: str,
    *,
    reason: str,
    at: datetime,
) -> Sequence[str]:
    """Take all that a nick said in a channel out of the archive; return the refs of the lines.

    Those that were redacted already are left as they are, and not returned.

    Raises: NotFound without such a channel, Refused without the right, Invalid without a reason.
    """
    _check(actor, f"channel:{network}/{slug(channel)}", reason)
    in_order(session)
    found = find_channel(session, network, slug(channel))
    if found is None:
        raise NotFound(f"There is no channel {channel} on {network}. See `madang channels`.")
    entries = spoken_by(session, found, nick)
    fresh = [entry for entry in entries if session.get(RedactionRow, entry.id) is None]
    if fresh:
        ref = f"channel:{network}/{found.slug}"
        record(session, actor, "redact", ref, f"{len(fresh)} lines of one nick: {reason}", now=at)
    return [_redact(session, actor, found, entry, reason=reason, at=at) for entry in fresh]


def redactions(session: Session, limit: int = 200) -> Sequence[Redaction]:
    """Return the audit trail, newest first."""
    rows = session.exec(
        select(RedactionRow, LineRow, ChannelRow)
        .join(LineRow, col(LineRow.id) == col(RedactionRow.line_id))
        .join(ChannelRow, col(ChannelRow.id) == col(RedactionRow.channel_id))
        .order_by(col(RedactionRow.at).desc(), col(RedactionRow.line_id).desc())
        .limit(limit)
    )
    return [
        Redaction(
            line_ref(channel.network, channel.folded, line.at, line.nth),
            from_micros(row.at),
            row.actor,
            row.reason,
        )
        for row, line, channel in rows
    ]


def _check(actor: Actor, ref: str, reason: str) -> None:
    if not may(actor, "redact", ref):
        raise Refused(f"{actor.name} may not redact {ref}. An operator of the hub can.")
    if not reason.strip():
        raise Invalid("reason", "A redaction needs a reason for the record. Give one.")


def _redact(
    session: Session, actor: Actor, channel: Channel, entry: Entry, *, reason: str, at: datetime
) -> str:
    ref = line_ref(channel.network, channel.slug, entry.at, entry.nth)
    kept = digest(salt(session), entry.at // SECOND, entry.nick, entry.text)
    session.add(
        RedactionRow(
            line_id=entry.id,
            channel_id=channel.id,
            at=micros(at),
            actor=keepable_text(actor.name),
            reason=keepable_text(reason.strip()),
            digest=kept,
        )
    )
    session.execute(update(LINE).where(LINE.c.id == entry.id).values(text=REMOVED))
    session.execute(
        update(DAYS)
        .where(DAYS.c.channel_id == channel.id, DAYS.c.day == entry.at // DAY)
        .values(version=DAYS.c.version + 1)
    )
    session.execute(  # also when it is still the topic by a later line, or as a reply to joining
        update(CHANNEL)
        .where(CHANNEL.c.id == channel.id, CHANNEL.c.topic == entry.text)
        .values(topic="")
    )
    emit(session, actor, "line.redacted", ref, at=at)
    return ref


def salt(session: Session) -> str:
    """Return what the archive's digests are keyed with; the first call makes it."""
    row = session.get(SettingRow, _SALT)
    if row is None:
        row = SettingRow(name=_SALT, value=secrets.token_hex(16))
        session.add(row)
        session.flush()
    return row.value
