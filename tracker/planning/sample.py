"""The sample community's plans: a board as its team works on it, and a list that fills itself."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlmodel import Session

from hub.accounts.people import require_person, require_row
from hub.accounts.visits import actor_of
from tracker.planning.boards import NewBoard, create_board, new_lane
from tracker.planning.dates import NewDate, create_date, set_dated
from tracker.planning.filters import Criterion, Filter, add_filter
from tracker.planning.items import add_item
from tracker.planning.permissions import with_owner
from tracker.planning.tables import BoardRow, WorklistRow
from tracker.planning.worklists import NewWorklist, create_worklist

_LANES: Mapping[str, tuple[int, ...]] = {
    "To pick up": (8, 10),
    "In hand": (1, 14, 9),
    "On the table": (4, 6),
    "Done": (3, 2, 11),
}
"""Which of the sample's stories lie in each lane, by their place."""

_OWNER, _MOVERS = "haneul", ("dalnim", "bori", "marisol")


def plan_sample(session: Session, filed: Mapping[int, int], now: datetime) -> None:
    """Make the sample's board, its due date, and a list of what words are needed for."""
    at = now - timedelta(days=1)
    owner = actor_of(session, require_person(session, _OWNER))
    users = [require_row(session, slug).id or 0 for slug in _MOVERS]
    about = "What the weekly meeting goes through, from the left to the right."
    new_board = NewBoard("Before the first frost", about, users=users)
    board = create_board(session, owner, new_board, now=at)
    owner = with_owner(owner, session.get_one(BoardRow, board))
    for title, places in _LANES.items():
        lane = new_lane(session, owner, board, title, now=at)
        for place in places:
            add_item(session, owner, lane, "story", filed[place], now=at)
    midnight = datetime.combine(now.date(), time(12), now.tzinfo)
    for name, days, place in (("Frost", 12, 0), ("Before Sunday's meeting", -1, 1)):
        new = NewDate(name, midnight + timedelta(days=days))
        due, keeper = create_date(session, owner, new, now=at)
        target = ("story", filed[place]) if place else ("board", board)
        set_dated(session, keeper, due, *target, dated=True, now=at)
    _fill(session, at)


def _fill(session: Session, at: datetime) -> None:
    by = actor_of(session, require_person(session, "dalnim"))
    new = NewWorklist("Words needed", automatic=True)
    list_ = create_worklist(session, by, new, now=at)
    owner = with_owner(by, session.get_one(WorklistRow, list_))
    asked = Filter("story", (Criterion("Tags", "docs"), Criterion("StoryStatus", "active")))
    add_filter(session, owner, list_, asked, now=at)
