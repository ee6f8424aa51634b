"""Log files on disk: finding them, and opening them whether packed or not."""

import gzip
import stat
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BufferedReader
from os import walk
from pathlib import Path

from archive.formats import channel_in_name, day_in_name
from hub.errors import NotFound, Unavailable

_BLOCK = 256 * 1024


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file that may be a log; `day` and `channel` are what its path tells, or None and empty."""

    path: Path
    size: int
    day: date | None
    channel: str


class Unreadable(Unavailable):
    """A file can't be read, or breaks off."""


def find_files(paths: Iterable[Path]) -> list[LogFile]:
    """Return the files, and the files in folders, oldest day first.

    Folders give no hidden files and no links; a page or a `.gz` beside its own log is left out.
    Raises: NotFound.
    """
    found: list[LogFile] = []
    for path in paths:
        if path.is_dir():
            found += _files_in(path)
        elif path.exists():
            found.append(_log_file(path))
        else:
            raise NotFound(f"There is no file or folder {str(path)!r}. Check the path.")
    return sorted(found, key=lambda file: (file.day or date.min, str(file.path)))


def _log_file(path: Path) -> LogFile:
    try:
        size = path.stat().st_size
    except OSError:
        size = 0
    return LogFile(path, size, day_in_name(path), channel_in_name(path))


def _files_in(folder: Path) -> Iterator[LogFile]:
    unlisted: list[OSError] = []
    for root, folders, names in walk(folder, onerror=unlisted.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        beside = set(names)
        for name in sorted(names):
            path = Path(root, name)
            twin = name.removesuffix(".gz").removesuffix(".html")
            if name.startswith(".") or path.is_symlink() or (twin != name and twin in beside):
                continue
            yield _log_file(path)
    # a folder that can't be listed comes as a file, so that reading it says why
    yield from (_log_file(Path(error.filename)) for error in unlisted)


@contextmanager
def opened(path: Path) -> Iterator[tuple[BufferedReader, Iterator[bytes]]]:
    """Open a log, gzip or not: the file, whose position tells the progress, and its bytes.

    Raises: Unreadable, also while the bytes are taken.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path} is no regular file. Give files or folders of files.")
        file = path.open("rb")
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.")
    with file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        yield file, _blocks(path, gzip.GzipFile(fileobj=file) if packed else file)


def _blocks(path: Path, stream: BufferedReader | gzip.GzipFile) -> Iterator[bytes]:
    """Yield a stream's bytes as they come, so that a broken end costs nothing before it."""
    try:
        while block := stream.read1(_BLOCK):
            yield block
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"{path} breaks off: {error}. What came before is imported.")
