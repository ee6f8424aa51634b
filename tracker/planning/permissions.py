"""Who owns and who moves a board or worklist, or a due date: people and teams."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.accounts.tables import GrantRow, PersonRow, TeamRow
from hub.clock import micros
from hub.errors import Invalid
from hub.events import emit
from hub.language import gettext
from hub.many import among, many
from hub.people import Actor
from tracker.planning.sight import Planned, need_edit, ref_of
from tracker.planning.tables import BoardRow, DueDateRow, WorklistRow
from tracker.planning.timeline import note_plan


class Part(StrEnum):
    """What somebody may do to a thing: own it, or use it (move its cards, give a due date to others)."""

    OWNER = "owner"
    USER = "user"


CODENAMES: Mapping[type[Planned], Mapping[str, Part]] = {
    WorklistRow: {"edit_worklist": Part.OWNER, "move_items": Part.USER},
    BoardRow: {"edit_board": Part.OWNER, "move_cards": Part.USER},
    DueDateRow: {"edit_date": Part.OWNER, "assign_date": Part.USER},
}
"""What StoryBoard calls the parts of each kind of thing."""

_VERBS = {Part.OWNER: ("maintain",), Part.USER: ("write", "read")}


@dataclass(frozen=True, slots=True)
class Allowed:
    """The numbers of the people and teams that have a part in a thing."""

    owners: tuple[int, ...] = ()
    users: tuple[int, ...] = ()
    team_owners: tuple[int, ...] = ()
    team_users: tuple[int, ...] = ()

    def people(self, part: Part) -> tuple[int, ...]:
        """Return the people of a part."""
        return self.owners if part is Part.OWNER else self.users

    def teams(self, part: Part) -> tuple[int, ...]:
        """Return the teams of a part."""
        return self.team_owners if part is Part.OWNER else self.team_users


_GRANTS = (
    select(GrantRow)
    .where(among(col(GrantRow.ref), many("refs", sa.Text)))
    .order_by(col(GrantRow.id))
)


def allowed_to(session: Session, refs: Iterable[str]) -> Mapping[str, Allowed]:
    """Return who has a part in each of many things: one query for all."""
    found: defaultdict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    wanted = list(refs)
    for row in session.exec(_GRANTS, params={"refs": wanted}) if wanted else ():
        part = {"maintain": "owners", "write": "users"}.get(row.verb)
        if part is None:
            continue
        if row.person_id is not None:
            found[row.ref][part].append(row.person_id)
        elif row.team_id is not None:
            found[row.ref][f"team_{part}"].append(row.team_id)
    names = ("owners", "users", "team_owners", "team_users")
    return {ref: Allowed(*(tuple(found[ref][name]) for name in names)) for ref in wanted}


def allowed_of(session: Session, row: Planned) -> Allowed:
    """Return who has a part in a thing."""
    return allowed_to(session, [ref_of(row)])[ref_of(row)]


def first_owner(
    session: Session,
    actor: Actor,
    row: Planned,
    person: int,
    owners: Sequence[int] = (),
    users: Sequence[int] = (),
    *,
    now: datetime,
) -> Actor:
    """Give a thing to who makes it and to those whom they name; return its maker with the rights to it."""
    people = {Part.OWNER: list(dict.fromkeys([person, *owners])), Part.USER: list(users)}
    for codename, part in CODENAMES[type(row)].items():
        for each in people[part]:
            _check(session, PersonRow, each)
            _grant(session, actor, row, part, person_id=each, now=now)
        if not isinstance(row, DueDateRow):
            note_plan(
                session, actor, "permission_created", row, now=now,
                codename=codename, users=people[part], teams=[],
            )  # fmt: skip
    return with_owner(actor, row)


def with_owner(actor: Actor, row: Planned) -> Actor:
    """Return who owns a thing since just now: rights are read when somebody comes in."""
    return replace(actor, rights=actor.rights | {("maintain", ref_of(row))})


def set_allowed(
    session: Session,
    actor: Actor,
    row: Planned,
    part: Part,
    people: Sequence[int] | None = None,
    teams: Sequence[int] | None = None,
    *,
    now: datetime,
) -> None:
    """Give a part in a thing to exactly these people and teams; None leaves those who are.

    Raises: Refused, NotFound, Invalid when nobody would own it.
    """
    need_edit(actor, row)
    before = allowed_of(session, row)
    people = before.people(part) if people is None else tuple(dict.fromkeys(people))
    teams = before.teams(part) if teams is None else tuple(dict.fromkeys(teams))
    if part is Part.OWNER and not (people or teams):
        raise Invalid("owners", gettext("Somebody has to own it. Name one person or team."))
    added = {
        "users": [each for each in people if each not in before.people(part)],
        "teams": [each for each in teams if each not in before.teams(part)],
    }
    removed = {
        "users": [each for each in before.people(part) if each not in people],
        "teams": [each for each in before.teams(part) if each not in teams],
    }
    for id_ in added["users"]:
        _check(session, PersonRow, id_)
        _grant(session, actor, row, part, person_id=id_, now=now)
    for id_ in added["teams"]:
        _check(session, TeamRow, id_)
        _grant(session, actor, row, part, team_id=id_, now=now)
    _take(session, row, part, removed)
    if any([*added.values(), *removed.values()]):
        _tell(session, actor, row, part, added, removed, now)


def give_parts(
    session: Session,
    actor: Actor,
    row: Planned,
    people: Mapping[Part, Sequence[int]],
    teams: Mapping[Part, Sequence[int]],
    *,
    now: datetime,
) -> None:
    """Give a thing to exactly these, without telling of it: it was so where it comes from."""
    before = allowed_of(session, row)
    for part in people:
        known, known_teams = before.people(part), before.teams(part)
        for id_ in dict.fromkeys(each for each in people[part] if each not in known):
            _grant(session, actor, row, part, person_id=id_, now=now)
        for id_ in dict.fromkeys(each for each in teams[part] if each not in known_teams):
            _grant(session, actor, row, part, team_id=id_, now=now)
        gone = {
            "users": [each for each in known if each not in people[part]],
            "teams": [each for each in known_teams if each not in teams[part]],
        }
        _take(session, row, part, gone)


def _tell(
    session: Session,
    actor: Actor,
    row: Planned,
    part: Part,
    added: Mapping[str, Sequence[int]],
    removed: Mapping[str, Sequence[int]],
    now: datetime,
) -> None:
    if isinstance(row, DueDateRow):
        emit(session, actor, "due_date.permissions_changed", ref_of(row), at=now)
        return
    codename = next(name for name, its in CODENAMES[type(row)].items() if its is part)
    note_plan(
        session, actor, "permissions_changed", row, now=now, codename=codename,
        added=added["users"], removed=removed["users"],
        added_teams=added["teams"], removed_teams=removed["teams"],
    )  # fmt: skip


def _check(session: Session, table: type[PersonRow] | type[TeamRow], id_: int) -> None:
    if session.get(table, id_) is None:
        raise Invalid("users", gettext("There is no person or team %(number)s.", number=id_))


def _grant(
    session: Session,
    actor: Actor,
    row: Planned,
    part: Part,
    *,
    person_id: int | None = None,
    team_id: int | None = None,
    now: datetime,
) -> None:
    session.add_all(
        [
            GrantRow(
                verb=verb, ref=ref_of(row), person_id=person_id, team_id=team_id,
                actor=actor.name, at=micros(now),
            )
            for verb in _VERBS[part]
        ]
    )  # fmt: skip
    session.flush()


def _take(session: Session, row: Planned, part: Part, removed: Mapping[str, Sequence[int]]) -> None:
    query = select(GrantRow).where(
        GrantRow.ref == ref_of(row), col(GrantRow.verb).in_(_VERBS[part])
    )
    for grant in session.exec(query).all():
        if grant.person_id in removed["users"] or (
            grant.team_id is not None and grant.team_id in removed["teams"]
        ):
            session.delete(grant)
    session.flush()
