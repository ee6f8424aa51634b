"""Tells channels of stories that are new in their projects, and of those that were closed.

A consumer follows the timelines of all stories, each entry exactly once, and puts down what is to be said;
the bot of the network says it at its next heartbeat (tracker/gerrit/announcing.py: due). Only of what is
public.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sqlmodel import Session, col, select

from hub.config import Config
from hub.consumers import Consumer, Step
from hub.events import in_order
from hub.irc import plain
from hub.people import GUEST
from tracker.answers import short
from tracker.briefs import Brief, brief_stories
from tracker.gerrit.tables import AnnouncementRow
from tracker.importing.taken import is_imported
from tracker.sight import sees
from tracker.states import Status
from tracker.tables import ProjectRow, StoryRow, TaskRow, TimelineRow

NAME = "announce:tracker"
_STEP = 50
_KINDS = ("story_created", "task_created", "task_status_changed", "task_deleted")
_OVER = (Status.MERGED, Status.INVALID)


@dataclass(frozen=True, slots=True)
class Listener:
    """A channel, and the projects of which it hears: names, or patterns with `*`."""

    network: str
    channel: str
    projects: Sequence[str]

    def hears(self, projects: Sequence[str]) -> bool:
        """Tell whether it hears of a story with tasks in these projects; `*` hears of any."""
        return "*" in self.projects or any(map(self.wants, projects))

    def wants(self, project: str) -> bool:
        """Tell whether a project is one of its own."""
        return any(fnmatchcase(project, each) for each in self.projects)


def announcers(config: Config) -> Sequence[Consumer]:
    """Return what announces stories, in the channels of a configuration."""
    listeners = [
        Listener(network.name, channel.name, channel.stories)
        for network in config.network
        for channel in network.channel
        if channel.stories
    ]
    return [Consumer(NAME, "exactly once", _step(listeners, config.public_url))]


def _step(listeners: Sequence[Listener], url: str) -> Step:
    def step(session: Session, cursor: int) -> int:
        in_order(session)
        query = (
            select(TimelineRow).where(col(TimelineRow.id) > cursor).order_by(col(TimelineRow.id))
        )
        rows = session.exec(query.limit(_STEP)).all()
        if listeners:
            _announce(session, rows, listeners, url)
        return (rows[-1].id or 0) if rows else cursor

    return step


def _announce(
    session: Session, rows: Sequence[TimelineRow], listeners: Sequence[Listener], url: str
) -> None:
    told: set[tuple[Listener, int, str]] = set()
    for row in rows:
        story = session.get(StoryRow, row.story_id or 0) if row.kind in _KINDS else None
        if story is None or not sees(GUEST, story) or is_imported(session, story.id or 0, row.at):
            continue
        brief = brief_stories(session, [story.id or 0])[0]
        for listener, what in _heard(session, row, brief, listeners):
            key = (listener, brief.id, what)
            if key not in told:
                told.add(key)
                text = f"{what} story {brief.id}: {_about(brief)} {url}{brief.url}"
                session.add(_row(listener, text, row.at))
    session.flush()


def _heard(
    session: Session, row: TimelineRow, story: Brief, listeners: Sequence[Listener]
) -> Iterator[tuple[Listener, str]]:
    """Yield who hears of an entry, and what it says of the story: `New` or `Closed`."""
    info = json.loads(row.info)
    if row.kind == "story_created":
        yield from ((each, "New") for each in listeners if each.hears(story.projects))
    elif row.kind == "task_created":
        yield from ((each, "New") for each in listeners if _is_first(session, each, story, info))
    elif not story.is_open and _is_end(row.kind, info):
        yield from ((each, "Closed") for each in listeners if each.hears(story.projects))


def _is_first(session: Session, listener: Listener, story: Brief, info: dict[str, object]) -> bool:
    """Tell whether a task is the first of its story that is any of a channel's business."""
    if "*" in listener.projects:
        return False  # it has heard of the story when that was filed
    query = (
        select(TaskRow.id, ProjectRow.name)
        .join(ProjectRow, col(ProjectRow.id) == col(TaskRow.project_id))
        .where(TaskRow.story_id == story.id)
        .order_by(col(TaskRow.id))
    )
    wanted = [id_ for id_, name in session.exec(query) if listener.wants(name)]
    return bool(wanted) and wanted[0] == info.get("task_id")


def _is_end(kind: str, info: dict[str, object]) -> bool:
    if kind == "task_deleted":
        return True
    return info.get("new_status") in _OVER and info.get("old_status") not in _OVER


def _about(story: Brief) -> str:
    """Return a story's title, and where it is or how it ended."""
    facts = list(story.projects[:3])
    if not story.is_open:
        facts.append(story.state.value)
    title = short(plain(story.title))
    return f"{title} ({', '.join(facts)})" if facts else title


def _row(listener: Listener, text: str, at: int) -> AnnouncementRow:
    return AnnouncementRow(network=listener.network, channel=listener.channel, text=text, at=at)
