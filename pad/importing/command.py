"""`madang import etherpad`: all pads of an Etherpad, each in a transaction of its own.

An import that was broken off goes on where it was, and one that is done again takes in only what changed.
"""

import argparse
import getpass
import os
import sys
from collections import Counter
from collections.abc import Mapping
from functools import partial

from hub.app import App
from hub.errors import Invalid
from hub.people import operator
from hub.progress import counted
from hub.terminal import on_one_line
from pad.etherpad.changesets import Unsound
from pad.importing.sources import Remote, Source, source_of
from pad.importing.taking import AGAIN, NEW, OURS, SAME, Import, take_pad


def move_in(args: argparse.Namespace) -> int:
    """Take in what the arguments name, print what came of it, and return the exit status."""
    app: App = args.open(args)
    source = source_of(args.source, os.environ.get(args.apikey_env or "", ""))
    run = new_import(app)
    try:
        found = take_all(app, source, run)
    finally:
        if isinstance(source, Remote):
            source.close()
    print(
        f"{found[NEW]} pads new, {found[AGAIN]} taken again, {found[SAME]} as they were,"
        f" {found[OURS]} left alone as they are written in here."
    )
    for missed in run.missed:
        print(f"not taken: {on_one_line(missed)}", file=sys.stderr)
    return 0


def new_import(app: App) -> Import:
    """Return a run that begins now, at the command line."""
    pads = app.config.pads
    return Import(operator(getpass.getuser()), app.clock(), pads.access, pads.longest)


def take_all(app: App, source: Source, run: Import) -> Mapping[str, int]:
    """Take in all pads of a source; return how many there were of each outcome."""
    names, outcomes = source.names(), Counter[str]()
    with counted(len(names), "pads") as done:
        for name in names:
            try:
                found = source.find(name)
                outcomes[app.db.write(partial(take_pad, run=run, found=found))] += 1
            except (Invalid, Unsound) as error:
                run.miss(f"{name}: {error}")
            done(name)
    return outcomes
