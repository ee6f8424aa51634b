"""Files what others wish, an action of a meeting or a line that begins with #story: a port's other side."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from hub.accounts.handles import speaker
from hub.accounts.people import person_by_handle
from hub.accounts.tables import PersonRow
from hub.errors import HubError, Invalid, Refused
from hub.filing import FileWish, HandOver, Wish
from hub.irc import Effect, Kind, Line, Say, casefold, plain
from hub.language import gettext
from hub.module import Heard
from hub.people import Actor
from tracker.projects import find_project
from tracker.sight import story_ref
from tracker.stories import NewStory, create_story
from tracker.tasks import NewTask, add_task

if TYPE_CHECKING:
    from hub.app import App

_COMMAND = re.compile(
    r"#story\s+(?:#?(?P<number>\d{1,9})(?:\s+(?P<project>\S+))?|(?P<title>.+))\s*"
)
_LEAST = 5


def file_wish(session: Session, actor: Actor, wish: Wish, now: datetime) -> str:
    """File a wish as a story, with a task when it is known whose; return its ref.

    Raises: Refused, Invalid.
    """
    title = wish.title if len(wish.title) >= _LEAST else f"To do: {wish.title}"
    story = create_story(session, actor, NewStory(title, wish.text, source=wish.source), now=now)
    if wish.project:
        project = find_project(session, wish.project)
        if project is None:
            raise Invalid(
                "project", gettext("There is no project %(name)s.", name=wish.project[:100])
            )
        doers = [_doer(session, wish.network, nick) for nick in wish.doers] or [None]
        for doer in dict.fromkeys(doers):
            new = NewTask(title, project.id or 0, assignee_id=doer)
            add_task(session, actor, story, new, now=now)
    return story_ref(story)


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
    """Return the number of the person whose account or bound nick it is."""
    for kind in ("irc", "nick"):
        person = person_by_handle(session, kind, network, casefold(nick))
        if person is not None and person.is_active:
            return session.exec(select(PersonRow.id).where(PersonRow.slug == person.slug)).one()
    return None


def _say(line: Line, text: str) -> Effect:
    return Say(line.network, line.channel, f"{line.nick}: {text}")
