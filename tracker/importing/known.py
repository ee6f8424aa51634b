"""What one import knows: which number of the other tracker is which one here, and what it could not take."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, select

from hub.clock import micros
from hub.errors import Invalid
from hub.irc import keepable_text
from hub.people import Actor
from tracker.importing.source import Shape, text
from tracker.importing.tables import ImportedRow

_LONGEST = 65_535


@dataclass(slots=True)
class Import:
    """One run. keeps_numbers: whether projects, tasks and comments have theirs here, too.

    new, changed, same: how many stories there were of each; missed: what could not be taken.
    """

    realm: str
    actor: Actor
    now: datetime
    keeps_numbers: bool = True
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    new: int = 0
    changed: int = 0
    same: int = 0
    missed: list[str] = field(default_factory=list)

    def load(self, session: Session) -> None:
        """Remember what earlier runs took in, but for stories, of which there may be many."""
        query = select(ImportedRow).where(
            ImportedRow.realm == self.realm, ImportedRow.kind != "story"
        )
        self.numbers = {(row.kind, row.number): row.id for row in session.exec(query)}

    def here(self, kind: str, number: int) -> int | None:
        """Return the number here of something there; None when it is not known."""
        return self.numbers.get((kind, number))

    def place(self, kind: str, number: int) -> int | None:
        """Return the number that something has here or gets; None when it gets a new one."""
        return number if self.keeps_numbers else self.here(kind, number)

    def keep(self, session: Session, kind: str, number: int, id_: int) -> None:
        """Remember which number something has here."""
        if self.numbers.get((kind, number)) != id_:
            session.merge(ImportedRow(realm=self.realm, kind=kind, number=number, id=id_))
            session.flush()
            self.numbers[kind, number] = id_

    def miss(self, what: str) -> None:
        """Note what could not be taken in."""
        self.missed.append(" ".join(what.split())[:300])


def digest_of(*told: Any) -> str:
    """Return what tells whether anything of an object has changed."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode("ascii")).hexdigest()


def when(told: Shape, name: str) -> int | None:
    """Return a moment of an object in microseconds; None when it has none."""
    try:
        found = datetime.fromisoformat(text(told, name))
        return micros(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def line_of(told: Shape, name: str, else_: str) -> str:
    """Return a text as one line, as titles are kept."""
    return " ".join(keepable_text(text(told, name)).split())[:255] or else_


def prose_of(told: Shape, name: str) -> str:
    """Return a longer text as it is kept. Raises: Invalid for one that is too long."""
    lines = text(told, name).replace("\r\n", "\n").split("\n")
    kept = "\n".join(keepable_text(line) for line in lines).rstrip()
    if len(kept) > _LONGEST:
        raise Invalid(name, f"its {name} is longer than {_LONGEST} characters")
    return kept


def slug_of(name: str, number: int) -> str:
    """Return the short name that somebody gets who is called so."""
    short = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-")
    return short if len(short) >= 2 else f"user-{number}"


def told_info(raw: Any) -> Mapping[str, Any]:
    """Return what an event says of itself, which is JSON in a text."""
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
