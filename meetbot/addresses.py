"""The meetings' addresses, which are eavesdrop's, and their refs: written and read in this one place.

    /meetings/                                             series, what runs, what is next
    /meetings/actions  /meetings/feed.atom                 open actions by person; a feed
    /meetings/swift/                                       a series: meetings by year, open actions
    /meetings/swift/latest  /meetings/swift/feed.atom      its newest meeting; its feed
    /meetings/swift/2021/swift.2021-05-12-21.00.html       minutes; also .txt .md .json .log.html .log.txt

A ref is `meeting:swift/2021-05-12-21.00`. Meetings of one series and minute are told apart by `-2`, `-3`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from meetbot.naming import stem

ROOT = "/meetings/"
ENDINGS = ("html", "txt", "log.html", "log.txt", "json", "md")
"""The promised files of a meeting."""

_WHEN = r"(?P<day>\d{4}-\d\d-\d\d)-(?P<hour>\d\d)\.(?P<minute>\d\d)(?:-(?P<copy>[1-9]\d{0,3}))?"
_FILE = re.compile(rf"(?P<name>.+)\.{_WHEN}(?:\.(?P<ending>[a-z.]+))?", re.DOTALL)
_REF = re.compile(rf"meeting:(?P<name>[^/]+)/{_WHEN}", re.DOTALL)
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class MeetingKey:
    """What tells a meeting from all others: its series' name, its minute since 1970, and its copy."""

    series: str
    minute: int
    copy: int = 1

    @property
    def started_at(self) -> datetime:
        """The minute in which it began."""
        return datetime.fromtimestamp(self.minute * _MINUTE, UTC)

    @property
    def stem(self) -> str:
        """How the names of all its files begin."""
        first = stem(self.series, self.started_at)
        return first if self.copy == 1 else f"{first}-{self.copy}"

    @property
    def ref(self) -> str:
        """Its ref."""
        return f"meeting:{self.series}/{self.stem.removeprefix(self.series + '.')}"

    def url(self, ending: str = "html") -> str:
        """Return the address of one of its files within the hub."""
        year = self.started_at.isoformat()[:4]
        return f"{series_url(self.series)}{year}/{quote(self.stem, safe='')}.{ending}"


def series_url(slug: str) -> str:
    """Return the address of a series."""
    return f"{ROOT}{quote(slug, safe='')}/"


def minute_of(at: datetime) -> int:
    """Return the minute since 1970 of an aware time."""
    return int(at.timestamp() // _MINUTE)


def parse_ref(ref: str) -> MeetingKey | None:
    """Take a ref of a meeting apart; None when it is none."""
    match = _REF.fullmatch(ref)
    return _key(match) if match else None


def parse_file(name: str) -> tuple[MeetingKey, str] | None:
    """Take a file's name apart into whose it is and its ending (may be empty); None when it is none."""
    match = _FILE.fullmatch(name)
    key = _key(match) if match else None
    return (key, match["ending"] or "") if match and key else None


def parse_url(path: str) -> MeetingKey | None:
    """Return the meeting that a path below `/meetings/` names; None when it names none."""
    parts = path.removeprefix(ROOT).split("/")
    if not path.startswith(ROOT) or len(parts) != 3:
        return None
    found = parse_file(unquote(parts[2]))
    return found[0] if found and found[0].series == unquote(parts[0]) else None


def _key(match: re.Match[str]) -> MeetingKey | None:
    try:
        at = datetime.fromisoformat(f"{match['day']}T{match['hour']}:{match['minute']}:00+00:00")
    except ValueError:
        return None
    return MeetingKey(match["name"], minute_of(at), int(match["copy"] or 1))
