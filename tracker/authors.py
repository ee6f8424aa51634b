"""Who did something in the tracker: a person by their number, or an actor's name where it was no person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.accounts.people import find_row, key_of
from hub.accounts.tables import PersonRow
from hub.errors import Refused
from hub.language import gettext
from hub.people import Actor


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a row: `id` of a person, else the actor's `name` (`irc:oftc/ann`, `operator:root`)."""

    id: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as pages show them; `slug` is empty for who has no page."""

    name: str
    slug: str = ""


def author_of(session: Session, actor: Actor) -> Author:
    """Return how an actor stands in rows."""
    if actor.account is not None:
        return Author(actor.account)
    row = find_row(session, actor.person) if actor.person is not None else None
    return Author(None, actor.name) if row is None else Author(key_of(row))


def person_id(session: Session, actor: Actor) -> int:
    """Return the number of the person who acts.

    Raises: Refused for an actor who is no person.
    """
    found = author_of(session, actor).id
    if found is None:
        raise Refused(gettext("This is for people with an account. Log in first."))
    return found


def known(session: Session, ids: Iterable[int | None]) -> Mapping[int, Who]:
    """Return the people of these numbers."""
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    columns = select(PersonRow.id, PersonRow.slug, PersonRow.name)
    rows = session.exec(columns.where(col(PersonRow.id).in_(wanted)))
    return {id_: Who(name, slug) for id_, slug, name in rows if id_ is not None}


def who(people: Mapping[int, Who], id_: int | None, name: str = "") -> Who:
    """Return who an author is: one of `people`, or somebody with an actor's name."""
    if id_ is not None and id_ in people:
        return people[id_]
    return Who(name.rpartition("/")[2].rpartition(":")[2] if name else "?")
