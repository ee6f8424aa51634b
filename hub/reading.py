"""The port through which a module has a log file read, whose formats another module knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

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
