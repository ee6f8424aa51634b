"""Ports through which a module reads lines that another keeps: log files, and a channel's past."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from sqlmodel import Session

from hub.irc import Line


@dataclass(frozen=True, slots=True)
class Reading:
    """What a log file holds. missed: the beginnings of lines that could not be understood, at most some."""

    lines: Sequence[Line]
    missed: Sequence[str]


class ReadLog(Protocol):
    """Reads a log file of any format, packed or not."""

    def __call__(
        self, path: Path, *, network: str = "", channel: str = "", day: date | None = None
    ) -> Reading:
        """Return the file's lines. day: of clock times, before that in the file's name.

        Without a channel the path tells it, or it stays empty. Raises: NotFound, Invalid, Unavailable.
        """


@dataclass(frozen=True, slots=True)
class Told:
    """A stored line, and its ref."""

    line: Line
    ref: str


@dataclass(frozen=True, slots=True)
class ChannelPast:
    """What a module may ask of a channel's stored lines, each by the ref of one of them.

    all: a channel's lines (network, name), oldest first, a few at a time. before: the ref of the line
    before it, in the order of time, None when it is the first. newest: the ref of the last line of a channel
    (network, name), None when it has none. between: the lines from one to another, both among them, oldest
    first; up to the newest for None. topic: the channel's, as last told. find: the lines of a channel
    (network, name) from one time to another, both among them, oldest first.
    """

    all: Callable[[Session, str, str], Iterator[Told]]
    before: Callable[[Session, str], str | None]
    newest: Callable[[Session, str, str], str | None]
    between: Callable[[Session, str, str | None], Sequence[Told]]
    topic: Callable[[Session, str], str]
    find: Callable[[Session, str, str, datetime, datetime], Sequence[Told]]
