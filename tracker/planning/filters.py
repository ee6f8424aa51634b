"""What fills automatic worklists: filters, of which one is enough, of criteria, all of which must be met.

Each criterion is answered by an index: a facet of stories, or a column of tasks.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.clock import micros
from hub.errors import Invalid, NotFound
from hub.language import gettext
from hub.many import among
from hub.people import Actor
from tracker.facet_tables import FacetRow, WordRow
from tracker.planning.tables import (
    FIELDS,
    ITEM_TYPES,
    CriterionRow,
    WorklistFilterRow,
    WorklistRow,
)
from tracker.planning.timeline import note_plan
from tracker.planning.worklists import open_worklist
from tracker.sight import visible_stories
from tracker.states import State, Status
from tracker.tables import GroupedRow, StoryRow, TagRow, TaskRow
from tracker.words import words_of

MOST = 500
"""So many things fill an automatic list at most."""

_NUMBERED = ("Project", "ProjectGroup", "Story", "User")
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is asked for. value: a number, a status, a tag or a title; title: how people read it."""

    field: str
    value: str
    title: str = ""
    negative: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """Criteria that a story or a task must all meet."""

    item_type: str
    criteria: tuple[Criterion, ...]
    id: int | None = None
    created_at: int = 0


def filters_of(session: Session, lists: Sequence[int]) -> Mapping[int, Sequence[Filter]]:
    """Return the filters of worklists, by list: two queries for all."""
    found: defaultdict[int, list[Filter]] = defaultdict(list)
    if not lists:
        return found
    its = among(col(WorklistFilterRow.list_id), lists)
    rows = session.exec(select(WorklistFilterRow).where(its).order_by(col(WorklistFilterRow.id)))
    kept = rows.all()
    criteria = _criteria(session, [row.id or 0 for row in kept])
    for row in kept:
        told = tuple(criteria.get(row.id or 0, ()))
        found[row.list_id].append(Filter(row.item_type, told, row.id, row.created_at))
    return found


def add_filter(
    session: Session, actor: Actor, list_id: int, new: Filter, *, now: datetime
) -> Filter:
    """Give an automatic worklist one more filter. Raises: NotFound, Refused, Invalid."""
    list_ = open_worklist(session, actor, list_id)
    if not list_.automatic:
        raise Invalid(
            "filters", gettext("Only automatic lists have filters. This one people fill.")
        )
    made = find_filter(session, list_id, put_filter(session, list_, new, now=now))
    _tell(session, actor, list_, now, added=_told(made))
    return made


def put_filter(session: Session, list_: WorklistRow, new: Filter, *, now: datetime) -> int:
    """Write a filter down without telling of it, and return its number. Raises: Invalid."""
    row = WorklistFilterRow(
        list_id=list_.id or 0, item_type=_right_type(new.item_type), created_at=micros(now)
    )
    session.add(row)
    session.flush()
    _put(session, row, new.criteria, now)
    return row.id or 0


def edit_filter(
    session: Session, actor: Actor, list_id: int, id_: int, new: Filter, *, now: datetime
) -> Filter:
    """Let a filter ask for something else. Raises: NotFound, Refused, Invalid."""
    list_ = open_worklist(session, actor, list_id)
    before = find_filter(session, list_id, id_)
    row = session.get_one(WorklistFilterRow, id_)
    row.item_type = _right_type(new.item_type)
    session.add(row)
    _clear(session, id_)
    _put(session, row, new.criteria, now)
    after = find_filter(session, list_id, id_)
    _tell(session, actor, list_, now, updated={"old": _told(before), "new": _told(after)})
    return after


def remove_filter(session: Session, actor: Actor, list_id: int, id_: int, *, now: datetime) -> None:
    """Take a filter from a worklist. Raises: NotFound, Refused."""
    list_ = open_worklist(session, actor, list_id)
    before = find_filter(session, list_id, id_)
    _clear(session, id_)
    session.delete(session.get_one(WorklistFilterRow, id_))
    session.flush()
    _tell(session, actor, list_, now, removed=_told(before))


def find_filter(session: Session, list_id: int, id_: int) -> Filter:
    """Return one of a worklist's filters. Raises: NotFound."""
    for each in filters_of(session, [list_id]).get(list_id, ()):
        if each.id == id_:
            return each
    raise NotFound(gettext("The list has no filter %(number)s.", number=id_))


def filled(
    session: Session, actor: Actor, filters: Sequence[Filter], limit: int = MOST
) -> Sequence[tuple[str, int]]:
    """Return what fills a list, as far as its reader may know of it: types and numbers, stories first."""
    found: list[tuple[str, int]] = []
    for type_, key in (("story", col(StoryRow.id)), ("task", col(TaskRow.id))):
        met = [
            sa.and_(sa.true(), *(_condition(type_, each) for each in its.criteria))
            for its in filters
            if its.item_type == type_ and its.criteria
        ]
        if not met or len(found) >= limit:
            continue
        query: Any = select(key).where(sa.or_(*met), visible_stories(actor))
        if type_ == "task":
            query = query.join(StoryRow, col(StoryRow.id) == col(TaskRow.story_id))
        rows = session.exec(query.order_by(key).limit(limit - len(found)))
        found += [(type_, id_) for id_ in rows]
    return found


def right_criterion(field: str, value: str, title: str = "", *, negative: bool) -> Criterion:
    """Return a criterion as it is kept. Raises: Invalid."""
    if field not in FIELDS:
        fields = ", ".join(FIELDS)
        raise Invalid("field", gettext("A criterion asks for one of: %(fields)s.", fields=fields))
    value = value.strip()[:_LONGEST]
    is_number = value.isascii() and value.isdecimal() and len(value) < 10
    if field in _NUMBERED and not is_number:
        raise Invalid("value", gettext("%(field)s asks for a number.", field=field))
    choices = _CHOICES.get(field)
    if choices is not None and value not in choices:
        words = ", ".join(choices)
        raise Invalid(
            "value", gettext("%(field)s asks for one of: %(words)s.", field=field, words=words)
        )
    if not value:
        raise Invalid("value", gettext("Say what %(field)s should be.", field=field))
    return Criterion(field, value, title.strip()[:_LONGEST], negative)


_STATES: Mapping[str, tuple[str, ...]] = {
    "active": (State.ACTIVE.value,),
    "merged": (State.MERGED.value,),
    "invalid": (State.INVALID.value, State.UNTRIAGED.value),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "StoryStatus": tuple(_STATES),
    "TaskStatus": tuple(status.value for status in Status),
}


def _condition(type_: str, asked: Criterion) -> Any:
    met = (_OF_STORY if type_ == "story" else _OF_TASK)[asked.field](asked.value)
    return sa.not_(met) if asked.negative else met


def _faceted(kind: str, key: Any) -> Callable[[str], Any]:
    def met(value: str) -> Any:
        return key.in_(select(FacetRow.story_id).where(FacetRow.facet == f"{kind}:{int(value)}"))

    return met


def _tagged(key: Any) -> Callable[[str], Any]:
    def met(value: str) -> Any:
        facet = select(sa.literal("tag:") + sa.cast(TagRow.id, sa.Text)).where(
            TagRow.name == value.lower()
        )
        return key.in_(select(FacetRow.story_id).where(FacetRow.facet == facet.scalar_subquery()))

    return met


def _in_group(value: str) -> Any:
    grouped = select(GroupedRow.project_id).where(GroupedRow.group_id == int(value))
    return col(TaskRow.project_id).in_(grouped)


def _standing(value: str) -> Any:
    of_all = select(FacetRow.story_id).where(FacetRow.facet == "all")
    return of_all.where(col(FacetRow.state).in_(_STATES[value]))


def _titled(value: str) -> Any:
    is_titled = col(StoryRow.title) == value
    longest = max(words_of(value), key=len, default="")
    if not longest:
        return is_titled
    # The words of titles are indexed, titles are not.
    named = select(WordRow.story_id).where(WordRow.word == longest)
    return is_titled & col(StoryRow.id).in_(named)


def _assigned(value: str) -> Any:
    # What nobody does has no assignee: to ask for others than somebody means these, too.
    return sa.func.coalesce(TaskRow.assignee_id, 0) == int(value)


_STORY_ID, _TASK_STORY = col(StoryRow.id), col(TaskRow.story_id)
_OF_STORY: Mapping[str, Callable[[str], Any]] = {
    "Project": _faceted("project", _STORY_ID),
    "ProjectGroup": _faceted("group", _STORY_ID),
    "Story": lambda value: int(value) == _STORY_ID,
    "User": _faceted("assignee", _STORY_ID),
    "StoryStatus": lambda value: _STORY_ID.in_(_standing(value)),
    "TaskStatus": lambda value: getattr(StoryRow, Status(value).value) > 0,
    "Tags": _tagged(_STORY_ID),
    "Text": lambda value: _titled(value),
}
_OF_TASK: Mapping[str, Callable[[str], Any]] = {
    "Project": lambda value: col(TaskRow.project_id) == int(value),
    "ProjectGroup": _in_group,
    "Story": lambda value: int(value) == _TASK_STORY,
    "User": _assigned,
    "StoryStatus": lambda value: _TASK_STORY.in_(_standing(value)),
    "TaskStatus": lambda value: col(TaskRow.status) == value,
    "Tags": _tagged(_TASK_STORY),
    "Text": lambda value: col(TaskRow.title) == value,
}


def _criteria(session: Session, filters: Sequence[int]) -> Mapping[int, Sequence[Criterion]]:
    found: defaultdict[int, list[Criterion]] = defaultdict(list)
    its = col(CriterionRow.filter_id).in_(filters)
    rows = session.exec(select(CriterionRow).where(its).order_by(col(CriterionRow.id)))
    for row in rows if filters else ():
        told = Criterion(row.field, row.value, row.title, row.negative, row.id)
        found[row.filter_id].append(told)
    return found


def _put(
    session: Session, row: WorklistFilterRow, criteria: Sequence[Criterion], now: datetime
) -> None:
    if not criteria:
        raise Invalid("filter_criteria", gettext("A filter asks for at least one thing."))
    for each in criteria:
        right = right_criterion(each.field, each.value, each.title, negative=each.negative)
        session.add(
            CriterionRow(
                filter_id=row.id or 0, title=right.title or right.value, field=right.field,
                value=right.value, negative=right.negative, created_at=micros(now),
            )
        )  # fmt: skip
        session.flush()


def _clear(session: Session, filter_id: int) -> None:
    for row in session.exec(select(CriterionRow).where(CriterionRow.filter_id == filter_id)).all():
        session.delete(row)
    session.flush()


def _right_type(type_: str) -> str:
    if type_ not in ITEM_TYPES:
        raise Invalid("type", gettext("A filter finds stories or tasks."))
    return type_


def _told(filter_: Filter) -> dict[str, object]:
    criteria = [
        {"field": each.field, "value": each.value, "title": each.title, "negative": each.negative}
        for each in filter_.criteria
    ]
    return {"type": filter_.item_type.title(), "filter_criteria": criteria}


def _tell(
    session: Session, actor: Actor, list_: WorklistRow, now: datetime, **changed: object
) -> None:
    told: dict[str, Any] = {"added": None, "removed": None, "updated": None} | changed
    note_plan(session, actor, "filters_changed", list_, now=now, **told)
