"""What people bring to the hub."""

import re
from collections.abc import Sequence

from sqlmodel import Session

from hub.accounts.command import add_cli
from hub.accounts.linking import COMMANDS
from hub.accounts.people import find_person
from hub.accounts.tables import TABLES
from hub.config import Config
from hub.module import Module
from hub.people import person_ref
from hub.refs import RefKind

ROOT = "/people/"
"""Where people's pages are."""


def people(config: Config) -> Module:
    """Build the module of people for a hub of that configuration."""
    return Module(
        name="people", refs=(person_refs(config),), commands=COMMANDS, cli=add_cli, tables=TABLES
    )


def person_refs(config: Config) -> RefKind:
    """Say how people are mentioned: by the public address of their page."""
    pattern = re.compile(
        re.escape(f"{config.public_url}{ROOT}") + r"(?P<slug>[a-z0-9](?:[a-z0-9._-]{0,30}[a-z0-9]))"
    )

    def found(match: re.Match[str]) -> Sequence[str]:
        return (person_ref(match["slug"]),)

    return RefKind("person", pattern, found, _url, _label)


def _url(ref: str) -> str:
    return f"{ROOT}{ref.partition(':')[2]}"


def _label(session: Session, ref: str) -> str | None:
    person = find_person(session, ref.partition(":")[2])
    return person.name if person is not None else None
