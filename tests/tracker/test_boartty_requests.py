"""The console client boartty can't be installed from the package index; what it asks a hub is asked here.

Its requests are made with its headers and bodies, in its order, and each key that it reads of an answer
is read: it takes a missing one as an error and then shows nothing.

Source: boartty/sync.py of openstack-archive/boartty.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.servers.madang import Madang

STORY = {"id", "title", "description", "status", "creator_id", "created_at", "updated_at"}
TASK = {"id", "title", "status", "created_at", "creator_id", "assignee_id", "project_id", "link"}
EVENT = {"id", "created_at", "author_id", "event_type", "event_info"}
COMMENT = {"id", "content", "in_reply_to"}
LIST = {"id", "title", "created_at", "updated_at", "creator_id", "items"}
ITEM = {"id", "created_at", "updated_at", "list_position", "item_type", "item_id"}
BOARD = {"id", "title", "description", "created_at", "updated_at", "creator_id", "lanes"}
LANE = {"id", "position", "created_at", "updated_at", "worklist"}


class Console:
    """Asks as boartty does; a change may be answered with anything, it looks at 200 only."""

    def __init__(self, hub: Madang, token: str) -> None:
        self._url = f"{hub.url}/api/"
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "Boartty/0.0.0"
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        """Read something."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        return self._done(self._session.get(self._url + path, headers=headers, timeout=30))

    def send(self, method: str, path: str, data: Any) -> Any:
        """Change something."""
        headers = {"Content-Type": "application/json;charset=UTF-8"}
        body = json.dumps(data).encode("utf8")
        url = self._url + path
        return self._done(
            self._session.request(method, url, data=body, headers=headers, timeout=30)
        )

    def file(self, title: str, **task: Any) -> tuple[int, int]:
        """File a story with one task; their numbers."""
        told = {"title": title, "description": "한 줄\n두 줄"}
        story = int(self.send("POST", "v1/stories", told)["id"])
        sent = task_of(story, **task)
        return story, int(self.send("POST", "v1/tasks/", sent)["id"])

    @staticmethod
    def _done(answer: requests.Response) -> Any:
        assert answer.ok, (
            f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        )
        return answer.json() if answer.text else None


def task_of(story: int, **other: Any) -> dict[str, Any]:
    """Return all that it sends of a task, whether it is new or changed."""
    sent = {
        "assignee_id": None,
        "project_id": 1,
        "status": "todo",
        "title": "Mend it",
        "link": None,
    }
    return sent | {"story_id": story} | other


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Madang]:
    """A hub with an administrator."""
    with Madang(tmp_path_factory.mktemp("hub"), role="web") as madang:
        madang.run("user", "add", "ada", "--admin")
        yield madang


@pytest.fixture(scope="module")
def console(hub: Madang) -> Console:
    """A console with a token, on a hub with one project."""
    found = re.search(r"madang_\S+", hub.run("token", "ada", "--scope", "admin"))
    assert found is not None
    console = Console(hub, found[0])
    console.send("POST", "v1/projects", {"name": "crock/lid", "description": "A lid"})
    return console


def test_it_learns_whom_it_talks_to_and_what_there_is(console: Console) -> None:
    version = console.get("v1/systeminfo")["version"].split("-")[0].split(".")[:3]
    assert [int(part) for part in version] == [1, 1, 0]
    me = console.get("v1/users/self")["id"]
    assert [(user["id"], user["full_name"]) for user in console.get("v1/users")] == [(me, "ada")]
    assert console.get(f"v1/users/{me}")["full_name"] == "ada"
    project = console.get("v1/projects")[0]
    assert (project["name"], project["description"]) == ("crock/lid", "A lid")
    followed = {"target_type": "project", "target_id": project["id"], "user_id": me}
    console.send("POST", "v1/subscriptions", followed)
    told = console.get(f"v1/subscriptions?user_id={me}&target_type=project")
    assert [each["target_id"] for each in told] == [project["id"]]


def test_it_files_a_story_and_reads_it_back(console: Console) -> None:
    story, task = console.file("The lid is stuck")
    told = {each["id"]: each for each in console.get("v1/stories?project_id=1")}[story]
    assert told.keys() >= STORY
    assert (told["title"], told["description"]) == ("The lid is stuck", "한 줄\n두 줄")
    (found,) = console.get(f"v1/stories/{story}/tasks")
    assert found.keys() >= TASK
    assert (found["id"], found["status"], found["project_id"]) == (task, "todo", 1)
    assert console.get(f"v1/tasks/{task}")["story_id"] == story


def test_it_asks_only_for_what_has_changed_since(console: Console) -> None:
    console.file("Filed before it looked")
    now = str(datetime.now(UTC).replace(tzinfo=None)) + "+00:00"
    late, _ = console.file("Filed after it looked")
    since = urlencode({"project_id": 1, "updated_since": now})
    assert [each["id"] for each in console.get(f"v1/stories?{since}")] == [late]


def test_its_changes_of_a_task_come_to_the_hub(console: Console, hub: Madang) -> None:
    story, task = console.file("A task goes its way")
    me = console.get("v1/users/self")["id"]
    sent = task_of(story, status="review", title="Grease it", assignee_id=me)
    assert console.send("PUT", f"v1/tasks/{task}", sent)["status"] == "review"
    (found,) = console.get(f"v1/stories/{story}/tasks")
    assert (found["title"], found["status"], found["assignee_id"]) == ("Grease it", "review", me)
    assert "Grease it" in hub.get(f"/story/{story}")
    console.send("DELETE", f"v1/tasks/{task}", {})
    assert console.get(f"v1/stories/{story}/tasks") == []


def test_its_comment_stands_on_the_storys_page(console: Console, hub: Madang) -> None:
    story, _ = console.file("Somebody will say something")
    console.send("POST", f"v1/stories/{story}/comments", {"content": "콘솔에서 한마디"})
    assert "콘솔에서 한마디" in hub.get(f"/story/{story}")
    events = console.get(f"v1/stories/{story}/events")
    assert all(event.keys() >= EVENT for event in events)
    # whether there is a comment is asked by the key alone: a null there would end it
    comments = [event["comment"] for event in events if "comment" in event]
    assert [said["content"] for said in comments] == ["콘솔에서 한마디"]
    assert comments[0].keys() >= COMMENT


def test_it_renames_a_story_and_changes_its_tags(console: Console) -> None:
    story, _ = console.file("A wrong name")
    console.send("PUT", f"v1/stories/{story}", {"title": "A right name", "description": ""})
    assert console.get(f"v1/stories/{story}")["title"] == "A right name"
    console.send("PUT", f"v1/tags/{story}", ["grease", "lid"])
    console.send("DELETE", f"v1/tags/{story}", ["lid"])
    (tag,) = console.get(f"v1/stories/{story}/tags")
    assert (tag["name"], type(tag["id"])) == ("grease", int)


def test_it_reads_boards_with_all_that_lies_on_them(console: Console) -> None:
    story, task = console.file("A card")
    list_ = console.send("POST", "v1/worklists", {"title": "Next"})["id"]
    for position, (kind, number) in enumerate([("story", story), ("task", task)]):
        card = {"item_id": number, "item_type": kind, "list_position": position}
        console.send("POST", f"v1/worklists/{list_}/items", card)
    lanes = [{"list_id": list_, "position": 0}]
    console.send("POST", "v1/boards", {"title": "Release", "description": "", "lanes": lanes})
    (board,) = console.get("v1/boards")
    (lane,) = board["lanes"]
    assert board.keys() >= BOARD
    assert lane.keys() >= LANE
    worklists = [
        lane["worklist"],
        console.get(f"v1/worklists/{list_}"),
        *console.get("v1/worklists"),
    ]
    for worklist in worklists:
        assert worklist.keys() >= LIST
        assert all(item.keys() >= ITEM for item in worklist["items"])
        cards = [(item["item_type"], item["item_id"]) for item in worklist["items"]]
        assert cards == [("story", story), ("task", task)]
