"""OpenStack's projects.yaml, which lists the projects of a Gerrit.

Source: project-config's `gerrit/projects.yaml`: `project`, `description`, `groups`, `use-storyboard`.
"""

import argparse
import getpass
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from sqlmodel import Session

from hub.app import App
from hub.errors import HubError, Invalid, Unavailable
from hub.people import Actor, operator
from hub.terminal import on_one_line
from tracker.changes import KEEP
from tracker.projects import (
    ProjectEdit,
    create_group,
    create_project,
    edit_project,
    find_group,
    find_project,
    set_grouped,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A project of the file. uses_stories: whether it says that its bugs are in StoryBoard."""

    name: str
    description: str
    groups: Sequence[str]
    uses_stories: bool


def read_projects(text: str) -> Sequence[Listed]:
    """Return the projects of a file. Raises: Invalid for one that is no list of projects."""
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("file", f"This is no YAML: {error}") from error
    if not isinstance(told, list):
        raise Invalid("file", "This should be a list of projects, as OpenStack's projects.yaml is.")
    return list(_listed(told))


def take_listed(session: Session, actor: Actor, listed: Listed, *, now: datetime) -> bool:
    """Take a project in; tell whether it is a new one. A description that is here already stays.

    Raises: Invalid for a name that can't be taken.
    """
    row = find_project(session, listed.name)
    is_new = row is None
    if row is None:
        id_ = create_project(session, actor, listed.name, listed.description or None, now=now)
    else:
        id_ = row.id or 0
        if listed.description and not row.description:
            edit = ProjectEdit(KEEP, listed.description)
            edit_project(session, actor, id_, edit, now=now)
    for name in listed.groups:
        group = find_group(session, name)
        group_id = group.id if group else create_group(session, actor, name, name, now=now)
        set_grouped(session, actor, group_id or 0, id_, grouped=True)
    return is_new


def take_file(args: argparse.Namespace) -> int:
    """Take in the projects of the file that the arguments name, and return the exit status."""
    app: App = args.open(args)
    try:
        text = args.file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{args.file} can't be read: {error}. Give another file.")
    found = [each for each in read_projects(text) if args.all or each.uses_stories]
    actor, new, missed = operator(getpass.getuser()), 0, []
    for each in found:
        now = app.clock()
        try:
            new += app.db.write(lambda s, e=each, n=now: take_listed(s, actor, e, now=n))  # type: ignore[misc]
        except HubError as error:
            missed.append(f"{each.name}: {error}")
    print(f"{len(found)} projects, {new} of them new.")
    for line in missed:
        print(on_one_line(f"not taken: {line}"))
    return 0


def _listed(told: list[Any]) -> Iterator[Listed]:
    for each in told:
        name = each.get("project") if isinstance(each, dict) else None
        if not isinstance(name, str):
            continue
        groups = each.get("groups")
        yield Listed(
            name,
            str(each.get("description") or ""),
            [str(group) for group in groups] if isinstance(groups, list) else [],
            each.get("use-storyboard") is True,
        )
