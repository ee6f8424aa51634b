"""What people bring to the hub."""

import re
from collections.abc import Sequence

from sqlmodel import Session

from hub.accounts.command import add_cli
from hub.accounts.found import DOCUMENTS
from hub.accounts.handles import knows, person_called
from hub.accounts.linking import COMMANDS
from hub.accounts.people import ROOT
from hub.accounts.tables import TABLES
from hub.config import Config
from hub.module import Module
from hub.people import Actor, person_ref
from hub.refs import RefKind


def people(config: Config) -> Module:
    """Build the module of people for a hub of that configuration."""
    return Module(
        name="people",
        refs=(person_refs(config),),
        documents=DOCUMENTS,
        commands=COMMANDS,
        cli=add_cli,
        tables=TABLES,
    )


def person_refs(config: Config) -> RefKind:
    """Say how people are mentioned: by the address of their page, and as `@ann` in what is written here."""
    pattern = re.compile(
        re.escape(f"{config.public_url}{ROOT}") + r"(?P<slug>[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9]))"
    )
    return RefKind("person", pattern, _found, _url, _label, _sees, _CALL)


_CALL = re.compile(
    r"(?<![A-Za-z0-9_.@/+-])@(?P<slug>[A-Za-z0-9][A-Za-z0-9._-]{0,30}[A-Za-z0-9])(?![A-Za-z0-9_@-])"
)
"""`@ann`, but not within an address; a particle may follow it at once: `@ann님`."""


def _found(match: re.Match[str]) -> Sequence[str]:
    return (person_ref(match["slug"].lower()),)


def _url(ref: str) -> str:
    return f"{ROOT}{ref.partition(':')[2]}"


def _label(session: Session, ref: str) -> str | None:
    person = person_called(session, ref.partition(":")[2])
    return person.name if person is not None else None


def _sees(session: Session, actor: Actor, ref: str) -> bool:
    """Tell whether somebody may know that there is a person: guests, of who has a name on IRC."""
    person = person_called(session, ref.partition(":")[2])
    return person is not None and person.is_active and knows(session, actor, person)
