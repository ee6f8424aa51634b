"""Search on the command line: `madang search QUERY`, `madang reindex`."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from hub.app import App
from hub.errors import Conflict
from hub.module import Menus
from hub.people import operator
from hub.progress import Step, counted
from hub.terminal import on_one_line
from search.engine import Busy, Mark
from search.finding import Asker, Found, Hit, find
from search.index import Index, State
from search.keeper import Keeper
from search.place import WRITING
from search.query import read_query
from search.told import told

_TICKS = 1000


def add_cli(menus: Menus) -> None:
    """Add the commands to the command line."""
    search = menus.commands.add_parser("search", help="look for words in everything")
    search.add_argument(
        "query", nargs="+", metavar="QUERY", help='words, "a phrase", in:#chan, -not'
    )
    search.add_argument("--json", action="store_true", help="as /search.json gives it")
    search.set_defaults(run=_search)
    again = menus.commands.add_parser(
        "reindex", help="build the search index again, beside the live one"
    )
    again.set_defaults(run=_reindex)


def _search(args: argparse.Namespace) -> int:
    from search.module import open_index

    app: App = args.open(args)
    index = open_index(app.config)
    _catch_up(app, index)
    query = read_query(" ".join(args.query), app.clock())
    asker = Asker(operator(getpass.getuser()), app.modules)
    found = app.db.read(lambda s: find(s, index, asker, query))
    if args.json:
        print(json.dumps(told(app, found), ensure_ascii=False, indent=1))
    else:
        _show(app, found)
    return 0


def _catch_up(app: App, index: Index) -> None:
    """Bring the index up to date, unless a running hub does it."""
    with index.place.locked(WRITING) as mine:
        if not mine:
            return
        keeper = Keeper(app.db, app.modules, index.place, index.engine)
        try:
            while keeper.step():
                pass
        except Busy:
            return
        finally:
            keeper.close()


def _show(app: App, found: Found) -> None:
    for problem in found.query.problems:
        guess = f" Did you mean: {problem.guess}" if problem.guess else ""
        print(on_one_line(f"{problem.sentence}{guess}"), file=sys.stderr)
    if found.state in {State.GROWING, State.MISSING}:
        print(f"The index is being built: {found.done:.0%} is there.", file=sys.stderr)
    if found.better:
        print(on_one_line(f"Did you mean: {found.better}"), file=sys.stderr)
    for hit in found.hits:
        print(_line(app, hit))
    print(_summary(found))


def _line(app: App, hit: Hit) -> str:
    text = "".join(_lit(piece.text) if piece.marked else piece.text for piece in hit.pieces)
    head = f"{hit.at:%Y-%m-%d %H:%M} {hit.where} <{hit.who}>" if hit.around else hit.title
    address = f"{app.config.public_url}{hit.url}"
    return f"{on_one_line(head)} {text}\n    {on_one_line(address)}"


def _lit(text: str) -> str:
    return f"\x1b[1m{on_one_line(text)}\x1b[0m" if sys.stdout.isatty() else text


def _summary(found: Found) -> str:
    if not found.hits:
        return "Nothing found."
    wide = " Not all words are in them." if found.is_wide else ""
    total = "Very many" if found.total is None else f"{found.total:,}"
    return f"{total} found, {len(found.hits)} shown.{wide}"


def _reindex(args: argparse.Namespace) -> int:
    from search.module import open_index

    app: App = args.open(args)
    index = open_index(app.config)
    keeper = Keeper(app.db, app.modules, index.place, index.engine, afresh=True)
    with _progress() as shown:
        try:
            while not keeper.mark.complete:
                if not keeper.step() and not keeper.is_open:
                    raise Conflict(
                        "Another process builds the index already. Wait until it is done."
                    )
                shown(keeper.mark)
        finally:
            keeper.close()
    opened = index.opened()
    print(f"The index is built again: {opened.reader.count() if opened else 0:,} documents.")
    return 0


@contextmanager
def _progress() -> Iterator["partial[None]"]:
    """Show how much is done, in thousandths."""
    with counted(_TICKS, "thousandths") as step:
        yield partial(_tick, step, [0])


def _tick(step: Step, shown: list[int], mark: Mark) -> None:
    goals = sum(mark.goals.values())
    come = sum(min(mark.cursors.get(name, 0), goal) for name, goal in mark.goals.items())
    done = _TICKS if mark.complete else min(_TICKS - 1, come * _TICKS // max(1, goals))
    for _ in range(shown[0], done):
        step("search index")
    shown[0] = max(shown[0], done)
