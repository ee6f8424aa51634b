"""A meeting's minutes in all their versions, its log, and what is drawn from the newest version.

The document does not depend on what the series is called later: name and copy are the row's.
"""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from hub.clock import from_micros, micros
from hub.irc import REMOVED, Kind, Line, casefold
from hub.people import Actor
from meetbot.minutes import Action, Minutes
from meetbot.read_json import read_object
from meetbot.render_json import as_object
from meetbot.tables import (
    ActionRow,
    AssigneeRow,
    MeetingLogRow,
    MeetingRow,
    MinutesRow,
    PresenceRow,
)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of minutes: who wrote it, when and why."""

    number: int
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A line of a meeting's log, and its ref in the archive (empty when it has none)."""

    line: Line
    ref: str


def keep_log(session: Session, row: MeetingRow, lines: Sequence[Line], refs: Sequence[str]) -> None:
    """Keep a meeting's log. Lines beyond the refs have none."""
    known = [*refs, *[""] * (len(lines) - len(refs))]
    packed = [
        [micros(line.at), line.kind.value, line.nick, line.text, ref]
        for line, ref in zip(lines, known, strict=False)
    ]
    row.lines = len(lines)
    session.add(MeetingLogRow(meeting_id=row.id or 0, lines=_json(packed)))


def link_log(session: Session, row: MeetingRow, refs: Sequence[str]) -> None:
    """Give the lines of a log that lead nowhere their refs; they are in the log's order."""
    log = session.get(MeetingLogRow, row.id)
    lines: list[list[Any]] = json.loads(log.lines) if log else []
    if log is None or any(line[4] for line in lines) or len(refs) != len(lines) or not any(refs):
        return
    log.lines = _json([[*line[:4], ref] for line, ref in zip(lines, refs, strict=True)])
    row.first_ref = row.first_ref or refs[0]
    session.add_all([log, row])


def read_log(session: Session, row: MeetingRow) -> Sequence[LoggedLine]:
    """Return a meeting's log, oldest first; line N of it is the Nth."""
    kept = session.get(MeetingLogRow, row.id)
    return [
        LoggedLine(Line(row.network, row.channel, from_micros(at), Kind(kind), nick, text), ref)
        for at, kind, nick, text, ref in (json.loads(kept.lines) if kept else ())
    ]


def keep_version(
    session: Session, row: MeetingRow, written: Minutes, actor: Actor, reason: str, at: datetime
) -> None:
    """Keep the next version of a meeting's minutes, and draw from it."""
    row.revision += 1
    row.people = len(written.people)
    session.add(row)
    session.add(
        MinutesRow(
            meeting_id=row.id or 0,
            revision=row.revision,
            at=micros(at),
            actor=actor.name,
            reason=reason,
            document=_json(as_object(written)),
        )
    )
    _draw(session, row, written)
    session.flush()


def read_version(
    session: Session, row: MeetingRow, slug: str, revision: int, log: Sequence[LoggedLine] = ()
) -> Minutes | None:
    """Return a version of a meeting's minutes; None when there is no such version."""
    kept = session.get(MinutesRow, (row.id, revision))
    return None if kept is None else _read(row, slug, kept, log)


def versions(session: Session, row: MeetingRow) -> Sequence[Version]:
    """Return the versions of a meeting's minutes, newest first."""
    rows = session.exec(
        select(MinutesRow)
        .where(MinutesRow.meeting_id == row.id)
        .order_by(col(MinutesRow.revision).desc())
    )
    return [Version(r.revision, from_micros(r.at), r.actor, r.reason) for r in rows]


def blank_log(session: Session, row: MeetingRow, refs: Container[str]) -> Mapping[int, str]:
    """Take the texts of the lines of some refs out of a meeting's log; return them by the lines' numbers."""
    log = session.get(MeetingLogRow, row.id)
    lines: list[list[Any]] = json.loads(log.lines) if log else []
    gone = {n: line[3] for n, line in enumerate(lines, 1) if line[4] and line[4] in refs}
    for number in gone:
        lines[number - 1][3] = REMOVED
    if log is not None and gone:
        log.lines = _json(lines)
        session.add(log)
    return gone


def rewrite(session: Session, row: MeetingRow, change: Callable[[Minutes], Minutes]) -> None:
    """Change all versions of a meeting's minutes where they stand, and what is drawn from the newest."""
    for kept in session.exec(select(MinutesRow).where(MinutesRow.meeting_id == row.id)).all():
        before = _read(row, "", kept)
        written = change(before)
        if written == before:
            continue
        kept.document = _json(as_object(written))
        session.add(kept)
        if kept.revision == row.revision:
            _draw(session, row, written)


def _read(row: MeetingRow, slug: str, kept: MinutesRow, log: Sequence[LoggedLine] = ()) -> Minutes:
    lines = [logged.line for logged in log]
    told = json.loads(kept.document)
    read = read_object(told, lines, is_restricted=row.restricted, copy=row.copy_)
    return replace(read, series=slug) if slug else read


def _draw(session: Session, row: MeetingRow, written: Minutes) -> None:
    """Make presence and actions what the newest version says; a closed action stays closed."""
    session.execute(delete(PresenceRow).where(col(PresenceRow.meeting_id) == row.id))
    seen: set[str] = set()
    for person in written.people:
        folded = casefold(person.nick)
        if folded not in seen:
            seen.add(folded)
            session.add(
                PresenceRow(
                    meeting_id=row.id or 0, folded=folded, nick=person.nick, lines=person.lines
                )
            )
    _draw_actions(session, row, written.actions)


def _draw_actions(session: Session, row: MeetingRow, actions: Sequence[Action]) -> None:
    rows = session.exec(select(ActionRow).where(ActionRow.meeting_id == row.id))
    known = {action.id: action for action in rows}
    if known:
        session.execute(delete(AssigneeRow).where(col(AssigneeRow.action_id).in_(list(known))))
    drawn = [
        (_draw_action(row, known, position, action), action)
        for position, action in enumerate(actions, 1)
    ]
    session.add_all([kept for kept, _ in drawn])
    session.flush()  # all at once: a meeting may have thousands, and nobody else writes meanwhile
    for kept, action in drawn:
        for folded, nick in {casefold(nick): nick for nick in action.assignees}.items():
            session.add(AssigneeRow(action_id=kept.id or 0, folded=folded, nick=nick))
    for gone in known.values():
        session.delete(gone)


def _draw_action(
    row: MeetingRow, known: dict[int | None, ActionRow], position: int, action: Action
) -> ActionRow:
    """Make a known row, which is taken out of those, or a new one say what an action says."""
    kept = _same(known.values(), action)
    if kept is None:
        kept = ActionRow(meeting_id=row.id or 0, position=0, line=0, text="", nick="", at=0)
    else:
        del known[kept.id]
    kept.position, kept.line, kept.text = position, action.line, action.text
    kept.nick, kept.at = action.nick, micros(action.at)
    return kept


def _same(known: Iterable[ActionRow], action: Action) -> ActionRow | None:
    """Find the row of an action that may have another text or another line now."""
    return next(_likely(known, action), None)


def _likely(known: Iterable[ActionRow], action: Action) -> Iterator[ActionRow]:
    yield from (row for row in known if (row.line, row.text) == (action.line, action.text))
    yield from (row for row in known if row.text == action.text)
    yield from (row for row in known if row.line == action.line)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
