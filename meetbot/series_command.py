"""`madang meetings`: the series of meetings for the operator; listed, renamed, merged, described."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from functools import partial

from sqlmodel import Session

from hub.accounts.audit import record
from hub.app import App
from hub.module import Menus
from hub.passes import DAYS
from hub.people import Actor, operator
from hub.reading import ChannelPast
from hub.terminal import on_one_line
from meetbot.actions import leave_behind
from meetbot.addresses import series_url
from meetbot.gather import gather
from meetbot.queries import SeriesBrief, series_list
from meetbot.rules import FILE_RULES
from meetbot.series import (
    Series,
    add_alias,
    aliases,
    describe_series,
    merge_series,
    rename_series,
    require_series,
)

_WIDE = 1000

Change = Callable[[Session, argparse.Namespace, App], str]
"""Does the work in a transaction and says what was done."""


def add_series(menus: Menus, past: ChannelPast) -> None:
    """Add the command with those below it."""
    below = menus.commands.add_menu("meetings", help="list and tidy the series of meetings")
    listing = below.add_parser("list", help="list all series, the one that met last first")
    listing.set_defaults(run=_list)
    rename = below.add_parser("rename", help="give a series another name; the old one leads to it")
    rename.add_argument("series", metavar="OLD")
    rename.add_argument("name", metavar="NEW")
    rename.set_defaults(run=_changing(_rename))
    merge = below.add_parser("merge", help="make one series a part of another, for good")
    merge.add_argument("series", metavar="FROM")
    merge.add_argument("into", metavar="INTO")
    merge.set_defaults(run=_changing(_merge))
    alias = below.add_parser("alias", help="let meetings of another name belong to a series")
    alias.add_argument("series", metavar="SERIES")
    alias.add_argument("name", metavar="NAME")
    alias.set_defaults(run=_changing(_alias))
    describe = below.add_parser("describe", help="say what a series is; what is not given stays")
    describe.add_argument("series", metavar="SERIES")
    describe.add_argument("--title", metavar="T", help="what people call it")
    describe.add_argument("--about", metavar="TEXT", help="what it is about")
    describe.add_argument("--agenda", metavar="URL", help="where its agenda is")
    describe.set_defaults(run=_changing(_describe))

    giving = below.add_parser("pass", help="make a link with which somebody may edit a series")
    giving.add_argument("series", metavar="SERIES")
    giving.add_argument("--name", required=True, metavar="NICK", help="under whose name they write")
    giving.set_defaults(run=_changing(_give_pass))
    gathering = below.add_parser("gather", help="keep the meetings that a channel's archive holds")
    gathering.add_argument("--network", required=True, metavar="N", help="the network's short name")
    gathering.add_argument(
        "--channel", required=True, metavar="'#c'", help="whose lines to look through"
    )
    gathering.set_defaults(run=_changing(partial(_gather, past=past)))


def _changing(change: Change) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        app: App = args.open(args)
        print(on_one_line(app.db.write(lambda session: change(session, args, app))))
        return 0

    return run


def _rename(session: Session, args: argparse.Namespace, app: App) -> str:
    series = require_series(session, args.series)
    new = rename_series(session, _actor(), series, args.name, now=app.clock())
    return f"{series.slug} is {new.slug} now: {_address(app, new)}"


def _merge(session: Session, args: argparse.Namespace, app: App) -> str:
    gone, into = require_series(session, args.series), require_series(session, args.into)
    merge_series(session, _actor(), gone, into, now=app.clock())
    return f"The meetings of {gone.slug} are in {into.slug} now: {_address(app, into)}"


def _alias(session: Session, args: argparse.Namespace, app: App) -> str:
    series = require_series(session, args.series)
    add_alias(session, _actor(), series, args.name, now=app.clock())
    return f"{series.slug} also goes by: {', '.join(aliases(session, series)) or 'no other name'}."


def _describe(session: Session, args: argparse.Namespace, app: App) -> str:
    series = require_series(session, args.series)
    told = describe_series(
        session,
        _actor(),
        series,
        title=series.title if args.title is None else args.title,
        about=series.about if args.about is None else args.about,
        agenda_url=series.agenda_url if args.agenda is None else args.agenda,
        now=app.clock(),
    )
    parts = [told.name, *filter(None, (told.about, told.agenda_url))]
    return f"{told.slug}: {'; '.join(parts)}"


def _give_pass(session: Session, args: argparse.Namespace, app: App) -> str:
    series = require_series(session, args.series)
    text = app.passes.write(args.name, frozenset({("edit", series.ref)}))
    record(session, _actor(), "pass", series.ref, f"to {args.name}", now=app.clock())
    return (
        f"{args.name} may edit {series.slug} and its minutes for {DAYS} days, with this link:"
        f" {app.config.public_url}/pass/{text}"
    )


def _gather(session: Session, args: argparse.Namespace, app: App, past: ChannelPast) -> str:
    told = past.all(session, args.network, args.channel)
    keys = gather(session, told, FILE_RULES, _actor(), now=app.clock())
    closed = leave_behind(session, _actor(), keys, now=app.clock())
    return (
        f"{args.channel}: {len(keys)} meetings are kept that were not,"
        f" {closed} actions of old ones are closed."
    )


def _actor() -> Actor:
    return operator(getpass.getuser())


def _address(app: App, series: Series) -> str:
    return f"{app.config.public_url}{series_url(series.slug)}"


def _list(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    app: App = args.open(args)
    found: Sequence[tuple[SeriesBrief, str]] = app.db.read(_listed)
    if not found:
        print("No meeting has been held yet.")
        return 0
    table = Table()
    for name in ("series", "title", "meetings", "last", "also", "address"):
        table.add_column(name, overflow="fold")
    for brief, others in found:
        last = f"{brief.last_at:%Y-%m-%d}" if brief.last_at else ""
        row = (brief.series.slug, brief.series.title, str(brief.meetings), last, others)
        address = _address(app, brief.series)
        table.add_row(*(Text(on_one_line(text)) for text in (*row, address)))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
    return 0


def _listed(session: Session) -> Sequence[tuple[SeriesBrief, str]]:
    return [(b, ", ".join(aliases(session, b.series))) for b in series_list(session)]
