"""A log format: how its lines tell the time, and what stands behind it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from archive.formats.clock import Clock
from archive.formats.outcome import SHOWN, Event, NotUnderstood, Outcome, Skip, Skipped
from hub.irc import Line

MAX_LINE = 64 * 1024
"""A longer line is not read; IRC's own limit is 512 bytes, some thousand with tags."""

Read = Event | Skip | None


_EARLY = 10_000
_TIMELESS = "has no time, nor has any line before it"


def no_aside(text: str, _clock: Clock) -> Read:
    """Read a line without a time where a format has no such lines."""
    return None if text.strip() else Skip.EMPTY


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a log.

    stamp: matches a whole line, group 1 is the time, group 2 the rest. tell: the time's moment.
    body: what the rest says. aside: what a line without a time says; may tell the clock a day.
    signs: matches lines that this format writes and its cousins do not.
    """

    name: str
    title: str
    stamp: re.Pattern[str]
    tell: Callable[[str, Clock], datetime]
    body: Callable[[str], Read]
    signs: re.Pattern[str]
    aside: Callable[[str, Clock], Read] = no_aside
    guesses_midnight: bool = False

    def read(
        self,
        lines: Iterable[str],
        *,
        network: str,
        channel: str,
        day: date | None = None,
        tz: str = "UTC",
    ) -> Iterator[Outcome]:
        """Yield what became of every line, in order; lines come as `split` gives them.

        day: the local day on which the log starts, where its lines do not tell. tz: the IANA zone
        of clock times without one. Raises: Invalid for an unknown zone, nothing for any line.
        """
        clock = Clock(day, tz, guesses_midnight=self.guesses_midnight)
        return _Reading(self, clock, network, channel).outcomes(lines)


class _Reading:
    """One reading of one file: the clock, and events that wait for the first time told."""

    def __init__(self, fmt: Format, clock: Clock, network: str, channel: str) -> None:
        self._format, self._clock = fmt, clock
        self._network, self._channel = network, channel
        self._at: datetime | None = None
        self._early: list[tuple[int, str, Event]] = []

    def outcomes(self, lines: Iterable[str]) -> Iterator[Outcome]:
        match, tell, body = self._format.stamp.fullmatch, self._format.tell, self._format.body
        clock, network, channel = self._clock, self._network, self._channel
        last = ""
        for number, text in enumerate(lines, 1):
            if "\r" in text or "\0" in text or len(text) > MAX_LINE:
                if len(text) > MAX_LINE:
                    yield NotUnderstood(number, text[:SHOWN], "is longer than 64 KiB")
                    continue
                text = clean(text)
            found = match(text)
            if found is None:
                last = ""
                yield from self._aside(number, text)
                continue
            stamp, rest = found.groups()
            if stamp != last:
                try:
                    at = tell(stamp, clock)
                except (ValueError, OverflowError, OSError) as error:
                    yield NotUnderstood(number, text[:SHOWN], _told(error))
                    continue
                last, self._at = stamp, at
                if self._early:
                    yield from self._told_late(at)
            got = body(rest)
            if type(got) is Event:
                yield Line(network, channel, at, got[0], got[1], got[2])
            else:
                yield _not_kept(number, text, got)
        for number, text, _event in self._early:
            yield NotUnderstood(number, text[:SHOWN], _TIMELESS)

    def _aside(self, number: int, text: str) -> Iterator[Outcome]:
        try:
            got = self._format.aside(text, self._clock)
        except (ValueError, OverflowError) as error:
            yield NotUnderstood(number, text[:SHOWN], _told(error))
            return
        if type(got) is not Event:
            yield _not_kept(number, text, got)
        elif self._at is not None:
            yield self._line(self._at, got)
        elif len(self._early) < _EARLY:
            self._early.append((number, text[:SHOWN], got))
        else:
            yield NotUnderstood(number, text[:SHOWN], _TIMELESS)

    def _told_late(self, at: datetime) -> Iterator[Line]:
        """Yield what came before the first time of the file as having happened then."""
        for _number, _text, event in self._early:
            yield self._line(at, event)
        self._early.clear()

    def _line(self, at: datetime, event: Event) -> Line:
        return Line(self._network, self._channel, at, event.kind, event.nick, event.text)


def _not_kept(number: int, text: str, got: Read) -> Skipped | NotUnderstood:
    if isinstance(got, Skip):
        return Skipped(number, got)
    return NotUnderstood(number, text[:SHOWN], "is not a line of this format")


def _told(error: Exception) -> str:
    return str(error) if type(error).__name__ == "NoDate" else "has a time that can't be"


def clean(text: str) -> str:
    """Return a line without its CR at the end, other CRs as blanks, NULs taken out."""
    return text.removesuffix("\r").replace("\r", " ").replace("\0", "")


def split(text: str) -> list[str]:
    """Return the lines of a text: only LF ends a line, as U+2028 and the like may be said."""
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines
