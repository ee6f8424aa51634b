"""`madang import meetings`: what another MeetBot left, with a progress bar and an honest report."""

import argparse
import getpass
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from hub.app import App
from hub.errors import HubError, Invalid
from hub.module import Menus
from hub.people import operator
from hub.progress import Step, counted
from hub.reading import ChannelPast, ReadLog
from hub.terminal import on_one_line
from meetbot.actions import leave_behind
from meetbot.addresses import MeetingKey
from meetbot.importer import Draft, Made, make, read_draft
from meetbot.meeting_files import MeetingFiles, Tree, find_meetings
from meetbot.store import keep

_TOGETHER = 20
"""Meetings of one transaction: more of them are faster, fewer keep a running bot waiting less."""

_SHOWN = 20


def add_import(menus: Menus, read_log: ReadLog, past: ChannelPast) -> None:
    """Add the command."""
    parser = menus.imports.add_parser(
        "meetings", help="take in the meetings of another MeetBot: logs, minutes and addresses"
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="DIR", help="its tree of files")
    parser.add_argument("--network", required=True, metavar="N", help="the network's short name")
    parser.add_argument(
        "--channel", default="", metavar="'#c'", help="of meetings whose files do not tell it"
    )

    def run(args: argparse.Namespace) -> int:
        tree = find_meetings(args.paths)
        if not tree.meetings and not tree.strange:
            raise Invalid(
                "paths", "There is no meeting's file in these folders. Give MeetBot's folder."
            )
        importing = _Importing(args.open(args), read_log, past, args.network, args.channel)
        with counted(len(tree.meetings), "meetings") as step:
            importing.run(tree.meetings, step)
        return _tell(importing.report, tree)

    parser.set_defaults(run=run, may_begin=True)


@dataclass(slots=True)
class _Report:
    """What became of the meetings: counts, and sentences by file."""

    new: list[MeetingKey] = field(default_factory=list)
    there: int = 0
    linked: int = 0
    without_log: int = 0
    called_off: int = 0
    left_behind: int = 0
    notes: list[tuple[Path, str]] = field(default_factory=list)
    problems: list[tuple[Path, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Importing:
    """One import into one hub."""

    app: App
    read_log: ReadLog
    past: ChannelPast
    network: str
    channel: str
    report: _Report = field(default_factory=_Report)

    def run(self, meetings: Sequence[MeetingFiles], step: Step) -> None:
        """Read and keep all; none stops the others."""
        waiting = iter(meetings)
        while together := list(islice(waiting, _TOGETHER)):
            drafts = [draft for files in together for draft in self._read(files)]
            kept = self.app.db.write(partial(self._keep_all, drafts=drafts))
            for draft, outcome in zip(drafts, kept, strict=True):
                self._count(draft, outcome)
            for files in together:
                step(files.stem)
        self._leave_behind()

    def _leave_behind(self) -> None:
        """Close what the old meetings left open, once all of them are there."""
        waiting, actor = iter(self.report.new), operator(getpass.getuser())
        while keys := list(islice(waiting, _TOGETHER)):
            close = partial(leave_behind, actor=actor, keys=keys, now=self.app.clock())
            self.report.left_behind += self.app.db.write(close)

    def _read(self, files: MeetingFiles) -> Iterator[Draft]:
        try:
            yield read_draft(files, self.read_log, self.network, self.channel)
        except HubError as error:
            self.report.problems.append((files.path, str(error)))

    def _keep_all(self, session: Session, drafts: Sequence[Draft]) -> Sequence["_Kept"]:
        return [self._keep(session, draft) for draft in drafts]

    def _keep(self, session: Session, draft: Draft) -> "_Kept":
        lines = self.past.find(session, draft.network, draft.channel, draft.first_at, draft.last_at)
        try:
            made = make(draft, lines)
        except HubError as error:
            return _Kept((), (), str(error))
        actor, now = operator(getpass.getuser()), self.app.clock()
        keys = [keep(session, each.minutes, each.refs, actor, now=now) for each in made]
        return _Kept(tuple(made), tuple(keys))

    def _count(self, draft: Draft, kept: "_Kept") -> None:
        report, path = self.report, draft.files.path
        report.notes += [(path, note) for note in draft.notes]
        if kept.problem:
            report.problems.append((path, kept.problem))
            return
        report.called_off += not kept.made
        for made, key in zip(kept.made, kept.keys, strict=True):
            report.notes += [(path, note) for note in made.notes]
            report.there += key is None
            if key is not None:
                report.new.append(key)
                report.without_log += not made.from_log
                report.linked += bool(made.refs) and all(made.refs)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What one transaction did with a draft; the key is None of a meeting that was there."""

    made: tuple[Made, ...]
    keys: tuple[MeetingKey | None, ...]
    problem: str = ""


def _tell(report: _Report, tree: Tree) -> int:
    """Say what became of everything; the exit status is 1 when something was not taken in."""
    problems = [*report.problems, *((p, "Its name tells no time.") for p in tree.strange)]
    for told, stream in ((report.notes, sys.stdout), (problems, sys.stderr)):
        shown: dict[Path, int] = {}
        for path, sentence in told:
            shown[path] = shown.get(path, 0) + 1
            if shown[path] <= _SHOWN:
                print(f"{on_one_line(str(path))}: {on_one_line(sentence)}", file=stream)
    for count, what in _extras(report, tree):
        if count:
            print(f"{count} {what}")
    series = {key.series for key in report.new}
    print(
        f"{len(tree.meetings)} meetings: {len(report.new)} new in {len(series)} series,"
        f" {report.there} already there, {len(problems)} not taken in."
    )
    return 1 if problems else 0


def _extras(report: _Report, tree: Tree) -> Iterator[tuple[int, str]]:
    yield report.linked, "meetings have all their lines in the archive and lead to them."
    yield report.without_log, "meetings come from their minutes: there is no log to replay."
    yield report.left_behind, "actions of old meetings are closed: their series have met since."
    yield report.called_off, "meetings were called off and have no minutes."
    yield tree.others, "other files passed over."
