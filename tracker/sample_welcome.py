"""Welcomes who administers the demo: the sample's people have something for them, so their inbox has news."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from hub.accounts.people import find_person, require_person, require_row
from hub.accounts.visits import actor_of
from hub.consumers import Consumer
from hub.events import events_since
from hub.people import Actor, Role
from tracker.comments import add_comment
from tracker.projects import find_project
from tracker.sample_texts import PROJECTS
from tracker.stories import NewStory, create_story
from tracker.subscriptions import follow
from tracker.tables import StoryRow
from tracker.tasks import NewTask, add_task

if TYPE_CHECKING:
    from hub.app import App

_TITLE = "Show @{slug} around the crocks"
_TEXT = (
    "@{slug} looks after the hub from today. Which of our stories should they know first?\n\n"
    "- the relay in the library rack\n- the graph that is a day late\n"
)
_SAID = (
    ("haneul", "The one about the graph! And welcome, @{slug}. 어서 오세요!"),
    ("moss", "I have put the key to the rack under the third crock from the left."),
)


def welcome_consumer(app: "App") -> Consumer:
    """Return what lets the sample's people welcome an administrator who has come in."""

    def step(session: Session, cursor: int) -> int:
        for event in events_since(session, cursor, 100):
            if event.name == "person.created":
                _welcome(session, event.ref.partition(":")[2], app.clock())
            cursor = event.id
        return cursor

    return Consumer("sample:welcome", "exactly once", step)


def _welcome(session: Session, slug: str, now: datetime) -> None:
    person, project = find_person(session, slug), find_project(session, next(iter(PROJECTS)))
    if person is None or person.role is not Role.ADMINISTRATOR or project is None:
        return
    bori, own = _actor(session, "bori"), require_row(session, slug).id
    new = NewStory(_TITLE.format(slug=slug), _TEXT.format(slug=slug))
    story = create_story(session, bori, new, now=now)
    task = NewTask("Turn on the light in the rack", project.id or 0, assignee_id=own)
    add_task(session, bori, story, task, now=now)
    for who, said in _SAID:
        add_comment(session, _actor(session, who), story, said.format(slug=slug), now=now)
    first = session.exec(select(StoryRow.id).order_by(StoryRow.id).limit(2)).all()  # type: ignore[arg-type]
    for id_, said in zip(
        first, ("@{slug}, is this still so?", "Tried it again today, and it holds."), strict=False
    ):
        follow(session, _actor(session, slug), "story", id_ or 0, now=now)
        add_comment(session, _actor(session, "okra"), id_ or 0, said.format(slug=slug), now=now)


def _actor(session: Session, slug: str) -> Actor:
    return actor_of(session, require_person(session, slug))
