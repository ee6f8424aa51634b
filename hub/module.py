"""The port through which a domain joins the hub: one frozen value that says all it brings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from hub.documents import Documents
from hub.events import Event
from hub.irc import Effect, Line
from hub.notices.telling import Telling
from hub.now import WhatGoesOn
from hub.people import Actor
from hub.personal import Personal
from hub.refs import RefKind
from hub.webhooks.telling import Tell

if TYPE_CHECKING:
    from hub.app import App
    from hub.around import Related
    from hub.consumers import Consumer


@dataclass(frozen=True, slots=True)
class Heard:
    """A line that the archive has just taken in: its ref, and whether it was said now.

    Commands are obeyed in live lines only; a replayed line (server history, import) is no command.
    """

    line: Line
    ref: str
    live: bool


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation. key: after `g`, leads there on every page."""

    label: str
    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a person asked the bot. `channel` is where, None in private.

    account: the services account of who asks, None when the bot knows of none. tells_accounts: whether this
    network tells the bot about accounts at all.
    """

    network: str
    channel: str | None
    asker: Actor
    nick: str
    words: str
    account: str | None = None
    tells_accounts: bool = True

    def with_words(self, words: str) -> "Question":
        """Return the question without the command's own name."""
        return replace(self, words=words)


@dataclass(frozen=True, slots=True)
class Command:
    """A word that the bot answers to: `madang: seen`. The answer is one line of text.

    writes: whether answering changes something, and so needs a transaction that may.
    """

    name: str
    usage: str
    help: str
    answer: Callable[["App", Session, Question], str]
    writes: bool = False


Parsers = Any  # argparse's name for it, _SubParsersAction, is private


@dataclass(frozen=True, slots=True)
class Menus:
    """Where a module adds to the command line: `madang X`, and `madang import X`.

    `add_parser` is argparse's; `add_menu` gives one more such menu, as `madang meetings` is. A command's
    parser sets `run`: given the parsed arguments and a way to open the hub, it does the work and
    returns the exit status.
    """

    commands: Parsers
    imports: Parsers


@dataclass(frozen=True, slots=True)
class Module:
    """All that a domain brings. Adding one is a new folder and one line in `hub/bootstrap.py`.

    files_at: the address of a form that makes something of a text; it takes `title`, `description`, `source`.
    consumers: what follows a stream of the module's own. telling: what happened to its things, for inboxes.
    public: what webhooks are told of its events, by their names.
    """

    name: str
    routes: Callable[["App"], Sequence[Any]] | None = None
    nav: Sequence[NavItem] = ()
    refs: Sequence[RefKind] = ()
    documents: Documents | None = None
    on_line: Callable[["App", Session, Heard, datetime], Sequence[Effect]] | None = None
    on_tick: Callable[["App", Session, str, datetime], Sequence[Effect]] | None = None
    commands: Sequence[Command] = ()
    on_event: Mapping[str, Callable[[Session, Event], None]] = field(default_factory=dict)
    cli: Callable[[Menus], None] | None = None
    tables: Sequence[type] = ()
    now: WhatGoesOn | None = None
    personal: Personal | None = None
    related: "Related | None" = None
    files_at: str = ""
    consumers: "Callable[[App], Sequence[Consumer]] | None" = None
    telling: Telling | None = None
    public: Mapping[str, Tell] = field(default_factory=dict)
