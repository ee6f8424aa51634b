"""People, teams, and who wants to hear of what."""

import sqlalchemy as sa
from sqlmodel import col, select

from hub.accounts.people import ERASED
from hub.accounts.tables import HandleRow, MemberRow, PersonRow, TeamRow
from hub.errors import Conflict, Invalid, NotFound
from tracker.storyboard import shapes
from tracker.storyboard.bodies import number, text
from tracker.storyboard.paging import PAGING, contains, each, equals, listed
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found
from tracker.subscriptions import follow, unfollow
from tracker.tables import TARGETS, SubscriptionRow

_THERE = col(PersonRow.state) != ERASED
_SORTS = {
    "full_name": PersonRow.name,
    "is_superuser": PersonRow.role,
    "enable_login": PersonRow.state,
    "updated_at": PersonRow.changed_at,
}


def list_people(call: Call) -> Reply:
    """List people; by address or login one finds only oneself, unless an administrator asks."""
    args = call.args
    args.allow(*PAGING, "full_name", "email", "openid")
    found = [_THERE, *contains(col(PersonRow.name), args.text("full_name"))]
    email, openid = args.text("email"), args.text("openid")
    mine = call.visit.person.slug if call.visit is not None else ""
    if email is not None:
        found.append(PersonRow.email == email)
        if not call.is_super:
            found.append(PersonRow.slug == mine)
    if openid is not None:
        ids = select(HandleRow.person_id).where(
            HandleRow.kind == "oidc", HandleRow.subject == openid
        )
        found.append(col(PersonRow.id).in_(ids))
        if not call.is_super:
            found.append(PersonRow.slug == mine)
    return listed(call, PersonRow, found, lambda rows: shapes.users(call, rows), columns=_SORTS)


def search_people(call: Call) -> Reply:
    """Find people by words of their names."""
    call.args.allow("q", "marker", "offset", "limit")
    words = (call.args.text("q") or "").split()
    if not words:
        raise invalid("q", "", "say what to look for")
    found = [_THERE, *(contains(col(PersonRow.name), word.strip("*+"))[0] for word in words)]
    return listed(call, PersonRow, found, lambda rows: shapes.users(call, rows), tells=False)


def show_person(call: Call) -> Reply:
    """Show one person."""
    id_ = call.number("uid", "user_id")
    row = call.session.get(PersonRow, id_)
    if row is None:
        raise not_found("User", id_)
    return Reply(shapes.users(call, [row])[0])


def show_self(call: Call) -> Reply:
    """Show who asks."""
    row = call.session.get_one(PersonRow, call.me)
    return Reply(shapes.users(call, [row], is_own=True)[0])


def list_teams(call: Call) -> Reply:
    """List teams."""
    call.args.allow(*PAGING, "name", "description", "project_id")
    found = contains(col(TeamRow.slug), call.args.text("name"))
    if call.args.number("project_id") is not None:
        found = [sa.false()]  # teams have no projects here
    return listed(call, TeamRow, found, each(shapes.team), columns={"name": TeamRow.slug})


def show_team(call: Call) -> Reply:
    """Show one team, by its number or name."""
    return Reply(shapes.team(find_listed_team(call)))


def list_members(call: Call) -> Reply:
    """List who is in a team."""
    team = find_listed_team(call)
    ids = select(MemberRow.person_id).where(MemberRow.team_id == team.id)
    found = [_THERE, col(PersonRow.id).in_(ids)]
    return listed(call, PersonRow, found, lambda rows: shapes.users(call, rows), tells=False)


def list_subscriptions(call: Call) -> Reply:
    """List what somebody follows; one's own, unless an administrator asks."""
    call.need_login()
    args = call.args
    args.allow(*PAGING, "target_type", "target_id", "user_id")
    whose = args.number("user_id") if call.is_super else None
    kinds = args.texts("target_type")
    found = [
        SubscriptionRow.person_id == (whose or call.me),
        *equals(col(SubscriptionRow.target_id), args.number("target_id")),
        *([col(SubscriptionRow.target_type).in_(kinds)] if kinds else []),
    ]
    sorts = {"user_id": SubscriptionRow.person_id, "updated_at": sa.null()}
    return listed(call, SubscriptionRow, found, each(shapes.subscription), columns=sorts)


def show_subscription(call: Call) -> Reply:
    """Show one's own subscription."""
    call.need_login()
    return Reply(shapes.subscription(_own(call, "You do not have access to this record.")))


def create_subscription(call: Call) -> Reply:
    """Follow a thing."""
    call.need_login()
    body = call.given
    if number(body, "user_id") not in (None, call.me):
        raise Fault(403, "You can only subscribe to resources on your own.")
    kind, target = text(body, "target_type"), number(body, "target_id")
    if kind is None or target is None:
        raise Fault(400, "You are missing either the target_type or the target_id")
    try:
        id_ = follow(call.session, call.reader, kind, target, now=call.now)
    except Conflict as error:
        raise Fault(409, "You are already subscribed to this resource.") from error
    except (NotFound, Invalid) as error:
        raise Fault(400, "You cannot subscribe to a nonexistent resource.") from error
    return Reply(shapes.subscription(call.session.get_one(SubscriptionRow, id_)))


def delete_subscription(call: Call) -> Reply:
    """Follow a thing no more."""
    call.need_login()
    row = _own(call, "You can only remove your own subscriptions.")
    assert row.target_type in TARGETS
    unfollow(call.session, call.actor, row.target_type, row.target_id)
    return GONE


def _own(call: Call, refusal: str) -> SubscriptionRow:
    id_ = call.number("id", "subscription_id")
    row = call.session.get(SubscriptionRow, id_)
    if row is None:
        raise not_found("Subscription", id_)
    if row.person_id != call.me:
        raise Fault(403, refusal)
    return row


def find_listed_team(call: Call) -> TeamRow:
    """Return the team of the address, by its number or name. Raises: Fault."""
    name = call.path["tid"]
    is_number = name.isascii() and name.isdecimal() and len(name) < 10
    row = call.session.get(TeamRow, int(name)) if is_number else None
    row = row or call.session.exec(select(TeamRow).where(TeamRow.slug == name)).first()
    if row is None:
        raise not_found("Team", name)
    return row
