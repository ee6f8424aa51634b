"""`madang gerrit`: follow a Gerrit over SSH, or take in what was kept of its events."""

import argparse
import json
import logging
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hub.app import App
from hub.errors import Unavailable
from hub.module import Menus
from tracker.gerrit.announcing import Announcing, announcing
from tracker.gerrit.reviews import take_events

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 300.0


def add_gerrit(menus: Menus) -> None:
    """Add `madang gerrit follow` and `madang gerrit take`."""
    menu = menus.commands.add_menu("gerrit", help="let stories follow the reviews of a Gerrit")
    follow = menu.add_parser("follow", help="follow the events of a Gerrit over SSH until stopped")
    follow.add_argument("host", metavar="[USER@]HOST", help="the Gerrit")
    follow.add_argument("--port", type=int, default=29418, metavar="P", help="its port for SSH")
    follow.add_argument("--identity", metavar="F", help="the file of the key to log in with")
    follow.add_argument("--ssh", default="ssh", metavar="PROGRAM", help="what speaks SSH")
    follow.add_argument("--once", action="store_true", help="end when the Gerrit ends it")
    follow.set_defaults(run=_follow)
    take = menu.add_parser("take", help="take in events from a file, one a line; - is the input")
    take.add_argument("file", metavar="FILE", help="JSON, one event a line")
    take.set_defaults(run=_take)


def _take(args: argparse.Namespace) -> int:
    app = args.open(args)
    try:
        with sys.stdin if args.file == "-" else Path(args.file).open(encoding="utf-8") as lines:
            new, read = _taken(app, lines, Announcing())
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"{args.file} can't be read: {error}. Give another file.")
    print(f"{read} events, {new} of them new.")
    return 0


def _follow(args: argparse.Namespace) -> int:
    """Follow; when the connection ends wait, longer and longer while nothing comes, and begin again."""
    app = args.open(args)
    bot, pause = announcing(app.config), _FIRST_PAUSE_S
    while True:
        read = _followed(app, _ssh(args), bot)
        if args.once:
            return 0
        pause = _FIRST_PAUSE_S if read else min(_LONGEST_PAUSE_S, 2 * pause)
        _log.warning("gerrit: the connection ended; again in %.0f s", pause)
        time.sleep(pause)


def _ssh(args: argparse.Namespace) -> list[str]:
    key = ["-i", args.identity] if args.identity else []
    alive = ["-o", "ServerAliveInterval=60", "-o", "BatchMode=yes"]
    return [args.ssh, *key, *alive, "-p", str(args.port), "--", args.host, "gerrit stream-events"]


def _followed(app: App, command: list[str], bot: Announcing) -> int:
    """Take in what a command prints, until it ends; return how many events came.

    Raises: Unavailable when there is no such program.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - the operator's own words, and no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise Unavailable(f"{command[0]} can't be run: {error.strerror}. Name it with --ssh.")
    with process:
        try:
            return _taken(app, process.stdout or (), bot)[1]
        finally:
            process.terminate()


def _taken(app: App, lines: Iterable[str], bot: Announcing) -> tuple[int, int]:
    """Take each line in, in a transaction of its own; return how many events were new, and how many came."""
    new = read = 0
    for line in lines:
        told = _object(line)
        if told is None:
            continue
        read += 1
        now = app.clock()
        new += app.db.write(lambda s, t=told, n=now: take_events(s, [t], bot, now=n))  # type: ignore[misc]
        app.pulse.beat()
    return new, read


def _object(line: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        if line.strip():
            _log.warning("gerrit: this is no event, it is left out: %.80s", line.strip())
        return None
    return told
