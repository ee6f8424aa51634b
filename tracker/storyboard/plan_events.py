"""What happened to boards and worklists as the API tells it: with the names and titles of now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from hub.accounts.tables import TeamRow
from hub.many import rows_by_id
from tracker.authors import known
from tracker.planning.sight import visible
from tracker.planning.tables import BoardRow, WorklistRow
from tracker.storyboard.wire import Call
from tracker.tables import StoryRow, TaskRow, TimelineRow

_CHANGE = ("added", "removed", "updated")
PLAN_KEYS: Mapping[str, tuple[str, ...]] = {
    "worklist_created": ("worklist_id", "author_id", "worklist_title"),
    "board_created": ("board_id", "author_id", "board_title", "board_description"),
    "worklist_filters_changed": ("worklist_id", "author_id", *_CHANGE),
    "worklist_contents_changed": ("worklist_id", "author_id", *_CHANGE),
    "board_lanes_changed": ("board_id", "author_id", *_CHANGE),
} | {
    f"{kind}_{what}": (f"{kind}_id", *keys)
    for kind in ("worklist", "board")
    for what, keys in (
        ("details_changed", ("author_id", "field", "old_value", "new_value")),
        ("permission_created", ("permission_id", "author_id", "codename", "users", "teams")),
        ("permissions_changed", ("permission_id", "author_id", "codename", "added", "removed")),
    )
}
"""The kinds of events of boards and worklists, with their keys in order."""

_NAMED = ("users", "added", "removed")
_ITEM = ("worklist_id", "item_id", "item_title", "item_type", "position", "due_date_id")
_REMOVED = ("worklist_id", "item_id", "item_type", "item_title")


class PlanWords:
    """The names and titles that events speak of: a few queries for all."""

    def __init__(self, session: Session, infos: Sequence[Mapping[str, Any]]) -> None:
        people = {id_ for info in infos for name in _NAMED for id_ in _ids(info.get(name))}
        self._names = {id_: who.name for id_, who in known(session, people).items()}
        teams = {id_ for info in infos for id_ in _ids(info.get("teams"))}
        self._teams = {row.id: row.slug for row in rows_by_id(session, TeamRow, teams)}
        items = [each for info in infos for each in _items(info)]
        self._titles = {
            ("story", id_): title for id_, title in _titles(session, StoryRow, items, "story")
        } | {("task", id_): title for id_, title in _titles(session, TaskRow, items, "task")}

    def told(self, row: TimelineRow, info: Mapping[str, Any]) -> dict[str, Any]:
        """Return the `event_info` of an event."""
        told = {key: info.get(key) for key in PLAN_KEYS[row.kind]}
        if "permission" in row.kind:
            for name in _NAMED:
                if name in told:
                    told[name] = [{str(id_): self._names.get(id_, "?")} for id_ in _ids(told[name])]
            if "teams" in told:
                teams = _ids(told["teams"])
                told["teams"] = [{str(id_): self._teams.get(id_, "?")} for id_ in teams]
        if row.kind == "worklist_contents_changed":
            told |= {name: self._change(name, told[name]) for name in _CHANGE}
        return told

    def _change(self, name: str, told: Any) -> Any:
        if told is None:
            return None
        if name == "updated":
            old, new = self._item(told["old"]), self._item(told["new"])
            same = ("worklist_id", "due_date_id")
            new = {k: v for k, v in new.items() if k not in same or old.get(k) != v}
            return {"old": old, "new": new}
        item = self._item(told)
        return {key: item[key] for key in _REMOVED} if name == "removed" else item

    def _item(self, told: Mapping[str, Any]) -> dict[str, Any]:
        title = self._titles.get((told["item_type"], told["item_id"]))
        full = {**told, "item_title": title}
        return {key: full[key] for key in _ITEM if key in full}


def visible_plans(call: Call) -> Any:
    """Return the condition that an event is of no board or worklist, or of one that may be seen."""
    board, list_ = col(TimelineRow.board_id), col(TimelineRow.worklist_id)
    boards = select(BoardRow.id).where(visible(call.reader, BoardRow))
    lists = select(WorklistRow.id).where(visible(call.reader, WorklistRow))
    return (board.is_(None) | board.in_(boards)) & (list_.is_(None) | list_.in_(lists))


def _ids(value: Any) -> Sequence[int]:
    return [each for each in value if isinstance(each, int)] if isinstance(value, list) else []


def _items(info: Mapping[str, Any]) -> Iterable[tuple[str, int]]:
    for name in _CHANGE:
        told = info.get(name)
        for each in (told, *(told.values() if name == "updated" and told else ())):
            if isinstance(each, dict) and "item_id" in each:
                yield each["item_type"], each["item_id"]


def _titles(
    session: Session, table: type[StoryRow] | type[TaskRow], items: Any, type_: str
) -> Iterable[tuple[int, str]]:
    ids = {id_ for its, id_ in items if its == type_}
    if not ids:
        return ()
    rows = session.exec(select(table.id, table.title).where(col(table.id).in_(ids)))
    return [(id_ or 0, title) for id_, title in rows]
