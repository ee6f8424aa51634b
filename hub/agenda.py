"""The port between what meets and what has pads: agendas by which meetings are held, and closed with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from hub.people import Actor


@dataclass(frozen=True, slots=True)
class NewAgenda:
    """An agenda that is to be begun, for the meeting at `at`.

    template: the name of the pad that it is made from, or empty. carried: what was left over before.
    """

    name: str
    title: str
    at: datetime
    template: str = ""
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a meeting ended: its minutes for below the agenda, empty for none, and the topics that it had.

    label: what the pad's last state is called from then on.
    """

    minutes: str
    reached: Sequence[str]
    label: str


@dataclass(frozen=True, slots=True)
class AgendaPads:
    """What meetings may ask of pads, which are named by their refs.

    begin: begin an agenda, or take the pad that has its name, and return its ref. topics: what is to be
    talked about, in order. close: put minutes below an agenda, let nobody write there any more, and return
    what is left over. carry: put what was left over into another agenda. template: the name of the pad that
    somebody may read, of those that there are, else None. url: the address of a pad.
    Raise: Refused, NotFound, Conflict.
    """

    begin: Callable[[Session, NewAgenda, datetime], str]
    topics: Callable[[Session, str], Sequence[str]]
    close: Callable[[Session, str, Closing, datetime], str]
    carry: Callable[[Session, str, str, datetime], None]
    template: Callable[[Session, Actor, str], str | None]
    url: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MeetingAt:
    """The meeting that a pad is the agenda of: called what, when, where its page is, and how far it is."""

    title: str
    url: str
    at: datetime
    is_running: bool = False
    is_over: bool = False


MeetsAt = Callable[[Session, Actor, str], MeetingAt | None]
"""Returns the meeting that a pad, told by its ref, is the agenda of, when somebody may know of it."""
