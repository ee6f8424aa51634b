"""Who sees, moves and edits worklists, boards and due dates: `hub.people.may`, asked for each of them.

What is private is for those who were given it. An owner edits; who was let move puts cards elsewhere. A
lane has no rights of its own: its board's hold. Who may not see a thing is told that there is none, and a
card whose story is hidden from its reader is neither shown nor counted.
"""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from hub.db import hold
from hub.errors import NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.planning.tables import BoardRow, DueDateRow, LaneRow, WorklistItemRow, WorklistRow
from tracker.sight import seen_private, stories_seen
from tracker.tables import StoryRow, TaskRow

Planned = BoardRow | WorklistRow | DueDateRow

KIND_OF: dict[type[Planned], str] = {
    BoardRow: "board",
    WorklistRow: "worklist",
    DueDateRow: "due_date",
}
_BOARDS = "board_of"
_PRIVATE = "private"
"""Moving and editing is for those whom it was given to, however public a thing is."""


def ref_of(row: Planned) -> str:
    """Return the ref of a board, worklist or due date."""
    return f"{KIND_OF[type(row)]}:{row.id}"


def sees(actor: Actor, row: Planned) -> bool:
    """Tell whether somebody may know of a thing."""
    return may(actor, "read", ref_of(row), _PRIVATE if row.is_private else "public")


def moves(actor: Actor, row: Planned) -> bool:
    """Tell whether somebody may move cards of a thing, or give a due date to others."""
    return sees(actor, row) and may(actor, "write", ref_of(row), _PRIVATE)


def edits(actor: Actor, row: Planned) -> bool:
    """Tell whether somebody may change a thing itself."""
    return sees(actor, row) and may(actor, "edit", ref_of(row), _PRIVATE)


def board_of(session: Session, list_id: int) -> BoardRow | None:
    """Return the board that a worklist is a lane of; looked up once in a transaction."""
    known: dict[int, BoardRow | None] = session.info.setdefault(_BOARDS, {})
    if list_id not in known:
        lanes = select(BoardRow).join(LaneRow, col(LaneRow.board_id) == col(BoardRow.id))
        known[list_id] = session.exec(lanes.where(LaneRow.list_id == list_id)).first()
    return known[list_id]


def forget_boards(session: Session) -> None:
    """Look up anew which board a worklist is a lane of: lanes have come or gone."""
    session.info.pop(_BOARDS, None)


def holder_of(session: Session, row: WorklistRow) -> Planned:
    """Return the thing whose rights hold for a worklist: its board, or itself."""
    return board_of(session, row.id or 0) or row


def need_board(session: Session, actor: Actor, id_: int) -> BoardRow:
    """Return a board that somebody may see. Raises: NotFound."""
    row = session.get(BoardRow, id_) if _is_number(id_) else None
    if row is None or not sees(actor, row):
        text = gettext(
            "There is no board %(number)s. %(url)s lists all.", number=id_, url="/boards"
        )
        raise NotFound(text)
    return row


def need_worklist(session: Session, actor: Actor, id_: int) -> WorklistRow:
    """Return a worklist that somebody may see. Raises: NotFound."""
    row = session.get(WorklistRow, id_) if _is_number(id_) else None
    if row is None or not sees(actor, holder_of(session, hold(session, row))):
        url = "/worklists"
        text = gettext("There is no worklist %(number)s. %(url)s lists all.", number=id_, url=url)
        raise NotFound(text)
    return row


def need_date(session: Session, actor: Actor, id_: int) -> DueDateRow:
    """Return a due date that somebody may see. Raises: NotFound."""
    row = session.get(DueDateRow, id_) if _is_number(id_) else None
    if row is None or not sees(actor, row):
        raise NotFound(gettext("There is no due date %(number)s.", number=id_))
    return row


def need_edit(actor: Actor, row: Planned) -> None:
    """Make sure that somebody may change a thing. Raises: Refused."""
    if not edits(actor, row):
        raise Refused(gettext("Only its owners change this. Ask one of them to let you."))


def need_move(actor: Actor, row: Planned) -> None:
    """Make sure that somebody may move cards of a thing. Raises: Refused."""
    if not moves(actor, row):
        raise Refused(gettext("Only its owners and those whom they let do this. Ask one of them."))


def given(actor: Actor, kind: str) -> frozenset[int]:
    """Return the numbers of the things of a kind that somebody was given by name."""
    refs = (ref.partition(":") for verb, ref in actor.rights if verb in ("read", "maintain"))
    return frozenset(int(id_) for its, _, id_ in refs if its == kind and id_.isdecimal())


def visible(actor: Actor, table: type[Planned]) -> Any:
    """Return the condition that a thing may be seen; a lane by its board."""
    return _visible(table, _seen(actor, table), _seen(actor, BoardRow))


def shown_items(actor: Actor) -> Any:
    """Return the condition that a worklist's item is there and may be seen."""
    return _shown_items(seen_private(actor))


def _seen(actor: Actor, table: type[Planned]) -> frozenset[int] | None:
    """Return the numbers of the private things that somebody may see; None for all."""
    kind = KIND_OF[table]
    return None if may(actor, "read", f"{kind}:all", _PRIVATE) else given(actor, kind)


@lru_cache(maxsize=256)
def _visible(
    table: type[Planned], own: frozenset[int] | None, boards: frozenset[int] | None
) -> Any:
    """Build the condition, which takes longer than many a query, once for all who see the same."""
    if own is None:
        return sa.true()
    condition = col(table.is_private).is_(False) | col(table.id).in_(own)
    if table is not WorklistRow:
        return condition
    lanes: Any = select(LaneRow.list_id).correlate(None)
    shown = lanes.join(BoardRow, col(BoardRow.id) == col(LaneRow.board_id))
    shown = shown.where(_visible(BoardRow, boards, boards))
    id_ = col(WorklistRow.id)
    return (condition & id_.not_in(lanes)) | id_.in_(shown)


@lru_cache(maxsize=256)
def _shown_items(private: frozenset[int] | None) -> Any:
    kind, id_ = col(WorklistItemRow.item_type), col(WorklistItemRow.item_id)
    seen = stories_seen(private)
    story: Any = sa.exists().where(col(StoryRow.id) == id_, seen)
    task: Any = sa.exists().where(
        col(TaskRow.id) == id_, col(StoryRow.id) == col(TaskRow.story_id), seen
    )
    return ((kind == "story") & story) | ((kind == "task") & task)


def _is_number(id_: int) -> bool:
    return 0 < id_ < 1 << 31
