"""The command `madang`.

Exit status: 0 done; 1 failed, with one clear sentence on standard error; 2 wrong usage.
"""

import argparse
import dataclasses
import gc
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from hub import __version__, bootstrap
from hub.accounts.audit import record
from hub.app import App
from hub.backup import back_up, restore
from hub.checking import problems
from hub.config import Config, load
from hub.errors import HubError
from hub.logs import set_up
from hub.memory import spare_collector
from hub.module import Menus
from hub.open_files import raise_limit
from hub.people import operator
from hub.roles import run_roles
from hub.terminal import on_one_line

_DEMO_DATA = "demo-data"


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = _parser().parse_args(argv)
    try:
        status: int = args.run(args)
    except HubError as error:
        sentences = "\n".join(map(on_one_line, str(error).split("\n")))  # paths may hold any bytes
        print(f"madang: {sentences}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="madang",
        description="The yard of an open community: its IRC channels as an archive to read.",
        epilog="`madang COMMAND --help` tells what a command takes.",
    )
    parser.add_argument("--version", action="version", version=f"madang {__version__}")
    commands = _menu(parser, "COMMAND")
    _add_serving(commands)
    _add_keeping(commands)
    opened = _Opened(commands)
    menus = Menus(opened, opened.add_menu("import", help="take in what another system kept"))
    for module in bootstrap.modules(Config()):
        if module.cli is not None:
            module.cli(menus)
    return parser


def _menu(parser: argparse.ArgumentParser, metavar: str) -> "_Commands":
    """Add a menu; without a choice from it, it is listed, and that is wrong usage."""

    def listed(_args: argparse.Namespace) -> int:
        parser.print_help(sys.stderr)
        return parser.exit(2)

    parser.set_defaults(run=listed)
    return parser.add_subparsers(metavar=metavar)


def _add(commands: "_Commands", name: str, **given: Any) -> argparse.ArgumentParser:
    """Add a command; what the menu says of it is said as a sentence by its own --help."""
    told = given["help"]
    return commands.add_parser(name, description=f"{told[0].upper()}{told[1:]}.", **given)


@dataclasses.dataclass(frozen=True, slots=True)
class _Opened:
    """A menu whose commands all take --config and --data, and get the opened hub as `args.open`."""

    menu: "_Commands"

    def add_parser(self, name: str, **given: Any) -> argparse.ArgumentParser:
        parser = _add(self.menu, name, **given)
        _add_where(parser)
        parser.set_defaults(open=_open)
        return parser

    def add_menu(self, name: str, **given: Any) -> "_Opened":
        return _Opened(_menu(_add(self.menu, name, **given), "WHAT"))


def _add_where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, metavar="F", help="madang.toml (else ./madang.toml)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the data folder")


def _add_serving(commands: "_Commands") -> None:
    roles = {
        "serve": "run everything in one process",
        "web": "serve the pages only",
        "bot": "run the IRC bots only",
        "worker": "run the consumers only",
    }
    for name, told in roles.items():
        parser = _add(commands, name, help=told)
        _add_where(parser)
        if name in {"serve", "web"}:
            parser.add_argument("--host", metavar="H", help="the address to serve the pages on")
            parser.add_argument("--port", type=int, metavar="P", help="the port to serve them on")
        if name == "serve":
            parser.add_argument(
                "--demo", action="store_true", help="with an IRC server and a sample community"
            )
        parser.set_defaults(run=_serve, role=name)


def _add_keeping(commands: "_Commands") -> None:
    check = _add(commands, "check", help="verify every invariant of the data")
    check.set_defaults(run=_check)
    backup = _add(commands, "backup", help="write a consistent copy of the running hub")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file")
    backup.set_defaults(run=_backup)
    back = _add(commands, "restore", help="make the hub what a backup holds")
    back.add_argument("file", type=Path, metavar="FILE", help="what `madang backup` wrote")
    back.add_argument("--replace", action="store_true", help="replace what the hub holds")
    back.set_defaults(run=_restore, may_begin=True)
    for parser in (check, backup, back):
        _add_where(parser)


def configuration(args: argparse.Namespace) -> Config:
    """Read the configuration that the arguments name, with their overrides.

    Raises: ConfigError with every problem.
    """
    file = args.config
    if file is None and Path("madang.toml").exists():
        file = Path("madang.toml")
    given = {
        "MADANG_HUB_DATA_DIR": args.data and str(args.data),
        "MADANG_WEB_HOST": getattr(args, "host", None),
        "MADANG_WEB_PORT": getattr(args, "port", None),
    }
    return load(file, given={key: str(v) for key, v in given.items() if v is not None})


def _open(args: argparse.Namespace) -> App:
    config = configuration(args)
    set_up(config.log)
    if not getattr(args, "may_begin", False):
        bootstrap.require(config)
    app = bootstrap.build(config)
    spare_collector()
    return app


def _serve(args: argparse.Namespace) -> int:
    if getattr(args, "demo", False) and args.data is None and args.config is None:
        args.data = Path(_DEMO_DATA)  # what is played with stays apart from what is meant
    config = configuration(args)
    set_up(config.log)
    raise_limit()
    run_roles_of = bootstrap.demo if getattr(args, "demo", False) else bootstrap.plain
    app, roles = run_roles_of(config, args.role)
    gc.collect()  # a command ends before that would pay
    spare_collector()
    anyio.run(run_roles, app, roles, backend_options={"use_uvloop": True})
    return 0


def _check(args: argparse.Namespace) -> int:
    found = problems(_open(args), bootstrap.CHECKS)
    for problem in found:
        print(on_one_line(problem))
    print(f"{len(found)} problems found." if found else "All invariants hold.")
    return 1 if found else 0


def _backup(args: argparse.Namespace) -> int:
    app = _open(args)
    copied = back_up(app, args.file, app.clock())
    print(f"{args.file}: {sum(copied.rows.values())} rows as of {copied.at}.")
    return 0


def _restore(args: argparse.Namespace) -> int:
    app = _open(args)
    if args.replace:
        kept = app.config.data_dir / f"before-restore-{app.clock():%Y%m%dT%H%M%S.%f}.backup"
        back_up(app, kept, app.clock())
        print(f"{kept}: what was there before.")
    copied = restore(app, args.file, replace=args.replace)
    actor, now = operator(getpass.getuser()), app.clock()
    told = f"to {copied.at}"
    app.db.write(lambda session: record(session, actor, "restore", "hub:all", told, now=now))
    print(f"The hub is as it was at {copied.at}: {sum(copied.rows.values())} rows.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
