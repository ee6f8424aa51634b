"""The pages of boards and worklists without a script: read, changed, and kept from who may not see."""

import re
from datetime import timedelta

import pytest

from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.tracker.planning.plans import board, card, cards, worklist
from tests.tracker.planning.test_boards import lists_of
from tests.web.corpus import PAYLOADS
from tracker.planning.dates import NewDate, create_date, set_dated


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Bob's board with stories 1, 2 and a hidden one (3); cho's private board and list; an automatic list."""
    community = sqlite_community
    made = board(community, "To do", "Done")
    lane = lists_of(community, made)[0]
    for number in (1, 2):
        community.story(f"Story number {number}")
        card(community, lane, number)
    card(community, lane, community.story("The password is salt", is_private=True), 1)
    board(community, "Hidden lane", by="cho", is_private=True)
    worklist(community, "Cho's own", by="cho", is_private=True)
    worklist(community, "Filled by itself", automatic=True)
    return community


PAGES = ("/boards", "/boards?archived=1", "/board/1", "/worklists", "/worklist/1", "/worklist/5")


def test_each_page_is_there_for_everybody(yard: Community) -> None:
    for reader in (Reader(yard), Reader(yard, "bob"), Reader(yard, "ada")):
        for path in PAGES:
            answer = reader.get(path)
            assert answer.status_code == 200, path
            assert answer.text.count("<h1") == 1, path


def test_what_there_is_not_and_what_is_not_theirs_is_told_alike(yard: Community) -> None:
    for reader in (Reader(yard), Reader(yard, "bob")):
        for path in (
            "/board/2",
            "/board/2/edit",
            "/worklist/3",
            "/worklist/4",
            "/board/x",
            "/board/99",
        ):
            assert reader.get(path).status_code == 404, path
        for path in PAGES:
            text = reader.get(path).text
            assert "Hidden lane" not in text, path
            assert "own" not in re.findall(r"<bdi>(.*?)</bdi>", text), path
        told = reader.client.post("/board/2", data={"do": "archive"})
        assert told.status_code in (403, 404)
    assert "Hidden lane" in Reader(yard, "cho").get("/board/2").text


def test_a_hidden_story_on_a_board_is_neither_shown_nor_counted(yard: Community) -> None:
    for reader, number in ((Reader(yard, "bob"), 3), (Reader(yard), 2), (Reader(yard, "cho"), 2)):
        text = reader.get("/board/1").text
        assert ("salt" in text) == (number == 3)
        assert f"data-count>{number}</span>" in text
        assert f"{number} cards" in reader.get("/boards").text


def test_cards_are_moved_added_and_taken_away_by_forms(yard: Community) -> None:
    bob = Reader(yard, "bob")
    told = bob.send("/board/1", do="move", card=1, list=2, position=1)
    assert (told.status_code, told.headers["location"]) == (303, "/board/1#card-1")
    assert cards(yard, 1) == [[3, 2], [1]]
    told = bob.send("/board/1", do="add", list=2, what="A story of its own")
    assert cards(yard, 1) == [[3, 2], [1, 4]]
    assert "A story of its own" in bob.get("/board/1").text
    bob.send("/board/1", do="remove", card=2)
    assert cards(yard, 1) == [[3], [1, 4]]
    yard.task(4, "Do it now")
    bob.send("/board/1", do="add", list=1, what="task 1")
    assert "Do it now" in bob.get("/board/1").text
    again = bob.send("/board/1", do="add", list=1, what="#1")
    assert again.status_code == 400
    assert "already" in again.text


def test_a_script_is_told_what_is_refused(yard: Community) -> None:
    bob = Reader(yard, "bob")
    bob.client.headers["Accept"] = "application/json"
    assert bob.send("/board/1", do="move", card=1, list=2, position=1).json() == {
        "place": "#card-1"
    }
    told = bob.send("/board/1", do="move", card=99, list=2, position=1)
    assert (told.status_code, "card 99" in told.json()["problem"]) == (404, True)
    cho = Reader(yard, "cho")
    cho.client.headers["Accept"] = "application/json"
    told = cho.send("/board/1", do="move", card=1, list=1, position=1)
    assert told.status_code == 403
    assert cards(yard, 1)[1] == [1]


def test_a_board_is_made_and_its_lanes_are_changed(yard: Community) -> None:
    bob = Reader(yard, "bob")
    told = bob.send("/boards", title="The 2.0", description="*Soon*", lanes="Ideas, Doing,Done")
    assert told.headers["location"] == "/board/3"
    text = bob.get("/board/3").text
    assert [text.index(lane) for lane in ("Ideas", "Doing", "Done")] == sorted(
        text.index(lane) for lane in ("Ideas", "Doing", "Done")
    )
    assert "<em>Soon</em>" in text
    first, *_, last = lists_of(yard, 3)
    bob.send("/board/3", do="shift-lane", page="edit", list=last, to="left")
    assert lists_of(yard, 3)[1] == last
    bob.send("/board/3", do="rename-lane", page="edit", list=first, title="Wishes")
    bob.send("/board/3", do="archive-lane", page="edit", list=last)
    bob.send("/board/3", do="add-lane", page="edit", title="Later")
    text = bob.get("/board/3").text
    assert "Wishes" in text
    assert "Later" in text
    assert len(lists_of(yard, 3)) == 3
    bob.send("/board/3", do="archive", page="edit", on=1)
    assert "The 2.0" not in bob.get("/boards").text
    assert "The 2.0" in bob.get("/boards?archived=1").text


def test_owners_name_others_and_a_name_of_nobody_is_told(yard: Community) -> None:
    bob = Reader(yard, "bob")
    fields = {"do": "edit", "page": "edit", "title": "Ours", "owners": "bob", "users": "cho"}
    assert bob.send("/board/1", **fields).status_code == 303
    cho = Reader(yard, "cho")
    cho.send("/board/1", do="move", card=1, list=2, position=1)
    assert cards(yard, 1)[1] == [1]
    assert cho.get("/board/1/edit").status_code == 403
    told = bob.send("/board/1", **(fields | {"users": "cho nobody-here"}))
    assert (told.status_code, "nobody-here" in told.text) == (400, True)


def test_an_automatic_list_says_what_fills_it(yard: Community) -> None:
    bob = Reader(yard, "bob")
    told = bob.send(
        "/worklist/5", do="add-filter", page="edit", type="story", field1="StoryStatus",
        value1="merged", not1="1", field2="Text", value2="Story number 2",
    )  # fmt: skip
    assert told.status_code == 303
    text = Reader(yard).get("/worklist/5").text
    assert "story status not “merged”" in text
    assert "Story number 2" in text
    assert "Story number 1" not in text
    told = bob.send(
        "/worklist/5", do="add-filter", page="edit", type="story", field1="User", value1="zed"
    )
    assert told.status_code == 400


def test_what_is_over_is_marked(yard: Community) -> None:
    bob = yard.actor("bob")
    for days, story in ((-1, 1), (400_0, 2)):
        at = yard.app.clock() + timedelta(days=days)
        number, owner = yard.does(
            lambda s, now, at=at: create_date(s, bob, NewDate("Release", at), now=now)
        )  # type: ignore[misc]
        yard.does(
            lambda s, now, n=number, o=owner, t=story: set_dated(
                s, o, n, "story", t, dated=True, now=now
            )
        )  # type: ignore[misc]
    text = Reader(yard).get("/board/1").text
    assert text.count("due over") == 1
    assert text.count("Overdue:") == 1
    assert text.count("Due: ") == 1


def test_a_due_date_is_set_on_a_card_and_a_board_and_taken_off(yard: Community) -> None:
    bob = Reader(yard, "bob")
    bob.send("/board/1", do="add-due", card=1, date="2031-05-01", name="Freeze")
    bob.send("/board/1", do="add-due", page="edit", date="2031-06-01", name="Release")
    text = bob.get("/board/1").text
    assert "2031-05-01" in text
    assert "2031-06-01" in text
    bob.send("/board/1", do="drop-due", card=1, due=1)
    assert "2031-05-01" not in bob.get("/board/1").text
    assert bob.send("/board/1", do="add-due", date="soon", name="x").status_code == 400


def test_nothing_that_anyone_says_runs(yard: Community) -> None:
    bob = Reader(yard, "bob")
    for payload in PAYLOADS[::12]:
        title = f"{payload} and more"[:200]
        bob.send("/board/1", do="add", list=2, what=title)
        bob.send("/boards", title=title, lanes=title)
    for path in ("/board/1", "/boards", "/board/3", "/board/3/edit"):
        text = bob.get(path).text
        assert "<script>alert" not in text
        assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", text) or "<img" not in text
