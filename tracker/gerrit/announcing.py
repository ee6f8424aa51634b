"""Tells channels of changes, in gerritbot's words and by its file of channels.

What is to be said waits in the database until the bot of the network takes it at its next heartbeat:
whichever process took the event in, it is said once. What has waited for too long is said no more.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.config import Config
from hub.errors import Invalid
from hub.irc import Effect, Say, casefold
from tracker.gerrit.stream import StreamEvent, Tagged
from tracker.gerrit.tables import AnnouncementRow

_FRESH = timedelta(minutes=10)
_AT_ONCE = 5
_VOTES = {("Verified", "vrif"), ("Code-Review", "crvw")}


@dataclass(frozen=True, slots=True)
class Listener:
    """A channel and what it wants to hear of: all three must fit. projects: names, or `^` and a pattern."""

    channel: str
    events: frozenset[str]
    projects: Sequence[str]
    branches: frozenset[str]

    def hears(self, events: Sequence[str], project: str, branch: str | None) -> bool:
        """Tell whether the channel wants to hear of it. branch: None for what has none."""
        if self.events.isdisjoint(events):
            return False
        if branch is not None and branch not in self.branches:
            return False
        return any(_fits(each, project) for each in self.projects)


@dataclass(frozen=True, slots=True)
class Announcing:
    """Where a hub announces changes: the network, and its listeners."""

    network: str = ""
    listeners: Sequence[Listener] = ()


def read_listeners(text: str) -> Sequence[Listener]:
    """Return the channels of a file of gerritbot's: YAML, a channel each. Raises: Invalid."""
    try:
        told = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Invalid("gerritbot", f"gerritbot's file is no YAML: {error}") from error
    if not isinstance(told, dict):
        raise Invalid("gerritbot", "gerritbot's file should have a channel for each key.")
    return [_listener(str(name), each) for name, each in told.items()]


def announcing(config: Config) -> Announcing:
    """Return where the hub of a configuration announces changes.

    Raises: Invalid for a file that can't be read, or is none of gerritbot's.
    """
    hooks = config.hooks
    if not hooks.gerritbot:
        return Announcing()
    try:
        text = Path(hooks.gerritbot).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("gerritbot", f"{hooks.gerritbot} can't be read: {error}.") from error
    first = config.network[0].name if config.network else ""
    return Announcing(hooks.network or first, read_listeners(text))


def announce(
    session: Session, event: StreamEvent | Tagged, bot: Announcing, *, now: datetime
) -> None:
    """Put down what is to be said of an event, once for each channel."""
    for kinds, text in _sentences(event):
        is_tag = isinstance(event, Tagged)
        project = event.project if isinstance(event, Tagged) else event.change.project
        branch = None if is_tag else event.change.branch  # type: ignore[union-attr]
        for listener in bot.listeners:
            if listener.hears(kinds, project, branch):
                row = AnnouncementRow(
                    network=bot.network, channel=listener.channel, text=text, at=micros(now)
                )
                session.add(row)
    session.flush()


def due(config: Config, session: Session, network: str, now: datetime) -> Sequence[Effect]:
    """Take what the bot of a network has to say now, in channels where it is."""
    query = select(AnnouncementRow).where(AnnouncementRow.network == network)
    rows = session.exec(query.order_by(col(AnnouncementRow.id)).limit(_AT_ONCE)).all()
    if not rows:
        return ()
    known = {
        casefold(channel.name): channel.name
        for each in config.network
        if each.name == network
        for channel in each.channel
    }
    for row in rows:
        session.delete(row)
    return [
        Say(network, known[casefold(row.channel)], row.text)
        for row in rows
        if casefold(row.channel) in known and row.at >= micros(now - _FRESH)
    ]


def _sentences(event: StreamEvent | Tagged) -> Iterator[tuple[Sequence[str], str]]:
    """Yield what gerritbot says of an event, with the names of the event that ask for it."""
    if isinstance(event, Tagged):
        said = f"{event.by or 'Somebody'} tagged project {event.project} with {event.tag}"
        yield ("ref-updated",), said
        return
    change = event.change
    place, end = f"{change.project} {change.branch}", f"{change.subject}  {change.url}"
    if event.type == "patchset-created":
        yield (event.type,), f"{event.by or change.owner} proposed {place}: {end}"
    elif event.type == "change-merged":
        yield (event.type,), f"Merged {place}: {end}"
    elif event.type == "comment-added":
        yield from _of_votes(event)
        yield (
            (event.type,),
            f"A comment has been added to a proposed change to {change.project}: {end}",
        )


def _of_votes(event: StreamEvent) -> Iterator[tuple[Sequence[str], str]]:
    change = event.change
    end = f"{change.subject}  {change.url}"
    words = {
        ("vrif", -2): f"Verification of a change to {change.project} failed: {end}",
        ("vrif", 2): f"Verification of a change to {change.project} succeeded: {end}",
        ("crvw", -2): f"A change to {change.project} has been rejected: {end}",
        ("crvw", 2): f"A change to {change.project} has been approved: {end}",
    }
    for vote in event.votes:
        for label, short in sorted(_VOTES):
            if vote.label in (label, short.upper()) and (short, vote.points) in words:
                sign = "minus" if vote.points < 0 else "plus"
                yield (f"x-{short}-{sign}-2",), words[short, vote.points]


def _fits(wanted: str, project: str) -> bool:
    if not wanted.startswith("^"):
        return wanted == project
    try:
        return re.match(wanted, project) is not None
    except re.error:
        return False


def _listener(name: str, told: Any) -> Listener:
    if not isinstance(told, dict):
        raise Invalid(
            "gerritbot", f"gerritbot's file: {name} should have events, projects, branches."
        )
    return Listener(
        name if name.startswith("#") else f"#{name}",
        frozenset(_texts(told, "events")),
        _texts(told, "projects"),
        frozenset(_texts(told, "branches")),
    )


def _texts(told: Mapping[str, Any], name: str) -> Sequence[str]:
    found = told.get(name)
    return [str(each) for each in found] if isinstance(found, list) else []
