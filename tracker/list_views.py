"""The lists of stories: all, by a query, of a project, of a group; and the lists of projects and tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import Response

from hub.errors import NotFound
from hub.language import gettext, mark
from hub.people import Actor, may
from hub.saved.keeping import saved_of
from hub.saved.tables import Where
from tracker.briefs import Brief, brief_stories
from tracker.desk import Desk, group_url, project_url, stories_url
from tracker.facet_tables import FacetCountRow
from tracker.listing import COUNTED, Cursor, count_stories, find_stories, read_cursor
from tracker.plans import Plan, plan_query
from tracker.projects import find_group, find_project
from tracker.query import LONGEST, Query, Sort, Term, parse_query
from tracker.states import OPEN, State
from tracker.tables import GroupedRow, ProjectGroupRow, ProjectRow, TagRow
from web.sessions import visit

_PAGE = 40
_SORTS: Mapping[Sort, str] = {
    Sort.UPDATED: mark("Last changed"),
    Sort.CREATED: mark("Newest"),
    Sort.IMPORTANCE: mark("Most important"),
    Sort.HEAT: mark("Hottest"),
    Sort.OLDEST: mark("Oldest"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list. counts: `open` and `closed`, with whether there may be more than that."""

    query: Query
    stories: Sequence[Brief]
    after: str
    counts: Mapping[str, int]
    more: Mapping[str, bool]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tally:
    """A project, group or tag with how many stories it has, open and in all."""

    name: str
    title: str
    url: str
    open: int
    all: int


async def show_stories(desk: Desk, request: Request) -> Response:
    """Show the stories that a query finds; without one, all that are open."""
    actor, text, after = desk.actor(request), asked_of(request), _after(request)
    known = visit(request)

    def read(session: Session) -> Response:
        listed = list_stories(session, actor, parse_query(text), after)
        saved = saved_of(session, known.person.slug, Where.STORIES) if known else None
        return _answer(desk, request, "stories.html", listed, asked=text, after=after, saved=saved)

    return await desk.app.read(read)


async def show_project(desk: Desk, request: Request) -> Response:
    """Show a project's stories. Raises: NotFound."""
    actor, text, after = desk.actor(request), asked_of(request), _after(request)
    name = request.path_params["name"]

    def read(session: Session) -> Response:
        project = find_project(session, name)
        if project is None:
            raise NotFound(gettext("There is no project %(name)s.", name=name[:100]))
        query = _within(parse_query(text), Term("project", project.name))
        listed = list_stories(session, actor, query, after)
        groups = session.exec(
            select(ProjectGroupRow)
            .join(GroupedRow, col(GroupedRow.group_id) == col(ProjectGroupRow.id))
            .where(GroupedRow.project_id == project.id)
            .order_by(col(ProjectGroupRow.name))
        ).all()
        return _answer(
            desk, request, "project.html", listed, asked=text, after=after, name=project.name,
            about=project.description or "", repo=project.repo_url or "",
            groups=[(group.title or group.name, group_url(group.name)) for group in groups],
            may_file=may(actor, "write", "stories:all"),
        )  # fmt: skip

    return await desk.app.read(read)


async def show_group(desk: Desk, request: Request) -> Response:
    """Show the stories of a group's projects. Raises: NotFound."""
    actor, text, after = desk.actor(request), asked_of(request), _after(request)
    name = request.path_params["name"]

    def read(session: Session) -> Response:
        group = find_group(session, name)
        if group is None:
            raise NotFound(gettext("There is no project group %(name)s.", name=name[:100]))
        query = _within(parse_query(text), Term("group", group.name))
        listed = list_stories(session, actor, query, after)
        return _answer(
            desk, request, "group.html", listed, asked=text, after=after, name=group.name,
            title=group.title or group.name,
            projects=_projects(session, group.id),
        )  # fmt: skip

    return await desk.app.read(read)


async def show_projects(desk: Desk, request: Request) -> Response:
    """Show all groups and projects, with how much is open."""

    def read(session: Session) -> Response:
        return desk.answer(
            request, "projects.html", projects=_projects(session), groups=_groups(session)
        )

    return await desk.app.read(read)


async def show_tags(desk: Desk, request: Request) -> Response:
    """Show all tags, with how many stories have each."""

    def read(session: Session) -> Response:
        counts = _tallies(session, "tag:")
        rows = session.exec(select(TagRow.id, TagRow.name).order_by(col(TagRow.name)))
        tags = [
            Tally(name, name, stories_url(Query(terms=(Term("tag", name),))), *counts[f"tag:{id_}"])
            for id_, name in rows
            if f"tag:{id_}" in counts
        ]
        return desk.answer(request, "tags.html", tags=tags)

    return await desk.app.read(read)


def list_stories(session: Session, actor: Actor, query: Query, after: Cursor | None) -> Listed:
    """Return one page of what a query finds, and how much there is."""
    planned = plan_query(session, actor, query)
    if planned.plan is None:
        return Listed(query, (), "", {}, {}, planned.problems)
    found = find_stories(session, actor, planned.plan, after=after, limit=_PAGE)
    counts, more = _counts(session, actor, planned.plan)
    stories = brief_stories(session, found.ids)
    return Listed(query, stories, str(found.after or ""), counts, more, ())


def _counts(
    session: Session, actor: Actor, plan: Plan
) -> tuple[Mapping[str, int], Mapping[str, bool]]:
    everywhere = Plan(
        tuple(State), plan.required, plan.forbidden, plan.sought, plan.sort, plan.only_private
    )
    known = count_stories(session, actor, everywhere)
    counts = {"open": sum(known[state] for state in OPEN)}
    counts["closed"] = sum(known.values()) - counts["open"]
    is_cut = not plan.is_simple and any(number >= COUNTED for number in known.values())
    return counts, dict.fromkeys(counts, is_cut)


def _answer(
    desk: Desk, request: Request, template: str, listed: Listed, **context: Any
) -> Response:
    return desk.answer(
        request, template, listed=listed, sorts=[(s.value, gettext(w)) for s, w in _SORTS.items()],
        may_file=context.pop("may_file", may(desk.actor(request), "write", "stories:all")), **context,
    )  # fmt: skip


def _within(query: Query, term: Term) -> Query:
    others = tuple(each for each in query.terms if each != term)
    return Query(query.state, (term, *others), query.sought, query.sort)


def asked_of(request: Request) -> str:
    """Return the query: what stands in the box, with the choices beside it, where a form has some."""
    text = request.query_params.get("q", "")[:LONGEST].strip()
    sort = request.query_params.get("sort", "")
    if sort in tuple(Sort):
        return str(parse_query(text).with_sort(Sort(sort)))
    return text


def _after(request: Request) -> Cursor | None:
    return read_cursor(request.query_params.get("after", ""))


def _projects(session: Session, group: int | None = None) -> Sequence[Tally]:
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


def _groups(session: Session) -> Sequence[Tally]:
    counts = _tallies(session, "group:")
    rows = session.exec(select(ProjectGroupRow).order_by(col(ProjectGroupRow.name)))
    return [
        Tally(row.name, row.title, group_url(row.name), *counts.get(f"group:{row.id}", (0, 0)))
        for row in rows
    ]


def _tallies(session: Session, beginning: str) -> Mapping[str, tuple[int, int]]:
    """Return how many public stories are open, and are there, for each facet that begins so."""
    facet = col(FacetCountRow.facet)
    rows = session.execute(
        sa.select(facet, col(FacetCountRow.state), col(FacetCountRow.stories)).where(
            facet.startswith(beginning, autoescape=True)
        )
    )
    found: dict[str, tuple[int, int]] = {}
    for name, state, stories in rows:
        open_, all_ = found.get(name, (0, 0))
        found[name] = (open_ + stories * (State(state) in OPEN), all_ + stories)
    return found
