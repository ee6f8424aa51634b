"""The files that a MeetBot left of its meetings, found in a tree and put together by meeting.

    spec_meeting/2021/spec_meeting.2021-03-15-19.01.{html,txt,log.html,log.txt}     OpenDev, Debian
    fedora-meeting/2020-06-10/magazine.2020-06-10-12.02.txt                         Fedora: channel, day
    20220103-1905.{html,log.html}                                                   hcoop: no name

Each may be packed (`.gz`). Source: the file name patterns of Debian's, OpenDev's, Fedora's and hcoop's bots.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import walk
from pathlib import Path
from urllib.parse import unquote

from hub.errors import NotFound
from meetbot.addresses import MeetingKey, minute_of, parse_file

LOGS = ("log.txt", "log.html")
"""Endings of logs, the better one first."""
MINUTES = ("html", "txt")
"""Endings of minutes, the better one first."""


@dataclass(frozen=True, slots=True)
class MeetingFiles:
    """One meeting's files by ending, and what their names tell of it.

    key: its series (empty where the names tell none), minute and copy. channel: what the folders tell,
    else empty.
    """

    folder: Path
    stem: str
    key: MeetingKey
    channel: str
    files: Mapping[str, Path]

    @property
    def path(self) -> Path:
        """The file that tells most of it."""
        return next(self.files[e] for e in (*LOGS, *MINUTES) if e in self.files)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a tree holds: meetings by time, files that look like a meeting's but tell no time, and others."""

    meetings: tuple[MeetingFiles, ...]
    strange: tuple[Path, ...]
    others: int


def find_meetings(paths: Iterable[Path]) -> Tree:
    """Look through files and folders; no hidden files, no links. Raises: NotFound."""
    groups: dict[tuple[Path, str], dict[str, Path]] = {}
    strange: list[Path] = []
    others = 0
    for path in dict.fromkeys(file for given in paths for file in _files(given)):
        name = path.name.removesuffix(".gz")
        told = _told_by(name)
        if told is None:
            looks_so = name.endswith(tuple(f".{ending}" for ending in LOGS))
            strange += [path] * looks_so
            others += not looks_so
            continue
        stem, ending = told[1:]
        known = groups.setdefault((path.parent, stem), {})
        if ending not in known or not path.name.endswith(".gz"):
            known[ending] = path
    meetings = [_meeting(*place, files) for place, files in groups.items() if _is_one(files)]
    strange += [p for files in groups.values() if not _is_one(files) for p in files.values()]
    meetings.sort(key=lambda found: (found.key.minute, str(found.folder), found.stem))
    return Tree(tuple(meetings), tuple(sorted(strange)), others)


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise NotFound(f"There is no file or folder {str(path)!r}. Check the path.")
    if not path.is_dir():
        yield path
    for root, folders, names in walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found = (Path(root, name) for name in sorted(names) if not name.startswith("."))
        yield from (file for file in found if file.is_file() and not file.is_symlink())


_HCOOP = re.compile(r"(?P<when>\d{8}-\d{4})\.(?P<ending>[a-z.]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _told_by(name: str) -> tuple[MeetingKey, str, str] | None:
    """Take a file's name apart: whose it is, how the names of its meeting begin, and its ending."""
    if (bare := _HCOOP.fullmatch(name)) is not None:
        try:
            at = datetime.strptime(bare["when"], "%Y%m%d-%H%M").replace(tzinfo=UTC)
        except ValueError:
            return None
        return MeetingKey("", minute_of(at)), bare["when"], bare["ending"]
    found = parse_file(name)
    if found is None or not found[1]:
        return None
    key, ending = found
    return key, name.removesuffix(f".{ending}"), ending


def _is_one(files: Mapping[str, Path]) -> bool:
    return any(ending in files for ending in (*LOGS, *MINUTES))


def _meeting(folder: Path, stem: str, files: Mapping[str, Path]) -> MeetingFiles:
    told = _told_by(f"{stem}.html")
    assert told is not None  # it was read so before
    return MeetingFiles(folder, stem, told[0], _channel(folder), dict(files))


def _channel(folder: Path) -> str:
    """Return the channel where the folders are Fedora's: of a channel, and of a day in it."""
    if not _DAY.fullmatch(folder.name):
        return ""
    name = unquote(folder.parent.name)
    return name if name[:1] in {"#", "&"} else f"#{name}"
