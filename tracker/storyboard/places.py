"""Projects, their groups, branches and milestones."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import col, select

from hub.errors import Invalid
from tracker.changes import KEEP
from tracker.projects import (
    ProjectEdit,
    Taken,
    create_branch,
    create_group,
    create_milestone,
    create_project,
    delete_group,
    edit_branch,
    edit_group,
    edit_milestone,
    edit_project,
    find_group,
    find_project,
    right_project,
    set_grouped,
)
from tracker.storyboard import shapes
from tracker.storyboard.bodies import Text, check, flag, kept_flag, kept_text, number, text
from tracker.storyboard.paging import PAGING, contains, each, equals, listed
from tracker.storyboard.wire import GONE, Call, Fault, Reply, exists, invalid, not_found
from tracker.tables import (
    BranchRow,
    GroupedRow,
    MilestoneRow,
    ProjectGroupRow,
    ProjectRow,
    SubscriptionRow,
)

_NAME = Text("name", 3, 100, required=True)
_PATTERN = r"^[a-zA-Z0-9]+([_\-\./]?[a-zA-Z0-9]+)*$"


def list_projects(call: Call) -> Reply:
    """List projects."""
    args = call.args
    args.allow(*PAGING, "name", "description", "project_group_id", "subscriber_id")
    found = [
        *contains(col(ProjectRow.name), args.text("name")),
        *contains(col(ProjectRow.description), args.text("description")),
        *_in_group(args.number("project_group_id")),
        *_followed(ProjectRow.id, "project", args.number("subscriber_id")),
    ]
    return listed(call, ProjectRow, found, each(shapes.project))


def search_projects(call: Call) -> Reply:
    """Find projects by words of their names and descriptions."""
    call.args.allow("q", "marker", "offset", "limit")
    return listed(call, ProjectRow, _having(call), each(shapes.project), tells=False)


def show_project(call: Call) -> Reply:
    """Show one project, by its number or name."""
    return Reply(shapes.project(_project(call, call.path["name"])))


def add_project(call: Call) -> Reply:
    """Begin a project."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=True)
    name = _right_name(body["name"])
    about, repo = text(body, "description"), text(body, "repo_url")
    try:
        id_ = create_project(call.session, call.actor, name, about, repo, now=call.now)
    except Taken as error:
        raise exists("Project", name) from error
    return Reply(shapes.project(call.session.get_one(ProjectRow, id_)))


def change_project(call: Call) -> Reply:
    """Change a project."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=False)
    row = _project(call, call.path["name"])
    name = kept_text(body, "name")
    edit = ProjectEdit(
        name if name is KEEP else _right_name(name),
        kept_text(body, "description"),
        kept_text(body, "repo_url"),
        kept_flag(body, "is_active"),
        kept_flag(body, "autocreate_branches"),
    )
    try:
        edit_project(call.session, call.actor, row.id or 0, edit, now=call.now)
    except Taken as error:
        raise exists("Project", name) from error
    return Reply(shapes.project(row))


def list_groups(call: Call) -> Reply:
    """List project groups."""
    args = call.args
    args.allow(*PAGING, "name", "title", "subscriber_id")
    found = [
        *contains(col(ProjectGroupRow.name), args.text("name")),
        *contains(col(ProjectGroupRow.title), args.text("title")),
        *_followed(ProjectGroupRow.id, "project_group", args.number("subscriber_id")),
    ]
    return listed(call, ProjectGroupRow, found, each(shapes.group))


def show_group(call: Call) -> Reply:
    """Show one group, by its number or name."""
    return Reply(shapes.group(_group(call)))


def list_grouped(call: Call) -> Reply:
    """List the projects of a group."""
    found = _in_group(_group(call).id)
    return listed(call, ProjectRow, found, each(shapes.project), tells=False)


def add_group(call: Call) -> Reply:
    """Begin a group."""
    call.need_super()
    body = call.given
    check(body, _NAME, Text("title", 2, 255), creating=True)
    name = _right_name(body["name"])
    try:
        id_ = create_group(call.session, call.actor, name, text(body, "title") or "", now=call.now)
    except Taken as error:
        raise exists("ProjectGroup", name) from error
    return Reply(shapes.group(call.session.get_one(ProjectGroupRow, id_)))


def change_group(call: Call) -> Reply:
    """Change a group."""
    call.need_super()
    body = call.given
    check(body, _NAME, Text("title", 2, 255), creating=False)
    row = _group(call)
    name, title = kept_text(body, "name"), kept_text(body, "title")
    name = name if name is KEEP else _right_name(name)
    try:
        edit_group(call.session, call.actor, row.id or 0, name=name, title=title, now=call.now)
    except Taken as error:
        raise exists("ProjectGroup", name) from error
    return Reply(shapes.group(row))


def remove_group(call: Call) -> Reply:
    """Dissolve a group."""
    call.need_super()
    delete_group(call.session, call.actor, _group(call).id or 0)
    return GONE


def put_grouped(call: Call) -> Reply:
    """Put a project into a group."""
    call.need_super()
    group, project = _group(call), _project(call, call.path["pid"])
    set_grouped(call.session, call.actor, group.id or 0, project.id or 0, grouped=True)
    return Reply(shapes.project(project))


def take_grouped(call: Call) -> Reply:
    """Take a project out of a group."""
    call.need_super()
    group, project = _group(call), _project(call, call.path["pid"])
    set_grouped(call.session, call.actor, group.id or 0, project.id or 0, grouped=False)
    return GONE


def list_branches(call: Call) -> Reply:
    """List branches."""
    args = call.args
    args.allow(*PAGING, "name", "project_id", "project_group_id")
    group = args.number("project_group_id")
    found = [
        *contains(col(BranchRow.name), args.text("name")),
        *equals(col(BranchRow.project_id), args.number("project_id")),
        *([] if group is None else [col(BranchRow.project_id).in_(_grouped(group))]),
    ]
    return listed(
        call,
        BranchRow,
        found,
        each(shapes.branch),
        columns={"expiration_date": BranchRow.expired_at},
    )


def show_branch(call: Call) -> Reply:
    """Show one branch."""
    return Reply(shapes.branch(_branch(call, call.number("id", "branch_id"))))


def add_branch(call: Call) -> Reply:
    """Add a branch to a project."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=True)
    project_id = number(body, "project_id")
    if project_id is None or call.session.get(ProjectRow, project_id) is None:
        raise not_found("Project", project_id, ended=True)
    if flag(body, "expired"):
        raise Fault(400, "Can't create expired branch.")
    name, restricted = body["name"], bool(flag(body, "restricted"))
    try:
        id_ = create_branch(
            call.session, call.actor, project_id, name, restricted=restricted, now=call.now
        )
    except Taken as error:
        raise exists("Branch", f"{name}-{project_id}") from error
    return Reply(shapes.branch(call.session.get_one(BranchRow, id_)))


def change_branch(call: Call) -> Reply:
    """Change a branch, which stays with its project."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=False)
    row = _branch(call, call.number("id", "branch_id"))
    if number(body, "project_id") not in (None, row.project_id):
        raise Fault(400, f"You can't associate branch {row.id} with another project.")
    edit_branch(
        call.session, call.actor, row.id or 0, name=kept_text(body, "name"),
        expired=kept_flag(body, "expired"), restricted=kept_flag(body, "restricted"), now=call.now,
    )  # fmt: skip
    return Reply(shapes.branch(row))


def list_milestones(call: Call) -> Reply:
    """List milestones."""
    args = call.args
    args.allow(*PAGING, "name", "branch_id")
    found = [
        *contains(col(MilestoneRow.name), args.text("name")),
        *equals(col(MilestoneRow.branch_id), args.number("branch_id")),
    ]
    sorts = {"expiration_date": MilestoneRow.expired_at}
    return listed(call, MilestoneRow, found, each(shapes.milestone), columns=sorts)


def show_milestone(call: Call) -> Reply:
    """Show one milestone."""
    return Reply(shapes.milestone(_milestone(call)))


def add_milestone(call: Call) -> Reply:
    """Add a milestone to a branch."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=True)
    branch_id = number(body, "branch_id")
    branch = None if branch_id is None else call.session.get(BranchRow, branch_id)
    if branch is None or branch_id is None:
        raise not_found("Branch", branch_id, ended=True)
    if flag(body, "expired"):
        raise Fault(400, "Can't create expired milestone.")
    try:
        id_ = create_milestone(call.session, call.actor, branch_id, body["name"], now=call.now)
    except Taken as error:
        raise exists("Milestone", f"{body['name']}-{branch_id}") from error
    return Reply(shapes.milestone(call.session.get_one(MilestoneRow, id_)))


def change_milestone(call: Call) -> Reply:
    """Change a milestone, which stays with its branch."""
    call.need_super()
    body = call.given
    check(body, _NAME, creating=False)
    row = _milestone(call)
    if number(body, "branch_id") not in (None, row.branch_id):
        raise Fault(400, f"You can't associate milestone {row.id} with another branch.")
    edit_milestone(
        call.session, call.actor, row.id or 0, name=kept_text(body, "name"),
        expired=kept_flag(body, "expired"), now=call.now,
    )  # fmt: skip
    return Reply(shapes.milestone(row))


def _project(call: Call, name: str) -> ProjectRow:
    row = call.session.get(ProjectRow, int(name)) if _is_number(name) else None
    row = row or find_project(call.session, name)
    if row is None:
        raise not_found("Project", name)
    return row


def _group(call: Call) -> ProjectGroupRow:
    name = call.path["gid"]
    row = call.session.get(ProjectGroupRow, int(name)) if _is_number(name) else None
    row = row or find_group(call.session, name)
    if row is None:
        raise not_found("Project Group", name)
    return row


def _branch(call: Call, id_: int) -> BranchRow:
    row = call.session.get(BranchRow, id_)
    if row is None:
        raise not_found("Branch", id_)
    return row


def _milestone(call: Call) -> MilestoneRow:
    id_ = call.number("id", "milestone_id")
    row = call.session.get(MilestoneRow, id_)
    if row is None:
        raise not_found("Milestone", id_)
    return row


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and len(name) < 10


def _right_name(name: str) -> str:
    try:
        return right_project(name)
    except Invalid as error:
        raise invalid("name", name, f"Value should match the pattern {_PATTERN}") from error


def _grouped(group: int) -> Any:
    return select(GroupedRow.project_id).where(GroupedRow.group_id == group)


def _in_group(group: int | None) -> Sequence[Any]:
    return () if group is None else (col(ProjectRow.id).in_(_grouped(group)),)


def _followed(id_: Any, kind: str, person: int | None) -> Sequence[Any]:
    if person is None:
        return ()
    found = select(SubscriptionRow.target_id).where(
        SubscriptionRow.person_id == person, SubscriptionRow.target_type == kind
    )
    return (col(id_).in_(found),)


def _having(call: Call) -> Sequence[Any]:
    words = (call.args.text("q") or "").replace('"', " ").split()
    if not words:
        raise invalid("q", "", "say what to look for")
    both: Callable[[str], Any] = lambda word: (  # noqa: E731
        contains(col(ProjectRow.name), word)[0] | contains(col(ProjectRow.description), word)[0]
    )
    return [both(word.strip("*+")) for word in words]
