"""Moves in: a whole StoryBoard, by its API or from a folder of its answers.

Each thing is a transaction of its own, and what is done is remembered: an import that was broken off goes on
where it was, and one that is done again takes in only what has changed.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlmodel import Session

from hub.app import App
from hub.backup import continue_ids
from hub.errors import HubError, NotFound
from hub.people import operator
from hub.progress import counted
from hub.terminal import on_one_line
from tracker.importing.github import GitHub
from tracker.importing.known import Import
from tracker.importing.launchpad import Launchpad
from tracker.importing.places import (
    take_branch,
    take_followed,
    take_group,
    take_milestone,
    take_person,
    take_project,
    take_team,
)
from tracker.importing.plans import take_board, take_date, take_worklist
from tracker.importing.source import Folder, Remote, Shape, Source, number
from tracker.importing.stories import NUMBERED, take_story
from tracker.importing.tables import ImportedRow

Take = Callable[[Session, Import, Shape], None]
_PLACES: tuple[tuple[str, Take], ...] = (
    ("users", take_person),
    ("projects", take_project),
    ("branches", take_branch),
    ("milestones", take_milestone),
)


_AT_ONCE = 100
"""Subscriptions of one transaction."""


def move_in(args: argparse.Namespace) -> int:
    """Take in what the arguments name, print what came of it, and return the exit status."""
    app: App = args.open(args)
    if args.source.startswith(("https://", "http://")):
        token = os.environ.get(args.token_env, "") if args.token_env else ""
        with Remote(args.source, token) as remote:
            run = take_all(app, remote)
    elif Path(args.source).is_dir():
        run = take_all(app, Folder(Path(args.source)))
    else:
        raise NotFound(f"There is no folder {args.source}. Give one, or a StoryBoard's address.")
    _report(run)
    print("What happened to boards and worklists stays there.", file=sys.stderr)
    return 0


def move_bugs(args: argparse.Namespace) -> int:
    """Take in the bugs of Launchpad that a file has, and return the exit status."""
    app: App = args.open(args)
    _report(take_all(app, Launchpad(args.file)))
    return 0


def move_issues(args: argparse.Namespace) -> int:
    """Take in the issues of GitHub that a file has, and return the exit status."""
    app: App = args.open(args)
    _report(take_all(app, GitHub(args.file, args.first)))
    return 0


def _report(run: Import) -> None:
    print(f"{run.new} stories new, {run.changed} changed, {run.same} as they were.")
    for missed in run.missed:
        print(on_one_line(f"not taken: {missed}"))


def take_all(app: App, source: Source) -> Import:
    """Take in all that a StoryBoard has, and return what came of it."""
    run = Import(source.realm, operator(getpass.getuser()), app.clock(), source.keeps_numbers)
    app.db.read(run.load)
    for path, take in _PLACES:
        for told in source.listed(path):
            _one(app, run, f"{path} {told.get('id')}", partial(_given, take, run, told))
    for told in source.listed("project_groups"):
        its = list(source.within(f"project_groups/{told.get('id')}/projects"))
        _one(app, run, f"group {told.get('id')}", partial(_grouped, run, told, its))
    for told in source.listed("teams"):
        its = list(source.within(f"teams/{told.get('id')}/users"))
        _one(app, run, f"team {told.get('id')}", partial(_teamed, run, told, its))
    _stories(app, run, source)
    _plans(app, run, source)
    followed = source.followed()
    while some := list(islice(followed, _AT_ONCE)):
        _one(app, run, "subscriptions", partial(_followed, run, some))
    tables = {str(row.__tablename__): row.__table__ for row in NUMBERED}  # type: ignore[attr-defined]
    app.db.write(lambda s: continue_ids(s, tables))
    return run


def _given(take: Take, run: Import, told: Shape, session: Session) -> None:
    take(session, run, told)


def _grouped(run: Import, told: Shape, its: list[Shape], session: Session) -> None:
    take_group(session, run, told, its)


def _teamed(run: Import, told: Shape, its: list[Shape], session: Session) -> None:
    take_team(session, run, told, its)


def _followed(run: Import, some: list[Shape], session: Session) -> None:
    take_followed(session, run, some)


def _stories(app: App, run: Import, source: Source) -> None:
    """Take the stories in, from where an earlier run was broken off."""
    begun = run.here("done", 1) or 0
    with counted(source.count("stories"), "stories") as step:
        for told in source.listed("stories", begun):
            id_ = number(told, "id")
            tasks = source.within(f"stories/{id_}/tasks")
            events = source.within(f"stories/{id_}/events")

            def take(
                session: Session, told: Shape = told, tasks: Any = tasks, events: Any = events
            ) -> None:
                take_story(session, run, told, tasks, events)

            _one(app, run, f"story {id_}", take)
            app.db.write(lambda s, n=id_: _mark(s, run, n))  # type: ignore[misc]
            step(f"story {id_}")
    app.db.write(lambda s: _mark(s, run, 0))


def _plans(app: App, run: Import, source: Source) -> None:
    """Take in what stories lie in, after them: due dates, boards with their lanes, and other worklists."""
    for told in source.listed("due_dates"):
        _one(app, run, f"due date {told.get('id')}", partial(_given, take_date, run, told))
    taken: set[int] = set()
    for told in chain(source.listed("boards"), source.listed("boards", archived=True)):
        lanes = told.get("lanes")
        for lane in lanes if isinstance(lanes, list) else ():
            its = lane.get("worklist") if isinstance(lane, dict) else None
            if isinstance(its, dict):
                taken.add(number(its, "id"))
                _list(app, run, source, its)
        _one(app, run, f"board {told.get('id')}", partial(_given, take_board, run, told))
    for told in chain(source.listed("worklists"), source.listed("worklists", archived=True)):
        if number(told, "id") not in taken:
            _list(app, run, source, told)


def _list(app: App, run: Import, source: Source, told: Shape) -> None:
    id_ = number(told, "id")
    is_filled = told.get("automatic") is True
    filters = list(source.within(f"worklists/{id_}/filters")) if is_filled else []
    items = [] if is_filled else list(source.within(f"worklists/{id_}/items"))

    def take(session: Session) -> None:
        take_worklist(session, run, told, items, filters)

    _one(app, run, f"worklist {id_}", take)


def _mark(session: Session, run: Import, done: int) -> None:
    session.merge(ImportedRow(realm=run.realm, kind="done", number=1, id=done))


def _one(app: App, run: Import, what: str, do: Callable[[Session], None]) -> None:
    """Take one thing in; what can't be taken is noted, and the rest goes on."""
    before = dict(run.numbers)
    try:
        app.db.write(do)
    except HubError as error:
        run.numbers = before
        run.miss(f"{what}: {error}")
    app.pulse.beat()
