"""Reads what Launchpad's API tells of bugs, as JSON in a file, as a StoryBoard would tell it.

A file has a list of bugs (or `{"entries": [...]}`, or one bug a line); each is Launchpad's `bug` with its
`bug_tasks` and `messages` in it. Bugs keep their numbers; stages and importances are Launchpad's own words.

Source: Launchpad's web service API 1.0, `bug`, `bug_task` and `message`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hub.errors import Invalid
from tracker.importing.source import Shape, number, text
from tracker.states import Importance, Stage

REALM = "https://launchpad.net"
STAGES: Mapping[str, Stage] = {
    "New": Stage.NEW,
    "Incomplete": Stage.INCOMPLETE,
    "Incomplete (with response)": Stage.INCOMPLETE,
    "Incomplete (without response)": Stage.INCOMPLETE,
    "Opinion": Stage.OPINION,
    "Invalid": Stage.INVALID,
    "Won't Fix": Stage.WONT_FIX,
    "Does Not Exist": Stage.INVALID,
    "Expired": Stage.EXPIRED,
    "Confirmed": Stage.CONFIRMED,
    "Triaged": Stage.TRIAGED,
    "In Progress": Stage.IN_PROGRESS,
    "Deferred": Stage.TRIAGED,
    "Fix Committed": Stage.MERGED,
    "Fix Released": Stage.RELEASED,
}
_PACKAGE = re.compile(r"(?P<package>\S+) \((?P<place>[^)/]+)\)")
_PRIVATE = ("Private", "Private Security", "Proprietary", "Embargoed", "User Data")


class Launchpad:
    """A file of bugs, told as a StoryBoard tells its stories.

    Raises: Invalid for one that has no bugs.
    """

    realm = REALM
    keeps_numbers = False

    def __init__(self, file: Path) -> None:
        self._bugs = {number(bug, "id"): bug for bug in read_objects(file) if number(bug, "id")}
        if not self._bugs:
            raise Invalid(
                "file", f"{file} has no bugs of Launchpad: objects with id, title, bug_tasks."
            )

    def count(self, _path: str) -> int:
        """Return how many bugs there are."""
        return len(self._bugs)

    def listed(self, path: str, after: int = 0, *, archived: bool = False) -> Iterator[Shape]:
        """Yield people, projects, branches or stories."""
        if archived:
            return
        tell = {"users": self._users, "projects": self._projects, "stories": self._stories}.get(
            path
        )
        told = sorted(tell() if tell else (), key=lambda each: number(each, "id"))
        yield from (each for each in told if number(each, "id") > after)

    def followed(self) -> Iterator[Shape]:
        """Yield nothing: it is not told who follows what."""
        yield from ()

    def within(self, path: str) -> Sequence[Shape]:
        """Return the tasks or events of a story."""
        parts = path.split("/")
        bug = self._bugs.get(int(parts[1])) if parts[0] == "stories" else None
        if bug is None:
            return []
        return list(_tasks(bug) if parts[2] == "tasks" else _events(bug))

    def _users(self) -> Iterator[Shape]:
        names = {name for bug in self._bugs.values() for name in _people(bug)}
        yield from ({"id": code(f"~{name}"), "full_name": name} for name in sorted(names))

    def _projects(self) -> Iterator[Shape]:
        names = {_project(task) for bug in self._bugs.values() for task in _inner(bug, "bug_tasks")}
        yield from ({"id": code(name), "name": name} for name in sorted(names) if name)

    def _stories(self) -> Iterator[Shape]:
        yield from (_story(id_, bug) for id_, bug in self._bugs.items())


def code(name: str) -> int:
    """Return a number that stands for a name in every file."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) % (2**31 - 2) + 1


def _story(id_: int, bug: Shape) -> Shape:
    kind = text(bug, "information_type")
    ranks = [text(task, "importance").lower() for task in _inner(bug, "bug_tasks")]
    known = [
        rank for rank in Importance if rank.value in ranks and rank is not Importance.UNDECIDED
    ]
    return {
        "id": id_,
        "title": text(bug, "title"),
        "description": text(bug, "description"),
        "tags": bug.get("tags"),
        "private": kind in _PRIVATE or bug.get("private") is True,
        "security": "Security" in kind,
        "creator_id": _person(bug, "owner_link"),
        "created_at": text(bug, "date_created"),
        "updated_at": text(bug, "date_last_updated"),
        "importance": known[0].value if known else Importance.UNDECIDED.value,
    }


def _tasks(bug: Shape) -> Iterator[Shape]:
    for task in _inner(bug, "bug_tasks"):
        target = text(task, "bug_target_name")
        yield {
            "id": code(f"{bug.get('id')} {target}"),
            "story_id": bug.get("id"),
            "title": target if len(target) > 2 else f"{target} (task)",
            "project_id": code(_project(task)),
            "assignee_id": _person(task, "assignee_link"),
            "creator_id": _person(task, "owner_link"),
            "created_at": text(task, "date_created") or text(bug, "date_created"),
            "stage": STAGES.get(text(task, "status"), Stage.NEW).value,
        }


def _events(bug: Shape) -> Iterator[Shape]:
    created = {"story_id": bug.get("id"), "story_title": text(bug, "title")}
    yield {
        "id": 1, "event_type": "story_created", "event_info": created,
        "author_id": _person(bug, "owner_link"), "created_at": text(bug, "date_created"),
    }  # fmt: skip
    said = _inner(bug, "messages")
    is_first_told = (
        bool(said) and text(said[0], "content").strip() == text(bug, "description").strip()
    )
    for place, message in enumerate(said[1:] if is_first_told else said, start=2):
        link = text(message, "self_link") or f"{bug.get('id')} {place}"
        comment = {
            "id": code(link), "content": text(message, "content"), "is_active": True,
            "in_reply_to": None, "created_at": text(message, "date_created"),
        }  # fmt: skip
        yield {
            "id": place, "event_type": "user_comment", "comment": comment,
            "author_id": _person(message, "owner_link"),
            "created_at": text(message, "date_created"),
        }  # fmt: skip


def _people(bug: Shape) -> Iterator[str]:
    for told in (bug, *_inner(bug, "bug_tasks"), *_inner(bug, "messages")):
        for name in ("owner_link", "assignee_link"):
            if found := _name(text(told, name)):
                yield found


def _person(told: Shape, name: str) -> int:
    found = _name(text(told, name))
    return code(f"~{found}") if found else 0


def _name(link: str) -> str:
    return link.rpartition("/~")[2] if "/~" in link else ""


def _project(task: Shape) -> str:
    """Return the project of a task: of a package the distribution with it, of a series the project."""
    target = text(task, "bug_target_name")
    if match := _PACKAGE.fullmatch(target):
        return f"{match['place'].lower().replace(' ', '-')}/{match['package']}"
    return target.partition("/")[0]


def _inner(told: Shape, name: str) -> Sequence[Shape]:
    found = told.get(name)
    found = found.get("entries") if isinstance(found, dict) else found
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def read_objects(file: Path) -> Sequence[Shape]:
    """Return the objects of a JSON file: a list, `{"entries": [...]}`, or one a line. Raises: Invalid."""
    try:
        raw = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("file", f"{file} can't be read: {error}.") from error
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        found = _lines(file, raw)
    if isinstance(found, dict):
        found = found.get("entries", [found])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _lines(file: Path, raw: str) -> list[Any]:
    try:
        return [json.loads(line) for line in raw.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise Invalid("file", f"{file} is no JSON: {error}.") from error
