"""People who file stories, with the verbs of the tracker. Time goes on by a second with each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from sqlmodel import Session
from starlette.applications import Starlette

from hub.accounts.people import create_person, require_person, require_row
from hub.accounts.visits import actor_of
from hub.app import App
from hub.people import Actor, Role
from tests.databases import OPERATOR, START
from tracker.checks import check_tracker
from tracker.projects import create_project
from tracker.stories import NewStory, create_story
from tracker.tables import StoryRow
from tracker.tasks import NewTask, add_task
from web.app import make_app

T = TypeVar("T")


@dataclass
class Community:
    """A hub with an administrator, ada, three members, and two projects."""

    app: App
    now: datetime = START

    @cached_property
    def shell(self) -> Starlette:
        """Its pages."""
        return make_app(self.app)

    def settled(self) -> "Community":
        """Let everybody in, and begin the projects."""
        for slug in ("ada", "bob", "cho", "dan"):
            role = Role.ADMINISTRATOR if slug == "ada" else Role.MEMBER
            self.does(
                lambda s, now, slug=slug, role=role: create_person(
                    s, OPERATOR, slug, name=slug.title(), role=role, now=now
                )
            )
        for name in ("crock/firmware", "crock/web"):
            self.project(name)
        return self

    def does(self, act: Callable[[Session, datetime], T]) -> T:
        """Let something be done, a second later."""
        self.now += timedelta(seconds=1)
        return self.app.db.write(lambda session: act(session, self.now))

    def sees(self, look: Callable[[Session], T]) -> T:
        """Look at something."""
        return self.app.db.read(look)

    def actor(self, slug: str) -> Actor:
        """Return somebody as they are now."""
        return self.sees(lambda s: actor_of(s, require_person(s, slug)))

    def number(self, slug: str) -> int:
        """Return somebody's number."""
        return self.sees(lambda s: require_row(s, slug).id or 0)

    def project(self, name: str) -> int:
        """Begin a project."""
        return self.does(lambda s, now: create_project(s, self.actor("ada"), name, now=now))

    def story(self, title: str = "The lid leaks", by: str = "bob", **other: Any) -> int:
        """File a story."""
        actor = self.actor(by)
        return self.does(lambda s, now: create_story(s, actor, NewStory(title, **other), now=now))

    def task(self, story: int, title: str = "Mend it", by: str = "bob", **other: Any) -> int:
        """Add a task to a story, in the first project unless another is said."""
        actor, given = self.actor(by), {"project_id": 1} | other
        return self.does(lambda s, now: add_task(s, actor, story, NewTask(title, **given), now=now))

    def row(self, story: int) -> StoryRow:
        """Return a story's row as it is now."""

        def look(session: Session) -> StoryRow:
            row = session.get(StoryRow, story)
            assert row is not None
            session.expunge(row)
            return row

        return self.sees(look)

    @property
    def problems(self) -> list[str]:
        """What a recount says."""
        return self.sees(lambda s: list(check_tracker(self.app, s)))
