"""`madang import irclogs`: log files into the archive, with a progress bar and an honest report."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from archive.formats import FORMATS
from archive.importer import (
    ImportOptions,
    LogFile,
    Report,
    StoreEach,
    find_files,
    import_together,
)
from archive.store import merge_each
from hub.app import App
from hub.errors import Invalid
from hub.irc import Line, withhold
from hub.module import Menus
from hub.terminal import on_one_line

_GATHER = 20_000
"""Files and days are put together until there are so many lines: one commit for all of them."""

_SHOWN = 50


def add_import(menus: Menus) -> None:
    """Add the command."""
    parser = menus.imports.add_parser("irclogs", help="archive log files of a channel")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
    parser.add_argument("--network", required=True, metavar="N", help="the network's short name")
    parser.add_argument(
        "--channel", default="", metavar="'#c'", help="needed where the path does not tell it"
    )
    names = ", ".join(sorted(f.name for f in FORMATS))
    parser.add_argument("--format", default="auto", metavar="F", help=f"auto, or one of: {names}")
    parser.add_argument("--encoding", default="cp1252", help="for lines that are no UTF-8")
    parser.add_argument(
        "--tz", default="UTC", help="the zone of times without one, as Europe/Berlin"
    )
    parser.add_argument(
        "--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="of files that tell none"
    )
    parser.set_defaults(run=_import, may_begin=True)


def _import(args: argparse.Namespace) -> int:
    options = ImportOptions(
        args.network, args.channel, args.format, args.encoding, args.tz, args.date
    )
    files = find_files(args.paths)
    if not files:
        raise Invalid("paths", "There is no file in these folders. Give the folder with the logs.")
    app: App = args.open(args)
    with _progress(files) as told:
        report = import_together(files, _store(app), options, progress=told, gather=_GATHER)
    _tell(report)
    return 1 if report.problems else 0


def _store(app: App) -> StoreEach:
    def store(chunks: Sequence[Sequence[Line]]) -> Sequence[int]:
        kept = [list(map(withhold, chunk)) for chunk in chunks]
        return app.db.write(lambda session: merge_each(session, kept))

    return store


@contextmanager
def _progress(files: Sequence[LogFile]) -> Iterator[Callable[[LogFile, int], None]]:
    """A bar on a terminal, a plain line for each tenth elsewhere."""
    total = sum(file.size for file in files)
    if not sys.stderr.isatty():
        yield _Tenths(total, len(files)).told
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("reading", total=total)
        before = _Before()

        def told(file: LogFile, position: int) -> None:
            name = escape(on_one_line(file.path.name)[-40:])
            bar.update(task, description=name, completed=before.reached(file, position))

        yield told


class _Before:
    """Adds the bytes of the files that are done to those of the one at hand."""

    def __init__(self) -> None:
        self._file: LogFile | None = None
        self._done = 0

    def reached(self, file: LogFile, position: int) -> int:
        """Return the bytes done in all."""
        if self._file is not None and self._file is not file:
            self._done += self._file.size
        self._file = file
        return self._done + min(position, file.size)


class _Tenths:
    """Progress for a log: one line for each tenth."""

    def __init__(self, total: int, files: int) -> None:
        self._total = total or 1
        self._files = files
        self._before = _Before()
        self._tenth = 0

    def told(self, file: LogFile, position: int) -> None:
        """Print a line when another tenth is done."""
        tenth = self._before.reached(file, position) * 10 // self._total
        if tenth > self._tenth:
            self._tenth = tenth
            print(f"{tenth * 10} % of {self._files} files", file=sys.stderr)


def _tell(report: Report) -> None:
    """Say what became of every line, and where what was not understood stands."""
    for file in report.files:
        path = on_one_line(str(file.path))
        for missed in file.shown[:_SHOWN]:
            text = on_one_line(missed.text)
            print(f"{path}:{missed.number}: not understood ({missed.why}): {text}")
        if file.not_understood > len(file.shown[:_SHOWN]):
            print(f"{path}: {file.not_understood} lines not understood in all.")
        if file.problem:
            print(f"{path}: {on_one_line(file.problem)}", file=sys.stderr)
    for why, count in sorted(report.skipped.items()):
        print(f"{count} lines passed over: {why.value}.")
    print(
        f"{len(report.files)} files, {report.lines} lines: {report.new} new,"
        f" {report.already_there} already there, {report.not_understood} not understood."
    )
