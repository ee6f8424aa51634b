"""Worklists, boards and due dates as the API tells them: a few queries for any number of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from hub.many import among
from tracker.planning.dates import dated_by, targets_of
from tracker.planning.filters import Filter, filters_of
from tracker.planning.permissions import Allowed, allowed_to
from tracker.planning.reading import Card, ListRead, items_of, lanes_of_boards, read_lists
from tracker.planning.sight import edits, moves, ref_of
from tracker.planning.tables import BoardRow, DueDateRow, LaneRow, WorklistItemRow, WorklistRow
from tracker.sight import visible_stories
from tracker.storyboard import shapes
from tracker.storyboard.shapes import Shape
from tracker.storyboard.wire import Call, moment
from tracker.tables import StoryRow, TaskRow

_ARCHIVED = 99_999
"""The position of what was taken out of its list."""


def bare_list(row: WorklistRow) -> Shape:
    """A worklist without what lies in it."""
    return _ended(row, _list_head(row))


def worklists(
    call: Call, rows: Sequence[WorklistRow], *, whole: bool = False, filters: bool = False
) -> list[Shape]:
    """Worklists with who may change them; whole: with their cards, filters: with what fills them."""
    told = _Lists(call, rows, whole=whole)
    return [told.shape(row, filters=filters) for row in rows]


def item(call: Call, row: WorklistItemRow, position: int, *, moved: bool = False) -> Shape:
    """An item as it is told when it has changed."""
    told = _item_head(row, _ARCHIVED if row.archived else position)
    return _ended(row, told | ({"resolved_due_date": _due_of(call, row)} if moved else {}))


def bare_items(call: Call, lists: Sequence[int]) -> Mapping[int, list[Shape]]:
    """The items of lists, those taken out among them, by list."""
    found = items_of(call.session, call.reader, lists, archived=True)
    told: dict[int, list[Shape]] = {}
    for id_ in lists:
        positions: dict[int, int] = {}
        for row in found.get(id_, ()):
            if not row.archived:
                positions[row.id or 0] = len(positions)
        rows = sorted(found.get(id_, ()), key=lambda row: row.id or 0)
        told[id_] = [
            _ended(row, _item_head(row, positions.get(row.id or 0, _ARCHIVED))) for row in rows
        ]
    return told


def filter_(each: Filter, list_id: int) -> Shape:
    """A filter with its criteria."""
    stamps = {"created_at": moment(each.created_at), "updated_at": None}
    criteria = [
        {
            "id": its.id,
            "title": its.title,
            "filter_id": each.id,
            "negative": its.negative,
            "value": its.value,
            "field": its.field,
            **stamps,
        }
        for its in each.criteria
    ]
    head = {"type": each.item_type.title(), "list_id": list_id, "filter_criteria": criteria}
    return head | {"id": each.id, **stamps}


def bare_board(row: BoardRow) -> Shape:
    """A board without its lanes."""
    names = ("title", "description", "creator_id", "project_id", "archived")
    return _ended(row, {name: getattr(row, name) for name in names} | {"private": row.is_private})


def boards(
    call: Call, rows: Sequence[BoardRow], *, whole: bool = False, dates: bool = False
) -> list[Shape]:
    """Boards with their lanes; whole: with all that a card tells, dates: with their due dates."""
    ids = [row.id or 0 for row in rows]
    lanes = lanes_of_boards(call.session, ids)
    lists = _Lists(call, [list_ for its in lanes.values() for _, list_ in its], whole=whole)
    allowed = allowed_to(call.session, [ref_of(row) for row in rows])
    due = dated_by(call.session, call.reader, "board", ids) if dates else {}
    told = []
    for row in rows:
        its = lanes.get(row.id or 0, ())
        shape = bare_board(row) | _allowed(allowed[ref_of(row)])
        shape["lanes"] = [
            _lane(place, lane, lists.shape(list_, filters=True))
            for place, (lane, list_) in enumerate(its)
        ]
        if dates:
            shape["due_dates"] = _board_dates(call, due.get(row.id or 0, ()))
        told.append(shape)
    return told


def due_dates(call: Call, rows: Sequence[DueDateRow], *, counted: bool = True) -> list[Shape]:
    """Due dates with what has them, as far as who asks may know of it."""
    ids = [row.id or 0 for row in rows]
    allowed = allowed_to(call.session, [ref_of(row) for row in rows])
    stories, tasks = _dated_stories(call, ids), _dated_tasks(call, ids)
    told = []
    for row in rows:
        its_tasks, its_stories = tasks.get(row.id or 0, []), stories.get(row.id or 0, [])
        who = allowed[ref_of(row)]
        told.append(
            _ended(
                row,
                {
                    "name": row.name,
                    "date": moment(row.date),
                    "private": row.is_private,
                    "creator_id": row.creator_id,
                    "tasks": its_tasks,
                    "stories": its_stories,
                    "count": len(its_tasks) + len(its_stories) if counted else 0,
                    "owners": list(who.owners),
                    "users": list(who.users),
                    "editable": edits(call.reader, row),
                    "assignable": moves(call.reader, row),
                },
            )
        )
    return told


class _Lists:
    """Worklists that are told together."""

    def __init__(self, call: Call, rows: Sequence[WorklistRow], *, whole: bool) -> None:
        self._whole = whole
        self._allowed = allowed_to(call.session, [ref_of(row) for row in rows])
        self._read: Mapping[int, ListRead] = {}
        self._bare: Mapping[int, list[Shape]] = {}
        self._call = call
        if whole:
            self._read = read_lists(call.session, call.reader, rows)
            self._cards = _Cards(call, [c for its in self._read.values() for c in its.cards])
        else:
            self._bare = bare_items(call, [row.id or 0 for row in rows])
            automatic = [row for row in rows if row.automatic]
            if automatic:
                self._filters = filters_of(call.session, [row.id or 0 for row in automatic])
            else:
                self._filters = {}

    def shape(self, row: WorklistRow, *, filters: bool) -> Shape:
        id_ = row.id or 0
        told = bare_list(row) | _allowed(self._allowed[ref_of(row)])
        if self._whole:
            its = self._read[id_]
            told["items"] = [self._cards.shape(each, id_) for each in its.cards]
            known: Sequence[Filter] = its.filters
        else:
            told["items"] = self._bare[id_]
            known = self._filters.get(id_, ())
        if filters:
            told["filters"] = [filter_(each, id_) for each in known]
        return told


class _Cards:
    """Cards that are told together."""

    def __init__(self, call: Call, cards: Sequence[Card]) -> None:
        stories = [card.id for card in cards if card.task is None]
        tasks = [card.id for card in cards if card.task is not None]
        self._tags = shapes.tags_of(call.session, stories)
        self._dates = {
            "story": dated_by(call.session, call.reader, "story", stories),
            "task": dated_by(call.session, call.reader, "task", tasks),
        }
        dues = {card.due.id: card.due for card in cards if card.due is not None}
        self._dues = dict(zip(dues, due_dates(call, list(dues.values())), strict=True))

    def shape(self, card: Card, list_id: int) -> Shape:
        dates = [row.id for row in self._dates[card.type].get(card.id, ())]
        story = _card_story(card.story, self._tags) if card.task is None else None
        thing = shapes.task(card.task) if card.task is not None else story or {}
        if card.item is None:
            head = {"list_id": list_id, "item_id": card.id, "item_type": card.type}
            head |= {"list_position": 0, "display_due_date": None, "resolved_due_date": None}
            return head | {card.type: thing}
        told = _item_head(card.item, card.position)
        told["resolved_due_date"] = None if card.due is None else self._dues[card.due.id]
        told[card.type] = thing | {"due_dates": sorted(dates, key=lambda id_: id_ or 0)}
        return _ended(card.item, told)


def _card_story(row: StoryRow, tags: Mapping[int, list[str]]) -> Shape:
    told = shapes.new_story(row) | {"status": shapes.state_of(row.state), "task_statuses": None}
    return told | {"tags": tags[row.id or 0], "updated_at": moment(row.changed_at)}


def _list_head(row: WorklistRow) -> Shape:
    names = ("title", "creator_id", "project_id", "archived", "automatic")
    return {name: getattr(row, name) for name in names} | {"private": row.is_private}


def _item_head(row: WorklistItemRow, position: int) -> Shape:
    return {
        "list_id": row.list_id,
        "item_id": row.item_id,
        "item_type": row.item_type,
        "list_position": position,
        "archived": row.archived,
        "display_due_date": row.due_date_id,
    }


def _due_of(call: Call, row: WorklistItemRow) -> Shape | None:
    due = call.session.get(DueDateRow, row.due_date_id) if row.due_date_id else None
    return None if due is None else due_dates(call, [due])[0]


def _lane(place: int, lane: LaneRow, told: Shape) -> Shape:
    head = {"board_id": lane.board_id, "list_id": lane.list_id, "worklist": told}
    return _ended(lane, head | {"position": place})


def _board_dates(call: Call, rows: Sequence[DueDateRow]) -> list[Shape]:
    return due_dates(call, rows, counted=False)  # the real one counts nothing here


def _dated_stories(call: Call, ids: Sequence[int]) -> Mapping[int, list[Shape]]:
    targets = targets_of(call.session, ids, "story")
    if not targets:
        return {}
    wanted = {id_ for its in targets.values() for id_ in its}
    query = select(StoryRow).where(among(col(StoryRow.id), wanted), visible_stories(call.reader))
    rows = {row.id: row for row in call.session.exec(query)}
    return {
        id_: [_dated_story(rows[each]) for each in its if each in rows]
        for id_, its in targets.items()
    }


def _dated_story(row: StoryRow) -> Shape:
    return shapes.new_story(row) | {"updated_at": moment(row.changed_at)}


def _dated_tasks(call: Call, ids: Sequence[int]) -> Mapping[int, list[Shape]]:
    targets = targets_of(call.session, ids, "task")
    if not targets:
        return {}
    wanted = {id_ for its in targets.values() for id_ in its}
    query = (
        select(TaskRow)
        .join(StoryRow, col(StoryRow.id) == col(TaskRow.story_id))
        .where(among(col(TaskRow.id), wanted), visible_stories(call.reader))
    )
    rows = {row.id: row for row in call.session.exec(query)}
    return {
        id_: [shapes.task(rows[each]) for each in its if each in rows]
        for id_, its in targets.items()
    }


def _allowed(allowed: Allowed) -> Shape:
    return {
        "owners": list(allowed.owners),
        "users": list(allowed.users),
        "team_owners": list(allowed.team_owners),
        "team_users": list(allowed.team_users),
    }


def _ended(row: Any, told: Shape) -> Shape:
    stamps = {"created_at": moment(row.created_at), "updated_at": moment(row.updated_at)}
    return told | {"id": row.id} | stamps
