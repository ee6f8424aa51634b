"""Which stored lines are the ones that history or a log file tells of, where no msgid says so.

Lines are compared as a multiset of (kind, nick, text), each stored one used up at most once, within a
slack of seconds. Each line takes the oldest of its stored twins: with lines in the order of time that
finds a partner for as many as possible, which "the nearest" would not.

Two lines that both have a msgid are the same only if the msgids are equal, so one with a msgid takes only
stored lines without. One without takes those with a msgid first, for nobody else can.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from hub.irc import Line

Said = tuple[str, str, str]
"""Kind, nick and text."""

_Seconds = defaultdict[Said, list[int]]


def _seconds() -> _Seconds:
    return defaultdict(list)


@dataclass(slots=True)
class Stock:
    """The stored lines that are not used up yet: their seconds since 1970, oldest first."""

    slack_s: int
    _named: _Seconds = field(default_factory=_seconds)
    _nameless: _Seconds = field(default_factory=_seconds)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not any(self._named.values()) and not any(self._nameless.values())

    def add(self, second: int, said: Said, *, named: bool) -> None:
        """Put in a stored line, no older than those before; `named` says that it has a msgid."""
        (self._named if named else self._nameless)[said].append(second)

    def take(self, second: int, line: Line) -> bool:
        """Use up a twin of the line; False when there is none."""
        said = (line.kind.value, line.nick, line.text)
        if line.msgid is None and self._take(self._named, said, second):
            return True
        return self._take(self._nameless, said, second)

    def _take(self, stored: _Seconds, said: Said, second: int) -> bool:
        times = stored.get(said, [])
        place = bisect_left(times, second - self.slack_s)
        if place == len(times) or times[place] > second + self.slack_s:
            return False
        del times[place]
        return True
