"""The states of tasks and stories, what is derived from them, and how hot a story is. Pure.

A task has a stage, from the triage words that Launchpad's teams know; each stage stands for one of the five
statuses that StoryBoard's clients know. A story's state is never set: it follows from its tasks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.language import mark


class Status(StrEnum):
    """One of StoryBoard's five."""

    TODO = "todo"
    INPROGRESS = "inprogress"
    REVIEW = "review"
    MERGED = "merged"
    INVALID = "invalid"


class Stage(StrEnum):
    """How far a task is, in triage's words."""

    NEW = "new"
    INCOMPLETE = "incomplete"
    CONFIRMED = "confirmed"
    TRIAGED = "triaged"
    IN_PROGRESS = "inprogress"
    REVIEW = "review"
    MERGED = "merged"
    RELEASED = "released"
    INVALID = "invalid"
    WONT_FIX = "wontfix"
    OPINION = "opinion"
    EXPIRED = "expired"


STATUS_OF: Mapping[Stage, Status] = {
    Stage.NEW: Status.TODO,
    Stage.INCOMPLETE: Status.TODO,
    Stage.CONFIRMED: Status.TODO,
    Stage.TRIAGED: Status.TODO,
    Stage.IN_PROGRESS: Status.INPROGRESS,
    Stage.REVIEW: Status.REVIEW,
    Stage.MERGED: Status.MERGED,
    Stage.RELEASED: Status.MERGED,
    Stage.INVALID: Status.INVALID,
    Stage.WONT_FIX: Status.INVALID,
    Stage.OPINION: Status.INVALID,
    Stage.EXPIRED: Status.INVALID,
}
"""What each stage is to StoryBoard's clients."""

STAGE_WORDS: Mapping[Stage, str] = {
    Stage.NEW: mark("New"),
    Stage.INCOMPLETE: mark("Incomplete"),
    Stage.CONFIRMED: mark("Confirmed"),
    Stage.TRIAGED: mark("Triaged"),
    Stage.IN_PROGRESS: mark("In progress"),
    Stage.REVIEW: mark("In review"),
    Stage.MERGED: mark("Merged"),
    Stage.RELEASED: mark("Released"),
    Stage.INVALID: mark("Invalid"),
    Stage.WONT_FIX: mark("Won't fix"),
    Stage.OPINION: mark("Opinion"),
    Stage.EXPIRED: mark("Expired"),
}
"""What pages call them."""

_FIRST_STAGE: Mapping[Status, Stage] = {
    Status.TODO: Stage.NEW,
    Status.INPROGRESS: Stage.IN_PROGRESS,
    Status.REVIEW: Stage.REVIEW,
    Status.MERGED: Stage.MERGED,
    Status.INVALID: Stage.INVALID,
}


class State(StrEnum):
    """What a story's tasks make of it."""

    UNTRIAGED = "untriaged"
    ACTIVE = "active"
    MERGED = "merged"
    INVALID = "invalid"


OPEN = (State.UNTRIAGED, State.ACTIVE)
CLOSED = (State.MERGED, State.INVALID)

STATE_WORDS: Mapping[State, str] = {
    State.UNTRIAGED: mark("Untriaged"),
    State.ACTIVE: mark("Active"),
    State.MERGED: mark("Merged"),
    State.INVALID: mark("Invalid"),
}


class Importance(StrEnum):
    """How much a story matters, as one community agrees on it."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    WISHLIST = "wishlist"
    UNDECIDED = "undecided"


IMPORTANCE_WORDS: Mapping[Importance, str] = {
    Importance.CRITICAL: mark("Critical"),
    Importance.HIGH: mark("High"),
    Importance.MEDIUM: mark("Medium"),
    Importance.LOW: mark("Low"),
    Importance.WISHLIST: mark("Wishlist"),
    Importance.UNDECIDED: mark("Undecided"),
}

_RANKS = {each: 5 - place for place, each in enumerate(Importance)}


def rank(importance: Importance) -> int:
    """Return the importance as a number that sorts: 5 is critical, 0 undecided."""
    return _RANKS[importance]


def stage_for(status: Status, stage: Stage | None = None) -> Stage:
    """Return the stage that a status leads to; the one that it has stays when it fits."""
    if stage is not None and STATUS_OF[stage] is status:
        return stage
    return _FIRST_STAGE[status]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tasks of a story have each status."""

    todo: int = 0
    inprogress: int = 0
    review: int = 0
    merged: int = 0
    invalid: int = 0

    @property
    def total(self) -> int:
        """All tasks."""
        return self.open + self.done

    @property
    def open(self) -> int:
        """Tasks that somebody still has to do."""
        return self.todo + self.inprogress + self.review

    @property
    def done(self) -> int:
        """Tasks that nobody has to do any more."""
        return self.merged + self.invalid

    @property
    def state(self) -> State:
        """What the tasks make of their story."""
        if self.open:
            return State.ACTIVE
        if self.merged:
            return State.MERGED
        return State.INVALID if self.invalid else State.UNTRIAGED


def heat(
    *, affected: int, subscribers: int, duplicates: int, is_private: bool, is_security: bool,
    is_duplicate: bool,
) -> int:  # fmt: skip
    """Return how hot a story is. Source: Launchpad's bug heat; a duplicate is cold."""
    if is_duplicate:
        return 0
    hidden = 150 * is_private + 250 * is_security
    return hidden + 6 * duplicates + 4 * affected + 2 * subscribers
