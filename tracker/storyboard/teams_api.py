"""Teams and people as administrators change them; what they may not follows from the hub's own rights."""

from sqlmodel import col, select

from hub.accounts.people import (
    create_person,
    rename_person,
    require_row,
    restore_person,
    set_role,
    suspend,
)
from hub.accounts.tables import MemberRow, PersonRow, TeamRow
from hub.accounts.teams import add_member, create_team, delete_team, find_team, remove_member
from hub.errors import Invalid
from hub.people import Role
from tracker.importing.known import slug_of
from tracker.storyboard import shapes
from tracker.storyboard.bodies import Text, check, flag, text
from tracker.storyboard.people_api import find_listed_team
from tracker.storyboard.wire import GONE, Call, Fault, Reply, exists, not_found

_NAME = Text("name", 3, 255, required=True)
_FULL_NAME, _EMAIL = Text("full_name", 3, 255), Text("email", 5, 255, required=True)
_NO_PROJECTS = "Teams have no projects here. Give a team its rights on the hub's pages."


def add_team(call: Call) -> Reply:
    """Add a team without anybody in it."""
    call.need_super()
    check(call.given, _NAME, creating=True)
    name = call.given["name"]
    if find_team(call.session, name) is not None:
        raise exists("Team", name)
    create_team(call.session, call.actor, name, now=call.now)
    row = call.session.exec(select(TeamRow).where(TeamRow.slug == name)).one()
    return Reply(shapes.team(row))


def change_team(call: Call) -> Reply:
    """Take a team as it is; its name, by which it is known everywhere, stays."""
    call.need_super()
    row = _team(call)
    check(call.given, _NAME, creating=False)
    if call.given.get("name") not in (None, row.slug):
        raise Fault(400, "A team keeps its name here. Add another team, and remove this.")
    return Reply(shapes.team(row))


def drop_team(call: Call) -> Reply:
    """Remove a team in which nobody is."""
    call.need_super()
    row = _team(call)
    members = select(MemberRow.person_id).where(MemberRow.team_id == row.id).limit(1)
    if call.session.exec(members).first() is not None:
        raise Fault(400, "Team must be empty.")
    delete_team(call.session, call.actor, row.slug, now=call.now)
    return GONE


def put_member(call: Call) -> Reply:
    """Take somebody into a team."""
    call.need_super()
    team, row = _team(call), _person(call)
    if call.session.get(MemberRow, (team.id, row.id)) is not None:
        raise Fault(400, f"The User {row.id} is already in Team {team.id}")
    add_member(call.session, call.actor, team.slug, row.slug, now=call.now)
    return Reply(shapes.users(call, [row])[0])


def take_member(call: Call) -> Reply:
    """Take somebody out of a team."""
    call.need_super()
    team, row = _team(call), _person(call)
    if call.session.get(MemberRow, (team.id, row.id)) is None:
        raise Fault(400, f"The User {row.id} isn't in Team {team.id}")
    remove_member(call.session, call.actor, team.slug, row.slug, now=call.now)
    return GONE


def list_projects(call: Call) -> Reply:
    """List the projects of a team: there are none here."""
    find_listed_team(call)
    return Reply([], is_one=False)


def refuse_project(call: Call) -> Reply:
    """Refuse to give a team a project."""
    call.need_super()
    _team(call)
    raise Fault(400, _NO_PROJECTS)


def add_person(call: Call) -> Reply:
    """Let somebody in, without a password: an administrator gives them a link to set one."""
    call.need_super()
    body = call.given
    check(body, _FULL_NAME, _EMAIL, creating=True)
    email, name = body["email"].strip(), text(body, "full_name") or body["email"].partition("@")[0]
    if call.session.exec(select(PersonRow).where(col(PersonRow.email) == email)).first():
        raise exists("User", email)
    slug = _free_slug(call, name)
    create_person(call.session, call.actor, slug, name=name, email=email, now=call.now)
    return Reply(shapes.users(call, [require_row(call.session, slug)], is_own=True)[0])


def change_person(call: Call) -> Reply:
    """Change one's own name; as an administrator anybody's, and what they may here."""
    call.need_login()
    row, body = _person(call), call.given
    if row.id != call.me and not call.is_super:
        raise Fault(403, "You are not allowed to update this user.")
    check(body, _FULL_NAME, creating=False)
    name, enabled, rules = (
        text(body, "full_name"), flag(body, "enable_login"), flag(body, "is_superuser"),
    )  # fmt: skip
    slug, of = row.slug, (call.session, call.actor)
    if name is not None and name != row.name:
        rename_person(*of, slug, name=name, now=call.now)
    if call.is_super and rules is not None and rules != (row.role == Role.ADMINISTRATOR):
        set_role(*of, slug, Role.ADMINISTRATOR if rules else Role.MEMBER, now=call.now)
    if call.is_super and enabled is not None and enabled != (row.state == "active"):
        act = restore_person if enabled else suspend
        act(*of, slug, now=call.now)
    return Reply(shapes.users(call, [row])[0])


def _free_slug(call: Call, name: str) -> str:
    """Return a short name that nobody has. Raises: Invalid."""
    wanted = slug_of(name, 0)
    for number in range(1, 100):
        slug = wanted if number == 1 else f"{wanted[:28]}-{number}"
        known = select(PersonRow.id).where(PersonRow.slug == slug)
        if call.session.exec(known).first() is None:
            return slug
    raise Invalid("full_name", "Too many people are called so.")


def _team(call: Call) -> TeamRow:
    """Return the team of the address by its number, as those who change one name it. Raises: Fault."""
    id_ = call.number("tid", "team_id")
    row = call.session.get(TeamRow, id_)
    if row is None:
        raise Fault(404, "Object not found")
    return row


def _person(call: Call) -> PersonRow:
    id_ = call.number("uid", "user_id")
    row = call.session.get(PersonRow, id_)
    if row is None:
        raise not_found("User", id_)
    return row
