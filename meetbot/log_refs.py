"""Which stored line each line of a meeting's log is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from hub.irc import Kind, Line
from hub.reading import Told

_Identity = tuple[datetime, Kind, str]


def refs_of(log: Sequence[Line], told: Iterable[Told]) -> Sequence[str]:
    """Return the refs of a log's lines, in its order; empty for one that is not among those told.

    The text is not compared: a log holds it without formatting and without what was opted out.
    """
    known: defaultdict[_Identity, list[str]] = defaultdict(list)
    for each in reversed(list(told)):
        known[_identity(each.line)].append(each.ref)
    return [known[key].pop() if known[key := _identity(line)] else "" for line in log]


def _identity(line: Line) -> _Identity:
    return line.at, line.kind, line.nick
