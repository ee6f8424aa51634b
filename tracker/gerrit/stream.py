"""Takes Gerrit's stream-events apart: any field may be missing, and what is not known is left aside. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hub.errors import Invalid
from hub.irc import plain
from tracker.gerrit.footers import Turn

_TURNS: Mapping[str, Turn] = {
    "patchset-created": Turn.PROPOSED,
    "change-restored": Turn.RESTORED,
    "change-merged": Turn.MERGED,
    "change-abandoned": Turn.ABANDONED,
}
_LONGEST = 1_000
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Approval:
    """A vote: what it is about, and how many points it has."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Change:
    """A change as an event tells it. host: of the Gerrit that it is of, empty when that is not told."""

    number: int
    project: str
    branch: str
    subject: str
    url: str
    host: str
    owner: str
    message: str | None


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """Something that happened to a change. at_s: seconds since 1970, 0 when it is not told.

    by: who did it. turn: what became of the change, None for talk and votes. patchset: 0 when not told.
    """

    type: str
    change: Change
    turn: Turn | None
    patchset: int
    is_new_code: bool
    by: str
    votes: Sequence[Approval]
    at_s: int


@dataclass(frozen=True, slots=True)
class Tagged:
    """That somebody gave a project a tag."""

    project: str
    tag: str
    by: str


def read_json(raw: bytes) -> Sequence[Mapping[str, Any]]:
    """Return the objects of a body: one, a list of them, or one a line. Raises: Invalid."""
    try:
        return _objects([json.loads(raw)])
    except RecursionError:
        pass
    except ValueError:
        try:
            return _objects([json.loads(line) for line in raw.splitlines() if line.strip()])
        except (ValueError, RecursionError):
            pass
    raise Invalid("body", "The body should be an event of Gerrit as JSON, or one such a line.")


def read_event(told: Mapping[str, Any]) -> StreamEvent | Tagged | None:
    """Return what an event tells; None for what the hub has no use for."""
    kind = _text(told, "type")
    if kind == "ref-updated":
        return _tagged(told)
    change = _change(_object(told, "change"))
    if change is None:
        return None
    patch = _object(told, "patchSet")
    return StreamEvent(
        kind,
        change,
        _TURNS.get(kind),
        _number(patch, "number"),
        _text(patch, "kind") in ("", "REWORK"),
        _by(told),
        tuple(_votes(told)),
        _number(told, "eventCreatedOn"),
    )


def _tagged(told: Mapping[str, Any]) -> Tagged | None:
    update = _object(told, "refUpdate")
    name, project = _text(update, "refName"), _text(update, "project")
    is_new = set(_text(update, "oldRev")) == {"0"}
    if not name.startswith("refs/tags/") or not project or not is_new:
        return None
    return Tagged(project, name.removeprefix("refs/tags/"), _by(told))


def _change(told: Mapping[str, Any]) -> Change | None:
    number, project = _number(told, "number"), _text(told, "project")
    if not number or not project:
        return None
    url = _text(told, "url")
    is_link = url.startswith(("https://", "http://"))
    message = told.get("commitMessage")
    return Change(
        number,
        project,
        _text(told, "branch"),
        _text(told, "subject") or f"{project} {number}",
        url if is_link else "",
        _host(url) if is_link else "",
        _name(_object(told, "owner")),
        message if isinstance(message, str) else None,
    )


def _votes(told: Mapping[str, Any]) -> Iterator[Approval]:
    given = told.get("approvals")
    for each in given if isinstance(given, list) else ():
        label = _text(each, "type") if isinstance(each, dict) else ""
        points = str(each.get("value", "")) if label else ""
        if points.lstrip("+-").isdecimal() and len(points) < 4:
            yield Approval(label[:40], int(points))


def _by(told: Mapping[str, Any]) -> str:
    for role in ("uploader", "submitter", "abandoner", "restorer", "author", "changer"):
        if name := _name(_object(told, role)):
            return name
    return ""


def _name(told: Mapping[str, Any]) -> str:
    return _text(told, "name") or _text(told, "username")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "")[:200]
    except ValueError:
        return ""


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


def _text(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return " ".join(plain(found[:_LONGEST]).split()) if isinstance(found, str) else ""


def _number(told: Mapping[str, Any], name: str) -> int:
    """Return a number, told as one or as a text; 0 for none."""
    found = told.get(name)
    text = str(found) if isinstance(found, int | str) and not isinstance(found, bool) else ""
    good = text.isascii() and text.isdecimal() and len(text) < 11
    return int(text) if good and int(text) <= _LARGEST else 0


def _objects(found: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    flat = [each for one in found for each in (one if isinstance(one, list) else [one])]
    if not all(isinstance(each, dict) for each in flat):
        raise Invalid("body", "An event should be a JSON object.")
    return flat
