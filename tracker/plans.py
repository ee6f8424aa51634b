"""What a query means here and now: the names in it become facets, `me` becomes who asks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.accounts.people import find_row
from hub.language import gettext
from hub.people import Actor
from tracker.authors import author_of
from tracker.projects import find_group, find_project
from tracker.query import Query, Sort, Sought, Term
from tracker.states import State
from tracker.tables import MilestoneRow, ProjectRow
from tracker.tags import find_tag

Facets = tuple[str, ...]
"""Facets of which a story has one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is looked for, as the tables have it. only_private: nothing that is public."""

    states: tuple[State, ...]
    required: tuple[Facets, ...] = ()
    forbidden: Facets = ()
    sought: tuple[Sought, ...] = ()
    sort: Sort = Sort.UPDATED
    only_private: bool = False

    @property
    def is_simple(self) -> bool:
        """Whether the counts of one facet answer how many there are."""
        plain = not (self.forbidden or self.sought or self.only_private)
        return plain and sum(map(len, self.required)) <= 1


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, None when a name in the query leads to nothing; and what to say of that."""

    plan: Plan | None
    problems: tuple[str, ...] = ()


def plan_query(session: Session, actor: Actor, query: Query) -> Planned:
    """Find out what a query means for who asks."""
    required: list[Facets] = []
    forbidden: list[str] = []
    problems: list[str] = []
    only_private = False
    for term in query.terms:
        if term == Term("is", "private"):
            only_private = True
            continue
        facets = _facets(session, actor, term)
        if not facets and not term.forbidden:
            problems.append(_problem(actor, term))
        elif term.forbidden:
            forbidden += facets
        else:
            required.append(facets)
    if problems:
        return Planned(None, tuple(problems))
    plan = Plan(
        query.states, tuple(required), tuple(forbidden), query.sought, query.sort, only_private
    )
    return Planned(plan)


def _facets(session: Session, actor: Actor, term: Term) -> Facets:
    """Return the facets that a term may mean, none for a name that leads nowhere."""
    find = _FINDERS.get(term.key)
    if find is not None:
        return tuple(
            f"{_FACET.get(term.key, term.key)}:{id_}" for id_ in find(session, actor, term)
        )
    if term.key == "is":
        return (term.value,) if term.value != "private" else ()
    return (f"{term.key}:{term.value}",)


def _person(session: Session, actor: Actor, term: Term) -> Iterator[int]:
    if term.value == "me":
        me = author_of(session, actor).id
        if me is not None:
            yield me
        return
    row = find_row(session, term.value)
    if row is not None and row.id is not None:
        yield row.id


def _project(session: Session, _actor: Actor, term: Term) -> Iterator[int]:
    row = find_project(session, term.value)
    if row is None and "/" not in term.value:  # the short name will do where it is the only one
        ending = col(ProjectRow.name).endswith(f"/{term.value}", autoescape=True)
        found = session.exec(select(ProjectRow).where(ending).limit(2)).all()
        row = found[0] if len(found) == 1 else None
    if row is not None:
        yield row.id or 0


def _group(session: Session, _actor: Actor, term: Term) -> Iterator[int]:
    row = find_group(session, term.value)
    if row is not None:
        yield row.id or 0


def _tag(session: Session, _actor: Actor, term: Term) -> Iterator[int]:
    row = find_tag(session, term.value.lower())
    if row is not None:
        yield row.id or 0


def _milestone(session: Session, _actor: Actor, term: Term) -> Iterator[int]:
    query = select(MilestoneRow.id).where(MilestoneRow.name == term.value).limit(50)
    yield from (id_ for id_ in session.exec(query) if id_ is not None)


_FINDERS: Mapping[str, Callable[[Session, Actor, Term], Iterator[int]]] = {
    "project": _project,
    "group": _group,
    "tag": _tag,
    "milestone": _milestone,
    "assignee": _person,
    "creator": _person,
    "follower": _person,
    "affects": _person,
}
_FACET = {"follower": "subscriber"}


def _problem(actor: Actor, term: Term) -> str:
    if term.value == "me" and actor.person is None:
        return gettext("Nobody knows who “me” is: log in, or name somebody.")
    messages = {
        "project": gettext("There is no project %(name)s.", name=term.value),
        "group": gettext("There is no project group %(name)s.", name=term.value),
        "tag": gettext("No story has the tag %(name)s.", name=term.value),
        "milestone": gettext("There is no milestone %(name)s.", name=term.value),
    }
    return messages.get(term.key) or gettext(
        "There is nobody called %(slug)s here.", slug=term.value
    )
