"""Which format a file has."""

from collections.abc import Sequence
from datetime import date
from itertools import islice

from archive.formats import clients, pages
from archive.formats.format import Format
from archive.formats.meeting_pages import MEETBOT_PAGE
from archive.formats.outcome import NotUnderstood, Skip, Skipped
from hub.errors import Invalid

FORMATS: tuple[Format, ...] = (
    clients.CHANNELLOGGER,
    clients.OLD_SUPYBOT,
    clients.WEECHAT,
    pages.PIRCBOT,
    pages.IRCLOG2HTML,
    MEETBOT_PAGE,
    clients.CHANNEL_FIRST,
    clients.II,
    clients.DIRCPROXY,
    clients.DIRCPROXY_MARKED,
    clients.XCHAT,
    clients.MIRC,
    clients.IRSSI,
    clients.MEETBOT,
    clients.ZNC,
    clients.ENERGYMECH,
    clients.PLAIN,
)
"""Every format, the more particular first: of several that read a file as well, the first wins."""

_UNMISTAKABLE = FORMATS[:8]
"""Formats whose lines no other format writes: nobody's lines are read as these by mistake."""

_OTHER_NAMES = {"limnoria": "channellogger", "hexchat": "xchat", "eggdrop": "plain"}
SAMPLE = 300
"""So many lines are enough to tell a format; the head of a page can be long."""


def by_name(name: str) -> Format:
    """Return the format of that name. Raises: Invalid."""
    wanted = _OTHER_NAMES.get(name.lower(), name.lower())
    for known in FORMATS:
        if known.name == wanted:
            return known
    names = ", ".join(sorted([known.name for known in FORMATS] + list(_OTHER_NAMES)))
    raise Invalid("format", f"There is no log format {name!r}. Known are auto, {names}.")


def detect(sample: Sequence[str], name: str = "", likely: Format | None = None) -> Format | None:
    """Return the format of a file's first lines, None when it is no log that we know.

    name: the file's name; MeetBot's tell themselves. likely: the format of the file's neighbour,
    which spares a closer look.
    """
    lines = [line.removesuffix("\r") for line in islice(sample, SAMPLE)]
    if likely in _UNMISTAKABLE and fits(likely, lines[:20]):
        return likely
    if name.endswith((".log.txt", ".log.txt.gz")) and fits(clients.MEETBOT, lines):
        return clients.MEETBOT
    best, best_score = None, (0, 0)
    for known in FORMATS:
        signs = sum(known.signs.match(line) is not None for line in lines)
        score = (_understood(known, lines), signs) if signs else (0, 0)
        if score[0] and score > best_score:
            best, best_score = known, score
    return best


def fits(known: Format, lines: Sequence[str]) -> bool:
    """Tell whether a format reads every one of the lines and shows its signs: no need to detect."""
    if not any(known.signs.match(line) for line in lines):
        return False
    read = known.read(lines, network="", channel="", day=date(2000, 1, 1))
    return not any(isinstance(outcome, NotUnderstood) for outcome in read)


def _understood(known: Format, lines: Sequence[str]) -> int:
    """Return how many lines say something to the format; 0 when they are too few for a log."""
    good = bad = 0
    for outcome in known.read(lines, network="", channel="", day=date(2000, 1, 1)):
        if isinstance(outcome, NotUnderstood):
            bad += 1
        elif not isinstance(outcome, Skipped) or outcome.why not in (Skip.EMPTY, Skip.MARKUP):
            good += 1
    has_times = any(known.stamp.fullmatch(line) for line in lines)
    return good if has_times and good * 9 >= bad else 0
