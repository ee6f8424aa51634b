"""Worklists with all that lies in them, as far as their reader may know: a few queries for any number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from hub.many import among, many, rows_by_id
from hub.people import Actor
from tracker.planning.filters import Filter, filled, filters_of
from tracker.planning.sight import shown_items, visible
from tracker.planning.tables import DueDateRow, LaneRow, WorklistItemRow, WorklistRow
from tracker.tables import StoryRow, TaskRow


@dataclass(frozen=True, slots=True)
class Card:
    """A story or task in a list. item: its row, None in an automatic list. position: from 0."""

    story: StoryRow
    task: TaskRow | None
    item: WorklistItemRow | None
    position: int
    due: DueDateRow | None = None

    @property
    def type(self) -> str:
        """Whether it stands for a story or a task."""
        return "story" if self.task is None else "task"

    @property
    def id(self) -> int:
        """The number of what it stands for."""
        return (self.story.id if self.task is None else self.task.id) or 0


@dataclass(frozen=True, slots=True)
class ListRead:
    """A worklist with its filters and cards."""

    row: WorklistRow
    filters: Sequence[Filter]
    cards: Sequence[Card]


def read_lists(
    session: Session, actor: Actor, rows: Sequence[WorklistRow]
) -> Mapping[int, ListRead]:
    """Return worklists with their cards, by number."""
    ids = [row.id or 0 for row in rows]
    items = items_of(session, actor, ids)
    automatic = [row.id or 0 for row in rows if row.automatic]
    filters = filters_of(session, automatic)
    found = {id_: filled(session, actor, filters.get(id_, ())) for id_ in automatic}
    wanted = [(item.item_type, item.item_id) for its in items.values() for item in its]
    wanted += [each for its in found.values() for each in its]
    stories, tasks = _things(session, wanted)
    dues = _dues(session, actor, [i.due_date_id for its in items.values() for i in its])
    told: dict[int, ListRead] = {}
    for row in rows:
        id_ = row.id or 0
        if row.automatic:
            cards = [_card(type_, thing, stories, tasks) for type_, thing in found[id_]]
        else:
            cards = [
                _card(item.item_type, item.item_id, stories, tasks, item, place, dues)
                for place, item in enumerate(items.get(id_, ()))
            ]
        told[id_] = ListRead(row, filters.get(id_, ()), cards)
    return told


_ITEMS = (
    select(WorklistItemRow)
    .where(among(col(WorklistItemRow.list_id), many("lists")))
    .order_by(col(WorklistItemRow.list_id), col(WorklistItemRow.place), col(WorklistItemRow.id))
)
_LANES = (
    select(LaneRow, WorklistRow)
    .join(WorklistRow, col(WorklistRow.id) == col(LaneRow.list_id))
    .where(among(col(LaneRow.board_id), many("boards")))
    .order_by(col(LaneRow.place), col(LaneRow.id))
)


def items_of(
    session: Session, actor: Actor, lists: Sequence[int], *, archived: bool = False
) -> Mapping[int, Sequence[WorklistItemRow]]:
    """Return the items of lists that somebody may see, in their order; archived: those taken out, too."""
    found: defaultdict[int, list[WorklistItemRow]] = defaultdict(list)
    if not lists:
        return found
    query = _ITEMS.where(shown_items(actor))
    if not archived:
        query = query.where(col(WorklistItemRow.archived).is_(False))
    for row in session.exec(query, params={"lists": lists}):
        found[row.list_id].append(row)
    return found


def lanes_of_boards(
    session: Session, boards: Sequence[int]
) -> Mapping[int, Sequence[tuple[LaneRow, WorklistRow]]]:
    """Return the lanes of boards with their worklists, in their order: one query for all."""
    found: defaultdict[int, list[tuple[LaneRow, WorklistRow]]] = defaultdict(list)
    for lane, list_ in session.exec(_LANES, params={"boards": boards}) if boards else ():
        found[lane.board_id].append((lane, list_))
    return found


def _things(
    session: Session, wanted: Iterable[tuple[str, int]]
) -> tuple[Mapping[int, StoryRow], Mapping[int, TaskRow]]:
    known = set(wanted)
    task_ids = [id_ for type_, id_ in known if type_ == "task"]
    tasks = {row.id or 0: row for row in rows_by_id(session, TaskRow, task_ids)}
    ids = {id_ for type_, id_ in known if type_ == "story"}
    ids |= {row.story_id for row in tasks.values()}
    return {row.id or 0: row for row in rows_by_id(session, StoryRow, ids)}, tasks


def _dues(session: Session, actor: Actor, ids: Iterable[int | None]) -> Mapping[int, DueDateRow]:
    wanted = {id_ for id_ in ids if id_ is not None}
    if not wanted:
        return {}
    query = select(DueDateRow).where(col(DueDateRow.id).in_(wanted), visible(actor, DueDateRow))
    return {row.id or 0: row for row in session.exec(query)}


def _card(
    type_: str,
    id_: int,
    stories: Mapping[int, StoryRow],
    tasks: Mapping[int, TaskRow],
    item: WorklistItemRow | None = None,
    position: int = 0,
    dues: Mapping[int, DueDateRow] | None = None,
) -> Card:
    task = tasks[id_] if type_ == "task" else None
    story = stories[id_ if task is None else task.story_id]
    due = None if item is None or dues is None else dues.get(item.due_date_id or 0)
    return Card(story, task, item, position, due)
