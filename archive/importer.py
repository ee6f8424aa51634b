"""Log files into the archive: reading them in a stream, giving their lines to a store.

Files become chunks of lines, and each chunk is merged with what the archive has as a multiset: a
line counts as the same when second, kind, nick and text are. So importing a file twice changes
nothing, a file that overlaps with another adds only what the other lacks, and a line that was said
three times in one second stays three lines.

A chunk holds whole UTC days of one channel of one file. A day of more than `CHUNK` lines comes in
several, cut where the time moves on, so that equal lines stay together; where a log steps back in
time, lines handed over shortly before come again as far as they are needed for the count (they are
there already, so they are not new). Two limits keep memory flat: equal lines of one second count
as one when they stand further apart in a file than `REMEMBERED` lines and a chunk, or when more
than twice `CHUNK` lines have one time.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BufferedReader
from itertools import chain
from pathlib import Path

from archive.formats import (
    MAX_LINE,
    SAMPLE,
    Format,
    NotUnderstood,
    Outcome,
    Skip,
    Skipped,
    by_name,
    check_encoding,
    decode_lines,
    detect,
    zone,
)
from archive.logfiles import LogFile, Unreadable, find_files, opened
from hub.errors import HubError, Invalid
from hub.irc import Kind, Line

__all__ = [
    "CHUNK",
    "REMEMBERED",
    "FileReport",
    "ImportOptions",
    "Key",
    "LogFile",
    "Progress",
    "Report",
    "Store",
    "StoreEach",
    "Unreadable",
    "chunks",
    "find_files",
    "import_files",
    "import_together",
    "key",
    "read_file",
]

CHUNK = 50_000
REMEMBERED = 10_000
SHOWN_LINES = 20
"""So many lines of a file that were not understood are kept for the report."""

Store = Callable[[str, str, Sequence[Line]], int]
"""Merges lines of (network, channel) into the archive, returns how many were new."""

StoreEach = Callable[[Sequence[Sequence[Line]]], Sequence[int]]
"""Merges chunks one after the other, all or none; returns how many lines of each were new."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What an operator says of the files; what is left empty each file must tell itself.

    encoding: for lines that are no UTF-8. tz: the IANA zone of times without one. day: on which
    files start whose lines tell no date, instead of the day in their names. Raises: Invalid.
    """

    network: str
    channel: str = ""
    format: str = "auto"
    encoding: str = "cp1252"
    tz: str = "UTC"
    day: date | None = None

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        zone(self.tz)
        if self.format != "auto":
            by_name(self.format)


@dataclass(slots=True)
class FileReport:
    """What became of one file; `problem` says why it was not read, or not to its end."""

    path: Path
    format: str = ""
    problem: str = ""
    read: int = 0
    new: int = 0
    skipped: Counter[Skip] = field(default_factory=Counter)
    not_understood: int = 0
    shown: list[NotUnderstood] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """Lines of every kind."""
        return self.read + self.skipped.total() + self.not_understood

    @property
    def already_there(self) -> int:
        """How many of the lines read the archive had before."""
        return self.read - self.new

    def pass_over(self, outcome: Skipped | NotUnderstood) -> None:
        """Count a line that does not reach the archive."""
        if isinstance(outcome, Skipped):
            self.skipped[outcome.why] += 1
            return
        self.not_understood += 1
        if len(self.shown) < SHOWN_LINES:
            self.shown.append(outcome)


@dataclass(slots=True)
class Report:
    """What became of all files; the sums of their reports."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def lines(self) -> int:
        """Lines of every kind."""
        return sum(file.lines for file in self.files)

    @property
    def read(self) -> int:
        """Lines that belong into the archive."""
        return sum(file.read for file in self.files)

    @property
    def new(self) -> int:
        """Lines that the archive did not have."""
        return sum(file.new for file in self.files)

    @property
    def already_there(self) -> int:
        """Lines that the archive had."""
        return sum(file.already_there for file in self.files)

    @property
    def skipped(self) -> Counter[Skip]:
        """Lines passed over, by why."""
        return sum((file.skipped for file in self.files), Counter())

    @property
    def not_understood(self) -> int:
        """Lines that no format could read."""
        return sum(file.not_understood for file in self.files)

    @property
    def problems(self) -> list[FileReport]:
        """Files that were not read, or not to their end."""
        return [file for file in self.files if file.problem]


Progress = Callable[[LogFile, int], None]
"""Told of a file how many of its bytes are done."""


def _with_sample(lines: Iterator[str]) -> tuple[list[str], Iterator[str]]:
    """Return the first lines, and all of them again; a break among them stays in place."""
    taken: list[str] = []
    try:
        for line in lines:
            taken.append(line)
            if len(taken) >= SAMPLE or (len(line) > MAX_LINE and len(taken) >= 20):
                break
    except Unreadable as error:
        return taken, chain(taken, _raising(error))
    return taken, chain(taken, lines)


def _raising(error: Unreadable) -> Iterator[str]:
    yield from ()
    raise error


def _format_of(
    file: LogFile, sample: Sequence[str], options: ImportOptions, likely: Format | None = None
) -> Format:
    if options.format != "auto":
        return by_name(options.format)
    known = detect(sample, file.path.name, likely)
    if known is None:
        raise Invalid("format", "It has no log format that we know. Give its format.")
    return known


def _channel_of(file: LogFile, options: ImportOptions) -> str:
    channel = options.channel or file.channel
    if not channel:
        raise Invalid("channel", "The path does not tell the channel. Give the channel.")
    return channel


def read_file(file: LogFile, options: ImportOptions) -> Iterator[Outcome]:
    """Yield what became of every line of a file, in a stream.

    Raises: Unreadable, also after some lines; Invalid when the format or channel can't be told.
    """
    with opened(file.path) as (_, blocks):
        sample, lines = _with_sample(decode_lines(blocks, options.encoding))
        yield from _outcomes(file, _format_of(file, sample, options), lines, options)


def _outcomes(
    file: LogFile, known: Format, lines: Iterable[str], options: ImportOptions
) -> Iterator[Outcome]:
    return known.read(
        lines,
        network=options.network,
        channel=_channel_of(file, options),
        day=options.day or file.day,
        tz=options.tz,
    )


Key = tuple[datetime, Kind, str, str]


def key(line: Line) -> Key:
    """Return what makes two lines the same to an import: second, kind, nick, text."""
    at = line.at.replace(microsecond=0) if line.at.microsecond else line.at
    return at, line.kind, line.nick, line.text


def chunks(lines: Iterable[Line], *, limit: int = CHUNK, gather: int = 1) -> Iterator[list[Line]]:
    """Yield the lines in chunks that a store can merge one by one; see the module's rules.

    gather: whole days are put together until there are so many lines (at most `limit`); 1 is a chunk
    for each day.
    """
    given = _Given(min(limit, REMEMBERED))
    gather = min(gather, limit)
    chunk: list[Line] = []
    for line in lines:
        if len(chunk) >= gather and _is_full(chunk, line, limit):
            yield given.with_repeats(chunk)
            chunk = []
        chunk.append(line)
    if chunk:
        yield given.with_repeats(chunk)


def _is_full(chunk: Sequence[Line], following: Line, limit: int) -> bool:
    if following.at == chunk[-1].at:
        return len(chunk) >= 2 * limit
    return len(chunk) >= limit or following.at.date() != chunk[-1].at.date()


class _Given:
    """Lines handed over last, to be counted again when a log steps back in time."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._spans: deque[tuple[datetime, datetime, list[Line]]] = deque()
        self._size = 0

    def with_repeats(self, chunk: list[Line]) -> list[Line]:
        """Return the chunk, led by earlier lines that equal some of its own, and remember it."""
        times = [line.at for line in chunk]
        first, last = min(times), max(times)
        repeats = self._repeats(chunk, first, last)
        self._spans.append((first, last, chunk))
        self._size += len(chunk)
        while len(self._spans) > 1 and self._size > self._limit:
            self._size -= len(self._spans.popleft()[2])
        return repeats + chunk

    def _repeats(self, chunk: list[Line], first: datetime, last: datetime) -> list[Line]:
        again = [
            given
            for its_first, its_last, given in self._spans
            if its_last >= first and its_first <= last
        ]
        keys = {key(line) for line in chunk} if again else set()
        return [line for given in again for line in given if key(line) in keys]


def import_files(
    files: Iterable[LogFile],
    store: Store,
    options: ImportOptions,
    *,
    progress: Progress | None = None,
    gather: int = 1,
) -> Report:
    """Read every file and give its lines to the store; no file stops the others.

    gather: see `chunks`. Raises: what the store raises, nothing for any file.
    """

    def store_each(parts: Sequence[Sequence[Line]]) -> Sequence[int]:
        return [store(part[0].network, part[0].channel, part) for part in parts]

    return import_together(files, store_each, options, progress=progress, gather=gather)


def import_together(
    files: Iterable[LogFile],
    store: StoreEach,
    options: ImportOptions,
    *,
    progress: Progress | None = None,
    gather: int = 1,
) -> Report:
    """Read every file as `import_files` does, giving `gather` lines or more of many files at once."""
    report = Report()
    reading = _Reading(options)
    waiting = _Waiting(store, gather)
    for file in files:
        its = FileReport(file.path)
        report.files.append(its)
        for chunk in chunks(reading.lines(file, its), gather=gather):
            waiting.add(its, chunk)
            if progress:
                progress(file, reading.position)
        if progress:
            progress(file, file.size)
    waiting.store()
    return report


class _Waiting:
    """Chunks that wait until there are enough for a transaction, each with its file's report."""

    def __init__(self, store: StoreEach, enough: int) -> None:
        self._store = store
        self._enough = enough
        self._size = 0
        self._chunks: list[list[Line]] = []
        self._reports: list[FileReport] = []

    def add(self, its: FileReport, chunk: list[Line]) -> None:
        """Take a chunk, and store all when they are enough."""
        self._chunks.append(chunk)
        self._reports.append(its)
        self._size += len(chunk)
        if self._size >= self._enough:
            self.store()

    def store(self) -> None:
        """Store what waits."""
        if self._chunks:
            for its, new in zip(self._reports, self._store(self._chunks), strict=True):
                its.new += new
        self._size = 0
        self._chunks, self._reports = [], []


class _Reading:
    """Reads one file after another; neighbours mostly have the same format."""

    def __init__(self, options: ImportOptions) -> None:
        self._options = options
        self._likely: Format | None = None
        self.position = 0

    def lines(self, file: LogFile, its: FileReport) -> Iterator[Line]:
        """Yield a file's lines for the archive, counting all; what stops them is its problem."""
        try:
            with opened(file.path) as (source, blocks):
                told = self._telling(source, blocks)
                sample, lines = _with_sample(decode_lines(told, self._options.encoding))
                self._likely = _format_of(file, sample, self._options, self._likely)
                its.format = self._likely.name
                for outcome in _outcomes(file, self._likely, lines, self._options):
                    if isinstance(outcome, Line):
                        its.read += 1
                        yield outcome
                    else:
                        its.pass_over(outcome)
        except HubError as error:
            its.problem = str(error)

    def _telling(self, source: BufferedReader, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.position = source.tell()
            yield block
