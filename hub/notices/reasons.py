"""Why somebody hears of something, and how they want to."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from hub.language import gettext


class Reason(StrEnum):
    """Why something concerns somebody, the nearest first. New ones go to the end of the bits, see `mask`."""

    MENTIONED = "mentioned"
    ASSIGNED = "assigned"
    AUTHOR = "author"
    COMMENTED = "commented"
    THING = "thing"
    TASK = "task"
    TEAM = "team"
    PROJECT = "project"
    GROUP = "group"


class How(StrEnum):
    """How somebody wants to hear of something: not at all, in the inbox, there and by mail."""

    NOT = "not"
    INBOX = "inbox"
    DAILY = "daily"
    NOW = "now"


_STRENGTH = tuple(How)


def mask(reasons: Iterable[Reason]) -> int:
    """Return reasons as the bits that a row keeps: the first reason is the lowest bit."""
    wanted = frozenset(reasons)
    return sum(1 << place for place, reason in enumerate(Reason) if reason in wanted)


def reasons_in(bits: int) -> Sequence[Reason]:
    """Return the reasons that a row keeps, the nearest first."""
    return [reason for place, reason in enumerate(Reason) if bits >> place & 1]


def strongest(hows: Iterable[How]) -> How:
    """Return the one that tells the most: who hears for two reasons hears as the stronger one says."""
    return max(hows, key=_STRENGTH.index, default=How.NOT)


def reason_word(reason: Reason) -> str:
    """Return why somebody hears, as it is said to them."""
    return {
        Reason.MENTIONED: gettext("you were mentioned"),
        Reason.ASSIGNED: gettext("a task is yours"),
        Reason.AUTHOR: gettext("you filed it"),
        Reason.COMMENTED: gettext("you commented"),
        Reason.THING: gettext("you follow it"),
        Reason.TASK: gettext("you follow a task of it"),
        Reason.TEAM: gettext("it is your team's"),
        Reason.PROJECT: gettext("you follow its project"),
        Reason.GROUP: gettext("you follow its project group"),
    }[reason]
