"""The pads on the command line: list, forget a history, make the key of Etherpad's API."""

import argparse
import getpass

from hub.app import App
from hub.module import Menus
from hub.people import operator
from hub.terminal import on_one_line
from pad.etherpad.key import drop_key, make_key
from pad.names import clean
from pad.pads import forget_history, list_pads

_LISTED = 1_000_000


def add_cli(menus: Menus) -> None:
    """Add `madang pads list`, `forget NAME` and `apikey`, and `madang import etherpad`."""
    below = menus.commands.add_menu("pads", help="list pads, forget what a pad once said")
    listing = below.add_parser("list", help="list the pads, last changed first")
    listing.set_defaults(run=_list)
    forget = below.add_parser(
        "forget", help="forget a pad's history for good; the text that stands in it stays"
    )
    forget.add_argument("name", metavar="NAME")
    forget.set_defaults(run=_forget)
    key = below.add_parser(
        "apikey", help="make the key of Etherpad's HTTP API, in place of the one before"
    )
    key.add_argument("--off", action="store_true", help="let no key be good that was made so")
    key.set_defaults(run=_apikey)
    moved = menus.imports.add_parser("etherpad", help="take in all pads of an Etherpad")
    moved.add_argument(
        "source", metavar="DIR-or-FILE-or-URL",
        help="a folder of exports, its dirty.db, or its address",
    )  # fmt: skip
    moved.add_argument("--apikey-env", metavar="V", help="the variable with the key of its API")
    moved.set_defaults(run=_import)


def _list(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    actor = operator(getpass.getuser())
    for pad in app.db.read(lambda session: list_pads(session, actor, limit=_LISTED)):
        print(on_one_line(f"{pad.changed_at:%Y-%m-%d %H:%M} {pad.name}  {pad.title}"))
    return 0


def _forget(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    actor, now, name = operator(getpass.getuser()), app.clock(), clean(args.name)
    app.db.write(lambda session: forget_history(session, actor, name, now=now))
    print(f"The history of {name} is forgotten. Who had it open has to open it again.")
    return 0


def _apikey(args: argparse.Namespace) -> int:
    app: App = args.open(args)
    actor, now = operator(getpass.getuser()), app.clock()
    if args.off:
        app.db.write(drop_key)
        print("No key is good any more, but for the one in [pads] etherpad_apikey_file.")
        return 0
    print(app.db.write(lambda session: make_key(session, actor, now=now)))
    return 0


def _import(args: argparse.Namespace) -> int:
    from pad.importing.command import move_in

    return move_in(args)
