"""The tracker's pages, without a script: read, filed, changed, and kept from who may not see."""

import re
from pathlib import Path

import pytest

from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.web.corpus import PAYLOADS
from tracker.projects import create_group, set_grouped
from tracker.readers import add_reader
from tracker.states import Importance, Stage
from tracker.tags import set_tags


@pytest.fixture
def yard(sqlite_community: Community) -> Community:
    """Three stories: 1 in work, 2 done, 3 private to cho."""
    community = sqlite_community
    community.story("The lid leaks at night", importance=Importance.HIGH, description="See *below*")
    community.task(1, "Seal the lid", stage=Stage.CONFIRMED)
    community.task(1, "Say so in the docs", project_id=2, stage=Stage.MERGED)
    community.story("Kimchi page is empty", kind="feature")
    community.task(2, stage=Stage.RELEASED)
    community.story("The password is salt", by="cho", is_private=True, is_security=True)
    community.task(3, "Change the password", by="cho")
    bob, cho, ada = (community.actor(name) for name in ("bob", "cho", "ada"))
    community.does(lambda s, now: set_tags(s, bob, 1, ["leaks"], now=now))
    community.does(lambda s, now: set_tags(s, cho, 3, ["leaks"], now=now))
    group = community.does(lambda s, now: create_group(s, ada, "crocks", "Crocks", now=now))
    community.does(lambda s, now: set_grouped(s, ada, group, 1, grouped=True))
    return community


PAGES = (
    "/stories",
    "/stories?q=is:any",
    "/stories?q=salt is:any",
    "/stories?q=tag:leaks",
    "/stories?q=is:private",
    "/stories?q=is:security+is:any",
    "/stories?q=project:nope",
    "/projects",
    "/tags",
    "/project/crock/firmware",
    "/project-group/crocks",
    "/story/1",
    "/story/new",
)


def test_each_page_is_there_for_everybody(yard: Community) -> None:
    readers = [Reader(yard), Reader(yard, "bob"), Reader(yard, "ada")]
    for path in PAGES:
        for reader in readers:
            answer = reader.get(path)
            assert answer.status_code == 200, path
            assert answer.text.count("<h1") == 1, path


def test_a_list_shows_titles_states_tags_and_counts(yard: Community) -> None:
    text = Reader(yard).get("/stories").text
    assert "The lid leaks at night" in text
    assert "Kimchi page" not in text
    assert 'aria-label="tasks done"' in text
    assert 'Open <span class="soft">1</span>' in text
    assert 'Closed <span class="soft">1</span>' in text
    assert "Kimchi page" in Reader(yard).get("/stories?q=is:closed").text


def test_nothing_of_a_private_story_is_told_to_others(yard: Community) -> None:
    for reader in (Reader(yard), Reader(yard, "bob")):
        for path in (*PAGES, "/", "/stories?q=is:any+creator:cho"):
            text = reader.get(path).text
            assert "password" not in text, path
            assert "/story/3" not in text, path
        for path in ("/story/3", "/story/3/edit", "/task/4"):
            assert reader.get(path).status_code == 404
        hidden = reader.get("/story/3").text.replace("3", "N")
        assert hidden.count("story N") == reader.get("/story/9").text.replace("9", "N").count(
            "story N"
        )
        assert reader.client.post("/story/3", data={"do": "comment"}).status_code in (403, 404)


def test_who_is_given_a_private_story_may_read_and_change_it(yard: Community) -> None:
    cho, bob = yard.actor("cho"), yard.number("bob")
    yard.does(lambda s, now: add_reader(s, cho, 3, person_id=bob, now=now))
    reader = Reader(yard, "bob")
    assert "The password is salt" in reader.get("/story/3").text
    assert reader.send("/story/3", do="comment", content="I see it").status_code == 303
    assert "I see it" in reader.get("/story/3").text
    assert Reader(yard, "dan").get("/story/3").status_code == 404


def test_a_story_is_filed_on_one_screen(yard: Community) -> None:
    answer = Reader(yard, "dan").send(
        "/story/new", title="Salt runs out", description="Every *day*", project="crock/web",
        tags="salt docs", kind="bug", importance="low",
    )  # fmt: skip
    assert answer.headers["location"] == "/story/4"
    text = Reader(yard).get("/story/4").text
    for told in ("Salt runs out", "<em>day</em>", "crock/web", "salt", "docs", "Low", "Dan"):
        assert told in text
    assert yard.problems == []


def test_what_is_wrong_is_said_and_the_form_is_kept(yard: Community) -> None:
    answer = Reader(yard, "dan").send(
        "/story/new", title="Salt runs out", description="Every day", project="crock/nope"
    )
    assert answer.status_code == 400
    assert "There is no project crock/nope" in answer.text
    assert 'value="Salt runs out"' in answer.text
    assert "Every day" in answer.text
    assert "Salt runs out" not in Reader(yard).get("/stories").text


CHANGES = (
    ({"do": "comment", "content": "Mine **too**"}, "Mine <strong>too</strong>"),
    ({"do": "add-task", "project": "crock/web", "title": "Draw it", "assignee": "me"}, "Draw it"),
    ({"do": "move-task", "task": "1", "stage": "review", "assignee": "cho"}, "In review"),
    ({"do": "tags", "tags": "leaks night"}, "night"),
    ({"do": "importance", "importance": "critical"}, "from High to Critical"),
    ({"do": "affects", "on": "1"}, "affects 1"),
    ({"do": "votes", "on": "1"}, "1 vote"),
    ({"do": "follow", "on": "1"}, "You follow it"),
    ({"do": "need", "needs": "2"}, "waits for story 2"),
    ({"do": "duplicate", "of": "2"}, "The same as"),
)


def test_each_form_of_a_story_does_what_it_says(yard: Community) -> None:
    dan = Reader(yard, "dan")
    for fields, told in CHANGES:
        answer = dan.send("/story/1", **fields)
        assert answer.status_code == 303, (fields, answer.text)
        assert told in dan.get("/story/1").text, fields
    assert yard.problems == []


MISTAKES = (
    (
        {"do": "add-task", "project": "crock/nope", "title": "Draw it", "assignee": "me"},
        "There is no project crock/nope",
        ('value="crock/nope" autofocus', 'value="Draw it"', 'value="me"'),
    ),
    (
        {
            "do": "move-task",
            "task": "2",
            "title": "Say it",
            "stage": "review",
            "assignee": "nobody",
        },
        "There is nobody called nobody here",
        ('value="Say it"', 'value="review" selected', 'value="nobody"'),
    ),
    ({"do": "comment", "content": "y" * 70_000}, "", ("y" * 70_000,)),
    ({"do": "tags", "tags": "night " + "x" * 300}, "", ("x" * 300 + '"',)),
    ({"do": "need", "needs": "3"}, "There is no story 3", ('value="3" autofocus',)),
    ({"do": "need", "needs": "one"}, "There is no story one", ('value="one" autofocus',)),
    ({"do": "duplicate", "of": "1"}, "Story 1 is this one", ('value="1" autofocus',)),
    ({"do": "importance", "importance": "huge"}, "Choose one of the importances", ()),
)


def test_what_is_wrong_stands_in_its_form_again(yard: Community) -> None:
    dan, guest = Reader(yard, "dan"), Reader(yard)
    before = guest.get("/story/1").text
    for fields, told, kept in MISTAKES:
        answer = dan.send("/story/1", **fields)
        assert answer.status_code == 400, fields
        assert answer.text.count('role="alert"') == 1, fields
        assert told in answer.text, fields
        for each in kept:
            assert each in answer.text, fields
    assert guest.get("/story/1").text == before
    assert yard.problems == []


def test_guests_change_nothing(yard: Community) -> None:
    guest = Reader(yard)
    for fields, _ in CHANGES:
        assert guest.send("/story/1", **fields).status_code == 403
    assert guest.send("/story/new", title="Hello there").status_code == 403
    assert "<textarea" not in guest.get("/story/1").text


def test_a_comment_is_edited_by_its_author_and_taken_back_by_a_moderator(yard: Community) -> None:
    dan, bob, ada = (Reader(yard, name) for name in ("dan", "bob", "ada"))
    dan.send("/story/1", do="comment", content="Frist")
    assert bob.send("/story/1", do="edit-comment", comment="1", content="No").status_code == 403
    assert dan.send("/story/1", do="edit-comment", comment="1", content="First").status_code == 303
    text = dan.get("/story/1").text
    assert "First" in text
    assert "edited" in text
    assert dan.send("/story/1", do="remove-comment", comment="1").status_code == 403
    assert ada.send("/story/1", do="remove-comment", comment="1").status_code == 303
    text = bob.get("/story/1").text
    assert "This comment was taken back" in text
    assert "First" not in text


def test_two_who_edit_at_once_lose_nothing(yard: Community) -> None:
    bob, dan = Reader(yard, "bob"), Reader(yard, "dan")
    mine = {"title": "The lid leaks at noon", "description": "Dan's words", "kind": "bug"}
    assert bob.send(
        "/story/1/edit", title="The lid leaks", description="Bob's words", kind="bug", revision="1"
    ).status_code == 303  # fmt: skip
    late = dan.send("/story/1/edit", revision="1", **mine)
    assert late.status_code == 409
    for told in ("Dan&#39;s words", "Bob&#39;s words", "The lid leaks at noon", "Nothing is lost"):
        assert told in late.text
    assert "Bob&#39;s words" in bob.get("/story/1").text
    assert dan.send("/story/1/edit", revision="2", **mine).status_code == 303
    text = bob.get("/story/1").text
    assert "The lid leaks at noon" in text
    assert "What it said before" in text


def test_a_task_leads_to_its_story(yard: Community) -> None:
    assert Reader(yard).get("/task/2").headers["location"] == "/story/1#task-2"
    assert Reader(yard).get("/task/99").status_code == 404


def test_who_has_a_page_already_gets_it_again_only_when_it_changed(yard: Community) -> None:
    guest = Reader(yard)
    for path in ("/stories", "/story/1", "/projects"):
        known = {"If-None-Match": guest.get(path).headers["etag"]}
        assert guest.client.get(path, headers=known).status_code == 304, path
    Reader(yard, "bob").send("/story/1", do="comment", content="New")
    assert guest.client.get("/story/1", headers=known).status_code == 200


def test_nothing_that_people_write_becomes_markup(yard: Community) -> None:
    for payload in PAYLOADS:
        yard.story(f"Hm {payload}"[:200], description=payload)
    dan = Reader(yard, "dan")
    dan.send("/story/1", do="comment", content="\n\n".join(PAYLOADS))
    numbers = range(4, 4 + len(PAYLOADS))
    for path in ("/story/1", "/stories", *(f"/story/{number}" for number in numbers)):
        text = Reader(yard).get(path).text
        main = text.partition("<main")[2]
        assert "<script" not in main, path
        assert not re.search(r"<[^>]+\son\w+=", main), path
        assert 'href="javascript:' not in main, path


def test_any_address_answers(yard: Community, tmp_path: Path) -> None:
    for path in (
        "/story/0", "/story/x", "/story/99999999999", "/story/1?before=x", "/task/x",
        "/project/nope", "/project-group/nope", "/stories?q=%00%ff&after=x",
        "/stories?q=" + "%22" * 500, "/stories?after=1.2", "/stories?sort=zzz",
    ):  # fmt: skip
        assert Reader(yard).get(path).status_code in (200, 400, 404), path
