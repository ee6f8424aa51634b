"""Boards as tests make them: by name, with their cards in lanes."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from hub.people import Actor
from tests.tracker.community import Community
from tracker.planning.boards import NewBoard, create_board, lanes_of, new_lane
from tracker.planning.items import add_item
from tracker.planning.sight import shown_items
from tracker.planning.tables import WorklistItemRow
from tracker.planning.worklists import NewWorklist, create_worklist


def board(community: Community, *titles: str, by: str = "bob", is_private: bool = False) -> int:
    """Make a board with lanes of these titles."""
    new = NewBoard("The next release", is_private=is_private)
    actor = community.actor(by)
    made = community.does(lambda s, now: create_board(s, actor, new, now=now))
    for title in titles:
        owner = community.actor(by)
        community.does(lambda s, now, t=title, o=owner: new_lane(s, o, made, t, now=now))  # type: ignore[misc]
    return made


def worklist(community: Community, title: str = "Next", by: str = "bob", **given: bool) -> int:
    """Make a worklist."""
    actor, new = community.actor(by), NewWorklist(title, **given)  # type: ignore[arg-type]
    return community.does(lambda s, now: create_worklist(s, actor, new, now=now))


def card(
    community: Community, list_id: int, story: int, position: int | None = None, by: str = "bob"
) -> int:
    """Put a story into a list; return the number of its card."""
    actor = community.actor(by)
    return community.does(
        lambda s, now: add_item(s, actor, list_id, "story", story, position, now=now).id or 0
    )


def order(session: Session, actor: Actor, list_id: int) -> list[int]:
    """Return the numbers of what somebody sees in a list, in its order."""
    query = select(WorklistItemRow.item_id).where(
        WorklistItemRow.list_id == list_id,
        col(WorklistItemRow.archived).is_(False),
        shown_items(actor),
    )
    return list(session.exec(query.order_by(col(WorklistItemRow.place), col(WorklistItemRow.id))))


def cards(community: Community, board_id: int, by: str = "bob") -> Sequence[list[int]]:
    """Return what somebody sees in each lane of a board."""
    actor = community.actor(by)
    return community.sees(
        lambda s: [order(s, actor, list_.id or 0) for _, list_ in lanes_of(s, board_id)]
    )
