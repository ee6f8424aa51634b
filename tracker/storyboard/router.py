"""Where each address of the API leads, for each method."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from tracker.storyboard import account_api, places, shapes, stories_api, talk_api, tasks_api
from tracker.storyboard import boards_api as boards
from tracker.storyboard import dates_api as dates
from tracker.storyboard import people_api as people
from tracker.storyboard import subscription_api as events_for
from tracker.storyboard import teams_api as teams
from tracker.storyboard import worklists_api as worklists
from tracker.storyboard.described import description
from tracker.storyboard.wire import Call, Reply

Answer = Callable[[Call], Reply]

SPEAKS = "1.1.0"
"""The version of StoryBoard whose API this is."""


@dataclass(frozen=True, slots=True)
class Found:
    """What answers an address: by method, and what stands in the address."""

    answers: Mapping[str, Answer]
    path: Mapping[str, str]


def show_system(call: Call) -> Reply:
    """Tell what this API can do."""
    call.args.allow()
    config = {
        "enable_attachments": False,
        "enable_editable_comments": True,
        "enable_notifications": True,
    }
    return Reply({"config": config, "version": SPEAKS})


def list_statuses(call: Call) -> Reply:
    """List the statuses of tasks."""
    call.args.allow("limit", "name")
    words, limit = (call.args.text("name") or "").lower(), call.args.number("limit")
    told = [{"key": key, "name": name} for key, name in shapes.STATUSES if words in name.lower()]
    headers = {"X-Total": str(len(told))} | ({"X-Limit": str(limit)} if limit else {})
    return Reply(told if limit is None else told[: max(limit, 0)], headers=headers, is_one=False)


def show_description(call: Call) -> Reply:
    """Describe the API in OpenAPI 3.1."""
    call.args.allow()
    return Reply(description(all_answers(), "Madang", SPEAKS))


_TABLE: Sequence[tuple[str, Mapping[str, Answer]]] = (
    ("openapi.json", {"GET": show_description}),
    ("systeminfo", {"GET": show_system}),
    ("task_statuses", {"GET": list_statuses}),
    ("projects", {"GET": places.list_projects, "POST": places.add_project}),
    ("projects/search", {"GET": places.search_projects}),
    ("projects/{name+}", {"GET": places.show_project, "PUT": places.change_project}),
    ("project_groups", {"GET": places.list_groups, "POST": places.add_group}),
    (
        "project_groups/{gid}",
        {"GET": places.show_group, "PUT": places.change_group, "DELETE": places.remove_group},
    ),
    ("project_groups/{gid}/projects", {"GET": places.list_grouped}),
    (
        "project_groups/{gid}/projects/{pid}",
        {"PUT": places.put_grouped, "DELETE": places.take_grouped},
    ),
    ("branches", {"GET": places.list_branches, "POST": places.add_branch}),
    ("branches/{id}", {"GET": places.show_branch, "PUT": places.change_branch}),
    ("milestones", {"GET": places.list_milestones, "POST": places.add_milestone}),
    ("milestones/{id}", {"GET": places.show_milestone, "PUT": places.change_milestone}),
    ("stories", {"GET": stories_api.list_stories, "POST": stories_api.add_story}),
    ("stories/search", {"GET": stories_api.search_stories}),
    (
        "stories/{id}",
        {
            "GET": stories_api.show_story,
            "PUT": stories_api.change_story,
            "DELETE": stories_api.remove_story,
        },
    ),
    ("stories/{id}/users", {"GET": stories_api.list_readers}),
    (
        "stories/{id}/users/{uid}",
        {"PUT": stories_api.put_reader, "DELETE": stories_api.take_reader},
    ),
    ("stories/{id}/teams", {"GET": stories_api.list_reading_teams}),
    (
        "stories/{id}/teams/{tid}",
        {"PUT": stories_api.put_reading_team, "DELETE": stories_api.take_reading_team},
    ),
    (
        "stories/{id}/tags",
        {
            "GET": talk_api.list_story_tags,
            "PUT": talk_api.put_story_tags,
            "DELETE": talk_api.take_story_tags,
        },
    ),
    ("stories/{id}/comments", {"GET": talk_api.list_comments, "POST": talk_api.create_comment}),
    (
        "stories/{id}/comments/{cid}",
        {
            "GET": talk_api.show_comment,
            "PUT": talk_api.change_comment,
            "DELETE": talk_api.delete_comment,
        },
    ),
    ("stories/{id}/comments/{cid}/history", {"GET": talk_api.show_history}),
    ("stories/{id}/events", {"GET": talk_api.list_story_events}),
    ("stories/{id}/events/{eid}", {"GET": talk_api.show_event}),
    ("stories/{sid}/tasks", {"GET": tasks_api.list_of_story, "POST": tasks_api.create_in_story}),
    (
        "stories/{sid}/tasks/{tid}",
        {
            "GET": tasks_api.show_of_story,
            "PUT": tasks_api.change_of_story,
            "DELETE": tasks_api.delete_of_story,
        },
    ),
    ("tags", {"GET": talk_api.list_tags}),
    (
        "tags/{id}",
        {
            "GET": talk_api.show_tag,
            "POST": talk_api.create_tag,
            "PUT": talk_api.put_story_tags,
            "DELETE": talk_api.take_story_tags,
        },
    ),
    ("tasks", {"GET": tasks_api.list_tasks, "POST": tasks_api.create_task}),
    ("tasks/search", {"GET": tasks_api.search_tasks}),
    (
        "tasks/{id}",
        {
            "GET": tasks_api.show_task,
            "PUT": tasks_api.change_task,
            "DELETE": tasks_api.delete_task,
        },
    ),
    ("worklists", {"GET": worklists.list_worklists, "POST": worklists.make_worklist}),
    (
        "worklists/{id}",
        {
            "GET": worklists.show_worklist,
            "PUT": worklists.change_worklist,
            "DELETE": worklists.delete_worklist,
        },
    ),
    (
        "worklists/{id}/items",
        {
            "GET": worklists.list_items,
            "POST": worklists.create_item,
            "PUT": worklists.change_item,
            "DELETE": worklists.delete_item,
        },
    ),
    (
        "worklists/{id}/items/{item}",
        {"PUT": worklists.change_item, "DELETE": worklists.delete_item},
    ),
    (
        "worklists/{id}/permissions",
        {
            "GET": worklists.show_list_permissions,
            "POST": worklists.change_list_permissions,
            "PUT": worklists.change_list_permissions,
        },
    ),
    (
        "worklists/{id}/filters",
        {"GET": worklists.list_filters, "POST": worklists.create_filter},
    ),
    (
        "worklists/{id}/filters/{fid}",
        {
            "GET": worklists.show_filter,
            "PUT": worklists.change_filter,
            "DELETE": worklists.delete_filter,
        },
    ),
    ("boards", {"GET": boards.list_boards, "POST": boards.make_board}),
    (
        "boards/{id}",
        {"GET": boards.show_board, "PUT": boards.change_board, "DELETE": boards.delete_board},
    ),
    (
        "boards/{id}/permissions",
        {
            "GET": boards.show_board_permissions,
            "POST": boards.change_board_permissions,
            "PUT": boards.change_board_permissions,
        },
    ),
    ("due_dates", {"GET": dates.list_dates, "POST": dates.make_date}),
    (
        "due_dates/{id}",
        {"GET": dates.show_date, "PUT": dates.change_date, "DELETE": dates.delete_date},
    ),
    (
        "due_dates/{id}/permissions",
        {
            "GET": dates.show_date_permissions,
            "POST": dates.change_date_permissions,
            "PUT": dates.change_date_permissions,
        },
    ),
    ("events", {"GET": talk_api.list_events}),
    ("events/{eid}", {"GET": talk_api.show_event}),
    ("users", {"GET": people.list_people, "POST": teams.add_person}),
    ("users/search", {"GET": people.search_people}),
    ("users/self", {"GET": people.show_self}),
    ("users/{uid}", {"GET": people.show_person, "PUT": teams.change_person}),
    (
        "users/{uid}/preferences",
        {"GET": account_api.show_preferences, "POST": account_api.change_preferences},
    ),
    (
        "users/{uid}/tokens",
        {"GET": account_api.list_own_tokens, "POST": account_api.add_token},
    ),
    ("users/{uid}/tokens/delete_all", {"DELETE": account_api.delete_tokens}),
    (
        "users/{uid}/tokens/{tid}",
        {
            "GET": account_api.show_token,
            "PUT": account_api.change_token,
            "DELETE": account_api.delete_token,
        },
    ),
    ("teams", {"GET": people.list_teams, "POST": teams.add_team}),
    (
        "teams/{tid}",
        {"GET": people.show_team, "PUT": teams.change_team, "DELETE": teams.drop_team},
    ),
    ("teams/{tid}/users", {"GET": people.list_members}),
    ("teams/{tid}/users/{uid}", {"PUT": teams.put_member, "DELETE": teams.take_member}),
    ("teams/{tid}/projects", {"GET": teams.list_projects}),
    (
        "teams/{tid}/projects/{pid}",
        {"PUT": teams.refuse_project, "DELETE": teams.refuse_project},
    ),
    (
        "subscriptions",
        {"GET": people.list_subscriptions, "POST": people.create_subscription},
    ),
    (
        "subscriptions/{id}",
        {"GET": people.show_subscription, "DELETE": people.delete_subscription},
    ),
    ("subscription_events", {"GET": events_for.list_subscription_events}),
    (
        "subscription_events/{id}",
        {
            "GET": events_for.show_subscription_event,
            "DELETE": events_for.delete_subscription_event,
        },
    ),
)


def all_answers() -> Mapping[str, Answer]:
    """Return what answers, by method and address: `GET stories/{id}`."""
    return {
        f"{method} {path}": answer for path, answers in _TABLE for method, answer in answers.items()
    }


class Router:
    """Finds what answers an address. A `{name+}` may have slashes in it."""

    def __init__(self) -> None:
        self._table = [(_pattern(path), answers) for path, answers in _TABLE]

    def find(self, path: str) -> Found | None:
        """Return what answers a path, as it stands in the address, without what is before it."""
        for pattern, answers in self._table:
            match = pattern.fullmatch(path.strip("/"))
            if match is not None:
                return Found(answers, {k: unquote(v) for k, v in match.groupdict().items()})
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = (
        re.escape(part) if not part.startswith("{") else _named(part) for part in path.split("/")
    )
    return re.compile("/".join(parts))


def _named(part: str) -> str:
    name = part.strip("{}")
    return f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>[^/]+)"
