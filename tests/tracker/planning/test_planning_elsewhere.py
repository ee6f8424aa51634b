"""Boards and worklists on other pages, in texts, in what is exported, and in the check."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from hub.accounts.erasure import erase_person, export_person
from hub.people import operator
from hub.refs import signs_for
from tests.databases import PUBLIC, Yard
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.tracker.planning.plans import board, card, worklist
from tests.tracker.planning.test_boards import lists_of
from tracker.planning.boards import lanes_of
from tracker.planning.items import remove_item
from tracker.storyboard.subscription_tables import SubscriptionEventRow
from tracker.subscriptions import follow
from web.markdown import to_html


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Story 1 on bob's public board and on cho's private one."""
    community = sqlite_community
    community.story("The lid leaks")
    for by, is_private in (("bob", False), ("cho", True)):
        made = board(community, f"Lane of {by}", by=by, is_private=is_private)
        card(community, lists_of(community, made)[0], 1, by=by)
    worklist(community, "Next", by="bob")
    return community


def test_a_storys_page_tells_its_boards_to_those_who_may_see_them(yard: Community) -> None:
    assert 'href="/board/1"' in Reader(yard).get("/story/1").text
    assert 'href="/board/2"' not in Reader(yard, "bob").get("/story/1").text
    assert 'href="/board/2"' in Reader(yard, "cho").get("/story/1").text


def test_a_mention_leads_to_a_board_that_its_reader_may_see(yard: Community) -> None:
    kinds = [kind for module in yard.app.modules for kind in module.refs]
    text = f"board:1 {PUBLIC}/board/2 worklist:3 board:99"

    def drawn(slug: str) -> str:
        return yard.sees(lambda s: to_html(text, signs_for(kinds, s, yard.actor(slug))))

    assert 'href="/board/1"' in drawn("bob")
    assert "Board 2: " not in drawn("bob")
    assert "Board 2: The next release" in drawn("cho")
    assert 'href="/worklist/3"' in drawn("bob")


def test_an_export_has_the_plans_that_somebody_made(yard: Community) -> None:
    told = yard.sees(lambda s: export_person(s, "bob", modules=yard.app.modules, now=yard.now))
    assert [each["title"] for each in told["tracker"]["boards"]] == ["The next release"]
    assert [each["title"] for each in told["tracker"]["worklists"]] == ["Lane of bob", "Next"]


def test_who_is_erased_leaves_no_name_on_a_board(yard: Community) -> None:
    yard.does(lambda s, now: erase_person(s, operator("olga"), "bob", now))
    Yard(yard.app).settles()
    text = Reader(yard).get("/board/1").text + Reader(yard).get("/boards").text
    assert "Bob" not in text
    assert yard.problems == []


def test_a_check_finds_cards_that_are_twice_on_a_board(yard: Community) -> None:
    assert yard.problems == []
    yard.does(
        lambda s, _: (
            s.connection().execute(
                sa.text(
                    "INSERT INTO worklist_item (list_id, item_type, item_id, place, archived, created_at)"
                    " VALUES (1, 'story', 1, 0, 0, 0)"
                )
            )
            and None
        )
    )
    assert yard.problems == [
        "Board 1 has story 1 more than once.",
        "Two cards of worklist 1 have the same place.",
    ]
    assert yard.sees(lambda s: len(lanes_of(s, 1))) == 1


def test_what_happens_on_a_board_brings_nobody_a_notice(yard: Community) -> None:
    cho = yard.actor("cho")
    yard.does(lambda s, now: follow(s, cho, "story", 1, now=now))
    Yard(yard.app).settles()
    before = yard.sees(lambda s: len(s.exec(select(SubscriptionEventRow)).all()))
    bob = yard.actor("bob")
    yard.does(lambda s, now: remove_item(s, bob, 1, now=now))
    Yard(yard.app).settles()
    assert yard.sees(lambda s: len(s.exec(select(SubscriptionEventRow)).all())) == before
