"""Who may read and change a private story: people and teams with the right to maintain it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from hub.accounts.tables import GrantRow
from hub.clock import micros
from hub.errors import Invalid
from hub.events import emit
from hub.language import gettext
from hub.people import Actor
from tracker.changes import open_story
from tracker.sight import story_ref

_VERB = "maintain"


@dataclass(frozen=True, slots=True)
class Readers:
    """The numbers of the people and of the teams that were given a story."""

    people: tuple[int, ...]
    teams: tuple[int, ...]


def readers_of(session: Session, id_: int) -> Readers:
    """Return who was given a story by name, in the order in which they were."""
    rows = _rows(session, id_)
    return Readers(
        tuple(row.person_id for row in rows if row.person_id is not None),
        tuple(row.team_id for row in rows if row.team_id is not None),
    )


def with_story(actor: Actor, id_: int) -> Actor:
    """Return who has just filed a story with what that gave them: rights are read when somebody comes in."""
    return replace(actor, rights=actor.rights | {(_VERB, story_ref(id_))})


def let_read(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    now: datetime,
) -> None:
    """Give a story to a person or a team; giving it again changes nothing."""
    known = any((r.person_id, r.team_id) == (person_id, team_id) for r in _rows(session, id_))
    if not known:
        session.add(
            GrantRow(
                verb=_VERB, ref=story_ref(id_), person_id=person_id, team_id=team_id,
                actor=actor.name, at=micros(now),
            )
        )  # fmt: skip
        session.flush()


def add_reader(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    now: datetime,
) -> None:
    """Let somebody read a story, private or about to be; for who may change it.

    Raises: NotFound, Refused.
    """
    open_story(session, actor, id_)
    let_read(session, actor, id_, person_id=person_id, team_id=team_id, now=now)
    emit(session, actor, "story.changed", story_ref(id_), at=now)


def remove_reader(
    session: Session,
    actor: Actor,
    id_: int,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    now: datetime,
) -> None:
    """Take a story back from somebody.

    Raises: NotFound, Refused, Invalid when nobody would be left to read it.
    """
    story = open_story(session, actor, id_)
    rows = _rows(session, id_)
    gone = [row for row in rows if (row.person_id, row.team_id) == (person_id, team_id)]
    if story.is_private and gone and len(rows) == len(gone):
        raise Invalid(
            "readers",
            gettext("Nobody could read this story any more. Give it to somebody else first."),
        )
    for row in gone:
        session.delete(row)
    emit(session, actor, "story.changed", story_ref(id_), at=now)


def _rows(session: Session, id_: int) -> Sequence[GrantRow]:
    query = select(GrantRow).where(GrantRow.ref == story_ref(id_), GrantRow.verb == _VERB)
    return session.exec(query.order_by(col(GrantRow.id))).all()
