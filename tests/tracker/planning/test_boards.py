"""Boards and worklists: cards in an order, lanes, who may do what, and what is told of it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from hub.errors import Conflict, HubError, Invalid, NotFound, Refused
from tests.tracker.community import Community
from tests.tracker.planning.plans import board, card, cards, order, worklist
from tracker.changes import KEEP
from tracker.planning.boards import edit_board, lanes_of, move_lane, set_lanes
from tracker.planning.dates import NewDate, create_date, dated_by, set_dated
from tracker.planning.filters import Criterion, Filter, add_filter, filled, filters_of
from tracker.planning.items import ItemEdit, add_item, edit_item, remove_item
from tracker.planning.permissions import Part, allowed_of, set_allowed
from tracker.planning.places import STEP, place_at
from tracker.planning.sight import need_board, need_worklist
from tracker.planning.tables import BoardRow, WorklistItemRow, WorklistRow
from tracker.planning.worklists import PlanEdit, edit_worklist
from tracker.stories import delete_story
from tracker.tables import TimelineRow
from tracker.tags import add_tags


def lists_of(community: Community, board_id: int) -> list[int]:
    """Return the numbers of a board's lanes."""
    return community.sees(lambda s: [list_.id or 0 for _, list_ in lanes_of(s, board_id)])


def refused(community: Community, by: str, act: Callable[..., Any]) -> HubError:
    """Let somebody try something that they may not; return what they are told."""
    actor = community.actor(by)
    with pytest.raises(HubError) as told:
        community.does(lambda s, now: act(s, actor, now))
    return told.value


def events(community: Community, **where: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what happened to a board or worklist."""

    def look(session: Session) -> list[tuple[str, dict[str, Any]]]:
        rows = session.exec(select(TimelineRow).filter_by(**where).order_by(TimelineRow.id))  # type: ignore[arg-type]
        return [(row.kind, json.loads(row.info)) for row in rows]

    return community.sees(look)


@pytest.fixture
def release(community: Community) -> tuple[Community, int, list[int]]:
    """Bob's board of two lanes; stories 1 to 3 lie in the first."""
    made = board(community, "To do", "Done")
    lanes = lists_of(community, made)
    for number in range(1, 4):
        community.story(f"Story number {number}")
        card(community, lanes[0], number)
    return community, made, lanes


def move(community: Community, number: int, by: str = "bob", **edit: Any) -> None:
    """Move a card."""
    actor = community.actor(by)
    community.does(lambda s, now: edit_item(s, actor, number, ItemEdit(**edit), now=now))


def test_there_is_room_between_two_places_until_there_is_none() -> None:
    assert place_at([], 3) == 0
    assert place_at([0], 0) == -STEP
    assert place_at([0], 1) == STEP
    assert place_at([0, 2], 1) == 1
    assert place_at([0, 1], 1) is None


def test_cards_move_within_a_lane_and_to_another(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    move(community, 3, position=0)
    assert cards(community, made) == [[3, 1, 2], []]
    move(community, 1, list_id=lanes[1], position=0)
    assert cards(community, made) == [[3, 2], [1]]
    move(community, 2, list_id=lanes[1])
    assert cards(community, made) == [[3], [1, 2]]


def test_where_room_runs_out_the_order_stays(release: tuple[Community, int, list[int]]) -> None:
    community, made, _ = release
    for turn in range(30):
        move(community, (3, 2)[turn % 2], position=1)
    assert cards(community, made) == [[1, 2, 3], []]


def test_a_card_is_once_on_its_board_and_comes_back_as_it_was(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    bob = community.actor("bob")
    with pytest.raises(Conflict, match="already"):
        card(community, lanes[1], 1)
    community.does(lambda s, now: remove_item(s, bob, 1, now=now))
    assert cards(community, made) == [[2, 3], []]
    assert card(community, lanes[1], 1) == 1
    assert cards(community, made) == [[2, 3], [1]]


def test_a_list_that_shares_a_card_with_a_board_is_no_lane_of_it(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    other = worklist(community)
    card(community, other, 2)
    told = refused(
        community, "bob", lambda s, a, now: set_lanes(s, a, made, [*lanes, other], now=now)
    )
    assert isinstance(told, Conflict)
    assert lists_of(community, made) == lanes


def test_lanes_change_their_order_and_one_that_goes_is_archived(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    bob = community.actor("bob")
    community.does(lambda s, now: move_lane(s, bob, made, lanes[1], 0, now=now))
    assert lists_of(community, made) == lanes[::-1]
    community.does(lambda s, now: set_lanes(s, bob, made, [lanes[1]], now=now))
    assert lists_of(community, made) == [lanes[1]]
    gone = community.sees(lambda s: need_worklist(s, bob, lanes[0]).archived)
    assert gone


def test_owners_edit_users_move_and_others_only_look(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    rename = PlanEdit(title="Mine now")
    assert isinstance(
        refused(community, "cho", lambda s, a, now: edit_board(s, a, made, rename, now=now)),
        Refused,
    )
    assert isinstance(
        refused(community, "cho", lambda s, a, now: remove_item(s, a, 1, now=now)), Refused
    )
    bob, cho = community.actor("bob"), community.number("cho")
    community.does(
        lambda s, now: set_allowed(s, bob, need_board(s, bob, made), Part.USER, [cho], now=now)
    )
    move(community, 1, "cho", list_id=lanes[1])
    assert cards(community, made, "cho") == [[2, 3], [1]]
    assert isinstance(
        refused(community, "cho", lambda s, a, now: edit_board(s, a, made, rename, now=now)),
        Refused,
    )
    told = events(community, board_id=made)[-1]
    assert told[0] == "board_permissions_changed"
    assert (told[1]["codename"], told[1]["added"], told[1]["removed"]) == ("move_cards", [cho], [])


def test_a_thing_is_never_without_an_owner(release: tuple[Community, int, list[int]]) -> None:
    community, made, _ = release
    told = refused(
        community,
        "bob",
        lambda s, a, now: set_allowed(s, a, need_board(s, a, made), Part.OWNER, [], now=now),
    )
    assert isinstance(told, Invalid)
    kept = community.sees(lambda s: allowed_of(s, s.get_one(BoardRow, made)))
    assert kept.owners == (community.number("bob"),)


def test_a_private_board_and_its_lanes_are_there_for_nobody_else(community: Community) -> None:
    made = board(community, "Secret lane", is_private=True)
    lane = lists_of(community, made)[0]
    for act in (
        lambda s, a, _: need_board(s, a, made),
        lambda s, a, _: need_worklist(s, a, lane),
        lambda s, a, now: add_item(s, a, lane, "story", 1, now=now),
    ):
        assert isinstance(refused(community, "cho", act), NotFound)
    assert community.sees(lambda s: need_board(s, community.actor("bob"), made).id) == made


def test_a_lane_that_leaves_a_private_board_stays_private(community: Community) -> None:
    made = board(community, is_private=True)
    public = worklist(community)
    bob = community.actor("bob")
    community.does(lambda s, now: set_lanes(s, bob, made, [public], now=now))
    community.does(lambda s, now: set_lanes(s, bob, made, [], now=now))
    told = refused(community, "cho", lambda s, a, _: need_worklist(s, a, public))
    assert isinstance(told, NotFound)


def test_nobody_makes_anothers_list_a_lane_of_their_board(community: Community) -> None:
    secret = worklist(community, "Bob's own", is_private=True)
    public = worklist(community, "Bob's public")
    made = board(community, by="cho")
    for list_, error in ((secret, NotFound), (public, Refused)):
        told = refused(
            community, "cho", lambda s, a, now, n=list_: set_lanes(s, a, made, [n], now=now)
        )
        assert isinstance(told, error)


def test_a_hidden_storys_card_is_neither_seen_nor_counted_nor_moved(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    secret = community.story("The password is salt", by="bob", is_private=True)
    number = card(community, lanes[0], secret, 1)
    assert cards(community, made, "bob")[0] == [1, secret, 2, 3]
    assert cards(community, made, "cho")[0] == [1, 2, 3]
    bob, cho = community.actor("bob"), community.number("cho")
    community.does(
        lambda s, now: set_allowed(s, bob, need_board(s, bob, made), Part.USER, [cho], now=now)
    )
    told = refused(community, "cho", lambda s, a, now: remove_item(s, a, number, now=now))
    assert isinstance(told, NotFound)
    move(community, 3, "cho", position=1)
    assert cards(community, made, "cho")[0] == [1, 3, 2]
    assert cards(community, made, "bob")[0] == [1, secret, 3, 2]


def test_what_happens_is_told_with_before_and_after(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    bob = community.actor("bob")
    edit = PlanEdit(title="The 1.1", description="Soon")
    community.does(lambda s, now: edit_board(s, bob, made, edit, now=now))
    told = [info for kind, info in events(community, board_id=made) if "details" in kind]
    assert [(i["field"], i["old_value"], i["new_value"]) for i in told] == [
        ("title", "The next release", "The 1.1"),
        ("description", None, "Soon"),
    ]
    move(community, 3, list_id=lanes[1], position=0)
    kind, info = events(community, worklist_id=lanes[0])[-1]
    assert kind == "worklist_contents_changed"
    assert info["updated"] == {
        "old": {
            "worklist_id": lanes[0], "item_id": 3, "item_type": "story", "position": 2,
            "due_date_id": None,
        },
        "new": {
            "worklist_id": lanes[1], "item_id": 3, "item_type": "story", "position": 0,
            "due_date_id": None,
        },
    }  # fmt: skip


def test_a_deleted_storys_card_is_gone(release: tuple[Community, int, list[int]]) -> None:
    community, made, _ = release
    ada = community.actor("ada")
    community.does(lambda s, now: delete_story(s, ada, 2, now=now))
    assert cards(community, made) == [[1, 3], []]


def test_an_archived_board_takes_its_lanes_along(
    release: tuple[Community, int, list[int]],
) -> None:
    community, made, lanes = release
    bob = community.actor("bob")
    community.does(lambda s, now: edit_board(s, bob, made, PlanEdit(archived=True), now=now))
    archived = community.sees(lambda s: [s.get_one(WorklistRow, each).archived for each in lanes])
    assert archived == [True, True]


ASKED = [
    ("story", [("Project", "2", False)], [2]),
    ("story", [("ProjectGroup", "1", False)], []),
    ("story", [("Story", "3", False)], [3]),
    ("story", [("User", "CHO", False)], [1]),
    ("story", [("StoryStatus", "active", False)], [1, 2]),
    ("story", [("StoryStatus", "active", True)], [3]),
    ("story", [("TaskStatus", "todo", False)], [1, 2]),
    ("story", [("Tags", "leaks", False)], [1, 3]),
    ("story", [("Tags", "leaks", False), ("StoryStatus", "active", True)], [3]),
    ("story", [("Tags", "nothing", True)], [1, 2, 3]),
    ("story", [("Text", "Story number 2", False)], [2]),
    ("task", [("Project", "2", False)], [2]),
    ("task", [("User", "CHO", False)], [1]),
    ("task", [("User", "CHO", True)], [2]),
    ("task", [("Tags", "leaks", False)], [1]),
    ("task", [("TaskStatus", "todo", True)], []),
    ("task", [("StoryStatus", "active", False), ("Text", "Dry it", False)], [2]),
    ("task", [("Story", "1", False)], [1]),
]


@pytest.mark.parametrize(("type_", "criteria", "found"), ASKED)
def test_each_criterion_fills_a_list(
    community: Community, type_: str, criteria: list[tuple[str, str, bool]], found: list[int]
) -> None:
    for number in range(1, 4):
        community.story(f"Story number {number}")
    cho, bob = community.number("cho"), community.actor("bob")
    community.task(1, "Seal it", assignee_id=cho)
    community.task(2, "Dry it", project_id=2)
    for story in (1, 3):
        community.does(lambda s, now, n=story: add_tags(s, bob, n, ["leaks"], now=now))  # type: ignore[misc]
    secret = community.story("The password is salt", by="dan", is_private=True)
    community.task(secret, "Change it", by="dan")
    asked = [Criterion(f, v.replace("CHO", str(cho)), "", negative) for f, v, negative in criteria]
    made = worklist(community, automatic=True)
    bob = community.actor("bob")
    new = Filter(type_, tuple(asked))
    community.does(lambda s, now: add_filter(s, bob, made, new, now=now))
    told = community.sees(lambda s: filled(s, bob, filters_of(s, [made])[made]))
    assert told == [(type_, each) for each in found]


def test_filters_are_joined_by_or_and_refuse_what_they_do_not_know(community: Community) -> None:
    community.story("One story")
    community.story("Another story")
    made = worklist(community, automatic=True)
    bob = community.actor("bob")
    for number in ("1", "2"):
        new = Filter("story", (Criterion("Story", number),))
        community.does(lambda s, now, n=new: add_filter(s, bob, made, n, now=now))  # type: ignore[misc]
    told = community.sees(lambda s: filled(s, bob, filters_of(s, [made])[made]))
    assert told == [("story", 1), ("story", 2)]
    for field, value in (("Colour", "red"), ("Story", "one"), ("TaskStatus", "soon"), ("Tags", "")):
        new = Filter("story", (Criterion(field, value),))
        error = refused(
            community, "bob", lambda s, a, now, n=new: add_filter(s, a, made, n, now=now)
        )
        assert isinstance(error, Invalid)
    by_hand = refused(community, "bob", lambda s, a, now: add_item(s, a, made, "story", 1, now=now))
    assert isinstance(by_hand, Invalid)


def test_a_due_date_is_shown_to_those_who_may_see_it(community: Community) -> None:
    community.story("The lid leaks")
    bob = community.actor("bob")
    for is_private in (False, True):
        new = NewDate("Release", community.now + timedelta(days=3), is_private=is_private)
        number, owner = community.does(lambda s, now, n=new: create_date(s, bob, n, now=now))  # type: ignore[misc]
        community.does(
            lambda s, now, n=number, o=owner: set_dated(s, o, n, "story", 1, dated=True, now=now)  # type: ignore[misc]
        )
    seen = {
        who: community.sees(
            lambda s, w=who: [row.id for row in dated_by(s, community.actor(w), "story", [1])[1]]  # type: ignore[misc]
        )
        for who in ("bob", "cho")
    }
    assert seen == {"bob": [1, 2], "cho": [1]}
    told = refused(
        community, "cho", lambda s, a, now: set_dated(s, a, 1, "story", 1, dated=False, now=now)
    )
    assert isinstance(told, Refused)


def test_who_may_not_see_a_list_is_told_of_none(community: Community) -> None:
    made = worklist(community, is_private=True)
    edit = PlanEdit(title="Mine", project_id=KEEP)
    told = refused(community, "cho", lambda s, a, now: edit_worklist(s, a, made, edit, now=now))
    assert isinstance(told, NotFound)
    assert community.sees(lambda s: order(s, community.actor("bob"), made)) == []
    assert community.sees(lambda s: s.exec(select(WorklistItemRow)).all()) == []
