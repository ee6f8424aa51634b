"""Search's pages, with and without a script."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from hub.module import Question
from hub.people import Actor, Role
from search.analyzer import ANALYZER_VERSION
from search.index import Index
from search.keeper import Keeper
from search.module import engine_of
from search.place import Place
from tests.web.hub import EVENING, Hub, hub_in

ATOM = "{http://www.w3.org/2005/Atom}"


class Found(Hub):
    """A hub whose index is followed by hand."""

    def follows(self) -> None:
        """Bring the index up to date."""
        place = Place(self.app.config.data_dir / "search")
        keeper = Keeper(self.app.db, self.app.modules, place, engine_of("tantivy"))
        while keeper.step():
            pass
        keeper.close()

    def says(self, *texts: str, day: int = 0, nick: str = "ann") -> None:
        """Say things one evening, a minute apart."""
        at = EVENING + timedelta(days=day)
        self.holds(*(self.line(nick, t, at=at + timedelta(minutes=i)) for i, t in enumerate(texts)))


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Found]:
    """A hub with a short talk, indexed."""
    made = Found(hub_in(tmp_path / "data").app)
    made.evening()
    made.follows()
    yield made
    made.app.db.close()


@pytest.fixture
def client(hub: Found) -> TestClient:
    """A browser without a screen."""
    return hub.client()


def test_a_page_of_results_shows_the_words_and_the_talk_around_them(client: TestClient) -> None:
    page = client.get("/search", params={"q": "tea"}).text
    assert "<mark>tea</mark> at four?" in page
    assert "hello all" in page
    assert "#t2021-05-12T21:00:32" in page
    assert "1 hit" in page


def test_nothing_typed_is_answered_with_how_to_ask(client: TestClient) -> None:
    page = client.get("/search")
    assert page.status_code == 200
    assert "How to ask more exactly" in page.text


@pytest.mark.parametrize(
    "text",
    [
        'tea "',
        "kind:",
        "before:soon tea",
        "\x00",
        "*",
        "-",
        "(",
        "a" * 5000,
        "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
        "-tea",
        "%",
        "<script>alert(1)</script>",
    ],
)
def test_no_query_is_an_error(client: TestClient, text: str) -> None:
    for address in ("/search", "/search.json", "/search.atom", "/search/suggest"):
        answer = client.get(address, params={"q": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text or "json" in answer.headers["content-type"]


def test_what_was_not_understood_is_told_with_a_guess(client: TestClient) -> None:
    page = client.get("/search", params={"q": "knd:line tea before:soon"}).text
    assert "There is no filter “knd”" in page
    assert "“soon” is no date" in page
    assert "/search?q=kind%3Aline+tea" in page


def test_a_misspelled_word_is_told_with_the_right_one(hub: Found, client: TestClient) -> None:
    hub.says("the neutron agent is down", day=-1)
    hub.follows()
    assert "neutron</bdi>" in client.get("/search", params={"q": "nuetron"}).text


def test_a_chatty_day_does_not_drown_the_rest(hub: Found, client: TestClient) -> None:
    hub.says(*["tea again and again"] * 40, day=-3)
    hub.follows()
    page = client.get("/search", params={"q": "tea sort:new"}).text
    assert page.count("<h2><a") == 2
    assert "38 more on this day" in page
    more = client.get("/search", params={"q": "tea in:#yard on:2021-05-09"}).text
    assert "40 hits" in more


def test_results_go_on_over_pages(hub: Found, client: TestClient) -> None:
    for day in range(1, 31):
        hub.says("tea is ready", day=-day)
    hub.follows()
    answer = client.get("/search.json", params={"q": "tea sort:new"}).json()
    days = [group["day"] for group in answer["groups"]]
    while answer["next_offset"]:
        given = {"q": "tea sort:new", "at": answer["next_offset"]}
        answer = client.get("/search.json", params=given).json()
        days += [group["day"] for group in answer["groups"]]
    assert len(days) == len(set(days)) == 31
    assert days == sorted(days, reverse=True)


def test_filters_can_be_set_and_taken_away_by_links(hub: Found, client: TestClient) -> None:
    hub.holds(hub.line("bob", "tea elsewhere", channel="#new"))
    hub.follows()
    page = client.get("/search", params={"q": "tea"}).text
    assert "/search?q=tea+in%3A%23new" in page
    page = client.get("/search", params={"q": "tea in:#new"}).text
    assert 'href="/search?q=tea"' in page


def test_json_tells_all_that_the_page_shows(client: TestClient) -> None:
    answer = client.get("/search.json", params={"q": "tea"}).json()
    assert answer["total"] == 1
    (group,) = answer["groups"]
    (hit,) = group["hits"]
    assert hit["ref"] == "line:net/#yard/2021-05-12T21:00:32"
    assert {"text": "tea", "marked": True} in hit["excerpt"]
    assert [line["is_hit"] for line in hit["around"]] == [False, False, True]
    assert answer["index"] == {"state": "whole", "done": 1.0}
    assert answer["facets"]["kind"] == [{"value": "line", "count": 1}]


def test_a_saved_search_is_a_feed_of_the_newest(hub: Found, client: TestClient) -> None:
    hub.says("more tea \x02bold\x02 \x01", day=0)
    hub.says("old tea", day=-9)
    hub.follows()
    feed = ET.fromstring(client.get("/search.atom", params={"q": "tea"}).content)
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles[-1] == "ann: old tea"
    assert len(titles) == 3
    entry = next(iter(feed.iter(f"{ATOM}entry")))
    assert (entry.findtext(f"{ATOM}id") or "").startswith("http")
    assert feed.findtext(f"{ATOM}title") == "tea · Test yard"


def test_suggestions_go_on_with_what_is_typed(hub: Found, client: TestClient) -> None:
    hub.says("the neutron network of nova", day=-1)
    hub.follows()
    rows = client.get("/search/suggest", params={"q": "the ne"}).json()
    assert {row["label"] for row in rows} == {"the neutron", "the network"}
    assert client.get("/search/suggest", params={"q": "x"}).json() == []


def test_korean_words_are_finished_without_their_particles(hub: Found, client: TestClient) -> None:
    for text in ("오픈스택을 깔아요", "오픈스택이 좋아요", "오픈소스", "오픈소스도"):
        hub.says(text, day=-1)
    hub.follows()
    rows = client.get("/search/suggest", params={"q": "nova 오픈"}).json()
    assert rows == []
    rows = client.get("/search/suggest", params={"q": "오픈"}).json()
    assert {row["label"] for row in rows} == {"오픈스택", "오픈소스"}
    rows = client.get("/search/suggest", params={"q": "오픈스"}).json()
    assert [row["label"] for row in rows] == ["오픈스택"]
    assert client.get("/search/suggest", params={"q": "오픈스택"}).json() == []


def test_pages_of_results_are_not_for_search_engines(client: TestClient) -> None:
    for address in ("/search", "/search.json", "/search.atom"):
        assert client.get(address, params={"q": "tea"}).headers["x-robots-tag"] == "noindex"


def test_search_speaks_korean(client: TestClient) -> None:
    page = client.get("/search", params={"q": "tea"}, headers={"Accept-Language": "ko"}).text
    assert "최신순" in page
    assert "1건" in page


def test_the_bot_answers_with_the_best_hit_and_a_link(hub: Found) -> None:
    command = {c.name: c for m in hub.app.modules for c in m.commands}["search"]
    asker = Actor("irc:net/bob", Role.SPEAKER)
    question = Question("net", "#yard", asker, "bob", "tea")
    said = hub.app.db.read(lambda s: command.answer(hub.app, s, question))
    assert said.startswith("1 found: 2021-05-12 <ann> tea at four?")
    assert said.endswith("/search?q=tea")
    assert "\n" not in said
    nothing = hub.app.db.read(lambda s: command.answer(hub.app, s, question.with_words("xyzzy")))
    assert nothing.startswith("Nothing found.")


def test_where_no_index_is_the_page_says_so(tmp_path: Path) -> None:
    made = hub_in(tmp_path / "data")
    answer = made.client().get("/search", params={"q": "tea"})
    assert answer.status_code == 200
    assert "There is no index yet" in answer.text
    index = Index(Place(tmp_path / "data" / "search"), engine_of("tantivy"), ANALYZER_VERSION)
    assert index.opened() is None
    made.app.db.close()
