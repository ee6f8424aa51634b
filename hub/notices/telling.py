"""The port through which a module tells of what happened to its things."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.notices.reasons import Reason


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a thing.

    entry: its number, which grows. concerns: people by their numbers, and why; who did it is not among them.
    is_open: whether the thing is for everybody.
    """

    ref: str
    entry: int
    at: datetime
    concerns: Mapping[int, frozenset[Reason]]
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class News:
    """What happened, in words for who reads it: `by` did `words`, and wrote `text`.

    by_id: the number of the person who did it, None for nobody known. place: where on the thing's page.
    """

    entry: int
    at: datetime
    by: str
    by_id: int | None
    words: str
    text: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a module tells of its things again, in the language of who reads it.

    latest: what these entries were. between: what happened to a thing from one entry to another, the first
    ones, at most so many.
    """

    kind: str
    latest: Callable[[Session, Sequence[int]], Mapping[int, News]]
    between: Callable[[Session, str, int, int, int], Sequence[News]]
