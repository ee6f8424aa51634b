"""Any sequence of moves by two people leaves every card exactly once on its board, in the order they made."""

import contextlib
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hub import bootstrap
from hub.errors import HubError
from tests.databases import config_for
from tests.prepared import sqlite_url
from tests.tracker.community import Community
from tests.tracker.planning.plans import board, card, cards, order
from tracker.planning.boards import lanes_of
from tracker.planning.items import ItemEdit, add_item, edit_item, remove_item
from tracker.planning.permissions import Part, set_allowed
from tracker.planning.sight import need_board

CARD = st.integers(1, 6)
LANE = st.integers(0, 2)
POSITION = st.integers(-1, 7)
PERSON = st.sampled_from(["bob", "cho"])


def shared_board(community: Community) -> tuple[int, list[int]]:
    """Make a board of three lanes that bob and cho move on, with stories 1 to 6; 6 is hidden from cho."""
    made = board(community, "To do", "Doing", "Done")
    bob, cho = community.actor("bob"), community.number("cho")
    community.does(
        lambda s, now: set_allowed(s, bob, need_board(s, bob, made), Part.USER, [cho], now=now)
    )
    lanes = community.sees(lambda s: [list_.id or 0 for _, list_ in lanes_of(s, made)])
    for number in range(1, 7):
        community.story(f"Story number {number}", is_private=number == 6)
        card(community, lanes[0], number)
    return made, lanes


class Moves(RuleBasedStateMachine):
    """Moves, takes and returns cards; a model of plain lists does the same."""

    @initialize()
    def begin(self) -> None:
        folder = Path(self.folder)  # type: ignore[attr-defined]
        url = sqlite_url(folder / f"{self.count}.db")  # type: ignore[attr-defined]
        type(self).count += 1  # type: ignore[attr-defined]
        self.hub = Community(bootstrap.build(config_for(url, folder))).settled()
        self.board, self.lanes = shared_board(self.hub)
        self.model: list[list[int]] = [[1, 2, 3, 4, 5, 6], [], []]

    def teardown(self) -> None:
        if hasattr(self, "hub"):
            self.hub.app.db.close()

    def put(self, story: int, lane: int, position: int, by: str) -> None:
        """Put a card before the one that somebody sees at a position."""
        for its in self.model:
            if story in its:
                its.remove(story)
        its = self.model[lane]
        seen = [each for each in its if by == "bob" or each != 6]
        wanted = max(position, 0)
        at = its.index(seen[wanted]) if wanted < len(seen) else len(its)
        its.insert(at, story)

    @rule(story=CARD, lane=LANE, position=POSITION, by=PERSON)
    def move(self, story: int, lane: int, position: int, by: str) -> None:
        actor = self.hub.actor(by)
        edit = ItemEdit(position=position, list_id=self.lanes[lane])
        if story == 6 and by == "cho":
            with pytest.raises(HubError):
                self.hub.does(lambda s, now: edit_item(s, actor, story, edit, now=now))
            return
        is_there = any(story in its for its in self.model)
        self.hub.does(lambda s, now: edit_item(s, actor, story, edit, now=now))
        if is_there:
            self.put(story, lane, position, by)

    @rule(story=CARD)
    def take(self, story: int) -> None:
        bob = self.hub.actor("bob")
        self.hub.does(lambda s, now: remove_item(s, bob, story, now=now))
        for its in self.model:
            if story in its:
                its.remove(story)

    @rule(story=CARD, lane=LANE, position=POSITION)
    def back(self, story: int, lane: int, position: int) -> None:
        bob, is_there = self.hub.actor("bob"), any(story in its for its in self.model)
        with contextlib.suppress(HubError):
            self.hub.does(
                lambda s, now: add_item(s, bob, self.lanes[lane], "story", story, position, now=now)
            )
        if not is_there:
            self.put(story, lane, position, "bob")

    @invariant()
    def the_board_is_as_the_model(self) -> None:
        if not hasattr(self, "hub"):
            return
        assert cards(self.hub, self.board, "bob") == self.model
        known = [[each for each in its if each != 6] for its in self.model]
        assert cards(self.hub, self.board, "cho") == known


def test_any_sequence_of_moves_keeps_every_card_once_and_in_order(tmp_path: Path) -> None:
    case = type("Case", (Moves,), {"folder": str(tmp_path), "count": 0})
    case.TestCase.settings = settings(  # type: ignore[attr-defined]
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    case.TestCase("runTest").runTest()  # type: ignore[attr-defined]


def test_two_who_move_at_once_lose_and_double_nothing(community: Community) -> None:
    made, lanes = shared_board(community)
    people = [community.actor("bob"), community.actor("cho")]
    failed: list[Exception] = []

    def moves(turn: int) -> None:
        for number in range(30):
            story = number % 5 + 1
            edit = ItemEdit(position=number % 3, list_id=lanes[(number + turn) % 3])
            try:
                community.app.db.write(
                    lambda s, n=story, e=edit: edit_item(s, people[turn], n, e, now=community.now)  # type: ignore[misc]
                )
            except HubError as error:
                failed.append(error)

    threads = [threading.Thread(target=moves, args=(turn,)) for turn in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    found = cards(community, made)
    assert sorted(each for its in found for each in its) == [1, 2, 3, 4, 5, 6]
    bob = community.actor("bob")
    told = [community.sees(lambda s, n=lane: order(s, bob, n)) for lane in lanes]  # type: ignore[misc]
    assert told == list(found)
