"""Stories: lists, search, one, and who may read a private one."""

import re
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from hub.accounts.tables import PersonRow, TeamRow
from hub.errors import Invalid
from tracker.changes import KEEP
from tracker.facet_tables import FacetRow
from tracker.listing import Cursor, count_stories, find_stories
from tracker.plans import Plan
from tracker.query import Sort, Sought
from tracker.readers import add_reader, let_read, readers_of, remove_reader, with_story
from tracker.sight import visible_stories
from tracker.states import State
from tracker.stories import NewStory, StoryEdit, create_story, delete_story, edit_story
from tracker.storyboard import shapes
from tracker.storyboard.bodies import (
    Text,
    check,
    flag,
    kept_flag,
    kept_text,
    number,
    numbers_of,
    text,
    words,
)
from tracker.storyboard.paging import PAGING, contains, listed
from tracker.storyboard.sight import need_story
from tracker.storyboard.wire import GONE, Call, Fault, Reply, invalid, not_found, read_moment
from tracker.tables import KINDS, StoryRow, TagRow
from tracker.tags import add_tags
from tracker.words import words_of

_TITLE = Text("title", 5, 255, required=True)
_FILTERS = (
    "status", "assignee_id", "creator_id", "project_group_id", "project_id", "subscriber_id",
    "tags", "updated_since", "tags_filter_type",
)  # fmt: skip
_STATES = {
    "active": (State.ACTIVE,),
    "merged": (State.MERGED,),
    "invalid": (State.INVALID, State.UNTRIAGED),
}
_SORTS = {
    "status": sa.case(
        (col(StoryRow.state) == State.UNTRIAGED.value, State.INVALID.value),
        else_=col(StoryRow.state),
    ),
    "story_type_id": sa.case(
        {kind: n for n, kind in enumerate(KINDS, 1)}, value=col(StoryRow.kind)
    ),
    "private": col(StoryRow.is_private),
    "security": col(StoryRow.is_security),
    "is_bug": sa.literal(1),
    "updated_at": col(StoryRow.changed_at),
}
_PART = re.compile(r'(?P<sign>[-+~<>]?)(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


def list_stories(call: Call) -> Reply:
    """List stories by their filters."""
    args = call.args
    args.allow(*PAGING, *_FILTERS, "title", "description")
    plan = _plan(call)
    if plan is None:
        return listed(call, StoryRow, [sa.false()], lambda rows: rows)
    since = args.text("updated_since")
    others = [
        *contains(col(StoryRow.title), args.text("title")),
        *contains(col(StoryRow.description), args.text("description")),
    ]
    if since is not None:
        at = int(read_moment(since, "updated_since").timestamp() * 1_000_000)
        others.append(col(StoryRow.changed_at) > at)
    conditions = [visible_stories(call.reader), *_of_plan(plan), *others]
    total = None
    if not others and plan.is_simple:
        total = sum(count_stories(call.session, call.reader, plan).values())
    return listed(
        call, StoryRow, conditions, lambda rows: shapes.stories(call, rows), columns=_SORTS,
        total=total, joined=_driven(plan),
    )  # fmt: skip


def search_stories(call: Call) -> Reply:
    """Find stories by words and phrases of their titles and descriptions."""
    args = call.args
    args.allow(*PAGING, *_FILTERS, "q")
    sought = _sought(args.text("q") or "")
    if not sought:
        raise invalid("q", args.text("q") or "", "say what to look for")
    plan = _plan(call)
    limit, offset = args.number("limit"), max(args.number("offset") or 0, 0)
    if plan is None or (limit is not None and limit <= 0):
        return Reply([], is_one=False)
    plan = Plan(plan.states, plan.required, (), sought, Sort.OLDEST)
    marker = args.number("marker")
    after = None if marker is None else Cursor(marker, marker)
    most = 1_000_000 if limit is None else limit + offset
    ids = find_stories(call.session, call.reader, plan, after=after, limit=most).ids[offset:]
    rows = call.session.exec(
        select(StoryRow).where(col(StoryRow.id).in_(ids)).order_by(col(StoryRow.id))
    ).all()
    return Reply(shapes.stories(call, rows), is_one=False)


def show_story(call: Call) -> Reply:
    """Show one story."""
    return Reply(shapes.story(call, need_story(call, call.number("id", "story_id"))))


def add_story(call: Call) -> Reply:
    """File a story."""
    call.need_login()
    body = call.given
    check(body, _TITLE, Text("description"), creating=True)
    if number(body, "creator_id") not in (None, call.me):
        raise Fault(400, "You can't select author of story.")
    kind = _new_kind(number(body, "story_type_id"))
    new = NewStory(
        body["title"], text(body, "description") or "", kind,
        is_private=bool(flag(body, "private")), is_security=bool(flag(body, "security")),
    )  # fmt: skip
    id_ = create_story(call.session, call.reader, new, now=call.now)
    _let_read(call, id_, body)
    row = call.session.get_one(StoryRow, id_)
    if names := words(body.get("tags"), "tags"):
        add_tags(call.session, with_story(call.reader, id_), id_, names, now=call.now)
    return Reply(shapes.new_story(row))


def change_story(call: Call) -> Reply:
    """Change a story."""
    call.need_login()
    body = call.given
    check(body, _TITLE, Text("description"), creating=False)
    row = need_story(call, call.number("id", "story_id"))
    if number(body, "creator_id") not in (None, row.creator_id):
        raise Fault(400, "You can't change author of story.")
    people, teams = numbers_of(body, "users"), numbers_of(body, "teams")
    is_private = flag(body, "private")
    if (row.is_private if is_private is None else is_private) and people == [] and not teams:
        raise Fault(400, "Can't make a private story have no users or teams")
    type_id = number(body, "story_type_id")
    edit = StoryEdit(
        kept_text(body, "title"),
        kept_text(body, "description"),
        KEEP if type_id is None else _kind(type_id),
        is_private=KEEP if is_private is None else is_private,
        is_security=kept_flag(body, "security"),
    )
    try:
        edit_story(call.session, call.reader, row.id or 0, edit, now=call.now)
    except Invalid as error:
        if error.field != "kind":
            raise
        raise Fault(400, f"Can't change story type {_type(row)} to {type_id}.") from error
    _let_read(call, row.id or 0, body)
    return Reply(shapes.story(call, row))


def remove_story(call: Call) -> Reply:
    """Delete a story; one that there is not is as good as deleted."""
    call.need_super()
    id_ = call.number("id", "story_id")
    if call.session.get(StoryRow, id_) is not None:
        delete_story(call.session, call.actor, id_, now=call.now)
    return GONE


def list_readers(call: Call) -> Reply:
    """List the people who may read a private story."""
    row = need_story(call, call.number("id", "story_id"))
    ids = readers_of(call.session, row.id or 0).people
    rows = call.session.exec(
        select(PersonRow).where(col(PersonRow.id).in_(ids)).order_by(col(PersonRow.id))
    )
    return Reply(shapes.users(call, rows.all()), is_one=False)


def put_reader(call: Call) -> Reply:
    """Let somebody read a story."""
    call.need_login()
    story, person = need_story(call, call.number("id", "story_id")), _person(call)
    add_reader(call.session, call.reader, story.id or 0, person_id=person.id, now=call.now)
    return Reply(shapes.users(call, [person])[0])


def take_reader(call: Call) -> Reply:
    """Take a story back from somebody."""
    call.need_login()
    story, person = need_story(call, call.number("id", "story_id")), _person(call)
    remove_reader(call.session, call.reader, story.id or 0, person_id=person.id, now=call.now)
    return GONE


def list_reading_teams(call: Call) -> Reply:
    """List the teams that may read a private story."""
    row = need_story(call, call.number("id", "story_id"))
    ids = readers_of(call.session, row.id or 0).teams
    rows = call.session.exec(
        select(TeamRow).where(col(TeamRow.id).in_(ids)).order_by(col(TeamRow.id))
    )
    return Reply([shapes.team(row) for row in rows], is_one=False)


def put_reading_team(call: Call) -> Reply:
    """Let a team read a story."""
    call.need_login()
    story, team = need_story(call, call.number("id", "story_id")), _team(call)
    add_reader(call.session, call.reader, story.id or 0, team_id=team.id, now=call.now)
    return Reply(shapes.team(team))


def take_reading_team(call: Call) -> Reply:
    """Take a story back from a team."""
    call.need_login()
    story, team = need_story(call, call.number("id", "story_id")), _team(call)
    remove_reader(call.session, call.reader, story.id or 0, team_id=team.id, now=call.now)
    return GONE


def _plan(call: Call) -> Plan | None:
    """Return what the filters ask for; None when they can't be met. Raises: Fault."""
    args = call.args
    states: tuple[State, ...] = tuple(State)
    if statuses := args.texts("status"):
        states = tuple(dict.fromkeys(s for each in statuses for s in _STATES.get(each, ())))
    required: list[tuple[str, ...]] = []
    for name, facet in (
        ("assignee_id", "assignee"),
        ("creator_id", "creator"),
        ("project_group_id", "group"),
        ("project_id", "project"),
        ("subscriber_id", "subscriber"),
    ):
        value = args.number(name)
        if value is not None:
            required.append((f"{facet}:{value}",))
    how = args.text("tags_filter_type") or "all"
    if how not in ("all", "any"):
        raise Fault(404, "Tags filter not found.")
    names = args.texts("tags")
    rows = call.session.exec(select(TagRow.id, TagRow.name).where(col(TagRow.name).in_(names)))
    facets = {name: f"tag:{id_}" for id_, name in rows} if names else {}
    if how == "any" and names:
        required.append(tuple(facets.values()))
    elif len(facets) < len(set(names)):
        return None
    else:
        required += [(facet,) for facet in facets.values()]
    if not states or any(not each for each in required):
        return None
    return Plan(states, tuple(required), sort=Sort.OLDEST)


def _driven(plan: Plan) -> tuple[Any, Any] | None:
    """Return the join to the first facet that all must have: its rows are all that is looked at."""
    single = [each[0] for each in plan.required if len(each) == 1]
    if not single:
        return None
    return FacetRow, (col(FacetRow.story_id) == col(StoryRow.id)) & (FacetRow.facet == single[0])


def _of_plan(plan: Plan) -> Sequence[Any]:
    found: list[Any] = []
    if set(plan.states) != set(State):
        found.append(col(StoryRow.state).in_([state.value for state in plan.states]))
    driven = _driven(plan)
    rest = list(plan.required)
    if driven is not None:
        rest.remove(next(each for each in rest if len(each) == 1))
    for facets in rest:
        ids = select(FacetRow.story_id).where(col(FacetRow.facet).in_(facets))
        found.append(col(StoryRow.id).in_(ids))
    return found


def _sought(text_: str) -> tuple[Sought, ...]:
    found = []
    for part in _PART.finditer(text_[:400]):
        forbidden = part["sign"] == "-"
        if part["phrase"] is not None:
            if words_of(part["phrase"]):
                found.append(Sought(part["phrase"], forbidden, is_phrase=True))
        else:
            found += [Sought(word, forbidden) for word in words_of(part["word"])]
    return tuple(found)


def _let_read(call: Call, id_: int, body: Any) -> None:
    """Give a story to exactly those whom a body names, if it names any."""
    people, teams = numbers_of(body, "users"), numbers_of(body, "teams")
    if people is None and teams is None:
        return
    before = readers_of(call.session, id_)
    for person in people or ():
        if call.session.get(PersonRow, person) is None:
            raise not_found("User", person)
        let_read(call.session, call.actor, id_, person_id=person, now=call.now)
    for team in teams or ():
        if call.session.get(TeamRow, team) is None:
            raise not_found("Team", team)
        let_read(call.session, call.actor, id_, team_id=team, now=call.now)
    owner, row = with_story(call.reader, id_), call.session.get_one(StoryRow, id_)
    for person in before.people if people is not None else ():
        if person not in (people or ()) and not (row.is_private and person == row.creator_id):
            remove_reader(call.session, owner, id_, person_id=person, now=call.now)
    for team in before.teams if teams is not None else ():
        if team not in (teams or ()):
            remove_reader(call.session, owner, id_, team_id=team, now=call.now)


def _new_kind(type_id: int | None) -> str:
    kind = "bug" if type_id is None else _kind(type_id)
    if kind not in ("bug", "feature"):
        raise Fault(400, f"Now you can't add story with type {type_id}.")
    return kind


def _kind(type_id: int) -> str:
    if not 1 <= type_id <= len(KINDS):
        raise not_found("Story type", type_id, ended=True)
    return KINDS[type_id - 1]


def _type(row: StoryRow) -> int:
    return KINDS.index(row.kind) + 1


def _person(call: Call) -> PersonRow:
    id_ = call.number("uid", "user_id")
    row = call.session.get(PersonRow, id_)
    if row is None:
        raise not_found("User", id_)
    return row


def _team(call: Call) -> TeamRow:
    id_ = call.number("tid", "team_id")
    row = call.session.get(TeamRow, id_)
    if row is None:
        raise not_found("Team", id_)
    return row
