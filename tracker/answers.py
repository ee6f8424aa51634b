"""What the bot answers about stories: `madang: story 42`. In English, and only of what is public."""

from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.errors import Invalid
from hub.module import Command, Question
from hub.people import GUEST
from tracker.briefs import Brief, brief_stories
from tracker.changes import see_story
from tracker.listing import find_stories
from tracker.plans import plan_query
from tracker.query import parse_query
from tracker.states import STATE_WORDS, Importance

if TYPE_CHECKING:
    from hub.app import App

_LONGEST_TITLE = 160
_SHOWN = 3


def tell_story(app: "App", session: Session, question: Question) -> str:
    """Tell a story's title, state and address.

    Raises: Invalid, NotFound.
    """
    word = question.words.strip().lstrip("#")
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise Invalid("story", "Say which by its number, for example: story 42. I know: stories")
    row = see_story(session, GUEST, int(word))
    return _told(app, brief_stories(session, [row.id or 0])[0])


def tell_stories(app: "App", session: Session, question: Question) -> str:
    """Tell the first stories that a query finds; without one, those that changed last."""
    query = parse_query(question.words)
    planned = plan_query(session, GUEST, query)
    if planned.plan is None:
        return " ".join(planned.problems)
    found = brief_stories(session, find_stories(session, GUEST, planned.plan, limit=_SHOWN).ids)
    if not found:
        return f"No story is like that. All that are open: {app.config.public_url}/stories"
    return " | ".join(f"#{each.id} {short(each.title, 60)}" for each in found)


def _told(app: "App", story: Brief) -> str:
    facts = [STATE_WORDS[story.state].lower()]
    if story.importance is not Importance.UNDECIDED:
        facts.append(story.importance.value)
    if story.counts.total:
        facts.append(f"{story.counts.done} of {story.counts.total} tasks done")
    about = ", ".join(facts)
    return f"Story {story.id}: {short(story.title)} ({about}) {app.config.public_url}{story.url}"


def short(text: str, longest: int = _LONGEST_TITLE) -> str:
    """Return the beginning of a text that is too long for a line of talk."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


COMMANDS = (
    Command("story", "story NUMBER", "a story's title and state", tell_story),
    Command("stories", "stories [QUERY]", "stories that are open", tell_stories),
)
