"""What the archive brings to the hub.

The pages are imported when a web server asks for them: no command needs them.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from archive.addresses import ROOT, Addresses
from archive.answers import COMMANDS
from archive.commands import add_cli
from archive.documents import DOCUMENTS
from archive.erasure import erase_from_archive, said_by
from archive.now import what_is_said
from archive.queries import find_channel, find_line
from archive.tables import TABLES
from hub.config import Config
from hub.language import mark
from hub.module import Module, NavItem
from hub.personal import Identity, Personal
from hub.refs import RefKind

if TYPE_CHECKING:
    from hub.app import App


def archive(config: Config) -> Module:
    """Build the archive's module for a hub of that configuration."""
    return Module(
        name="archive",
        routes=_routes,
        nav=(NavItem(mark("Channels"), ROOT, "c"),),
        refs=(line_refs(config), channel_refs(config)),
        documents=DOCUMENTS,
        commands=COMMANDS,
        cli=add_cli,
        tables=TABLES,
        personal=Personal(export=_export, erase=erase_from_archive),
        now=what_is_said,
    )


def _routes(app: "App") -> Sequence[Any]:
    from archive.views import routes

    return routes(app)


def _export(session: Session, identity: Identity) -> Mapping[str, Any]:
    return {"lines": said_by(session, identity) if identity.is_on_irc else []}


def line_refs(config: Config) -> RefKind:
    """Say how lines are mentioned: by the public address of their day with their anchor."""
    addresses = Addresses(config.network[0].name if config.network else "")
    pattern = re.compile(
        re.escape(config.public_url)
        + r"(?P<path>/irclogs/[^\s#<>\"]{1,900})#t(?P<anchor>[0-9T:-]{19,26})"
    )

    def found(match: re.Match[str]) -> Sequence[str]:
        place = addresses.parse(match["path"])
        if place is None or place.page != "day" or not _ANCHOR.fullmatch(match["anchor"]):
            return ()
        return (f"line:{place.network}/{place.slug}/{match['anchor']}",)

    return RefKind("line", pattern, found, addresses.line, _label)


def channel_refs(config: Config) -> RefKind:
    """Say where channels are, `channel:oftc/#yard`; a mention of one in a text is no link."""
    addresses = Addresses(config.network[0].name if config.network else "")

    def url(ref: str) -> str:
        network, _, name = ref.removeprefix("channel:").partition("/")
        return addresses.channel(network, name)

    def label(session: Session, ref: str) -> str | None:
        network, _, name = ref.removeprefix("channel:").partition("/")
        found = find_channel(session, network, name)
        return found.name if found is not None else None

    return RefKind("channel", re.compile(r"(?!)"), lambda _match: (), url, label)


_ANCHOR = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:-\d{1,6})?")


def _label(session: Session, ref: str) -> str | None:
    found = find_line(session, ref)
    if found is None:
        return None
    channel, entry = found
    return f"{channel.name} {entry.anchor} {entry.nick}"
