"""Who sees which stories: `hub.people.may`, asked for one story and for all that is private.

A private story is for those who were given it: tracker/readers.py. It is nowhere counted, and who may not
see it is told that there is none.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from hub.errors import NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.tables import StoryRow

_ALL = "stories:all"


def story_ref(id_: int) -> str:
    """Return the ref of a story."""
    return f"story:{id_}"


def task_ref(id_: int) -> str:
    """Return the ref of a task."""
    return f"task:{id_}"


def visibility(story: StoryRow) -> str:
    """Return whom a story is for."""
    return "private" if story.is_private else "public"


def sees(actor: Actor, story: StoryRow) -> bool:
    """Tell whether somebody may read a story."""
    return may(actor, "read", story_ref(story.id or 0), visibility(story))


def need_write(actor: Actor, story: StoryRow) -> None:
    """Make sure that somebody may see a story and change it.

    Raises: NotFound for who may not even know of it, Refused.
    """
    if not sees(actor, story):
        raise no_story(story.id or 0)
    if not may(actor, "write", story_ref(story.id or 0), visibility(story)):
        raise Refused(gettext("Changing stories is for people with an account. Log in first."))


def sees_all(actor: Actor) -> bool:
    """Tell whether somebody may read every private story."""
    return may(actor, "read", _ALL, "private")


def private_stories(actor: Actor) -> frozenset[int]:
    """Return the numbers of the private stories that somebody was given by name."""
    given = (ref for verb, ref in actor.rights if verb in ("read", "maintain"))
    numbers = (ref.removeprefix("story:") for ref in given if ref.startswith("story:"))
    return frozenset(int(number) for number in numbers if number.isdecimal())


def seen_private(actor: Actor) -> frozenset[int] | None:
    """Return the numbers of the private stories that somebody may read; None for all."""
    return None if sees_all(actor) else private_stories(actor)


def visible_stories(actor: Actor) -> Any:
    """Return the condition that a story may be seen."""
    return stories_seen(seen_private(actor))


@lru_cache(maxsize=256)
def stories_seen(private: frozenset[int] | None) -> Any:
    """Return the condition that a story is public or one of these; None for all.

    Kept for all who see the same: to build it takes longer than many a query.
    """
    if private is None:
        return sa.true()
    return col(StoryRow.is_private).is_(False) | col(StoryRow.id).in_(private)


def no_story(id_: int | str) -> NotFound:
    """Return the error that says that there is no such story."""
    return NotFound(
        gettext("There is no story %(number)s. %(url)s lists all.", number=id_, url="/stories")
    )
