"""Projects, their groups, branches and milestones; for administrators and who maintains a project."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Conflict, Invalid, NotFound, Refused
from hub.events import emit, in_order
from hub.language import gettext
from hub.people import Actor, may
from tracker.changes import KEEP, Kept, right_text, touch
from tracker.derived import refresh
from tracker.facet_tables import FacetRow
from tracker.gone import forget_numbers
from tracker.tables import (
    BranchRow,
    GroupedRow,
    MilestoneRow,
    ProjectGroupRow,
    ProjectRow,
    StoryRow,
)

_NAME = re.compile(r"[a-zA-Z0-9]+([_\-./]?[a-zA-Z0-9]+)*")
MASTER = "master"
_FIRST_BRANCH = (
    select(BranchRow)
    .where(col(BranchRow.project_id) == sa.bindparam("project"))
    .order_by(col(BranchRow.name) != MASTER, col(BranchRow.id))
    .limit(1)
)


class Taken(Conflict):
    """The name belongs to another already."""


@dataclass(frozen=True, slots=True)
class ProjectEdit:
    """What is changed of a project."""

    name: str | Kept = KEEP
    description: str | Kept | None = KEEP
    repo_url: str | Kept | None = KEEP
    is_active: bool | Kept = KEEP
    autocreate_branches: bool | Kept = KEEP
    template: str | Kept | None = KEEP


def project_ref(name: str) -> str:
    """Return the ref of a project."""
    return f"project:{name}"


def create_project(
    session: Session,
    actor: Actor,
    name: str,
    description: str | None = None,
    repo_url: str | None = None,
    *,
    now: datetime,
) -> int:
    """Add a project with its first branch, and return its number.

    Raises: Refused, Invalid, Taken.
    """
    _administers(actor, project_ref(name))
    in_order(session)
    _check_free(session, ProjectRow, name)
    text = None if description is None else right_text(description)
    row = ProjectRow(
        name=right_project(name), description=text, repo_url=repo_url, created_at=micros(now)
    )
    session.add(row)
    session.flush()
    branch = BranchRow(project_id=row.id or 0, name=MASTER, restricted=True, created_at=micros(now))
    session.add(branch)
    emit(session, actor, "project.created", project_ref(name), at=now)
    return row.id or 0


def edit_project(
    session: Session, actor: Actor, id_: int, edit: ProjectEdit, *, now: datetime
) -> None:
    """Change a project. Raises: NotFound, Refused, Invalid, Taken."""
    in_order(session)
    row = require_project(session, id_)
    need_maintain(actor, row)
    if edit.name is not KEEP and edit.name != row.name:
        _check_free(session, ProjectRow, edit.name)
        row.name = right_project(edit.name)
    if edit.description is not KEEP:
        row.description = _kept_text(edit.description)
    if edit.template is not KEEP:
        row.template = _kept_text(edit.template)
    for name in ("repo_url", "is_active", "autocreate_branches"):
        value = getattr(edit, name)
        if value is not KEEP:
            setattr(row, name, value)
    touch(row, now)
    session.flush()
    emit(session, actor, "project.changed", project_ref(row.name), at=now)


def create_group(session: Session, actor: Actor, name: str, title: str, *, now: datetime) -> int:
    """Add a group of projects and return its number. Raises: Refused, Invalid, Taken."""
    _administers(actor, f"project_group:{name}")
    in_order(session)
    _check_free(session, ProjectGroupRow, name)
    row = ProjectGroupRow(name=right_project(name), title=title, created_at=micros(now))
    session.add(row)
    session.flush()
    return row.id or 0


def edit_group(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    name: str | Kept = KEEP,
    title: str | Kept = KEEP,
    now: datetime,
) -> None:
    """Change how a group is called. Raises: NotFound, Refused, Invalid, Taken."""
    _administers(actor, "project_group:all")
    in_order(session)
    row = require_group(session, id_)
    if name is not KEEP and name != row.name:
        _check_free(session, ProjectGroupRow, name)
        row.name = right_project(name)
    if title is not KEEP:
        row.title = title
    touch(row, now)
    session.flush()


def delete_group(session: Session, actor: Actor, id_: int) -> None:
    """Dissolve a group; its projects stay. Raises: NotFound, Refused."""
    _administers(actor, "project_group:all")
    in_order(session)
    require_group(session, id_)
    stories = _stories_under(session, f"group:{id_}")
    forget_numbers(session, "project_group", [id_])
    session.connection().execute(sa.delete(GroupedRow).where(col(GroupedRow.group_id) == id_))
    session.connection().execute(sa.delete(ProjectGroupRow).where(col(ProjectGroupRow.id) == id_))
    session.expire_all()
    _refresh_all(session, stories)


def set_grouped(
    session: Session, actor: Actor, group_id: int, project_id: int, *, grouped: bool
) -> None:
    """Put a project into a group, or take it out. Raises: NotFound, Refused."""
    _administers(actor, "project_group:all")
    in_order(session)
    require_group(session, group_id)
    require_project(session, project_id)
    row = session.get(GroupedRow, (group_id, project_id))
    if grouped == (row is not None):
        return
    if row is not None:
        session.delete(row)
    else:
        session.add(GroupedRow(group_id=group_id, project_id=project_id))
    session.flush()
    _refresh_all(session, _stories_under(session, f"project:{project_id}"))


def create_branch(
    session: Session,
    actor: Actor,
    project_id: int,
    name: str,
    *,
    restricted: bool = False,
    now: datetime,
) -> int:
    """Add a branch to a project and return its number. Raises: NotFound, Refused, Invalid, Taken."""
    in_order(session)
    project = require_project(session, project_id)
    need_maintain(actor, project)
    known = select(BranchRow).where(BranchRow.project_id == project_id, BranchRow.name == name)
    if session.exec(known).first() is not None:
        raise Taken(name)
    row = BranchRow(
        project_id=project_id, name=_right_label(name), restricted=restricted, created_at=micros(now)
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def edit_branch(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    name: str | Kept = KEEP,
    expired: bool | Kept = KEEP,
    restricted: bool | Kept = KEEP,
    now: datetime,
) -> None:
    """Change a branch, which may be over. Raises: NotFound, Refused, Invalid."""
    in_order(session)
    row = require_branch(session, id_)
    need_maintain(actor, require_project(session, row.project_id))
    if name is not KEEP:
        row.name = _right_label(name)
    if restricted is not KEEP:
        row.restricted = restricted
    if expired is not KEEP:
        row.expired, row.expired_at = expired, micros(now) if expired else None
    touch(row, now)
    session.flush()


def create_milestone(
    session: Session, actor: Actor, branch_id: int, name: str, *, now: datetime
) -> int:
    """Add a milestone to a branch and return its number. Raises: NotFound, Refused, Invalid, Taken."""
    in_order(session)
    branch = require_branch(session, branch_id)
    need_maintain(actor, require_project(session, branch.project_id))
    known = select(MilestoneRow).where(
        MilestoneRow.branch_id == branch_id, MilestoneRow.name == name
    )
    if session.exec(known).first() is not None:
        raise Taken(name)
    row = MilestoneRow(branch_id=branch_id, name=_right_label(name), created_at=micros(now))
    session.add(row)
    session.flush()
    return row.id or 0


def edit_milestone(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    name: str | Kept = KEEP,
    expired: bool | Kept = KEEP,
    now: datetime,
) -> None:
    """Change a milestone, which may be over. Raises: NotFound, Refused, Invalid."""
    in_order(session)
    row = session.get(MilestoneRow, id_)
    if row is None:
        raise NotFound(gettext("There is no milestone %(number)s.", number=id_))
    branch = require_branch(session, row.branch_id)
    need_maintain(actor, require_project(session, branch.project_id))
    if name is not KEEP:
        row.name = _right_label(name)
    if expired is not KEEP:
        row.expired, row.expired_at = expired, micros(now) if expired else None
    touch(row, now)
    session.flush()


def find_project(session: Session, name: str) -> ProjectRow | None:
    """Return the project of that name."""
    return session.exec(select(ProjectRow).where(ProjectRow.name == name)).first()


def find_group(session: Session, name: str) -> ProjectGroupRow | None:
    """Return the group of that name."""
    return session.exec(select(ProjectGroupRow).where(ProjectGroupRow.name == name)).first()


def require_project(session: Session, id_: int) -> ProjectRow:
    """Return a project. Raises: NotFound."""
    row = session.get(ProjectRow, id_)
    if row is None:
        raise NotFound(gettext("There is no project %(name)s.", name=id_))
    return row


def require_group(session: Session, id_: int) -> ProjectGroupRow:
    """Return a group of projects. Raises: NotFound."""
    row = session.get(ProjectGroupRow, id_)
    if row is None:
        raise NotFound(gettext("There is no project group %(name)s.", name=id_))
    return row


def require_branch(session: Session, id_: int) -> BranchRow:
    """Return a branch. Raises: NotFound."""
    row = session.get(BranchRow, id_)
    if row is None:
        raise NotFound(gettext("There is no branch %(number)s.", number=id_))
    return row


def master_branch(session: Session, project: ProjectRow) -> BranchRow:
    """Return the branch that a task is of when nobody says which: master, or the oldest there is."""
    return session.exec(_FIRST_BRANCH, params={"project": project.id}).one()


def right_project(name: str) -> str:
    """Return the name of a project or group. Raises: Invalid."""
    if not 3 <= len(name) <= 100 or not _NAME.fullmatch(name):
        raise Invalid(
            "name",
            gettext(
                "A project is called by letters and digits with single . / - or _ between them,"
                " for example org/name."
            ),
        )
    return name


def _kept_text(text: str | None) -> str | None:
    return None if text is None else right_text(text)


def _right_label(name: str) -> str:
    kept = name.strip()
    if not 3 <= len(kept) <= 100 or not kept.isprintable():
        raise Invalid("name", gettext("This name has 3 to 100 characters. Give such a one."))
    return kept


def _check_free(
    session: Session, table: type[ProjectRow] | type[ProjectGroupRow], name: str
) -> None:
    if session.exec(select(table).where(table.name == name)).first() is not None:
        raise Taken(name)


def _administers(actor: Actor, ref: str) -> None:
    if not may(actor, "administer", ref):
        raise Refused(gettext("Projects and groups are for administrators of the hub. Ask one."))


def maintains(actor: Actor, project: ProjectRow) -> bool:
    """Tell whether somebody may change a project."""
    ref = project_ref(project.name)
    return may(actor, "maintain", ref) or may(actor, "administer", ref)


def need_maintain(actor: Actor, project: ProjectRow) -> None:
    """Make sure that somebody may change a project. Raises: Refused."""
    if not maintains(actor, project):
        raise Refused(gettext("This is for who maintains the project. Ask an administrator."))


def _stories_under(session: Session, facet: str) -> list[int]:
    return list(session.exec(select(FacetRow.story_id).where(FacetRow.facet == facet)))


def _refresh_all(session: Session, stories: list[int]) -> None:
    for id_ in stories:
        story = session.get(StoryRow, id_)
        if story is not None:
            refresh(session, story)
            session.expunge(story)  # a large project has many
