"""Projects, groups, branches, milestones and tags, as lists show them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.desk import group_url, project_url
from tracker.facet_tables import FacetCountRow
from tracker.states import OPEN, State
from tracker.tables import (
    BranchRow,
    GroupedRow,
    MilestoneRow,
    ProjectGroupRow,
    ProjectRow,
    TagRow,
)


@dataclass(frozen=True, slots=True)
class Tally:
    """A project, group or tag with how many stories it has, open and in all."""

    name: str
    title: str
    url: str
    open: int
    all: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of a project. stories: how many public ones are in it."""

    id: int
    name: str
    branch: str
    is_over: bool
    stories: int


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a project."""

    id: int
    name: str
    is_over: bool


def list_projects(session: Session, group: int | None = None) -> Sequence[Tally]:
    """Return the active projects, all or those of a group, by name."""
    counts = _tallies(session, "project:")
    query = select(ProjectRow).where(col(ProjectRow.is_active)).order_by(col(ProjectRow.name))
    if group is not None:
        query = query.join(GroupedRow, col(GroupedRow.project_id) == col(ProjectRow.id)).where(
            GroupedRow.group_id == group
        )
    return [
        Tally(
            row.name,
            (row.description or "").partition("\n")[0],
            project_url(row.name),
            *counts.get(f"project:{row.id}", (0, 0)),
        )
        for row in session.exec(query)
    ]


def list_groups(session: Session) -> Sequence[Tally]:
    """Return all groups by name."""
    counts = _tallies(session, "group:")
    rows = session.exec(select(ProjectGroupRow).order_by(col(ProjectGroupRow.name)))
    return [
        Tally(row.name, row.title, group_url(row.name), *counts.get(f"group:{row.id}", (0, 0)))
        for row in rows
    ]


def list_tags(session: Session, url: Callable[[str], str]) -> Sequence[Tally]:
    """Return the tags of public stories by name."""
    counts = _tallies(session, "tag:")
    rows = session.exec(select(TagRow.id, TagRow.name).order_by(col(TagRow.name)))
    return [
        Tally(name, name, url(name), *counts[f"tag:{id_}"])
        for id_, name in rows
        if f"tag:{id_}" in counts
    ]


def groups_of(session: Session, project: int) -> Sequence[ProjectGroupRow]:
    """Return the groups that a project is in."""
    return session.exec(
        select(ProjectGroupRow)
        .join(GroupedRow, col(GroupedRow.group_id) == col(ProjectGroupRow.id))
        .where(GroupedRow.project_id == project)
        .order_by(col(ProjectGroupRow.name))
    ).all()


def branches_of(session: Session, project: int) -> Sequence[Branch]:
    """Return a project's branches, the oldest first."""
    query = select(BranchRow).where(BranchRow.project_id == project).order_by(col(BranchRow.id))
    return [Branch(row.id or 0, row.name, row.expired) for row in session.exec(query)]


def milestones_of(session: Session, project: int) -> Sequence[Milestone]:
    """Return a project's milestones, the newest first."""
    rows = session.exec(
        select(MilestoneRow, BranchRow.name)
        .join(BranchRow, col(BranchRow.id) == col(MilestoneRow.branch_id))
        .where(BranchRow.project_id == project)
        .order_by(col(MilestoneRow.id).desc())
    ).all()
    counts = _counted(session, [f"milestone:{row.id}" for row, _ in rows])
    return [
        Milestone(
            row.id or 0, row.name, branch, row.expired, counts.get(f"milestone:{row.id}", (0, 0))[1]
        )
        for row, branch in rows
    ]


def _tallies(session: Session, beginning: str) -> Mapping[str, tuple[int, int]]:
    """Return how many public stories are open, and are there, for each facet that begins so."""
    return _summed(session, col(FacetCountRow.facet).startswith(beginning, autoescape=True))


def _counted(session: Session, facets: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    return _summed(session, col(FacetCountRow.facet).in_(facets)) if facets else {}


def _summed(session: Session, which: sa.ColumnElement[bool]) -> Mapping[str, tuple[int, int]]:
    columns = (FacetCountRow.facet, FacetCountRow.state, FacetCountRow.stories)
    found: dict[str, tuple[int, int]] = {}
    for name, state, stories in session.exec(select(*columns).where(which)):
        open_, all_ = found.get(name, (0, 0))
        found[name] = (open_ + stories * (State(state) in OPEN), all_ + stories)
    return found
