"""`madang import schedule`: files in the format of irc-meetings become the schedules of series."""

import argparse
import getpass
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from hub.app import App
from hub.errors import NotFound
from hub.module import Menus
from hub.people import Actor, operator
from hub.terminal import on_one_line
from meetbot.naming import series_name
from meetbot.schedule import Problem, Schedule
from meetbot.schedule_store import keep_schedule
from meetbot.series import Series, make_series

_READ = 1_000_000
"""Bytes; more than a schedule may have."""


@dataclass(slots=True)
class ScheduleReport:
    """What became of the files."""

    files: int = 0
    changed: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many files have a problem that blocks them."""
        return len({problem.file for problem in self.problems if problem.blocks})


def add_schedule_import(menus: Menus) -> None:
    """Add the command."""
    parser = menus.imports.add_parser(
        "schedule", help="schedules of meetings, as YAML files of the irc-meetings format"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders")
    parser.set_defaults(run=_import, may_begin=True)


def _import(args: argparse.Namespace) -> int:
    files = list(find_schedules(args.paths))
    if not files:
        raise NotFound("There is no .yaml file in these folders. Give the folder that has them.")
    app: App = args.open(args)
    actor = operator(getpass.getuser())
    report = app.db.write(lambda session: import_schedules(session, actor, files, app.clock()))
    for told in (*report.problems, *report.notes):
        print(on_one_line(str(told)), file=sys.stderr)
    same = report.files - report.changed - report.refused
    print(f"{report.changed} schedules kept, {same} as they were, {report.refused} refused.")
    return 1 if report.problems else 0


def find_schedules(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files, and in folders every .yaml file, in the order of their names.

    Raises: NotFound for a path that is not there.
    """
    for path in paths:
        if path.is_dir():
            found = (*path.rglob("*.yaml"), *path.rglob("*.yml"))
            yield from sorted(file for file in found if file.is_file())
        elif path.exists():
            yield path
        else:
            raise NotFound(f"There is no file or folder {path}.")


def import_schedules(
    session: Session, actor: Actor, files: Sequence[Path], now: datetime
) -> ScheduleReport:
    """Keep the schedule of each file that can be read; one that is known already stays as it is."""
    from meetbot.schedule_text import read_schedule  # YAML, which few commands need

    report, taken = ScheduleReport(), dict[int, Path]()
    for file in files:
        report.files += 1
        text = _text(file, report)
        if text is None:
            continue
        reading = read_schedule(text, str(file))
        report.problems += reading.problems
        if (schedule := reading.schedule) is None:
            continue
        if (series := _series(session, schedule, file, taken, report)) is not None:
            report.changed += keep_schedule(session, actor, series, schedule, text, now=now)
    return report


def _text(file: Path, report: ScheduleReport) -> str | None:
    try:
        with file.open("rb") as opened:
            return opened.read(_READ).decode("utf-8-sig")
    except OSError as error:
        right = f"can't be read: {error.strerror}"
    except UnicodeDecodeError:
        right = "should be text in UTF-8, and not longer than a schedule may be"
    report.problems.append(Problem(str(file), 1, "", "", right))
    return None


def _series(
    session: Session, schedule: Schedule, file: Path, taken: dict[int, Path], report: ScheduleReport
) -> Series | None:
    """Return the series of a file. Of two files of one meeting_id the second is named by its project."""
    series = make_series(session, schedule.meeting_id, schedule.project)
    first = taken.setdefault(series.id, file)
    if first == file:
        return series
    series = make_series(session, series_name(schedule.project), schedule.project)
    if taken.setdefault(series.id, file) == file:
        report.notes.append(
            f"{file}: its meeting_id {schedule.meeting_id} is also that of {first}."
            f" It becomes the series {series.slug}."
        )
        return series
    right = f"is also that of {first}. Give it another one"
    report.problems.append(Problem(str(file), 1, "meeting_id", schedule.meeting_id, right))
    return None
