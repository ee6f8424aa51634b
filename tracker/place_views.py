"""The pages of where stories are: projects, groups, milestones, tags."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub.errors import Conflict, Invalid, NotFound
from hub.language import gettext
from hub.people import Actor, may
from tracker.authors import author_of
from tracker.desk import Desk, group_url, project_url, see_other, settings_url, stories_url
from tracker.list_views import after_of, answer_list, asked_of, list_stories, within
from tracker.place_lists import (
    branches_of,
    groups_of,
    list_groups,
    list_projects,
    list_tags,
    milestones_of,
)
from tracker.projects import (
    ProjectEdit,
    create_branch,
    create_group,
    create_milestone,
    create_project,
    edit_branch,
    edit_milestone,
    edit_project,
    find_group,
    find_project,
    maintains,
    need_maintain,
    set_grouped,
)
from tracker.query import Query, Term, parse_query
from tracker.sent import Sent
from tracker.similar import similar_stories
from tracker.subscriptions import find_subscription, follow, unfollow
from tracker.tables import BranchRow, MilestoneRow, ProjectGroupRow, ProjectRow
from web.forms import Form, read_form
from web.page import keeping

Act = Callable[[Session, Actor, ProjectRow, Form, datetime], str]
"""Does what a form of a project's settings asks for, and returns the part of the page to show then."""

_LONGEST_TITLE = 255


async def show_project(desk: Desk, request: Request) -> Response:
    """Show a project's stories. Raises: NotFound."""
    actor, text, after = desk.actor(request), asked_of(request), after_of(request)
    name = request.path_params["name"]

    def read(session: Session) -> Response:
        project = _project(session, name)
        query = within(parse_query(text), Term("project", project.name))
        listed = list_stories(session, actor, query, after)
        return answer_list(
            desk, request, "project.html", listed, asked=text, after=after, name=project.name,
            about=project.description or "", repo=project.repo_url or "",
            groups=[(group.title or group.name, group_url(group.name))
                    for group in groups_of(session, project.id or 0)],
            milestones=milestones_of(session, project.id or 0),
            follows=_follows(session, actor, "project", project.id or 0),
            may_edit=maintains(actor, project), may_file=may(actor, "write", "stories:all"),
        )  # fmt: skip

    return await desk.app.read(read)


async def show_group(desk: Desk, request: Request) -> Response:
    """Show the stories of a group's projects. Raises: NotFound."""
    actor, text, after = desk.actor(request), asked_of(request), after_of(request)
    name = request.path_params["name"]

    def read(session: Session) -> Response:
        group = _group(session, name)
        query = within(parse_query(text), Term("group", group.name))
        listed = list_stories(session, actor, query, after)
        return answer_list(
            desk, request, "group.html", listed, asked=text, after=after, name=group.name,
            title=group.title or group.name, projects=list_projects(session, group.id),
            follows=_follows(session, actor, "project_group", group.id or 0),
        )  # fmt: skip

    return await desk.app.read(read)


async def show_milestone(desk: Desk, request: Request) -> Response:
    """Show what is in a milestone. Raises: NotFound."""
    actor, text, after = desk.actor(request), asked_of(request), after_of(request)
    id_ = request.path_params["id"]

    def read(session: Session) -> Response:
        row = session.get(MilestoneRow, id_) if 0 < id_ < 1 << 31 else None
        branch = session.get(BranchRow, row.branch_id) if row is not None else None
        if row is None or branch is None:
            raise NotFound(gettext("There is no milestone %(number)s.", number=id_))
        project = session.get_one(ProjectRow, branch.project_id)
        query = parse_query(text or "is:any")
        for term in (Term("milestone", row.name), Term("project", project.name)):
            query = within(query, term)
        listed = list_stories(session, actor, query, after)
        return answer_list(
            desk, request, "milestone.html", listed, asked=text, after=after, name=row.name,
            is_over=row.expired, branch=branch.name, project=project.name,
        )  # fmt: skip

    return await desk.app.read(read)


async def follow_place(desk: Desk, request: Request) -> Response:
    """Begin or cease to hear of a project or group, as its page's form says. Raises: NotFound, Refused."""
    actor, form, now = desk.actor(request), await read_form(request), desk.app.clock()
    kind = "project_group" if request.url.path.startswith("/project-group/") else "project"
    name = request.path_params["name"]

    def write(session: Session) -> str:
        place = _group(session, name) if kind == "project_group" else _project(session, name)
        if form.get("on") != "1":
            unfollow(session, actor, kind, place.id or 0)
        elif not _follows(session, actor, kind, place.id or 0):
            follow(session, actor, kind, place.id or 0, now=now)
        return group_url(place.name) if kind == "project_group" else project_url(place.name)

    return see_other(await desk.app.write(write))


async def show_projects(desk: Desk, request: Request) -> Response:
    """Show all groups and projects, with how much is open."""
    return await _projects_page(desk, request, Sent())


async def save_place(desk: Desk, request: Request) -> Response:
    """Begin a project or a group."""
    actor, form, now = desk.actor(request), await read_form(request), desk.app.clock()
    name, title = form.line("name"), form.line("title")

    def write(session: Session) -> str:
        if form.get("do") == "group":
            create_group(session, actor, name, title[:_LONGEST_TITLE] or name, now=now)
            return group_url(name)
        create_project(session, actor, name, title or None, form.line("repo") or None, now=now)
        return settings_url(name)

    try:
        return see_other(await desk.app.write(write))
    except (Invalid, Conflict) as error:
        return await _projects_page(desk, request, Sent(form, _told(error, name)))


async def show_settings(desk: Desk, request: Request) -> Response:
    """Show the forms that change a project. Raises: NotFound, Refused."""
    return await _settings(desk, request, Sent())


async def change_project(desk: Desk, request: Request) -> Response:
    """Do what a form of a project's settings asks for. Raises: NotFound, Refused."""
    actor, form, now = desk.actor(request), await read_form(request), desk.app.clock()
    name, act = request.path_params["name"], _ACTS.get(form.get("do", ""))

    def write(session: Session) -> str:
        project = _project(session, name)
        if act is None:
            raise Invalid(
                "do", gettext("This form is none that there is. Use the page's own buttons.")
            )
        part = act(session, actor, project, form, now)
        return f"{settings_url(project.name)}{part}"

    try:
        return see_other(await desk.app.write(write))
    except (Invalid, Conflict) as error:
        return await _settings(desk, request, Sent(form, _told(error, form.line("name"))))


async def show_tags(desk: Desk, request: Request) -> Response:
    """Show all tags, with how many stories have each."""

    def read(session: Session) -> Response:
        tags = list_tags(session, lambda name: stories_url(Query(terms=(Term("tag", name),))))
        return desk.answer(request, "tags.html", tags=tags)

    return await desk.app.read(read)


async def show_similar(desk: Desk, request: Request) -> Response:
    """Show what may be the same as a story of that title: a part of a page."""
    actor, title = desk.actor(request), request.query_params.get("title", "")[:_LONGEST_TITLE]

    def read(session: Session) -> Response:
        stories = similar_stories(session, actor, title)
        return desk.answer(request, "similar.html", stories=stories)

    return await desk.app.read(read)


async def show_template(desk: Desk, request: Request) -> Response:
    """Tell what a project's new stories begin with: plain text, empty where nothing is said."""
    name = request.query_params.get("project", "")[:100]

    def read(session: Session) -> Response:
        project = find_project(session, name)
        told = (project.template or "") if project is not None else ""
        return PlainTextResponse(told, headers={"Cache-Control": keeping(request)})

    return await desk.app.read(read)


def _project(session: Session, name: str) -> ProjectRow:
    project = find_project(session, name)
    if project is None:
        raise NotFound(gettext("There is no project %(name)s.", name=name[:100]))
    return project


def _group(session: Session, name: str) -> ProjectGroupRow:
    group = find_group(session, name)
    if group is None:
        raise NotFound(gettext("There is no project group %(name)s.", name=name[:100]))
    return group


def _follows(session: Session, actor: Actor, kind: str, id_: int) -> bool:
    me = author_of(session, actor).id
    return me is not None and find_subscription(session, me, kind, id_) is not None


def _told(error: Exception, name: str) -> str:
    if isinstance(error, Conflict):
        return gettext("There is a %(name)s already. Choose another name.", name=name)
    return str(error)


async def _projects_page(desk: Desk, request: Request, sent: Sent) -> Response:
    may_begin = may(desk.actor(request), "administer", "project:all")

    def read(session: Session) -> Response:
        return desk.answer(
            request, "projects.html", status=400 if sent.problem else 200, sent=sent,
            projects=list_projects(session), groups=list_groups(session), may_begin=may_begin,
        )  # fmt: skip

    return await desk.app.read(read)


async def _settings(desk: Desk, request: Request, sent: Sent) -> Response:
    actor, name = desk.actor(request), request.path_params["name"]

    def read(session: Session) -> Response:
        project = _project(session, name)
        need_maintain(actor, project)
        own = {group.name for group in groups_of(session, project.id or 0)}
        rows = session.exec(select(ProjectGroupRow).order_by(col(ProjectGroupRow.name))).all()
        return desk.answer(
            request, "settings.html", status=400 if sent.problem else 200, sent=sent,
            project=project, branches=branches_of(session, project.id or 0),
            milestones=milestones_of(session, project.id or 0),
            groups=[(row.name, row.title or row.name, row.name in own) for row in rows],
            may_group=may(actor, "administer", "project_group:all"),
        )  # fmt: skip

    return await desk.app.read(read)


def _edit(session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime) -> str:
    edit = ProjectEdit(
        form.line("name") or project.name, form.get("description", ""), form.line("repo") or None,
        is_active=form.get("active") == "1", template=form.get("template", ""),
    )  # fmt: skip
    edit_project(session, actor, project.id or 0, edit, now=now)
    return ""


def _branch(session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime) -> str:
    create_branch(session, actor, project.id or 0, form.line("name"), now=now)
    return "#branches"


def _branch_over(
    session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime
) -> str:
    id_ = _one_of(form, "branch", [each.id for each in branches_of(session, project.id or 0)])
    edit_branch(session, actor, id_, expired=form.get("on") == "1", now=now)
    return "#branches"


def _milestone(
    session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime
) -> str:
    branch = _one_of(form, "branch", [each.id for each in branches_of(session, project.id or 0)])
    create_milestone(session, actor, branch, form.line("name"), now=now)
    return "#milestones"


def _milestone_over(
    session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime
) -> str:
    known = [each.id for each in milestones_of(session, project.id or 0)]
    id_ = _one_of(form, "milestone", known)
    edit_milestone(session, actor, id_, expired=form.get("on") == "1", now=now)
    return "#milestones"


def _grouped(session: Session, actor: Actor, project: ProjectRow, form: Form, now: datetime) -> str:
    del now
    wanted = set(form.all("group"))
    own = {group.name for group in groups_of(session, project.id or 0)}
    for name in sorted(wanted ^ own):
        group = _group(session, name)
        set_grouped(session, actor, group.id or 0, project.id or 0, grouped=name in wanted)
    return "#groups"


def _one_of(form: Form, field: str, known: Sequence[int]) -> int:
    """Return the number in a field, of the project's own. Raises: Invalid."""
    found = next((each for each in known if str(each) == form.line(field)), None)
    if found is None:
        raise Invalid(field, gettext("The project has no such thing any more. Open the page anew."))
    return found


_ACTS: Mapping[str, Act] = {
    "edit": _edit,
    "branch": _branch,
    "branch-over": _branch_over,
    "milestone": _milestone,
    "milestone-over": _milestone_over,
    "groups": _grouped,
}
"""What a form of the settings asks for, by its `do`."""
