"""The objects of the API, out of rows; a key that the real one leaves out is left out."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from hub.accounts.tables import GrantRow, HandleRow, PersonRow, TeamRow
from hub.many import among, many, rows_by_id
from tracker.authors import known
from tracker.facet_tables import FacetCountRow
from tracker.states import State
from tracker.storyboard.plan_events import PLAN_KEYS, PlanWords
from tracker.storyboard.wire import Call, moment
from tracker.tables import (
    KINDS,
    BranchRow,
    CommentRow,
    MilestoneRow,
    ProjectGroupRow,
    ProjectRow,
    StoryRow,
    StoryTagRow,
    SubscriptionRow,
    TagRow,
    TaskRow,
    TimelineRow,
)

Shape = dict[str, Any]

STATUSES = (
    ("todo", "Todo"),
    ("merged", "Merged"),
    ("invalid", "Invalid"),
    ("review", "Review"),
    ("inprogress", "Progress"),
)
EVENT_KEYS: Mapping[str, tuple[str, ...]] = {
    "story_created": ("story_id", "story_title"),
    "story_details_changed": ("story_id", "story_title"),
    "user_comment": (),
    "tags_added": ("story_id", "author_id", "story_title", "tags"),
    "tags_deleted": ("story_id", "author_id", "story_title", "tags"),
    "task_created": ("story_id", "task_id", "task_title"),
    "task_assignee_changed": (
        "story_id", "task_id", "task_title", "old_assignee_id", "new_assignee_id",
    ),
    "task_details_changed": ("story_id", "task_id", "task_title"),
    "task_status_changed": ("story_id", "task_id", "task_title", "old_status", "new_status"),
    "task_deleted": ("story_id", "task_id", "task_title"),
}  # fmt: skip
"""The kinds of events that StoryBoard's clients know and that there are here, with their keys in order."""


def state_of(state: str) -> str:
    """Return a story's state in StoryBoard's words, which has none for what nobody has looked at."""
    return State.INVALID.value if state == State.UNTRIAGED else state


def _ended(row: Any, told: Shape) -> Shape:
    stamps = {"created_at": moment(row.created_at), "updated_at": moment(row.updated_at)}
    return told | {"id": row.id} | stamps


def project(row: ProjectRow) -> Shape:
    """A project."""
    names = ("name", "description", "is_active", "repo_url", "autocreate_branches")
    return _ended(row, {name: getattr(row, name) for name in names})


def group(row: ProjectGroupRow) -> Shape:
    """A project group."""
    return _ended(row, {"name": row.name, "title": row.title})


def branch(row: BranchRow) -> Shape:
    """A branch."""
    return _ended(
        row,
        {
            "name": row.name,
            "project_id": row.project_id,
            "expired": row.expired,
            "expiration_date": moment(row.expired_at),
            "autocreated": row.autocreated,
            "restricted": row.restricted,
        },
    )


def milestone(row: MilestoneRow) -> Shape:
    """A milestone."""
    return _ended(
        row,
        {
            "name": row.name,
            "branch_id": row.branch_id,
            "expired": row.expired,
            "expiration_date": moment(row.expired_at),
        },
    )


def task(row: TaskRow) -> Shape:
    """A task."""
    names = ("title", "status", "creator_id", "story_id", "link", "project_id", "assignee_id")
    others = ("branch_id", "milestone_id")
    return _ended(row, {name: getattr(row, name) for name in (*names, *others)})


def new_story(row: StoryRow) -> Shape:
    """A story as it is told when it has just been filed."""
    return _ended(row, {**_story_head(row), "private": row.is_private, "security": row.is_security})


def tagged_story(session: Session, row: StoryRow) -> Shape:
    """A story as it is told when its tags have changed."""
    tags = {"task_statuses": None, "tags": tags_of(session, [row.id or 0])[row.id or 0]}
    rest = {"private": row.is_private, "security": row.is_security}
    return _ended(row, {**_story_head(row), "status": state_of(row.state), **tags, **rest})


def stories(call: Call, rows: Sequence[StoryRow]) -> list[Shape]:
    """Stories as lists and single answers tell them: a few queries for all."""
    ids = [row.id or 0 for row in rows]
    tags = tags_of(call.session, ids)
    private = [row.id or 0 for row in rows if row.is_private]
    readers = _readers(call, private)
    told = []
    for row in rows:
        users, teams = readers.get(row.id or 0, ([], []))
        counts = [getattr(row, key) for key, _ in STATUSES]
        has_tasks = any(counts)
        told.append(
            _ended(
                row,
                {
                    **_story_head(row),
                    "status": state_of(row.state),
                    "task_statuses": [
                        {"key": key, "count": count if has_tasks else None}
                        for (key, _), count in zip(STATUSES, counts, strict=True)
                    ],
                    "tags": tags[row.id or 0],
                    "private": row.is_private,
                    "security": row.is_security,
                    "users": users,
                    "teams": teams,
                },
            )
            | {"updated_at": moment(row.changed_at)}  # there, too, when anything of it changed
        )
    return told


def story(call: Call, row: StoryRow) -> Shape:
    """A story."""
    return stories(call, [row])[0]


_TAGS = (
    select(StoryTagRow.story_id, TagRow.name)
    .join(TagRow, col(TagRow.id) == col(StoryTagRow.tag_id))
    .where(among(col(StoryTagRow.story_id), many("ids")))
    .order_by(col(TagRow.id))
)


def tags_of(session: Session, ids: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the tags of stories."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for id_, name in session.exec(_TAGS, params={"ids": ids}) if ids else ():
        found[id_].append(name)
    return found


def tags(session: Session, rows: Sequence[TagRow]) -> list[Shape]:
    """Tags with how many stories have each; a private one is not counted."""
    popular = _popular(session, [f"tag:{row.id}" for row in rows])
    return [_ended(row, {"name": row.name, "popularity": popular[f"tag:{row.id}"]}) for row in rows]


def _popular(session: Session, facets: Sequence[str]) -> Mapping[str, int]:
    """Return how many public stories each facet has."""
    found: defaultdict[str, int] = defaultdict(int)
    columns = select(FacetCountRow.facet, FacetCountRow.stories)
    for facet, stories_ in session.exec(columns.where(among(col(FacetCountRow.facet), facets))):
        found[facet] += stories_
    return found


def new_tag(row: TagRow) -> Shape:
    """A tag that has just been made."""
    return _ended(row, {"name": row.name})


def comment(row: CommentRow) -> Shape:
    """A comment. Of one that was taken back the text is kept from all, as on the pages."""
    content = row.content if row.is_active else None
    head = {"content": content or None, "is_active": row.is_active, "in_reply_to": row.in_reply_to}
    return _ended(row, head)


def events(session: Session, rows: Sequence[TimelineRow]) -> list[Shape]:
    """Events, comments with their text, people with their names."""
    ids = [row.comment_id for row in rows if row.comment_id is not None]
    said = {row.id: comment(row) for row in rows_by_id(session, CommentRow, ids)}
    infos = [json.loads(row.info) for row in rows]
    plans = PlanWords(session, [i for r, i in zip(rows, infos, strict=True) if r.kind in PLAN_KEYS])
    people = known(
        session, [i.get(f"{which}_assignee_id") for i in infos for which in ("old", "new")]
    )
    names = {id_: who.name for id_, who in people.items()}
    return [
        _event(
            row, plans.told(row, info) if row.kind in PLAN_KEYS else _told(row, info, names), said
        )
        for row, info in zip(rows, infos, strict=True)
    ]


def _told(row: TimelineRow, info: Mapping[str, Any], names: Mapping[int, str]) -> Shape:
    told: Shape = {key: info.get(key) for key in EVENT_KEYS[row.kind]}
    if row.kind == "task_details_changed" and "title" in info.get("before", {}):
        told["task_title"] = info["before"]["title"]  # the real one tells the name it had
    if row.kind == "task_assignee_changed":
        for which in ("old", "new"):
            name = names.get(info.get(f"{which}_assignee_id") or 0, "unassigned")
            told[f"{which}_assignee_fullname"] = name
    return told


def _event(row: TimelineRow, told: Shape, said: Mapping[int | None, Shape]) -> Shape:
    is_planned = row.kind in PLAN_KEYS
    head: Shape = {
        "event_type": row.kind,
        "event_info": json.dumps(told) if told else None,
        "story_id": None if is_planned else row.story_id,
        "worklist_id": row.worklist_id,
        "board_id": row.board_id,
        "author_id": row.author_id,
        "comment_id": row.comment_id,
    }
    if row.comment_id in said:
        head["comment"] = said[row.comment_id]
    return head | {"id": row.id, "created_at": moment(row.at), "updated_at": None}


def subscription(row: SubscriptionRow) -> Shape:
    """A subscription."""
    head = {"user_id": row.person_id, "target_type": row.target_type, "target_id": row.target_id}
    return head | {"id": row.id, "created_at": moment(row.created_at), "updated_at": None}


def users(call: Call, rows: Sequence[PersonRow], *, is_own: bool = False) -> list[Shape]:
    """People. Addresses, logins and times are for themselves and for administrators."""
    ids = [row.id for row in rows]
    logins = select(HandleRow.person_id, HandleRow.subject).where(
        HandleRow.kind == "oidc", col(HandleRow.person_id).in_(ids)
    )
    openids = dict(call.session.exec(logins).all())
    mine = call.visit.person.slug if call.visit is not None else None
    told = []
    for row in rows:
        is_close = call.is_super or row.slug == mine
        tells_times = is_own or row.slug == mine
        told.append(
            {
                "full_name": row.name,
                "openid": openids.get(row.id or 0) if is_close else None,
                "email": (row.email or None) if is_close else None,
                "is_superuser": row.role == "administrator",
                "last_login": None,
                "enable_login": row.state == "active",
                "id": row.id,
                "created_at": moment(row.created_at) if tells_times else None,
                "updated_at": moment(row.changed_at) if tells_times and _changed(row) else None,
            }
        )
    return told


def team(row: TeamRow) -> Shape:
    """A team."""
    head = {"name": row.slug, "security": False, "id": row.id}
    return head | {"created_at": moment(row.created_at), "updated_at": None}


def _changed(row: PersonRow) -> bool:
    return row.changed_at != row.created_at


def _story_head(row: StoryRow) -> Shape:
    return {
        "title": row.title,
        "description": row.description or None,
        "is_bug": True,
        "creator_id": row.creator_id,
        "story_type_id": KINDS.index(row.kind) + 1,
    }


def _readers(call: Call, ids: Sequence[int]) -> Mapping[int, tuple[list[Shape], list[Shape]]]:
    if not ids:
        return {}
    refs = {f"story:{id_}": id_ for id_ in ids}
    grants = call.session.exec(
        select(GrantRow)
        .where(col(GrantRow.ref).in_(refs), GrantRow.verb == "maintain")
        .order_by(col(GrantRow.person_id), col(GrantRow.team_id))
    ).all()
    found: dict[int, tuple[list[Shape], list[Shape]]] = {id_: ([], []) for id_ in ids}
    for grant in grants:
        people, teams = found[refs[grant.ref]]
        if grant.person_id is not None and (row := call.session.get(PersonRow, grant.person_id)):
            people += users(call, [row])
        elif grant.team_id is not None and (its := call.session.get(TeamRow, grant.team_id)):
            teams.append(team(its))
    return found
