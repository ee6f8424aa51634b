"""What reading one line of a log file can come to: an event, a line passed over, or no idea.

Line            what happened, ready for the archive
Skipped         understood, but nothing that a channel's archive keeps: a header, an away
NotUnderstood   kept for the report, with the file's line number
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hub.irc import Kind, Line

SHOWN = 200
"""So many characters of a line that was not understood are kept for the report."""


class Event(NamedTuple):
    """A line of a log without its time: kind, nick and text as `hub.irc.Line` has them."""

    kind: Kind
    nick: str
    text: str = ""


class Skip(StrEnum):
    """Why a line that is understood does not reach the archive."""

    EMPTY = "empty line"
    HEADER = "header of the log"
    STATE = "topic, names or modes as they were on joining"
    AWAY = "away or back"
    INVITE = "invitation"
    NETSPLIT = "netsplit summary"
    SERVER = "words of a server, a service or the client"
    CTCP = "CTCP request"
    PRIVATE = "private message"
    MARKUP = "markup of a web page around its lines"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that was understood and passed over; `number` counts from 1."""

    number: int
    why: Skip


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A line that the format can't read; `text` is its beginning, `number` counts from 1."""

    number: int
    text: str
    why: str


Outcome = Line | Skipped | NotUnderstood
