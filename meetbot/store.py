"""Meetings in the database: they begin, end, are corrected and forgotten here.

Everything runs inside the caller's transaction and emits what has happened.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session, col, select

from hub.clock import SECOND, from_micros, micros
from hub.errors import NotFound, Refused
from hub.events import emit
from hub.irc import casefold
from hub.language import gettext
from hub.people import Actor
from meetbot.actions import close_done
from meetbot.addresses import ROOT, MeetingKey, minute_of
from meetbot.erased import Gone, take_names
from meetbot.forgetting import forget_lines
from meetbot.minutes import Minutes, minutes
from meetbot.persons import keep_accounts
from meetbot.queries import begins_series
from meetbot.series import Series, drop_unused, find_series, free_copy, make_series
from meetbot.state import Meeting
from meetbot.tables import MeetingRow, SeriesRow
from meetbot.versions import keep_log, keep_version, link_log

BOT = Actor("bot")
"""Who writes the first version of minutes."""


@dataclass(frozen=True, slots=True)
class Running:
    """A meeting that runs: where its lines begin, and what was said of its time already."""

    id: int
    network: str
    channel: str
    series: str
    first_ref: str
    started_at: datetime
    reminded: bool
    warned_at: datetime | None


def running(session: Session, network: str, channel: str | None = None) -> Sequence[Running]:
    """Return the meetings that run on a network, or in one of its channels (at most one)."""
    query = (
        select(MeetingRow, SeriesRow.slug)
        .join(SeriesRow)
        .where(MeetingRow.network == network, col(MeetingRow.ended_at).is_(None))
    )
    if channel is not None:
        query = query.where(MeetingRow.folded == casefold(channel))
    return [_running(row, slug) for row, slug in session.exec(query)]


def begin(session: Session, meeting: Meeting, first_ref: str) -> MeetingKey:
    """Keep that a meeting has begun with the line of that ref."""
    series = make_series(session, meeting.series, meeting.title)
    row = MeetingRow(
        series_id=series.id,
        minute=minute_of(meeting.started_at),
        copy_=free_copy(session, series.id, minute_of(meeting.started_at)),
        started_at=micros(meeting.started_at),
        network=meeting.network,
        channel=meeting.channel,
        folded=casefold(meeting.channel),
        title=meeting.title,
        owner=meeting.attendance.person(meeting.owner).name,
        restricted=meeting.is_restricted,
        first_ref=first_ref,
    )
    session.add(row)
    session.flush()
    key = _key(row, series.slug)
    emit(session, BOT, "meeting.started", key.ref, at=meeting.started_at)
    return key


def follow(session: Session, known: Running, meeting: Meeting) -> None:
    """Keep what has changed of a running meeting: its name, title, or who may read it."""
    row = _row(session, known.id)
    _take_name(session, row, meeting.series)
    row.title, row.restricted = meeting.title, meeting.is_restricted
    session.add(row)


def finish(
    session: Session,
    known: Running,
    meeting: Meeting,
    refs: Sequence[str],
    redacted: Container[str] = (),
    gone: Gone = MappingProxyType({}),
) -> MeetingKey:
    """Keep a meeting that has ended: minutes, log and all that is drawn from them.

    refs: of the log's lines, in their order. redacted: those that were redacted since they were heard. gone:
    who was erased since.
    """
    row = _row(session, known.id)
    series = _take_name(session, row, meeting.series)
    ended = meeting.ended_at or meeting.started_at
    written = close_done(session, minutes(meeting), now=ended)
    row.title, row.owner, row.restricted = meeting.title, written.owner, meeting.is_restricted
    row.ended_at = micros(ended)
    key = _key(row, series.slug)
    keep_log(session, row, written.log, refs)
    keep_version(session, row, written, BOT, "", ended)
    keep_accounts(session, row, meeting, begins=begins_series(session, key), gone=gone)
    forget_lines(session, row, redacted)
    if gone:
        take_names(session, row, gone)
    emit(session, BOT, "meeting.ended", key.ref, at=ended)
    return key


def is_kept(session: Session, written: Minutes) -> bool:
    """Tell whether a meeting is here already: one of that series, channel and minute."""
    series = find_series(session, written.series)
    return series is not None and _there(session, series, written) is not None


def keep(
    session: Session,
    written: Minutes,
    refs: Sequence[str],
    actor: Actor,
    *,
    now: datetime,
    meeting: Meeting | None = None,
) -> MeetingKey | None:
    """Keep minutes that were made elsewhere, with their log; None when that meeting is here already.

    One that is here without any ref to the archive's lines is given those. meeting: of which they were made,
    when it is known; it tells whose accounts were there.
    """
    series = make_series(session, written.series, written.title)
    minute = minute_of(written.started_at)
    there = _there(session, series, written)
    if there is not None:
        link_log(session, there, refs)
        return None
    row = MeetingRow(
        series_id=series.id,
        minute=minute,
        copy_=free_copy(session, series.id, minute),
        started_at=micros(written.started_at),
        ended_at=micros(written.ended_at or written.started_at),
        network=written.network,
        channel=written.channel,
        folded=casefold(written.channel),
        title=written.title,
        owner=written.owner,
        restricted=written.is_restricted,
        first_ref=refs[0] if refs else "",
    )
    session.add(row)
    session.flush()
    keep_log(session, row, written.log, refs)
    keep_version(session, row, written, actor, "", now)
    if meeting is not None:
        keep_accounts(session, row, meeting, begins=False)
    key = _key(row, series.slug)
    emit(session, actor, "meeting.imported", key.ref, at=now)
    return key


def _there(session: Session, series: Series, written: Minutes) -> MeetingRow | None:
    """Return the row of minutes that come again: same series, channel and minute.

    Those that are a copy are of another meeting in that minute, which began in another second.
    """
    rows = session.exec(
        select(MeetingRow).where(
            MeetingRow.series_id == series.id,
            MeetingRow.minute == minute_of(written.started_at),
            MeetingRow.folded == casefold(written.channel),
        )
    ).all()
    second = micros(written.started_at) // SECOND
    return next((r for r in rows if written.copy == 1 or r.started_at // SECOND == second), None)


def drop(session: Session, known: Running) -> None:
    """Forget a running meeting, of which there are to be no minutes."""
    row = _row(session, known.id)
    ref = _key(row, known.series).ref
    session.delete(row)
    session.flush()  # another one may begin in the same line
    drop_unused(session, row.series_id)
    emit(session, BOT, "meeting.aborted", ref, at=known.started_at)


def revise(
    session: Session,
    actor: Actor,
    key: MeetingKey,
    written: Minutes,
    reason: str,
    *,
    over: int,
    now: datetime,
) -> int:
    """Keep a corrected version of minutes over version `over`, and return its number.

    Raises: NotFound; Refused when somebody else has corrected them meanwhile, or they still run.
    """
    row = find_row(session, key)
    if row is None:
        raise NotFound(
            gettext("There are no minutes %(name)s. Start from %(url)s.", name=key.stem, url=ROOT)
        )
    if row.ended_at is None:
        raise Refused(gettext("The meeting still runs. Use #edit and #undo in the channel."))
    if row.revision != over:
        raise Refused(
            gettext(
                "Somebody has corrected these minutes meanwhile (version %(newest)s, yours began with"
                " %(over)s). Your text is below; look at the new version and send it again.",
                newest=row.revision,
                over=over,
            )
        )
    keep_version(session, row, written, actor, reason, now)
    emit(session, actor, "meeting.corrected", key.ref, at=now)
    return row.revision


def claim_reminder(session: Session, known: Running) -> bool:
    """Tell whether it is still to be said that the time is up, and keep that it was."""
    row = _row(session, known.id)
    first, row.reminded = not row.reminded, True
    session.add(row)
    return first


def claim_warning(session: Session, known: Running, quiet_since: datetime) -> bool:
    """Tell whether a silence is still to be warned of, and keep that it was."""
    row = _row(session, known.id)
    first = row.warned_at is None or row.warned_at < micros(quiet_since)
    row.warned_at = micros(quiet_since)
    session.add(row)
    return first


def find_row(session: Session, key: MeetingKey) -> MeetingRow | None:
    """Return the row of the meeting that a key names by any of its series' names."""
    series = find_series(session, key.series)
    if series is None:
        return None
    return session.exec(
        select(MeetingRow).where(
            MeetingRow.series_id == series.id,
            MeetingRow.minute == key.minute,
            MeetingRow.copy_ == key.copy,
        )
    ).one_or_none()


def _take_name(session: Session, row: MeetingRow, name: str) -> Series:
    """Put a meeting under the series that its name says, which may have changed since it began."""
    series = make_series(session, name)
    if series.id != row.series_id:
        before = row.series_id
        row.copy_, row.series_id = free_copy(session, series.id, row.minute), series.id
        session.add(row)
        session.flush()
        drop_unused(session, before)
    return series


def _row(session: Session, id_: int) -> MeetingRow:
    row = session.get(MeetingRow, id_)
    if row is None:
        raise NotFound(gettext("The meeting is gone from the database."))
    return row


def _key(row: MeetingRow, slug: str) -> MeetingKey:
    return MeetingKey(slug, row.minute, row.copy_)


def _running(row: MeetingRow, slug: str) -> Running:
    return Running(
        row.id or 0,
        row.network,
        row.channel,
        slug,
        row.first_ref,
        from_micros(row.started_at),
        row.reminded,
        None if row.warned_at is None else from_micros(row.warned_at),
    )
