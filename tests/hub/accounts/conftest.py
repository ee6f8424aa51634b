"""A hub with people in it, on each kind of database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlmodel import Session

from hub.accounts.audit import Act, audit_log
from hub.accounts.passwords import set_password
from hub.accounts.people import Person, create_person, require_person
from hub.accounts.visits import actor_of
from hub.app import App
from hub.people import Actor, Role
from tests.databases import OPERATOR, START, Yard

T = TypeVar("T")

PASSWORD = "four words in a row"


@dataclass
class House:
    """A hub and the verbs of its people. Its clock is moved by the tests."""

    yard: Yard
    now: datetime = field(default=START)

    @property
    def app(self) -> App:
        """The hub."""
        return self.yard.app

    def do(self, fn: Callable[..., T], *args: Any, **given: Any) -> T:
        """Run a use case in a transaction of its own."""
        return self.app.db.write(lambda session: fn(session, *args, **given))

    def see(self, fn: Callable[..., T], *args: Any, **given: Any) -> T:
        """Ask something of a snapshot."""
        return self.app.db.read(lambda session: fn(session, *args, **given))

    def has(self, slug: str, role: Role = Role.MEMBER, password: str = "", **given: Any) -> Person:
        """Let somebody live here."""
        person = self.do(create_person, OPERATOR, slug, role=role, now=self.now, **given)
        if password:
            self.do(set_password, OPERATOR, slug, password, now=self.now)
        return person

    def person(self, slug: str) -> Person:
        """Return somebody as they are now."""
        return self.see(require_person, slug)

    def actor(self, slug: str) -> Actor:
        """Return the actor that somebody is."""

        def read(session: Session) -> Actor:
            return actor_of(session, require_person(session, slug))

        return self.app.db.read(read)

    def acts(self, verb: str = "") -> list[Act]:
        """Return the record of administrative acts, newest first."""
        return [act for act in self.see(audit_log) if verb in ("", act.verb)]

    def events(self, name: str) -> list[tuple[str, str]]:
        """Return whom an event happened to, by name, and by whom."""
        return [
            (ref, actor)
            for ref, actor in self.yard.rows(
                "SELECT ref, actor FROM event WHERE name = :name ORDER BY id", name=name
            )
            if not ref.startswith("account:")
        ]

    def waits(self, **given: float) -> None:
        """Let time pass."""
        self.now += timedelta(**given)


@pytest.fixture
def house(yard: Yard) -> House:
    """A hub without anybody in it yet."""
    return House(yard)
