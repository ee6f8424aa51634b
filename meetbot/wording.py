"""How minutes in every format word times, item types and ends."""

from datetime import datetime

from meetbot.minutes import Minutes
from meetbot.state import Item, ItemKind
from meetbot.votes import Outcome

NO_TOPIC = "(no topic)"
GENERATOR = "Madang"

_UNNAMED = frozenset({ItemKind.TOPIC, ItemKind.SUBTOPIC, ItemKind.INFO, ItemKind.VOTE})


def label(item: Item, *, with_links: bool) -> str:
    """Return the word that stands before an item, or none: an INFO speaks for itself."""
    if item.kind in _UNNAMED or (item.kind is ItemKind.LINK and not with_links):
        return ""
    return item.kind.upper()


def moment(at: datetime) -> str:
    """Return a date and time as people read it."""
    return f"{at.isoformat(sep=' ')[:19]} UTC"


def clock(minutes: Minutes, at: datetime) -> str:
    """Return an item's time; with the date where the meeting has left the day it began on."""
    whole = at.isoformat(sep=" ")[:19]
    return whole[11:] if at.date() == minutes.started_at.date() else whole


def result(vote: Outcome) -> str:
    """Return a vote's question with what came of it."""
    mark = "" if vote.question.endswith("?") else ":"
    return f"{vote.question}{mark} {vote.result}"


def ended(minutes: Minutes) -> str:
    """Return when the meeting ended, or that it has not."""
    if minutes.ended_at is None:
        return "The meeting has not ended."
    return f"Meeting ended at {moment(minutes.ended_at)}."
