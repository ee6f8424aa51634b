"""The objects of the API as JSON schemas (2020-12): what each answer and body is made of. Pure."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    """Return a schema that is told elsewhere."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": -(2**31) + 1, "maximum": 2**31 - 1}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TEXT_OR_NULL, NUMBER_OR_NULL, FLAG_OR_NULL, MOMENT_OR_NULL = map(
    _or_null, (TEXT, NUMBER, FLAG, MOMENT)
)
_STATUS: Schema = {"enum": ["todo", "inprogress", "review", "merged", "invalid"]}
_STORY_STATUS: Schema = {"enum": ["active", "merged", "invalid"]}
_ITEM_TYPE: Schema = {"enum": ["story", "task"]}
_ID: Schema = {"type": "integer", "minimum": 1}
_STAMPS = {"id": _ID, "created_at": MOMENT_OR_NULL, "updated_at": MOMENT_OR_NULL}


def _object(_optional: Mapping[str, Schema] | None = None, /, **properties: Schema) -> Schema:
    """Return an object of which all properties are there, but for the optional ones, and no other."""
    return {
        "type": "object",
        "properties": {**properties, **(_optional or {})},
        "required": list(properties),
        "additionalProperties": False,
    }


def _stored(_optional: Mapping[str, Schema] | None = None, /, **properties: Schema) -> Schema:
    return _object(_optional, **properties, **_STAMPS)


def _body(_required: tuple[str, ...] = (), /, **properties: Schema) -> Schema:
    """Return what a program sends: what is not named here is passed over, as the real one does."""
    told: dict[str, Any] = {"type": "object", "properties": properties}
    return told | ({"required": list(_required)} if _required else {})


_STORY_HEAD = {
    "title": TEXT, "description": TEXT_OR_NULL, "is_bug": FLAG, "creator_id": NUMBER_OR_NULL,
    "story_type_id": {"type": "integer", "minimum": 1, "maximum": 4}, "private": FLAG, "security": FLAG,
}  # fmt: skip
_STORY_MORE = {
    "status": _STORY_STATUS,
    "task_statuses": _or_null(many(_object(key=_STATUS, count=NUMBER_OR_NULL))),
    "tags": many(TEXT),
    "users": many(ref("User")),
    "teams": many(ref("Team")),
    "due_dates": many(_ID),
}
_LIST_HEAD = {
    "title": TEXT, "creator_id": NUMBER_OR_NULL, "project_id": NUMBER_OR_NULL, "private": FLAG,
    "archived": FLAG, "automatic": FLAG,
}  # fmt: skip
_BOARD_HEAD = {
    "title": TEXT, "description": TEXT_OR_NULL, "creator_id": NUMBER_OR_NULL,
    "project_id": NUMBER_OR_NULL, "private": FLAG, "archived": FLAG,
}  # fmt: skip
_PARTS = {name: many(_ID) for name in ("owners", "users", "team_owners", "team_users")}
_CRITERION = {
    "title": TEXT, "filter_id": _or_null(_ID), "negative": FLAG, "value": TEXT, "field": TEXT,
}  # fmt: skip

OBJECTS: Mapping[str, Schema] = {
    "System": _object(
        version=TEXT,
        config=_object(enable_attachments=FLAG, enable_editable_comments=FLAG, enable_notifications=FLAG),
    ),
    "TaskStatus": _object(key=_STATUS, name=TEXT),
    "Project": _stored(
        name=TEXT, description=TEXT_OR_NULL, is_active=FLAG, repo_url=TEXT_OR_NULL,
        autocreate_branches=FLAG,
    ),
    "ProjectGroup": _stored(name=TEXT, title=TEXT_OR_NULL),
    "Branch": _stored(
        name=TEXT, project_id=_ID, expired=FLAG, expiration_date=MOMENT_OR_NULL, autocreated=FLAG,
        restricted=FLAG,
    ),
    "Milestone": _stored(name=TEXT, branch_id=_ID, expired=FLAG, expiration_date=MOMENT_OR_NULL),
    "Story": _stored(_STORY_MORE, **_STORY_HEAD),
    "Task": _stored(
        {"due_dates": many(_ID)}, title=TEXT, status=_STATUS, creator_id=NUMBER_OR_NULL,
        story_id=_ID, link=TEXT_OR_NULL, project_id=_ID, assignee_id=NUMBER_OR_NULL,
        branch_id=NUMBER_OR_NULL, milestone_id=NUMBER_OR_NULL,
    ),
    "Tag": _stored({"popularity": NUMBER}, name=TEXT),
    "Comment": _stored(content=TEXT_OR_NULL, is_active=FLAG, in_reply_to=NUMBER_OR_NULL),
    "CommentVersion": _stored(content=TEXT_OR_NULL),
    "Event": _stored(
        {"comment": ref("Comment")}, event_type=TEXT, event_info=TEXT_OR_NULL,
        story_id=NUMBER_OR_NULL, worklist_id=NUMBER_OR_NULL, board_id=NUMBER_OR_NULL,
        author_id=NUMBER_OR_NULL, comment_id=NUMBER_OR_NULL,
    ),
    "User": _stored(
        full_name=TEXT, openid=TEXT_OR_NULL, email=TEXT_OR_NULL, is_superuser=FLAG,
        last_login=MOMENT_OR_NULL, enable_login=FLAG,
    ),
    "Team": _stored(name=TEXT, security=FLAG),
    "Subscription": _stored(
        user_id=_ID, target_type={"enum": ["project", "project_group", "story", "task", "worklist"]},
        target_id=_ID,
    ),
    "SubscriptionEvent": _stored(
        {"comment": ref("Comment")},
        event_type=TEXT, event_info=TEXT_OR_NULL, subscriber_id=NUMBER_OR_NULL,
        author_id=NUMBER_OR_NULL,
    ),
    "Token": _stored(
        {"access_token": TEXT}, user_id=_ID, expires_in=NUMBER_OR_NULL,
    ),
    "Item": _stored(
        {"resolved_due_date": _or_null(ref("DueDate")), "story": ref("Story"), "task": ref("Task")},
        list_id=_ID, item_id=_ID, item_type=_ITEM_TYPE, list_position=NUMBER, archived=FLAG,
        display_due_date=NUMBER_OR_NULL,
    ),
    "FilledItem": _object(
        {"story": ref("Story"), "task": ref("Task")},
        list_id=_ID, item_id=_ID, item_type=_ITEM_TYPE, list_position=NUMBER,
        display_due_date=NUMBER_OR_NULL, resolved_due_date=_or_null(ref("DueDate")),
    ),
    "Filter": _stored(
        type={"enum": ["Story", "Task"]}, list_id=_ID, filter_criteria=many(_stored(**_CRITERION)),
    ),
    "Worklist": _stored(
        {
            **_PARTS, "filters": many(ref("Filter")),
            "items": many({"anyOf": [ref("Item"), ref("FilledItem")]}),
        },
        **_LIST_HEAD,
    ),
    "Lane": _stored(board_id=_ID, list_id=_ID, worklist=ref("Worklist"), position=NUMBER),
    "Board": _stored(
        {**_PARTS, "lanes": many(ref("Lane")), "due_dates": many(ref("DueDate"))}, **_BOARD_HEAD
    ),
    "DueDate": _stored(
        {"tasks": many(ref("Task")), "stories": many(ref("Story")), "boards": many(ref("Board")),
         "worklists": many(ref("Worklist"))},
        name=TEXT, date=MOMENT, private=FLAG, creator_id=NUMBER_OR_NULL, count=NUMBER,
        owners=many(_ID), users=many(_ID), editable=FLAG, assignable=FLAG,
    ),
    "Permissions": many(TEXT),
    "Preferences": {"type": "object", "additionalProperties": True},
    "Fault": _object(
        faultcode={"enum": ["Client", "Server"]}, faultstring=TEXT, debuginfo={"type": "null"}
    ),
    "Misfit": _object(message=TEXT, field=TEXT),
    "Denied": _object(code=NUMBER, title=TEXT, description=TEXT_OR_NULL),
}  # fmt: skip
"""What the API tells, by its name."""

_TITLE: Schema = {"type": "string", "minLength": 5, "maxLength": 255}
_SHORT: Schema = {"type": "string", "minLength": 3, "maxLength": 255}
_NAMED = many({"anyOf": [NUMBER, _body(id=NUMBER)]})
_WITH_ID = many(_body(id=NUMBER))
_PARTS_IN = {name: _or_null(_NAMED) for name in _PARTS}

BODIES: Mapping[str, Schema] = {
    "ProjectBody": _body(
        name=TEXT, description=TEXT_OR_NULL, is_active=FLAG_OR_NULL, repo_url=TEXT_OR_NULL,
        autocreate_branches=FLAG_OR_NULL,
    ),
    "ProjectGroupBody": _body(name=TEXT, title=TEXT_OR_NULL),
    "BranchBody": _body(
        name=TEXT, project_id=NUMBER, expired=FLAG_OR_NULL, restricted=FLAG_OR_NULL,
        autocreated=FLAG_OR_NULL,
    ),
    "MilestoneBody": _body(name=TEXT, branch_id=NUMBER, expired=FLAG_OR_NULL),
    "StoryBody": _body(
        title=_TITLE, description=TEXT_OR_NULL, story_type_id=NUMBER_OR_NULL, private=FLAG_OR_NULL,
        security=FLAG_OR_NULL, tags=_or_null(many(TEXT)), users=_or_null(_WITH_ID),
        teams=_or_null(_WITH_ID), creator_id=NUMBER_OR_NULL,
    ),
    "TaskBody": _body(
        title=_SHORT, status=_STATUS, story_id=NUMBER, project_id=NUMBER, link=TEXT_OR_NULL,
        assignee_id=NUMBER_OR_NULL, branch_id=NUMBER_OR_NULL, milestone_id=NUMBER_OR_NULL,
        creator_id=NUMBER_OR_NULL,
    ),
    "CommentBody": _body(content=TEXT_OR_NULL, in_reply_to=NUMBER_OR_NULL),
    "TagsBody": {"anyOf": [many(TEXT), {"type": "null"}]},
    "SubscriptionBody": _body(target_type=TEXT, target_id=NUMBER, user_id=NUMBER_OR_NULL),
    "WorklistBody": _body(
        title=TEXT, project_id=NUMBER_OR_NULL, private=FLAG_OR_NULL, automatic=FLAG_OR_NULL,
        archived=FLAG_OR_NULL, filters=_or_null(many(ref("FilterBody"))), **_PARTS_IN,
    ),
    "ItemBody": _body(
        item_id=NUMBER, item_type=_ITEM_TYPE, list_position=NUMBER, list_id=NUMBER,
        display_due_date=NUMBER_OR_NULL,
    ),
    "FilterBody": _body(
        type={"enum": ["Story", "Task", "story", "task"]},
        filter_criteria=many(_body(title=TEXT, field=TEXT, value=TEXT, negative=FLAG_OR_NULL)),
    ),
    "BoardBody": _body(
        title=TEXT, description=TEXT_OR_NULL, project_id=NUMBER_OR_NULL, private=FLAG_OR_NULL,
        archived=FLAG_OR_NULL, **_PARTS_IN,
        lanes=_or_null(many(_body(position=NUMBER, list_id=NUMBER, worklist=_body(id=NUMBER)))),
    ),
    "DueDateBody": _body(
        name=TEXT, date=MOMENT, private=FLAG_OR_NULL,
        **{n: _or_null(_NAMED) for n in ("tasks", "stories", "owners", "users")},
    ),
    "PermissionBody": _body(
        codename=TEXT, users=_or_null(_NAMED), teams=_or_null(_NAMED)
    ),
    "PreferencesBody": {"type": "object"},
    "UserBody": _body(
        full_name=_SHORT, email=TEXT, is_superuser=FLAG_OR_NULL, enable_login=FLAG_OR_NULL
    ),
    "TeamBody": _body(name=_SHORT, security=FLAG_OR_NULL),
    "TokenBody": _body(expires_in=NUMBER_OR_NULL),
}  # fmt: skip
"""What programs send, by its name."""
