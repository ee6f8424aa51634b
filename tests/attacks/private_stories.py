"""Private words in stories: titles, texts, tasks, talk, tags; and mentions of what nobody may know of."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, func, select

from hub.accounts.people import require_person, require_row
from hub.accounts.visits import actor_of
from hub.people import Actor
from tests.attacks.secret import ADMINISTRATOR, Hidden, Secret
from tests.meetbot.pages import MeetingSite
from tests.web.hub import NOW
from tracker.comments import add_comment
from tracker.readers import add_reader
from tracker.stories import NewStory, create_story
from tracker.tables import ProjectRow, StoryRow
from tracker.tags import add_tags
from tracker.tasks import NewTask, add_task

_PARTS = ("title", "text", "task", "said", "tag")
_NOWHERE = 997
"""The number of a story, task or comment that there is not."""


def mentions(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """The numbers of stories that are filed later, in private: said in a channel, and in a public story."""
    last = site.app.db.read(_last_story)
    said = f"story {last + 2} and story {last + 3}"
    site.talk(f"ann see {said}")

    def write(session: Session) -> None:
        ann = _person(session, "ann")
        create_story(session, ann, NewStory("A gate", f"After {said}"), now=NOW)

    site.app.db.write(write)
    return iter(())


def private_stories(site: MeetingSite) -> Iterator[Secret | Hidden]:
    """One of bob's, of which mia, who maintains its project, knows nothing; one that he lets ann read."""
    yield from _story(site, "flint")
    yield from _story(site, "heron", "ann")


def _story(site: MeetingSite, word: str, *readers: str) -> Iterator[Secret | Hidden]:
    """File a story of bob's, in private; each of its parts has a word of its own."""

    def write(session: Session) -> tuple[int, int]:
        bob = _person(session, "bob")
        new = NewStory(f"{word}title", f"{word}text, see story 1", is_private=True)
        story = create_story(session, bob, new, now=NOW)
        bob = _person(session, "bob")  # who may read it now
        task = add_task(session, bob, story, _task(session, f"{word}task"), now=NOW)
        add_comment(session, bob, story, f"{word}said", now=NOW)
        add_tags(session, bob, story, [f"{word}tag"], now=NOW)
        _share(session, bob, story, readers)
        return story, task

    story, task = site.app.db.write(write)
    who, page = ADMINISTRATOR.union(readers), f"/story/{story}"
    yield from (Secret(f"{word}{part}", who, (page,)) for part in _PARTS)
    yield Hidden(page, f"/story/{_NOWHERE}", who)
    yield Hidden(f"{page}/edit", f"/story/{_NOWHERE}/edit", who)
    yield Hidden(f"/task/{task}", f"/task/{_NOWHERE}", who)


def _person(session: Session, slug: str) -> Actor:
    return actor_of(session, require_person(session, slug))


def _task(session: Session, title: str) -> NewTask:
    project = session.exec(select(ProjectRow).order_by(ProjectRow.name)).first()
    assert project is not None
    assert project.name == PROJECT
    return NewTask(title, project.id or 0)


PROJECT = "jangdokdae/curves"
"""Where all private tasks are; the visitor mia maintains it."""


def _share(session: Session, bob: Actor, story: int, readers: Sequence[str]) -> None:
    for slug in readers:
        person = require_row(session, slug).id
        add_reader(session, bob, story, person_id=person, now=NOW)


def _last_story(session: Session) -> int:
    return session.exec(select(func.max(StoryRow.id))).one() or 0
