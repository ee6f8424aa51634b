"""What people do to worklists: make, change, archive them, and say whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.clock import micros
from hub.errors import Invalid
from hub.events import in_order
from hub.language import gettext
from hub.people import Actor
from tracker.authors import person_id
from tracker.changes import KEEP, Kept, right_title, touch
from tracker.planning.permissions import first_owner
from tracker.planning.sight import holder_of, need_edit, need_worklist
from tracker.planning.tables import WorklistRow
from tracker.planning.timeline import note_field, note_plan
from tracker.tables import ProjectRow


@dataclass(frozen=True, slots=True)
class NewWorklist:
    """A worklist that is to be made; who makes it owns it with the others."""

    title: str
    project_id: int | None = None
    is_private: bool = False
    automatic: bool = False
    owners: Sequence[int] = ()
    users: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """What is to change of a worklist or board; `description` is a board's only."""

    title: str | Kept = KEEP
    description: str | Kept | None = KEEP
    project_id: int | Kept | None = KEEP
    is_private: bool | Kept = KEEP
    archived: bool | Kept = KEEP


def create_worklist(session: Session, actor: Actor, new: NewWorklist, *, now: datetime) -> int:
    """Make a worklist and return its number. Raises: Refused, Invalid."""
    in_order(session)
    maker = person_id(session, actor)
    check_project(session, new.project_id)
    row = WorklistRow(
        title=right_title(new.title, least=1),
        creator_id=maker,
        project_id=new.project_id,
        is_private=new.is_private,
        automatic=new.automatic,
        created_at=micros(now),
    )
    session.add(row)
    session.flush()
    note_plan(session, actor, "created", row, now=now, worklist_title=row.title)
    first_owner(session, actor, row, maker, new.owners, new.users, now=now)
    return row.id or 0


def edit_worklist(
    session: Session, actor: Actor, id_: int, edit: PlanEdit, *, now: datetime
) -> WorklistRow:
    """Change a worklist. Raises: NotFound, Refused, Invalid."""
    row = open_worklist(session, actor, id_)
    title = KEEP if edit.title is KEEP else right_title(edit.title, least=1)
    if edit.project_id is not KEEP:
        check_project(session, edit.project_id)
    apply_edit(
        session, actor, row, now,
        title=title, project_id=edit.project_id, is_private=edit.is_private, archived=edit.archived,
    )  # fmt: skip
    return row


def open_worklist(session: Session, actor: Actor, id_: int) -> WorklistRow:
    """Return a worklist that somebody is about to change; whoever comes next waits.

    Raises: NotFound, Refused.
    """
    in_order(session)
    row = need_worklist(session, actor, id_)
    need_edit(actor, holder_of(session, row))
    return row


def apply_edit(
    session: Session, actor: Actor, row: object, now: datetime, **fields: object
) -> None:
    """Give a board's or worklist's row new values, each with its own place in the timeline."""
    changed = False
    for name, new in fields.items():
        old = getattr(row, name)
        if new is KEEP or new == old:
            continue
        setattr(row, name, new)
        changed = True
        told = {"is_private": "private"}.get(name, name)
        note_field(session, actor, row, told, old=old, new=new, now=now)  # type: ignore[arg-type]
    if changed:
        touch(row, now)
        session.add(row)
        session.flush()


def check_project(session: Session, id_: int | None) -> None:
    """Make sure that there is a project. Raises: Invalid."""
    if id_ is not None and session.get(ProjectRow, id_) is None:
        raise Invalid("project_id", gettext("There is no project %(number)s.", number=id_))
