"""What each address of the API takes and tells, for its description: arguments, body, answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

_PAGING = ("marker", "offset", "limit", "sort_field", "sort_dir")
_FOUND = ("q", "marker", "offset", "limit")
_STORIES = (
    "status", "assignee_id", "creator_id", "project_group_id", "project_id", "subscriber_id",
    "tags", "updated_since", "tags_filter_type",
)  # fmt: skip
_TASKS = (
    "status", "priority", "project_group_id", "story_id", "assignee_id", "project_id", "branch_id",
    "milestone_id",
)  # fmt: skip
_PROJECTS = ("name", "description", "project_group_id", "subscriber_id")
_DATES = ("name", "date", "board_id", "worklist_id", "user", "owner")
_PLANS = (
    "title",
    "creator_id",
    "project_id",
    "archived",
    "user_id",
    "story_id",
    "task_id",
    "item_type",
)


@dataclass(frozen=True, slots=True)
class Told:
    """answer: the object's name, `[Name]` for a list of them, empty for none. body: the body's name.

    arguments: the names of those in the address's query; who gives others is refused.
    """

    answer: str = ""
    body: str = ""
    arguments: tuple[str, ...] = ()


TOLD: Mapping[str, Told] = {
    "GET systeminfo": Told("System"),
    "GET task_statuses": Told("[TaskStatus]", arguments=("limit", "name")),
    "GET projects": Told("[Project]", arguments=(*_PAGING, *_PROJECTS)),
    "POST projects": Told("Project", "ProjectBody"),
    "GET projects/search": Told("[Project]", arguments=_FOUND),
    "GET projects/{name+}": Told("Project"),
    "PUT projects/{name+}": Told("Project", "ProjectBody"),
    "GET project_groups": Told("[ProjectGroup]", arguments=(*_PAGING, "name", "title", "subscriber_id")),
    "POST project_groups": Told("ProjectGroup", "ProjectGroupBody"),
    "GET project_groups/{gid}": Told("ProjectGroup"),
    "PUT project_groups/{gid}": Told("ProjectGroup", "ProjectGroupBody"),
    "DELETE project_groups/{gid}": Told(),
    "GET project_groups/{gid}/projects": Told("[Project]"),
    "PUT project_groups/{gid}/projects/{pid}": Told("Project"),
    "DELETE project_groups/{gid}/projects/{pid}": Told(),
    "GET branches": Told("[Branch]", arguments=(*_PAGING, "name", "project_id", "project_group_id")),
    "POST branches": Told("Branch", "BranchBody"),
    "GET branches/{id}": Told("Branch"),
    "PUT branches/{id}": Told("Branch", "BranchBody"),
    "GET milestones": Told("[Milestone]", arguments=(*_PAGING, "name", "branch_id")),
    "POST milestones": Told("Milestone", "MilestoneBody"),
    "GET milestones/{id}": Told("Milestone"),
    "PUT milestones/{id}": Told("Milestone", "MilestoneBody"),
    "GET stories": Told("[Story]", arguments=(*_PAGING, *_STORIES, "title", "description")),
    "POST stories": Told("Story", "StoryBody"),
    "GET stories/search": Told("[Story]", arguments=(*_PAGING, *_STORIES, "q")),
    "GET stories/{id}": Told("Story"),
    "PUT stories/{id}": Told("Story", "StoryBody"),
    "DELETE stories/{id}": Told(),
    "GET stories/{id}/users": Told("[User]"),
    "PUT stories/{id}/users/{uid}": Told("User"),
    "DELETE stories/{id}/users/{uid}": Told(),
    "GET stories/{id}/teams": Told("[Team]"),
    "PUT stories/{id}/teams/{tid}": Told("Team"),
    "DELETE stories/{id}/teams/{tid}": Told(),
    "GET stories/{id}/tags": Told("[Tag]"),
    "PUT stories/{id}/tags": Told("Story", "TagsBody"),
    "DELETE stories/{id}/tags": Told("", "TagsBody"),
    "GET stories/{id}/comments": Told("[Comment]", arguments=_PAGING),
    "POST stories/{id}/comments": Told("Event", "CommentBody"),
    "GET stories/{id}/comments/{cid}": Told("Comment"),
    "PUT stories/{id}/comments/{cid}": Told("Comment", "CommentBody"),
    "DELETE stories/{id}/comments/{cid}": Told("Comment"),
    "GET stories/{id}/comments/{cid}/history": Told("[CommentVersion]"),
    "GET stories/{id}/events": Told("[Event]", arguments=(*_PAGING, "event_type")),
    "GET stories/{id}/events/{eid}": Told("Event"),
    "GET stories/{sid}/tasks": Told("[Task]", arguments=(*_PAGING, *_TASKS, "title", "link")),
    "POST stories/{sid}/tasks": Told("Task", "TaskBody"),
    "GET stories/{sid}/tasks/{tid}": Told("Task"),
    "PUT stories/{sid}/tasks/{tid}": Told("Task", "TaskBody"),
    "DELETE stories/{sid}/tasks/{tid}": Told(),
    "GET tags": Told("[Tag]", arguments=(*_PAGING, "name")),
    "GET tags/{id}": Told("Tag"),
    "POST tags/{id}": Told("Tag"),
    "PUT tags/{id}": Told("Story", "TagsBody"),
    "DELETE tags/{id}": Told("", "TagsBody"),
    "GET tasks": Told("[Task]", arguments=(*_PAGING, *_TASKS, "title", "link")),
    "POST tasks": Told("Task", "TaskBody"),
    "GET tasks/search": Told("[Task]", arguments=(*_PAGING, *_TASKS, "q")),
    "GET tasks/{id}": Told("Task"),
    "PUT tasks/{id}": Told("Task", "TaskBody"),
    "DELETE tasks/{id}": Told(),
    "GET worklists": Told("[Worklist]", arguments=(*_PAGING, *_PLANS)),
    "POST worklists": Told("Worklist", "WorklistBody"),
    "GET worklists/{id}": Told("Worklist"),
    "PUT worklists/{id}": Told("Worklist", "WorklistBody"),
    "DELETE worklists/{id}": Told(),
    "GET worklists/{id}/items": Told("[AnyItem]"),
    "POST worklists/{id}/items": Told("Item", "ItemBody"),
    "PUT worklists/{id}/items": Told("Item", "ItemBody"),
    "DELETE worklists/{id}/items": Told("", "ItemBody"),
    "PUT worklists/{id}/items/{item}": Told("Item", "ItemBody"),
    "DELETE worklists/{id}/items/{item}": Told(),
    "GET worklists/{id}/permissions": Told("Permissions"),
    "POST worklists/{id}/permissions": Told("Permissions", "PermissionBody"),
    "PUT worklists/{id}/permissions": Told("Permissions", "PermissionBody"),
    "GET worklists/{id}/filters": Told("[Filter]"),
    "POST worklists/{id}/filters": Told("Filter", "FilterBody"),
    "GET worklists/{id}/filters/{fid}": Told("Filter"),
    "PUT worklists/{id}/filters/{fid}": Told("Filter", "FilterBody"),
    "DELETE worklists/{id}/filters/{fid}": Told(),
    "GET boards": Told("[Board]", arguments=(*_PAGING, *_PLANS)),
    "POST boards": Told("Board", "BoardBody"),
    "GET boards/{id}": Told("Board"),
    "PUT boards/{id}": Told("Board", "BoardBody"),
    "DELETE boards/{id}": Told(),
    "GET boards/{id}/permissions": Told("Permissions"),
    "POST boards/{id}/permissions": Told("Permissions", "PermissionBody"),
    "PUT boards/{id}/permissions": Told("Permissions", "PermissionBody"),
    "GET due_dates": Told("[DueDate]", arguments=(*_PAGING, *_DATES)),
    "POST due_dates": Told("DueDate", "DueDateBody"),
    "GET due_dates/{id}": Told("DueDate"),
    "PUT due_dates/{id}": Told("DueDate", "DueDateBody"),
    "DELETE due_dates/{id}": Told(),
    "GET due_dates/{id}/permissions": Told("Permissions"),
    "POST due_dates/{id}/permissions": Told("Permissions", "PermissionBody"),
    "PUT due_dates/{id}/permissions": Told("Permissions", "PermissionBody"),
    "GET events": Told("[Event]", arguments=(*_PAGING, "story_id", "worklist_id", "board_id", "event_type")),
    "GET events/{eid}": Told("Event"),
    "GET users": Told("[User]", arguments=(*_PAGING, "full_name", "email", "openid")),
    "GET users/search": Told("[User]", arguments=_FOUND),
    "GET users/self": Told("User"),
    "GET users/{uid}": Told("User"),
    "GET users/{uid}/preferences": Told("Preferences"),
    "POST users/{uid}/preferences": Told("Preferences", "PreferencesBody"),
    "GET users/{uid}/tokens": Told("[Token]"),
    "POST users/{uid}/tokens": Told("Token", "TokenBody"),
    "DELETE users/{uid}/tokens/delete_all": Told(),
    "GET users/{uid}/tokens/{tid}": Told("Token"),
    "PUT users/{uid}/tokens/{tid}": Told("Token", "TokenBody"),
    "DELETE users/{uid}/tokens/{tid}": Told(),
    "GET teams": Told("[Team]", arguments=(*_PAGING, "name", "description")),
    "GET teams/{tid}": Told("Team"),
    "GET teams/{tid}/users": Told("[User]"),
    "GET subscriptions": Told("[Subscription]", arguments=(*_PAGING, "target_type", "target_id", "user_id")),
    "POST subscriptions": Told("Subscription", "SubscriptionBody"),
    "GET subscriptions/{id}": Told("Subscription"),
    "DELETE subscriptions/{id}": Told(),
    "GET subscription_events": Told(
        "[SubscriptionEvent]", arguments=(*_PAGING, "subscriber_id", "event_type")
    ),
    "GET subscription_events/{id}": Told("SubscriptionEvent"),
    "DELETE subscription_events/{id}": Told(),
    "GET openapi.json": Told("Description"),
}  # fmt: skip
"""By method and address, as the router has it."""
