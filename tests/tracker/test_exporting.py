"""Lists of stories leave as CSV, JSON and Atom: all of them, as who asks may see them, and nothing runs."""

import csv
import io
from xml.etree import ElementTree as ET

import pytest

from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker import export_views
from tracker.tags import add_tags

ATOM = "{http://www.w3.org/2005/Atom}"
TITLES = ("=HYPERLINK(1) leaks", '뚜껑, "새요" <b>', "@salt is low")


@pytest.fixture
def reader(community: Community) -> Reader:
    """A guest where there are three stories, and a private one."""
    for title in TITLES:
        community.story(title)
    community.task(2)
    bob = community.actor("bob")
    community.does(lambda s, now: add_tags(s, bob, 2, ["docs", "lid"], now=now))
    community.story("A secret", by="cho", is_private=True)
    return Reader(community)


def test_a_table_holds_all_that_is_found(reader: Reader) -> None:
    answer = reader.get("/stories.csv?q=is:any sort:oldest")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["title"] for row in rows] == [f"'{TITLES[0]}", TITLES[1], f"'{TITLES[2]}"]
    assert rows[1]["tags"] == "docs, lid"
    assert rows[1]["projects"] == "crock/firmware"
    assert (rows[1]["todo"], rows[1]["private"]) == ("1", "no")
    assert rows[1]["url"].endswith("/story/2")


def test_a_program_gets_the_same_as_json(reader: Reader) -> None:
    told = reader.get("/stories.json?q=tag:docs").json()
    assert told["query"] == "tag:docs"
    assert told["next"] is None
    assert [story["title"] for story in told["stories"]] == [TITLES[1]]
    assert told["stories"][0]["tags"] == ["docs", "lid"]


def test_a_feed_tells_of_the_stories_that_a_query_finds(reader: Reader) -> None:
    answer = reader.get("/stories.atom?q=sort:created")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == [f"#{3 - i} {TITLES[2 - i]}" for i in range(3)]
    terms = [each.attrib["term"] for each in feed.iter(f"{ATOM}category")]
    assert {"docs", "lid", "crock/firmware", "active", "untriaged"} <= set(terms)


def test_what_is_private_leaves_with_its_readers_only(community: Community, reader: Reader) -> None:
    for form in ("csv", "json", "atom"):
        path = f"/stories.{form}?q=is:any"
        assert "secret" not in reader.get(path).text
        assert "secret" not in Reader(community, "bob").get(path).text
        answer = Reader(community, "cho").get(path)
        assert "A secret" in answer.text
        assert "private" in answer.headers["cache-control"]


def test_very_many_come_in_parts(
    community: Community, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_views, "_MOST", 2)
    monkeypatch.setattr(export_views, "_STEP", 1)
    first = reader.get("/stories.json?q=is:any sort:oldest").json()
    assert [story["id"] for story in first["stories"]] == [1, 2]
    rest = reader.get(first["next"].partition("example.org")[2] or first["next"]).json()
    assert [story["id"] for story in rest["stories"]] == [3]
    assert rest["next"] is None
    assert 'rel="next"' in reader.get("/stories.csv?q=is:any").headers["link"]


def test_a_query_for_what_there_is_not_is_told(reader: Reader) -> None:
    answer = reader.get("/stories.json?q=project:none/such")
    assert answer.status_code == 400
    assert "none/such" in answer.text


def test_a_list_leads_to_its_other_forms(reader: Reader) -> None:
    page = reader.get("/stories?q=tag:docs").text
    for form in ("atom", "csv", "json"):
        assert f"/stories.{form}?q=tag%3Adocs" in page
    assert "/stories.csv?q=project%3Acrock%2Ffirmware" in reader.get("/project/crock/firmware").text
