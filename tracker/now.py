"""What the yard shows of stories: those that changed last."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.language import gettext
from hub.now import Panel
from hub.people import Actor
from tracker.briefs import brief_stories
from tracker.listing import find_stories
from tracker.personal import item_of
from tracker.plans import Plan
from tracker.states import OPEN

if TYPE_CHECKING:
    from hub.app import App

_SHOWN = 5


def stories_now(app: "App", session: Session, actor: Actor, now: datetime) -> Sequence[Panel]:
    """Return the open stories that changed last, as far as the reader may know of them."""
    del app, now
    ids = find_stories(session, actor, Plan(OPEN), limit=_SHOWN).ids
    items = [item_of(story) for story in brief_stories(session, ids)]
    return [
        Panel("stories", gettext("Stories"), items, url="/stories", more=gettext("All stories"))
    ]
