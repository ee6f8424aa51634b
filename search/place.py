"""Where a machine keeps its index: one folder for each that is built, and a file that names the current one.

search/current            the name of the folder that readers open; replaced as a whole
search/tantivy-3/         an index; `about.json` in it says what made it
search/tantivy-3/damaged  somebody could not read it: it is built again
search/*.lock             held by the process that writes the current index, or builds another one
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.errors import Unavailable

WRITING = "writing.lock"
BUILDING = "building.lock"
_CURRENT = "current"
_ABOUT = "about.json"
_DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class About:
    """What made an index: its engine and format, the analyzer's version, the data's lineage."""

    engine: str
    version: str
    analyzer: int
    lineage: str


class Place:
    """The folder of a machine's indexes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """Return the folder of the current index, None when there is none."""
        try:
            name = (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
        path = self.folder / name
        return path if name and path.parent == self.folder and path.is_dir() else None

    def signature(self) -> tuple[int, int]:
        """Return what differs whenever another index has become the current one."""
        try:
            found = (self.folder / _CURRENT).stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def switch(self, path: Path) -> None:
        """Make an index the current one, at once for all readers."""
        fresh = self.folder / f"{_CURRENT}.{os.getpid()}"
        fresh.write_text(f"{path.name}\n", encoding="utf-8")
        fresh.replace(self.folder / _CURRENT)

    def begin(self, about: About) -> Path:
        """Make a folder for a new index.

        Raises: Unavailable when that can't be.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            taken = [_number(path) for path in self.folder.iterdir()]
            path = self.folder / f"{about.engine}-{max(taken, default=0) + 1}"
            path.mkdir(mode=0o700)
            (path / _ABOUT).write_text(json.dumps(asdict(about)), encoding="utf-8")
        except OSError as error:
            raise Unavailable(
                f"No search index can be made in {self.folder}: {error.strerror}."
                " Check the data folder and its disk."
            ) from error
        return path

    def sweep(self) -> None:
        """Remove all indexes but the current one."""
        current = self.current()
        for path in self.folder.iterdir():
            if path.is_dir() and _number(path) and path != current:
                shutil.rmtree(path, ignore_errors=True)  # a reader may hold it on some systems

    @contextmanager
    def locked(self, name: str) -> Iterator[bool]:
        """Hold a lock as long as this is entered; False when another process has it.

        The system gives it back when the process ends, however it ends.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / name).open("w", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True


def about(path: Path) -> About | None:
    """Return what made an index; None when that can't be told, or it is damaged."""
    if (path / _DAMAGED).exists():
        return None
    try:
        return About(**json.loads((path / _ABOUT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def note_damage(path: Path) -> None:
    """Have an index built again by whoever writes it."""
    with contextlib.suppress(OSError):
        (path / _DAMAGED).touch()


def _number(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
