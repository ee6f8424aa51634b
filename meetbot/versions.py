"""A meeting's minutes in all their versions, its log, and what is drawn from the newest version.

The document does not depend on what the series is called later: name and copy are the row's.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from hub.clock import from_micros, micros
from hub.irc import REMOVED, Kind, Line, casefold
from hub.people import Actor
from hub.renaming import Rename, renamed
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


def packed_log(session: Session, row: MeetingRow) -> str:
    """Return a meeting's log as it is kept, to tell whether it is still the same."""
    kept = session.get(MeetingLogRow, row.id)
    return kept.lines if kept else ""


def read_log(session: Session, row: MeetingRow) -> Sequence[LoggedLine]:
    """Return a meeting's log, oldest first; line N of it is the Nth."""
    return [
        LoggedLine(Line(row.network, row.channel, from_micros(at), Kind(kind), nick, text), ref)
        for at, kind, nick, text, ref in json.loads(packed_log(session, row) or "[]")
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


def rename_log(session: Session, row: MeetingRow, rename: Rename) -> None:
    """Change names in a meeting's log wherever a line has one that is no speech."""
    log = session.get(MeetingLogRow, row.id)
    if log is None:
        return
    lines: list[list[Any]] = json.loads(log.lines)
    log.lines = _json(
        [[at, k, *renamed(Kind(k), nick, text, rename), ref] for at, k, nick, text, ref in lines]
    )
    session.add(log)


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
    known = session.exec(
        select(ActionRow).where(ActionRow.meeting_id == row.id).order_by(col(ActionRow.position))
    ).all()
    ids = [action.id for action in known]
    session.execute(delete(AssigneeRow).where(col(AssigneeRow.action_id).in_(ids)))
    before = same_actions(known, actions)
    drawn = [_draw_action(row, before.get(place), place, a) for place, a in enumerate(actions)]
    session.add_all(drawn)
    session.flush()  # all at once: a meeting may have thousands, and nobody else writes meanwhile
    for kept, action in zip(drawn, actions, strict=True):
        for folded, nick in {casefold(nick): nick for nick in action.assignees}.items():
            session.add(AssigneeRow(action_id=kept.id or 0, folded=folded, nick=nick))
    still = {kept.id for kept in drawn}
    for gone in (each for each in known if each.id not in still):
        session.delete(gone)


def _draw_action(row: MeetingRow, kept: ActionRow | None, place: int, action: Action) -> ActionRow:
    """Make the row that was an action's before, or a new one, say what it says now."""
    if kept is None:
        kept = ActionRow(meeting_id=row.id or 0, position=0, line=0, text="", nick="", at=0)
    kept.position, kept.line, kept.text = place + 1, action.line, action.text
    kept.nick, kept.at = action.nick, micros(action.at)
    return kept


_LIKENESS: Sequence[Callable[[ActionRow | Action], object]] = (
    lambda action: (action.line, action.text),
    lambda action: action.text,
    lambda action: action.line,
)
"""How an action is known again, the surest way first: it may have other words or another line now."""


def same_actions(known: Sequence[ActionRow], actions: Sequence[Action]) -> Mapping[int, ActionRow]:
    """Return which row each action had, by its place from 0; those that are new are left out."""
    found: dict[int, ActionRow] = {}
    left = list(known)
    for likeness in _LIKENESS:
        alike: defaultdict[object, deque[ActionRow]] = defaultdict(deque)
        for row in left:
            alike[likeness(row)].append(row)
        for place, action in enumerate(actions):
            if place not in found and (rows := alike.get(likeness(action))):
                found[place] = rows.popleft()
        taken = {row.id for row in found.values()}
        left = [row for row in left if row.id not in taken]
    return found


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
