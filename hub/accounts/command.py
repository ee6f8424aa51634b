"""`madang user` and `madang token`: people for the operator at the command line."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from hub.accounts.erasure import erase_person, erasure_consumer, export_person
from hub.accounts.handles import bind_handle, handles_of
from hub.accounts.passwords import set_password
from hub.accounts.people import (
    Person,
    create_person,
    list_people,
    rename_person,
    require_person,
    restore_person,
    set_role,
    suspend,
)
from hub.accounts.tickets import make_reset
from hub.accounts.tokens import SCOPES, create_token
from hub.app import App
from hub.consumers import catch_up
from hub.errors import Conflict, Invalid, Unavailable
from hub.module import Menus, Parsers
from hub.people import Actor, Role, operator
from hub.terminal import on_one_line

_PAGE = 500
_ROLES = {"administrator": Role.ADMINISTRATOR, "member": Role.MEMBER}

Work = Callable[[App, argparse.Namespace, Actor], Sequence[str]]
"""Does what a command is for, and returns what to print."""


def add_cli(menus: Menus) -> None:
    """Add the commands about people."""
    below = menus.commands.add_menu("user", help="add, list and look after people's accounts")
    adding = below.add_parser("add", help="add a person; prints a link to set the password with")
    adding.add_argument("name", metavar="NAME", help="the short name: a-z, 0-9, . - and _")
    adding.add_argument("--admin", action="store_true", help="as an administrator")
    adding.add_argument("--email", default="", metavar="E", help="where they can be written to")
    adding.add_argument("--called", default="", metavar="N", help="how they are called on pages")
    _takes_password(adding)
    adding.set_defaults(run=_running(_add), may_begin=True)
    listing = below.add_parser("list", help="list people, their role and state")
    listing.add_argument("--all", action="store_true", help="suspended and erased ones too")
    listing.set_defaults(run=_running(_list))
    _add_changes(below)
    _add_data(below)
    token = menus.commands.add_parser("token", help="make an API token for a person")
    token.add_argument("name", metavar="NAME")
    token.add_argument("--scope", action="append", choices=SCOPES, help="may be given repeatedly")
    token.add_argument("--days", type=int, default=90, metavar="N", help="0 for no end")
    token.add_argument("--called", default="", metavar="T", help="what it is for")
    token.set_defaults(run=_running(_token))


def _add_changes(below: Parsers) -> None:
    add = below.add_parser
    suspending = add("suspend", help="shut a person out until they are restored")
    suspending.add_argument("--reason", default="", metavar="R", help="for the record")
    resetting = add("reset", help="print a link to set a new password with, or read one")
    _takes_password(resetting)
    renaming = add("rename", help="give a person another short name, or another one on pages")
    renaming.add_argument("--to", metavar="NEW", help="the new short name")
    renaming.add_argument("--called", metavar="N", help="how they are called on pages")
    role = add("role", help="make a person an administrator, or a member")
    binding = add("bind", help="bind a nick, services account or e-mail address to a person")
    binding.add_argument("--nick", metavar="NETWORK/NICK")
    binding.add_argument("--account", metavar="NETWORK/ACCOUNT")
    binding.add_argument("--email", metavar="E")
    parsers = {
        _suspend: suspending,
        _restore: add("restore", help="let a suspended person in again"),
        _reset: resetting,
        _rename: renaming,
        _role: role,
        _bind: binding,
    }
    for work, parser in parsers.items():
        parser.add_argument("name", metavar="NAME")
        parser.set_defaults(run=_running(work))
    role.add_argument("role", choices=_ROLES)


def _add_data(below: Parsers) -> None:
    add = below.add_parser
    exporting = add("export", help="write all that the hub keeps of a person, as JSON")
    exporting.add_argument("name", metavar="NAME")
    exporting.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a new file")
    exporting.set_defaults(run=_running(_export))
    erasing = add("erase", help="close an account for good and take the name out of everything")
    erasing.add_argument("name", metavar="NAME")
    erasing.add_argument(
        "--nick", action="append", default=[], metavar="NETWORK/NICK",
        help="a nick that was theirs all the time; may be given repeatedly",
    )  # fmt: skip
    erasing.add_argument("--yes", action="store_true", help="this can't be taken back")
    erasing.set_defaults(run=_running(_erase))


def _takes_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password instead of printing a link"
    )


def _running(work: Work) -> Callable[[argparse.Namespace], int]:
    def run(args: argparse.Namespace) -> int:
        app: App = args.open(args)
        for line in work(app, args, operator(getpass.getuser())):
            print(on_one_line(line))
        return 0

    return run


def _add(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    password, now = _password(args), app.clock()
    role = Role.ADMINISTRATOR if args.admin else Role.MEMBER

    def write(session: Session) -> Sequence[str]:
        person = create_person(
            session, actor, args.name, name=args.called, email=args.email, role=role, now=now
        )
        told = f"{person.slug} is {'an administrator' if args.admin else 'a member'} now."
        return [told, *_let_in(app, session, actor, person.slug, password)]

    return app.db.write(write)


def _reset(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    password = _password(args)
    return app.db.write(lambda session: _let_in(app, session, actor, args.name, password))


def _let_in(
    app: App, session: Session, actor: Actor, slug: str, password: str | None
) -> Sequence[str]:
    """Set the password that was given, or make a link to set one with."""
    now = app.clock()
    if password is not None:
        set_password(session, actor, slug, password, now=now)
        return ["The password is set; sessions that were open have ended."]
    code = make_reset(session, actor, slug, now=now)
    return [f"To set the password, within three days: {app.config.public_url}/reset/{code}"]


def _password(args: argparse.Namespace) -> str | None:
    if not args.password_stdin:
        return None
    if sys.stdin.isatty():
        return getpass.getpass("Password: ")
    return sys.stdin.readline().rstrip("\r\n")


def _list(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    del actor
    told, after = [], ""
    while True:
        found = app.db.read(lambda s: list_people(s, after, _PAGE, all_states=args.all))  # noqa: B023
        told += [_line(app, person) for person in found]
        if len(found) < _PAGE:
            return told or ["Nobody has an account. See madang user add."]
        after = found[-1].slug


def _line(app: App, person: Person) -> str:
    handles = app.db.read(lambda session: handles_of(session, person.slug))
    names = ", ".join(f"{handle.kind} {handle.realm}/{handle.shown}" for handle in handles)
    marks = (
        f"{person.role.value}, {person.state}, since {person.created_at.astimezone(UTC):%Y-%m-%d}"
    )
    mail = f" <{person.email}>" if person.email else ""
    return f"{person.slug}: {person.name}{mail} ({marks}){f': {names}' if names else ''}"


def _suspend(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    now = app.clock()
    person = app.db.write(lambda s: suspend(s, actor, args.name, reason=args.reason, now=now))
    return [f"{person.slug} is shut out."]


def _restore(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    now = app.clock()
    person = app.db.write(lambda session: restore_person(session, actor, args.name, now=now))
    return [f"{person.slug} may log in again."]


def _rename(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    if args.to is None and args.called is None:
        raise Invalid("to", "Say the new name with --to, or --called for the one on pages.")
    now = app.clock()
    person = app.db.write(
        lambda s: rename_person(s, actor, args.name, name=args.called, new_slug=args.to, now=now)
    )
    return [f"{person.slug} is called {person.name}."]


def _role(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    now, role = app.clock(), _ROLES[args.role]
    person = app.db.write(lambda session: set_role(session, actor, args.name, role, now=now))
    return [
        f"{person.slug} is {'an administrator' if role is Role.ADMINISTRATOR else 'a member'} now."
    ]


def _bind(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    given = {"nick": args.nick, "irc": args.account, "email": args.email}
    names = [(kind, text) for kind, text in given.items() if text]
    if not names:
        raise Invalid("handle", "Say what to bind, with --nick, --account or --email.")
    now = app.clock()

    def write(session: Session) -> Sequence[str]:
        told = []
        for kind, text in names:
            realm, name = ("", text) if kind == "email" else _on_network(text)
            bound = bind_handle(session, actor, args.name, kind, realm, name, now=now)
            told.append(f"{kind} {bound.realm}/{bound.shown} is {args.name}.")
        return told

    return app.db.write(write)


def _export(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    del actor
    now = app.clock()
    told = app.db.read(lambda session: export_person(session, args.name, app.modules, now=now))
    text = json.dumps(told, ensure_ascii=False, indent=2)
    if args.file is None:
        return text.split("\n")
    try:
        descriptor = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
    except FileExistsError:
        raise Conflict(f"{args.file} exists already. Give a new name.")
    except OSError as error:
        raise Unavailable(f"{args.file} can't be written: {error.strerror}.")
    return [f"{args.file}: all that is kept of {args.name}."]


def _erase(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    nicks = [_on_network(text) for text in args.nick]
    person = app.db.read(lambda session: require_person(session, args.name))
    if not args.yes:
        raise Invalid(
            "yes",
            f"This closes the account of {person.slug} and takes the name out of archive, minutes and"
            " records, for good; what they said stays. Say so with --yes.",
        )
    now = app.clock()
    tombstone = app.db.write(lambda s: erase_person(s, actor, args.name, now, nicks))
    catch_up(app, [erasure_consumer(app.modules)])
    app.pulse.beat()
    return [
        f"{args.name} is {tombstone} now. Backups that were made before still have the name: delete them,"
        " or erase again after restoring one."
    ]


def _token(app: App, args: argparse.Namespace, actor: Actor) -> Sequence[str]:
    now = app.clock()
    ends = _end(args.days, now)
    scopes = args.scope or ["read"]
    name = args.called or f"made by {actor.name.partition(':')[2]}"
    info, secret = app.db.write(
        lambda s: create_token(s, actor, args.name, name, scopes, ends, now)
    )
    until = f"until {info.expires_at:%Y-%m-%d}" if info.expires_at else "without an end"
    return [secret, f"It may {', '.join(info.scopes)}, {until}. It can't be shown again."]


def _end(days: int, now: datetime) -> datetime | None:
    if days < 0 or days > 36_500:
        raise Invalid("days", "Say --days with a number of days, or 0 for no end.")
    return now + timedelta(days=days) if days else None


def _on_network(text: str) -> tuple[str, str]:
    network, slash, name = text.partition("/")
    if not (network and slash and name):
        raise Invalid("nick", f"{text} should be like oftc/ann: the network's short name first.")
    return network, name
