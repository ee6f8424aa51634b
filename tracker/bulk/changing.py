"""Changing many stories: what would come of it, doing it, undoing it.

It is done in pieces, each in a transaction of its own, so that others get their turn; what a piece did is
written down with it. A story is changed wholly or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import HubError, NotFound, Refused
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor, may
from tracker.authors import person_id
from tracker.bulk.steps import Step, Wanted, do_step, steps_for
from tracker.bulk.tables import BulkRow, BulkStepRow
from tracker.changes import see_story

MOST = 200
"""So many stories are changed at once at most."""
PIECE = 20
"""So many stories are changed in one transaction."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would come of it in a story. seen: its `changed_at`; problem: why it stays as it is."""

    story_id: int
    title: str
    seen: int
    steps: Sequence[Step] = ()
    problem: str = ""


def plan_change(
    session: Session, actor: Actor, ids: Sequence[int], wanted: Wanted
) -> Sequence[Outcome]:
    """Return what would come of a change in each story; those that somebody can't see are left out."""
    found = []
    for id_ in ids[:MOST]:
        try:
            story = see_story(session, actor, id_)
        except NotFound:
            continue
        try:
            steps, problem = steps_for(session, actor, story, wanted), ""
        except HubError as error:
            steps, problem = (), str(error)
        found.append(Outcome(id_, story.title, story.changed_at, steps, problem))
    return found


def begin_change(session: Session, actor: Actor, *, now: datetime) -> int:
    """Write down that many stories are about to be changed, and return the number of it. Raises: Refused."""
    in_order(session)
    row = BulkRow(person_id=person_id(session, actor), at=micros(now))
    session.add(row)
    session.flush()
    return row.id or 0


def change_piece(
    session: Session,
    actor: Actor,
    bulk_id: int,
    seen: Mapping[int, int],
    wanted: Wanted,
    *,
    now: datetime,
) -> None:
    """Change some stories, each wholly or not at all; `seen`: their `changed_at` when it was planned."""
    in_order(session)
    for id_, changed_at in seen.items():
        try:
            with session.begin_nested():
                steps = _changed(session, actor, id_, changed_at, wanted, now)
            rows = [_row(bulk_id, step) for step in steps]
        except HubError as error:
            rows = [BulkStepRow(bulk_id=bulk_id, story_id=id_, field="", problem=str(error))]
        session.add_all(rows)
    session.flush()


def undo_piece(session: Session, actor: Actor, bulk_id: int, *, now: datetime) -> bool:
    """Undo some steps, the last first; tell whether there may be more.

    What somebody has changed since stays as it is, and is named.

    Raises: NotFound for a change that is not one's own.
    """
    in_order(session)
    bulk = open_change(session, actor, bulk_id)
    query = select(BulkStepRow).where(
        BulkStepRow.bulk_id == bulk_id,
        col(BulkStepRow.is_undone).is_(False),
        BulkStepRow.problem == "",
    )
    rows = session.exec(query.order_by(col(BulkStepRow.id).desc()).limit(2 * PIECE)).all()
    for row in rows:
        try:
            with session.begin_nested():
                do_step(session, actor, _step(row).inverse, now=now)
            row.is_undone = True
        except HubError as error:
            row.problem = str(error)
        session.add(row)
    bulk.undone_at = micros(now)
    session.add(bulk)
    session.flush()
    return len(rows) == 2 * PIECE


def open_change(session: Session, actor: Actor, bulk_id: int) -> BulkRow:
    """Return a change of many stories that somebody made, or may look after.

    Raises: NotFound for anybody else.
    """
    row = session.get(BulkRow, bulk_id) if 0 < bulk_id < 1 << 31 else None
    if row is None or not (
        row.person_id == person_id(session, actor) or may(actor, "administer", "stories:all")
    ):
        raise NotFound(gettext("There is no such change of yours."))
    return row


def steps_of(session: Session, bulk_id: int) -> Sequence[tuple[Step, str]]:
    """Return the steps of a change with the problem of each, in their order."""
    query = select(BulkStepRow).where(BulkStepRow.bulk_id == bulk_id)
    return [(_step(row), row.problem) for row in session.exec(query.order_by(col(BulkStepRow.id)))]


def _changed(
    session: Session, actor: Actor, id_: int, seen: int, wanted: Wanted, now: datetime
) -> Sequence[Step]:
    story = see_story(session, actor, id_)
    if story.changed_at != seen:
        raise Refused(
            gettext("Somebody changed it after you looked. Look again, and choose it anew.")
        )
    steps = steps_for(session, actor, story, wanted)
    for step in steps:
        do_step(session, actor, step, now=now)
    return steps


def _row(bulk_id: int, step: Step) -> BulkStepRow:
    return BulkStepRow(
        bulk_id=bulk_id, story_id=step.story_id, task_id=step.task_id, field=step.field,
        before=step.before, after=step.after,
    )  # fmt: skip


def _step(row: BulkStepRow) -> Step:
    return Step(row.story_id, row.field, row.before, row.after, row.task_id)
