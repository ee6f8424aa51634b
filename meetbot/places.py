"""What the addresses below `/meetings/` name, read from the raw path; and the one way to write each."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from meetbot.addresses import ENDINGS, ROOT, MeetingKey, parse_file, series_url

PAGES_OF_ONE = (*ENDINGS, "edit", "history", "live")
"""What may follow a meeting's stem: its files and its pages."""

_FIRST_FILES = {"": "index", "actions": "actions", "feed.atom": "feed"}
_SERIES_FILES = {"": "series", "latest": "latest", "feed.atom": "series_feed"}


@dataclass(frozen=True, slots=True)
class Place:
    """What an address names.

    page: index, actions, feed, person, series, latest, series_feed or meeting. name: of the series, as it
    was written, or the person's nick. key and ending: of a meeting.
    """

    page: str
    name: str = ""
    year: int | None = None
    key: MeetingKey | None = None
    ending: str = ""

    def url(self, slug: str = "") -> str:
        """Return its address; slug: what its series is called now."""
        match self.page:
            case "index" | "actions" | "feed":
                return ROOT + _file(_FIRST_FILES, self.page)
            case "person":
                return person_url(self.name)
            case "meeting" if self.key is not None:
                return MeetingKey(slug, self.key.minute, self.key.copy).url(self.ending)
        year = f"?year={self.year:04}" if self.year is not None else ""
        return series_url(slug) + _file(_SERIES_FILES, self.page) + year


def person_url(nick: str) -> str:
    """Return the address of a person's meetings."""
    return f"{ROOT}people/{quote(nick, safe='')}"


def parse_path(raw: str) -> Place | None:
    """Say what a quoted path names; None when it can't name anything."""
    first, *rest = [unquote(part) for part in raw.removeprefix(ROOT.rstrip("/")).split("/")][
        1:
    ] or [""]
    if not rest:
        page = _FIRST_FILES.get(first)
        return Place(page) if page else Place("series", first)
    if first == "people" and len(rest) == 1 and not _is_series_file(rest[0]):
        return Place("person", rest[0])
    return _below_series(first, rest) if first.strip() else None


def _below_series(name: str, rest: Sequence[str]) -> Place | None:
    if len(rest) == 1 and rest[0] in _SERIES_FILES:
        return Place(_SERIES_FILES[rest[0]], name)
    if _year(rest[0]) is None:
        return None
    if rest[1:] in ([], [""]):
        return Place("series", name, year=_year(rest[0]))
    found = parse_file(rest[1]) if len(rest) == 2 else None
    if found is None or (found[1] or "html") not in PAGES_OF_ONE:
        return None
    return Place("meeting", name, key=found[0], ending=found[1] or "html")


def _is_series_file(name: str) -> bool:
    return name in _SERIES_FILES or _year(name) is not None


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else None


def _file(files: dict[str, str], page: str) -> str:
    return next(name for name, known in files.items() if known == page)
