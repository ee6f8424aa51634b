"""The archive on the command line: import, redact, list."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archive.addresses import Addresses
from archive.import_command import add_import
from archive.queries import channels
from archive.redaction import redact_line, redact_nick, redactions
from hub.app import App
from hub.errors import Invalid
from hub.module import Menus
from hub.people import operator
from hub.terminal import on_one_line

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_WIDE = 1000


def add_cli(menus: Menus) -> None:
    """Add the archive's commands to the command line."""
    add_import(menus)
    _add_redact(menus)
    trail = menus.commands.add_parser("redactions", help="list what was redacted, by whom and why")
    trail.set_defaults(run=_redactions)
    listing = menus.commands.add_parser("channels", help="list the channels of the archive")
    listing.set_defaults(run=_channels)


def _add_redact(menus: Menus) -> None:
    redact = menus.commands.add_parser(
        "redact", help="take a line, or all that a nick said, out of the archive for good"
    )
    redact.add_argument(
        "ref", nargs="?", metavar="REF", help="line:NETWORK/#chan/DATETIME[-N], or its URL"
    )
    redact.add_argument("--nick", help="redact all that this nick said in --channel")
    redact.add_argument("--network", metavar="N", help="the network's short name")
    redact.add_argument("--channel", metavar="'#c'", help="the channel for --nick")
    redact.add_argument("--reason", required=True, help="for the record")
    redact.set_defaults(run=_redact)


def _redact(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    actor, now = operator(getpass.getuser()), app.clock()
    if args.nick and args.network and args.channel:
        refs: Sequence[str] = app.db.write(
            lambda s: redact_nick(
                s, actor, args.network, args.channel, args.nick, reason=args.reason, at=now
            )
        )
        already = "" if refs else " Nothing was said that had not been redacted already."
        print(f"{len(refs)} lines of {args.nick} in {args.channel} redacted.{already}")
        return 0
    if not args.ref or args.nick:
        raise Invalid("ref", "Give the line's REF or URL, or --nick with --network and --channel.")
    ref = _as_ref(app, args.ref)
    before = app.db.write(lambda s: redact_line(s, actor, ref, reason=args.reason, at=now))
    if before is None:
        print(f"{ref} redacted.")
    else:
        who = f"{_moment(before.at)} by {before.actor} ({before.reason})"
        print(on_one_line(f"{ref} was redacted already, {who}. Nothing was changed."))
    return 0


def _as_ref(app: App, given: str) -> str:
    """Take a line's address for its ref."""
    for module in app.modules:
        for kind in module.refs:
            match = kind.pattern.search(given)
            if match is not None and kind.found(match):
                return kind.found(match)[0]
    return given


def _redactions(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    table = _table("at", "line", "by", "reason")
    for entry in app.db.read(redactions):
        table.add_row(_moment(entry.at), *map(_cell, (entry.ref, entry.actor, entry.reason)))
    _show(table, "Nothing was ever redacted.")
    return 0


def _channels(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    table = _table("network", "channel", "lines", "last spoken", "address")
    addresses = Addresses(app.main_network)
    for channel in app.db.read(channels):
        spoken = _moment(channel.spoken_at) if channel.spoken_at else ""
        address = app.config.public_url + addresses.channel(channel.network, channel.slug)
        table.add_row(
            channel.network, _cell(channel.name), str(channel.lines), spoken, _cell(address)
        )
    _show(table, "No channel has been logged yet.")
    return 0


def _table(*names: str) -> "Table":
    from rich.table import Table

    table = Table()
    for name in names:
        table.add_column(name, overflow="fold")  # an address that is cut leads nowhere
    return table


def _show(table: "Table", nothing: str) -> None:
    """Print a table to the width of the terminal, or as wide as it is for a program to read."""
    if not table.row_count:
        print(nothing)
        return
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _cell(text: str) -> "Text":
    """Return a text as it is: brackets in it are no markup."""
    from rich.text import Text

    return Text(on_one_line(text))
