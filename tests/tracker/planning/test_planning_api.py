"""StoryBoard's addresses of worklists, boards and due dates: rights, privacy, arguments, and bounded work."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from hub.accounts.tokens import create_token
from tests.databases import OPERATOR
from tests.tracker.community import Community
from tests.tracker.planning.plans import board, card, worklist
from tests.tracker.planning.test_boards import lists_of


class Client:
    """A program with somebody's token; without a name it has none."""

    def __init__(self, community: Community, slug: str = "") -> None:
        self.http = TestClient(community.shell)
        if slug:
            now = community.app.clock()
            end = now + timedelta(days=30)
            scopes = ("read", "write")
            secret = community.does(
                lambda s, _: create_token(s, OPERATOR, slug, "test", scopes, end, now)
            )[1]
            self.http.headers["Authorization"] = f"Bearer {secret}"

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        return self.http.request(method, f"/api/v1/{path}", json=body)


@contextmanager
def statements(community: Community) -> Iterator[list[str]]:
    """Count the statements that the database is asked."""
    told: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        told.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield told
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.fixture
def yard(community: Community) -> Community:
    """Bob's public board with stories 1 and 2 and a hidden one, and cho's private board."""
    made = board(community, "To do", "Done")
    lane = lists_of(community, made)[0]
    for number in (1, 2):
        community.story(f"Story number {number}")
        card(community, lane, number)
    secret = community.story("The password is salt", is_private=True)
    card(community, lane, secret, 1)
    board(community, "Hidden lane", by="cho", is_private=True)
    return community


def test_a_board_tells_nothing_of_hidden_stories(yard: Community) -> None:
    own, other, guest = Client(yard, "bob"), Client(yard, "cho"), Client(yard)
    items = own("GET", "boards/1").json()["lanes"][0]["worklist"]["items"]
    assert [(i["item_id"], i["list_position"]) for i in items] == [(1, 0), (3, 1), (2, 2)]
    for client in (other, guest, Client(yard, "ada")):
        items = client("GET", "boards/1").json()["lanes"][0]["worklist"]["items"]
        assert [(i["item_id"], i["list_position"]) for i in items] == [(1, 0), (2, 1)]
        for path in (
            "boards", "boards/1", "worklists/1", "worklists/1/items", "worklists?hide_lanes=false",
            "events?worklist_id=1", "events", "due_dates",
        ):  # fmt: skip
            assert "salt" not in client("GET", path).text, path
        assert client("GET", "boards?story_id=3").json() == []
        told = client("GET", "events?worklist_id=1")
        assert len(told.json()) == int(told.headers["X-Total"])
        assert '\\"item_id\\": 3' not in told.text
    assert len(own("GET", "events?worklist_id=1").json()) == len(told.json()) + 1


def test_a_private_board_is_there_for_its_people_only(yard: Community) -> None:
    for client in (Client(yard, "bob"), Client(yard), Client(yard, "ada")):
        for path in ("boards/2", "worklists/3", "worklists/3/items", "boards/2/permissions"):
            assert client("GET", path).status_code == 404, path
        assert "Hidden lane" not in client("GET", "boards").text
        assert client("GET", "events?board_id=2").json() == []
        assert client("GET", "events?board_id=2").headers["X-Total"] == "0"
    assert Client(yard, "cho")("GET", "boards/2").json()["title"] == "The next release"


def test_every_event_is_counted_and_found_by_its_number(yard: Community) -> None:
    for client in (Client(yard, "bob"), Client(yard)):
        told = client("GET", "events")
        assert int(told.headers["X-Total"]) == len(told.json())
        for each in told.json():
            assert client("GET", f"events/{each['id']}").json() == each
        few = client("GET", "events?event_type=board_created")
        assert int(few.headers["X-Total"]) == len(few.json())
    hidden = {e["id"] for e in Client(yard, "cho")("GET", "events?board_id=2").json()}
    assert hidden
    for id_ in hidden:
        assert Client(yard, "bob")("GET", f"events/{id_}").status_code == 404


def test_what_happens_on_a_board_is_no_part_of_a_storys_events(yard: Community) -> None:
    kinds = {e["event_type"] for e in Client(yard, "bob")("GET", "stories/1/events").json()}
    assert kinds == {"story_created"}


def test_who_was_let_move_moves_and_changes_nothing_else(yard: Community) -> None:
    cho, dan = yard.number("cho"), Client(yard, "dan")
    own = Client(yard, "bob")
    told = own("PUT", "boards/1/permissions", {"codename": "move_cards", "users": [cho]})
    assert told.json() == "move_cards"
    other = Client(yard, "cho")
    assert other("GET", "boards/1/permissions").json() == ["move_cards"]
    moved = other("PUT", "worklists/1/items/1", {"list_id": 2, "list_position": 0})
    assert (moved.status_code, moved.json()["list_id"]) == (200, 2)
    assert other("PUT", "boards/1", {"title": "Mine"}).status_code == 404
    assert other("PUT", "worklists/1", {"title": "Mine"}).status_code == 404
    assert dan("PUT", "worklists/1/items/1", {"list_id": 1}).status_code == 404
    assert dan("DELETE", "worklists/1/items/2").status_code == 404
    assert dan("POST", "worklists/1/items", {"item_id": 1, "item_type": "story"}).status_code == 404
    assert own("GET", f"boards?user_id={cho}").headers["X-Total"] == "1"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("worklists", {"title": ""}, 400),
        ("worklists", {"title": "x", "automatic": True, "filters": [{"type": "Dog"}]}, 400),
        ("worklists", {"title": "x", "automatic": True, "filters": "all"}, 400),
        ("worklists", {"title": "x", "owners": [999]}, 400),
        ("worklists/1/items", {"item_id": 1, "item_type": "dog"}, 400),
        ("worklists/1/items", {"item_id": 1, "item_type": "story"}, 409),
        ("worklists/1/items", {"item_id": 99, "item_type": "story"}, 404),
        ("worklists/1/permissions", {"codename": "fly", "users": []}, 400),
        ("boards", {"title": "x", "lanes": [{"list_id": 99}]}, 404),
        ("boards", {"title": "x", "lanes": [{"list_id": 1}]}, 409),
        ("boards", {"title": 7}, 400),
        ("due_dates", {"name": "x"}, 400),
        ("due_dates", {"name": "x", "date": "soon"}, 400),
        ("due_dates", {"name": "x", "date": "2030-01-02T03:04:05"}, 400),
        ("due_dates", {"name": "x", "date": "2030-01-02T03:04:05Z", "tasks": [{"id": 9}]}, 404),
    ],
)
def test_what_can_not_be_taken_is_refused(
    yard: Community, path: str, body: object, status: int
) -> None:
    assert Client(yard, "bob")("POST", path, body).status_code == status


def test_a_due_date_stands_on_cards_and_may_be_taken_off(yard: Community) -> None:
    own = Client(yard, "bob")
    new = {"name": "Release", "date": "2030-01-02T03:04:05+00:00", "board_id": 1}
    assert own("POST", "due_dates", new).json()["count"] == 0
    own("PUT", "due_dates/1", {"stories": [{"id": 1}, {"id": 3}]})
    own("PUT", "worklists/1/items/1", {"display_due_date": 1})
    for client, ids in ((own, [1, 3]), (Client(yard), [1])):
        told = client("GET", "due_dates/1").json()
        assert ([each["id"] for each in told["stories"]], told["count"]) == (ids, len(ids))
    card_ = own("GET", "boards/1").json()["lanes"][0]["worklist"]["items"][0]
    assert card_["story"]["due_dates"] == [1]
    assert card_["resolved_due_date"]["name"] == "Release"
    own("PUT", "worklists/1/items/1", {"display_due_date": -1})
    card_ = own("GET", "boards/1").json()["lanes"][0]["worklist"]["items"][0]
    assert card_["resolved_due_date"] is None
    assert own("DELETE", "due_dates/1?board_id=1").status_code == 204
    assert own("GET", "due_dates?board_id=1").json() == []


def test_a_board_of_many_cards_takes_no_more_queries_than_one_of_few(yard: Community) -> None:
    client = Client(yard, "bob")
    made = worklist(yard)
    for path in ("boards/1", "boards", f"worklists/{made}", "worklists"):
        client("GET", path)
        with statements(yard) as few:
            client("GET", path)
        for number in range(4):
            story = yard.story(f"One more {number}")
            yard.task(story)
            card(yard, 1, story)
            card(yard, made, story)
        with statements(yard) as many:
            client("GET", path)
        assert len(many) <= len(few) + 2, path
        assert len(many) <= 25, path
