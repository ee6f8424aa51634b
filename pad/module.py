"""What the pads bring to the hub.

The pages are imported when a web server asks for them: no command needs them.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sqlmodel import Session, col, select

from hub.agenda import MeetsAt
from hub.config import Config
from hub.documents import Document, Documents
from hub.errors import Invalid
from hub.filing import FileWish
from hub.language import mark
from hub.module import Module, NavItem
from hub.people import Actor
from hub.refs import RefKind
from pad.commands import add_cli
from pad.everything import TABLES
from pad.mentions import by_name
from pad.names import GROUP, ROOT, address, clean, ref
from pad.pads import find_pad, may_pad, text_of
from pad.personal import PERSONAL, what_goes_on
from pad.tables import LISTED, PadRow

if TYPE_CHECKING:
    from hub.app import App


def pad(config: Config, file: FileWish | None = None, meets_at: MeetsAt | None = None) -> Module:
    """Build the pads' module for a hub of that configuration.

    file: makes stories of lines. meets_at: tells which meeting a pad is the agenda of.
    """
    kind = pad_refs(config)

    def routes(app: "App") -> Sequence[Any]:
        from pad.views import routes as pad_routes

        return pad_routes(app, file, meets_at)

    return Module(
        name="pad",
        routes=routes,
        nav=(NavItem(mark("Pads"), ROOT, "p"),),
        refs=(kind, by_name(kind)),
        documents=Documents(document, all_documents),
        cli=add_cli,
        tables=TABLES,
        now=what_goes_on,
        personal=PERSONAL,
    )


def pad_refs(config: Config) -> RefKind:
    """Say how pads are mentioned: by their public address."""
    pattern = re.compile(re.escape(config.public_url + ROOT) + r"(?P<name>[^\s/?#<>\"'()]{1,300})")

    def found(match: re.Match[str]) -> Sequence[str]:
        try:
            return (ref(clean(unquote(match["name"].rstrip(".,;:!")))),)
        except Invalid:
            return ()

    return RefKind("pad", pattern, found, lambda told: address(_name(told)), _label, _sees)


def _name(told: str) -> str:
    return told.partition(":")[2]


def _label(session: Session, told: str) -> str | None:
    found = find_pad(session, _name(told))
    return (found.title or found.name) if found and found.access != GROUP else None


def _sees(session: Session, actor: Actor, told: str) -> bool:
    found = find_pad(session, _name(told))
    return found is not None and may_pad(actor, "read", found)


def document(session: Session, told: str) -> Document | None:
    """Return what a pad says now; None when there is none, or nothing in it."""
    found = find_pad(session, _name(told))
    if found is None or found.head == 0 or found.name != _name(told):
        return None
    if found.access == GROUP:  # what is told here, everybody may find
        return None
    text = text_of(session, found)
    visibility = "public" if found.access in LISTED else found.access
    return Document(
        ref(found.name), "pad", found.title or found.name, text, found.changed_at, "", found.name,
        visibility,
    )  # fmt: skip


def all_documents(session: Session) -> Iterator[Document]:
    """Yield every pad in which something stands."""
    names = session.exec(
        select(PadRow.name)
        .where(PadRow.head > 0, col(PadRow.deleted_at).is_(None))
        .order_by(col(PadRow.id))
    )
    for name in list(names):
        told = document(session, ref(name))
        if told is not None:
            yield told
