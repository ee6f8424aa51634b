"""Takes in people, projects, their groups, branches and milestones: what stories stand on."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, select

from hub.accounts.people import create_person, require_row, suspend
from hub.accounts.tables import PersonRow, TeamRow
from hub.accounts.teams import add_member, create_team, find_team, members_of
from hub.errors import HubError, Invalid
from tracker.derived import refresh
from tracker.importing.known import Import, line_of, prose_of, slug_of, when
from tracker.importing.source import Shape, number, text
from tracker.planning.tables import WorklistRow
from tracker.projects import create_group, create_project, find_project, set_grouped
from tracker.subscriptions import find_subscription, subscribe
from tracker.tables import (
    BranchRow,
    MilestoneRow,
    ProjectGroupRow,
    ProjectRow,
    StoryRow,
    TaskRow,
)

_FOLLOWED = {"project": "project", "project_group": "group"}
"""What may have other numbers here, by what an import calls it."""
_TARGETS: Mapping[str, Any] = {
    "story": StoryRow,
    "task": TaskRow,
    "project": ProjectRow,
    "project_group": ProjectGroupRow,
    "worklist": WorklistRow,
}


def take_person(session: Session, run: Import, told: Shape) -> None:
    """Take somebody in, without a password: an administrator gives them a link to set one."""
    their = number(told, "id")
    if not their or run.here("user", their) is not None:
        return
    name = line_of(told, "full_name", f"User {their}")[:80]
    slug = slug_of(name, their)
    try:
        person = create_person(session, run.actor, slug, name=name, now=run.now)
    except Invalid:
        person = create_person(session, run.actor, f"{slug[:20]}-{their}", name=name, now=run.now)
    if told.get("enable_login") is False:
        suspend(session, run.actor, person.slug, reason="no login at its StoryBoard", now=run.now)
    row = require_row(session, person.slug)
    row.created_at = when(told, "created_at") or row.created_at
    session.add(row)
    run.keep(session, "user", their, row.id or 0)


def person_here(session: Session, run: Import, their: int) -> int | None:
    """Return the number here of somebody there, None for nobody."""
    id_ = run.here("user", their)
    return id_ if id_ is not None and session.get(PersonRow, id_) is not None else None


def take_team(session: Session, run: Import, told: Shape, members: Sequence[Shape]) -> None:
    """Take a team in, as a new one whatever there is here; nobody is put out of it."""
    their, name = number(told, "id"), text(told, "name")
    known = session.get(TeamRow, run.here("team", their) or 0)
    if known is None:
        slug = slug_of(name, their)
        if (
            find_team(session, slug) is not None
        ):  # which has rights here that nobody there was given
            slug = f"{slug[:20]}-{their}"
        title = line_of(told, "name", slug)[:80]
        team = create_team(session, run.actor, slug, name=title, now=run.now)
        known = session.exec(select(TeamRow).where(TeamRow.slug == team.slug)).one()
        run.keep(session, "team", their, known.id or 0)
    there = {person.slug for person in members_of(session, known.slug)}
    for each in members:
        row = session.get(PersonRow, person_here(session, run, number(each, "id")) or 0)
        if row is not None and row.slug not in there:
            add_member(session, run.actor, known.slug, row.slug, now=run.now)


def take_followed(session: Session, run: Import, told: Sequence[Shape]) -> None:
    """Let people hear of what they follow there."""
    for each in told:
        kind, their = text(each, "target_type"), number(each, "target_id")
        person = person_here(session, run, number(each, "user_id"))
        target = run.here(_FOLLOWED[kind], their) if kind in _FOLLOWED else their
        table = _TARGETS.get(kind)
        row = session.get(table, target) if table is not None and target else None
        if person is None or row is None:
            run.miss(f"subscription {each.get('id')}: its person or its {kind} is not here")
        elif find_subscription(session, person, kind, target or 0) is None:
            subscribe(session, person, kind, target or 0, now=run.now)
            if isinstance(row, StoryRow):
                refresh(session, row)


def take_project(session: Session, run: Import, told: Shape) -> None:
    """Take a project in: one of the same name that is here already, or a new one with its number there."""
    their, name = number(told, "id"), text(told, "name")
    row = find_project(session, name)
    if row is None:
        id_ = create_project(session, run.actor, name, now=run.now)
        row = session.get_one(
            ProjectRow, _renumbered(session, id_, their) if run.keeps_numbers else id_
        )
        row.created_at = when(told, "created_at") or row.created_at
    row.description = prose_of(told, "description") or row.description
    row.repo_url = text(told, "repo_url") or row.repo_url
    row.is_active = told.get("is_active") is not False
    session.add(row)
    session.flush()
    run.keep(session, "project", their, row.id or 0)


def _renumbered(session: Session, id_: int, wanted: int) -> int:
    """Give a project that was just made the number that it has there, where that is free."""
    if id_ == wanted or session.get(ProjectRow, wanted) is not None:
        return id_
    made = session.get_one(ProjectRow, id_)
    fields = made.model_dump(exclude={"id", "name"})
    made_name = made.name
    made.name = f"{made_name}.moving"
    session.flush()
    session.add(ProjectRow(id=wanted, name=made_name, **fields))
    session.flush()
    for branch in session.exec(select(BranchRow).where(BranchRow.project_id == id_)).all():
        branch.project_id = wanted
        session.add(branch)
    session.flush()
    session.delete(made)
    session.flush()
    return wanted


def take_branch(session: Session, run: Import, told: Shape) -> None:
    """Take a branch in."""
    project, name = run.here("project", number(told, "project_id")), text(told, "name")
    if project is None or not name:
        run.miss(f"branch {told.get('id')}: its project is not known")
        return
    query = select(BranchRow).where(BranchRow.project_id == project, BranchRow.name == name)
    row = session.exec(query).first() or BranchRow(
        project_id=project, name=name, created_at=when(told, "created_at") or 0
    )
    row.expired, row.expired_at = told.get("expired") is True, when(told, "expiration_date")
    row.restricted = told.get("restricted") is True
    session.add(row)
    session.flush()
    run.keep(session, "branch", number(told, "id"), row.id or 0)


def take_milestone(session: Session, run: Import, told: Shape) -> None:
    """Take a milestone in."""
    branch, name = run.here("branch", number(told, "branch_id")), text(told, "name")
    if branch is None or not name:
        run.miss(f"milestone {told.get('id')}: its branch is not known")
        return
    query = select(MilestoneRow).where(MilestoneRow.branch_id == branch, MilestoneRow.name == name)
    row = session.exec(query).first() or MilestoneRow(
        branch_id=branch, name=name, created_at=when(told, "created_at") or 0
    )
    row.expired, row.expired_at = told.get("expired") is True, when(told, "expiration_date")
    session.add(row)
    session.flush()
    run.keep(session, "milestone", number(told, "id"), row.id or 0)


def take_group(session: Session, run: Import, told: Shape, projects: list[Shape]) -> None:
    """Take a group in, and put its projects into it."""
    name = text(told, "name")
    known = session.exec(select(ProjectGroupRow.id).where(ProjectGroupRow.name == name)).first()
    title = line_of(told, "title", name)
    id_ = known or create_group(session, run.actor, name, title, now=run.now)
    for each in projects:
        project = run.here("project", number(each, "id"))
        if project is not None:
            try:
                set_grouped(session, run.actor, id_, project, grouped=True)
            except HubError as error:
                run.miss(f"group {name}: {error}")
    run.keep(session, "group", number(told, "id"), id_)
