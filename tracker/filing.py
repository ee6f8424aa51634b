"""Files what others wish, an action, a pad's line or one that begins with #story: a port's other side."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from hub.accounts.handles import person_called, speaker
from hub.accounts.people import find_row, person_by_handle
from hub.accounts.tables import PersonRow
from hub.errors import HubError, Invalid, Refused
from hub.filing import FileWish, HandOver, Wish
from hub.irc import Effect, Kind, Line, Say, casefold, plain
from hub.language import gettext
from hub.module import Heard
from hub.people import Actor
from tracker.changes import see_story
from tracker.projects import find_project
from tracker.refs import number_of
from tracker.sight import story_ref, task_ref
from tracker.stories import NewStory, create_story
from tracker.tables import TaskRow
from tracker.tasks import NewTask, add_task

if TYPE_CHECKING:
    from hub.app import App

_COMMAND = re.compile(
    r"#story\s+(?:#?(?P<number>\d{1,9})(?:\s+(?P<project>\S+))?|(?P<title>.+))\s*"
)
_LEAST = 5


def file_wish(session: Session, actor: Actor, wish: Wish, now: datetime) -> str:
    """File a wish as a story, with a task when it is known whose, or as a task of one; return its ref.

    Raises: NotFound, Refused, Invalid.
    """
    title = wish.title if len(wish.title) >= _LEAST else f"To do: {wish.title}"
    if wish.story:
        story = number_of(wish.story)
        return task_ref(_add_tasks(session, actor, story, title, wish, now)[0])
    story = create_story(session, actor, NewStory(title, wish.text, source=wish.source), now=now)
    if wish.project:
        _add_tasks(session, actor, story, title, wish, now)
    return story_ref(story)


def _add_tasks(
    session: Session, actor: Actor, story: int, title: str, wish: Wish, now: datetime
) -> Sequence[int]:
    """Add a task for each who does it, or one for nobody; return their numbers."""
    project = _project(session, actor, story, wish.project)
    doers = [_doer(session, wish.network, nick) for nick in wish.doers] or [None]
    return [
        add_task(session, actor, story, NewTask(title, project, assignee_id=doer), now=now)
        for doer in dict.fromkeys(doers)
    ]


def _project(session: Session, actor: Actor, story: int, name: str) -> int:
    """Return the number of the project that is named; without a name, of the story's first task."""
    if name:
        project = find_project(session, name)
        if project is None:
            raise Invalid("project", gettext("There is no project %(name)s.", name=name[:100]))
        return project.id or 0
    see_story(session, actor, story)
    first = select(TaskRow.project_id).where(TaskRow.story_id == story).order_by(col(TaskRow.id))
    found = session.exec(first.limit(1)).first()
    if found is None:
        raise Invalid(
            "project",
            gettext("Say whose task it is: story %(number)s has none yet.", number=story),
        )
    return found


def on_story_line(
    hand_over: HandOver | None,
) -> Callable[["App", Session, Heard, datetime], Sequence[Effect]]:
    """Return what hears `#story 12 [PROJECT]`, which files action 12, and `#story WORDS`.

    hand_over: gives actions away; without it numbers are words.
    """

    def hear(app: "App", session: Session, heard: Heard, now: datetime) -> Sequence[Effect]:
        line = heard.line
        told = plain(line.text)
        if not heard.live or line.kind is not Kind.SAY or not told.startswith("#story"):
            return ()
        found = _COMMAND.fullmatch(told)
        if found is None:
            return ()
        actor = speaker(session, line.network, line.account, line.nick, app.modules)
        try:
            ref = _file(session, actor, found, heard, hand_over, now)
        except HubError as error:
            return [_say(line, str(error))]
        number = ref.partition(":")[2]
        return [_say(line, f"That is story {number} now: {app.config.public_url}/story/{number}")]

    return hear


def _file(
    session: Session,
    actor: Actor,
    found: re.Match[str],
    heard: Heard,
    hand_over: HandOver | None,
    now: datetime,
) -> str:
    if actor.person is None:
        raise Refused(
            "I don't know your account here. Log in to services and bind it: link CODE, told on the"
            " web at /me/handles."
        )
    file: FileWish = file_wish
    with session.begin_nested():  # what is refused half-way leaves nothing
        if found["number"] and hand_over is not None:
            number, project = int(found["number"]), found["project"] or ""
            return hand_over(session, actor, number, project, file, now)
        title = found["title"] or found["number"]
        return file_wish(session, actor, Wish(title[:255], source=heard.ref), now)


def _doer(session: Session, network: str, nick: str) -> int | None:
    """Return the number of the person whose account or bound nick it is, or, on no network, their name."""
    if not network:
        called = person_called(session, nick)
        row = find_row(session, called.slug) if called is not None and called.is_active else None
        return row.id if row is not None else None
    for kind in ("irc", "nick"):
        person = person_by_handle(session, kind, network, casefold(nick))
        if person is not None and person.is_active:
            return session.exec(select(PersonRow.id).where(PersonRow.slug == person.slug)).one()
    return None


def _say(line: Line, text: str) -> Effect:
    return Say(line.network, line.channel, f"{line.nick}: {text}")
