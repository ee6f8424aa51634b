"""What must always be true of the meetings."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.app import App
from hub.irc import casefold
from meetbot.minutes import Minutes
from meetbot.naming import series_key
from meetbot.tables import (
    ActionRow,
    AssigneeRow,
    MeetingLogRow,
    MeetingRow,
    MinutesRow,
    PresenceRow,
    SeriesRow,
)
from meetbot.versions import read_version

_SHOWN = 20

_NO_NAME = """
SELECT series.slug FROM series
WHERE NOT EXISTS (SELECT 1 FROM series_alias WHERE series_id = series.id) LIMIT 20
"""
_NO_SERIES = """
SELECT name FROM series_alias
WHERE NOT EXISTS (SELECT 1 FROM series WHERE series.id = series_id) LIMIT 20
"""
_NO_MEETING = """
SELECT '{table}', meeting_id FROM {table}
WHERE NOT EXISTS (SELECT 1 FROM meeting WHERE meeting.id = meeting_id)
"""
_OWNED = ("minutes", "meeting_log", "presence", "meeting_action")


def check_meetings(app: App, session: Session) -> Iterator[str]:
    """Series are found by their names, and what is drawn from minutes is what the newest ones say."""
    del app
    yield from _check_series(session)
    yield from _check_owners(session)
    after = 0
    while rows := _next(session, after):
        for row, slug in rows:
            after = row.id or 0
            where = f"Meeting {after} ({slug})"
            check = _check_running if row.ended_at is None else _check_ended
            yield from (f"{where}: {problem}" for problem in check(session, row, slug))
        session.expunge_all()  # no check of all meetings may hold all of them


def _next(session: Session, after: int) -> list[tuple[MeetingRow, str]]:
    query = select(MeetingRow, SeriesRow.slug).join(SeriesRow).where(col(MeetingRow.id) > after)
    return list(session.exec(query.order_by(col(MeetingRow.id)).limit(200)))


def _check_series(session: Session) -> Iterator[str]:
    run = session.connection().execute
    for (slug,) in run(sa.text(_NO_NAME)):
        yield f"The series {slug} has no name, so nothing leads to it."
    for (name,) in run(sa.text(_NO_SERIES)):
        yield f"The name {name} leads to a series that is not there."
    own = session.execute(
        sa.text("SELECT series.slug, series.id, series_alias.key, series_id FROM series"
                " JOIN series_alias ON series_id = series.id")
    ).all()  # fmt: skip
    keys = {key: owner for _, _, key, owner in own}
    for slug, id_ in sorted({(slug, id_) for slug, id_, _, _ in own}):
        if keys.get(series_key(slug)) != id_:
            yield f"The series {slug} is not found by its own name."


def _check_owners(session: Session) -> Iterator[str]:
    union = " UNION ALL ".join(_NO_MEETING.format(table=table) for table in _OWNED)
    for table, meeting in session.connection().execute(sa.text(f"{union} LIMIT {_SHOWN}")):
        yield f"A row of {table} is of meeting {meeting}, which is not there."


def _check_running(session: Session, row: MeetingRow, _slug: str) -> Iterator[str]:
    if not row.first_ref:
        yield "it runs, but no line of the archive began it."
    if row.revision or session.get(MeetingLogRow, row.id) is not None:
        yield "it runs, but has minutes already."


def _check_ended(session: Session, row: MeetingRow, slug: str) -> Iterator[str]:
    numbers = session.exec(
        select(MinutesRow.revision)
        .where(MinutesRow.meeting_id == row.id)
        .order_by(col(MinutesRow.revision))
    ).all()
    if list(numbers) != list(range(1, row.revision + 1)) or not numbers:
        yield f"its newest version is {row.revision}, but it has {list(numbers)}."
    log = session.get(MeetingLogRow, row.id)
    lines = len(json.loads(log.lines)) if log else -1
    if lines != row.lines:
        yield f"it has {row.lines} lines, its log {lines if log else 'is missing'}."
    if row.ended_at is not None and row.ended_at < row.started_at // 60_000_000 * 60_000_000:
        yield "it ended before it began."
    if row.minute != row.started_at // 60_000_000:
        yield f"it is listed under minute {row.minute}, but began at {row.started_at}."
    try:
        written = read_version(session, row, slug, row.revision)
    except (ValueError, KeyError, TypeError) as error:
        yield f"version {row.revision} of its minutes can't be read: {error!r}."
        return
    if written is not None:
        yield from _check_drawn(session, row, written)


def _check_drawn(session: Session, row: MeetingRow, written: Minutes) -> Iterator[str]:
    """Compare the rows that queries go by with the newest document."""
    present = session.exec(select(PresenceRow).where(PresenceRow.meeting_id == row.id)).all()
    if sorted(p.folded for p in present) != sorted({casefold(p.nick) for p in written.people}):
        yield "who was there is not who its minutes name."
    if row.people != len(written.people):
        yield f"it counts {row.people} people, its minutes name {len(written.people)}."
    if row.lines and any(not 0 <= item.line <= row.lines for item in written.items):
        yield "an item leads to a line that its log has not."
    actions = session.exec(
        select(ActionRow).where(ActionRow.meeting_id == row.id).order_by(col(ActionRow.position))
    ).all()
    drawn = [(a.position, a.line, a.text, a.nick) for a in actions]
    told = [(n, a.line, a.text, a.nick) for n, a in enumerate(written.actions, 1)]
    if drawn != told:
        yield "its actions are not those of its minutes."
        return
    for action, said in zip(actions, written.actions, strict=True):
        if _assignees(session, action) != Counter({casefold(nick) for nick in said.assignees}):
            yield f"action {action.id} is for others than its minutes say."


def _assignees(session: Session, action: ActionRow) -> Counter[str]:
    found: Iterable[str] = session.exec(
        select(AssigneeRow.folded).where(AssigneeRow.action_id == action.id)
    )
    return Counter(found)
