"""Reads what GitHub tells of a repository's issues, as JSON in a file, as a StoryBoard would tell it.

A file has a list of issues (or one a line), as `gh issue list --json` writes them, or as the REST API tells
them (which has no comments in it). Pull requests are left out.

Source: GitHub's REST API `GET /repos/{owner}/{repo}/issues`; `gh issue list --help`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hub.errors import Invalid
from tracker.importing.launchpad import code, read_objects
from tracker.importing.source import Shape, number, text
from tracker.states import Stage

_PLACE = re.compile(r"https://[^/]+/(?:repos/)?(?P<name>[^/]+/[^/]+)/issues/\d+")
_BLANK = re.compile(r"[\s,]+")


class GitHub:
    """A file of issues of one or more repositories. first: what is added to an issue's number.

    Raises: Invalid for one that has no issues.
    """

    keeps_numbers = False

    def __init__(self, file: Path, first: int = 0) -> None:
        found = [each for each in read_objects(file) if _is_issue(each)]
        if not found:
            raise Invalid(
                "file", f"{file} has no issues of GitHub: objects with number, title, url."
            )
        self._issues = {first + number(each, "number"): each for each in found}
        self.realm = f"https://github.com/{_project(found[0])}"

    def count(self, _path: str) -> int:
        """Return how many issues there are."""
        return len(self._issues)

    def listed(self, path: str, after: int = 0, *, archived: bool = False) -> Iterator[Shape]:
        """Yield people, projects or stories."""
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
        """Return the task or the events of a story."""
        parts = path.split("/")
        id_ = int(parts[1]) if parts[0] == "stories" else 0
        issue = self._issues.get(id_)
        if issue is None:
            return []
        return [_task(id_, issue)] if parts[2] == "tasks" else list(_events(id_, issue))

    def _users(self) -> Iterator[Shape]:
        names = {name for issue in self._issues.values() for name in _people(issue)}
        yield from ({"id": code(f"@{name}"), "full_name": name} for name in sorted(names))

    def _projects(self) -> Iterator[Shape]:
        names = {_project(issue) for issue in self._issues.values()}
        yield from ({"id": code(name), "name": name} for name in sorted(names))

    def _stories(self) -> Iterator[Shape]:
        for id_, issue in self._issues.items():
            yield {
                "id": id_,
                "title": text(issue, "title"),
                "description": text(issue, "body"),
                "tags": [_tag(each) for each in _objects(issue, "labels") if _tag(each)],
                "private": False,
                "creator_id": _person(_author(issue)),
                "created_at": _when(issue, "created"),
                "updated_at": _when(issue, "updated"),
            }


def _is_issue(told: Shape) -> bool:
    is_request = "pull_request" in told or "/pull/" in text(told, "url")
    return bool(number(told, "number") and _project(told)) and not is_request


def _project(issue: Shape) -> str:
    for name in ("html_url", "url"):
        if match := _PLACE.match(text(issue, name)):
            return match["name"]
    return ""


def _task(id_: int, issue: Shape) -> Shape:
    people = [*_objects(issue, "assignees"), *_objects({"a": [issue.get("assignee")]}, "a")]
    return {
        "id": id_,
        "story_id": id_,
        "title": text(issue, "title"),
        "project_id": code(_project(issue)),
        "creator_id": _person(_author(issue)),
        "assignee_id": _person(text(people[0], "login")) if people else 0,
        "created_at": _when(issue, "created"),
        "stage": _stage(issue).value,
    }


def _stage(issue: Shape) -> Stage:
    if text(issue, "state").lower() != "closed":
        return Stage.NEW
    why = (text(issue, "stateReason") or text(issue, "state_reason")).lower()
    return Stage.WONT_FIX if why in ("not_planned", "duplicate") else Stage.MERGED


def _events(id_: int, issue: Shape) -> Iterator[Shape]:
    yield {
        "id": 1,
        "event_type": "story_created",
        "event_info": {"story_id": id_, "story_title": text(issue, "title")},
        "author_id": _person(_author(issue)),
        "created_at": _when(issue, "created"),
    }
    for place, said in enumerate(_objects(issue, "comments"), start=2):
        at = _when(said, "created")
        name = text(said, "url") or f"{_project(issue)} {id_} {place} {at}"
        yield {
            "id": place,
            "event_type": "user_comment",
            "comment": {"id": code(name), "content": text(said, "body"), "is_active": True},
            "author_id": _person(_author(said)),
            "created_at": at,
        }


def _people(issue: Shape) -> Iterator[str]:
    given = [*_objects(issue, "assignees"), *_objects({"a": [issue.get("assignee")]}, "a")]
    said = [_author(each) for each in _objects(issue, "comments")]
    names = [_author(issue), *said, *(text(each, "login") for each in given)]
    yield from (name for name in names if name)


def _author(told: Shape) -> str:
    for name in ("author", "user"):
        found = told.get(name)
        if isinstance(found, dict) and text(found, "login"):
            return text(found, "login")
    return ""


def _person(name: str) -> int:
    return code(f"@{name}") if name else 0


def _tag(label: Shape) -> str:
    """Return a label as tags are: `good first issue` is `good-first-issue`."""
    return _BLANK.sub("-", text(label, "name")).strip("-").lower()[:50]


def _when(told: Shape, name: str) -> str:
    return text(told, f"{name}At") or text(told, f"{name}_at")


def _objects(told: Mapping[str, object], name: str) -> Sequence[Shape]:
    found = told.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
