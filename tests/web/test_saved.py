"""Queries are kept under names: one's own, found again where they are asked."""

import html

import pytest

from hub.accounts.erasure import erase_person, export_person
from hub.app import App
from hub.errors import Conflict, Invalid, NotFound
from hub.saved.keeping import LONGEST_WORDS, MOST, forget, keep, rename, saved_of
from hub.saved.tables import Where
from tests.databases import OPERATOR, Yard, app, database_url, sqlite_app
from tests.tracker.community import Community
from tests.tracker.pages import Reader

__all__ = ["app", "database_url", "sqlite_app"]


@pytest.fixture
def community(app: App) -> Community:
    """People on each kind of database."""
    return Community(app).settled()


@pytest.fixture
def sqlite_community(sqlite_app: App) -> Community:
    """People on SQLite."""
    return Community(sqlite_app).settled()


def names(community: Community, slug: str = "bob", where: Where | None = None) -> list[str]:
    """Return the names of what somebody keeps."""
    return [kept.name for kept in community.sees(lambda s: saved_of(s, slug, where))]


def test_a_query_is_kept_asked_again_and_forgotten(sqlite_community: Community) -> None:
    bob = Reader(sqlite_community, "bob")
    page = bob.get("/search?q=%EC%98%A4%ED%94%88 %22brine%22").text
    assert "Keep this query" in page
    words = '오픈 "brine" in:#yard'
    answer = bob.send("/me/saved", where="search", words=words, name="소금물 <b>")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/search?q=%EC%98%A4%ED%94%88")
    page = bob.get("/search").text
    assert "소금물 &lt;b&gt;" in page
    asked = bob.get(answer.headers["location"]).text
    assert 'aria-current="page"' in asked
    assert "Keep this query" not in asked
    assert "소금물" not in bob.get("/stories").text
    mine = bob.get("/me/saved").text
    assert html.escape(words, quote=False).replace('"', "&#34;") in mine
    assert "/search.atom?q=" in mine
    (kept,) = sqlite_community.sees(lambda s: saved_of(s, "bob"))
    assert bob.send("/me/saved", rename=str(kept.id), name="brine").status_code == 303
    assert names(sqlite_community) == ["brine"]
    assert bob.send("/me/saved", forget=str(kept.id)).status_code == 303
    assert "You keep none yet" in bob.get("/me/saved").text


def test_a_list_of_stories_is_kept_as_well(sqlite_community: Community) -> None:
    bob = Reader(sqlite_community, "bob")
    bob.send("/me/saved", where="stories", words="is:open assignee:me", name="Mine")
    page = bob.get("/stories?q=is%3Aopen+assignee%3Ame").text
    assert 'href="/stories?q=is%3Aopen%20assignee%3Ame" aria-current="page"' in page
    assert "Mine" not in bob.get("/search").text


def test_nobody_sees_or_touches_what_others_keep(sqlite_community: Community) -> None:
    community = sqlite_community
    kept = community.does(
        lambda s, now: keep(s, "bob", Where.SEARCH, "secret plan", "payroll", now=now)
    )
    cho, guest = Reader(community, "cho"), Reader(community)
    for reader in (cho, guest):
        assert "secret plan" not in reader.get("/search").text
        assert "secret plan" not in reader.get("/search?q=payroll").text
    assert "secret plan" not in cho.get("/me/saved").text
    for fields in ({"forget": str(kept.id)}, {"rename": str(kept.id), "name": "x"}):
        assert cho.send("/me/saved", **fields).status_code == 404
    assert names(community) == ["secret plan"]
    assert guest.get("/me/saved").headers["location"] == "/login?next=%2Fme%2Fsaved"
    assert "Keep this query" not in guest.get("/search?q=payroll").text


def test_what_can_not_be_kept_is_said(sqlite_community: Community) -> None:
    bob = Reader(sqlite_community, "bob")
    for fields in ({"where": "attic", "words": "x"}, {"where": "search", "words": ""}):
        answer = bob.send("/me/saved", name="x", **fields)
        assert answer.status_code == 400
        assert 'class="problem"' in answer.text
    assert names(sqlite_community) == []


def test_names_are_ones_own_and_bounded(community: Community) -> None:
    for where, words in (("search", "a"), ("search", "b"), ("stories", "c")):
        community.does(
            lambda s, now, q=(where, words): keep(s, "bob", Where(q[0]), "n", q[1], now=now)
        )
    community.does(lambda s, now: keep(s, "cho", Where.SEARCH, "n", "d", now=now))
    found = community.sees(lambda s: saved_of(s, "bob"))
    assert [(kept.where, kept.words) for kept in found] == [("search", "b"), ("stories", "c")]
    other = community.does(lambda s, now: keep(s, "bob", Where.SEARCH, "", "z  z", now=now))
    assert other.name == "z z"
    with pytest.raises(Conflict):
        community.does(lambda s, _: rename(s, "bob", other.id, "n"))
    with pytest.raises(Invalid):
        community.does(lambda s, _: rename(s, "bob", other.id, " \0 ".replace("\0", "")))
    with pytest.raises(Invalid):
        community.does(
            lambda s, now: keep(s, "bob", Where.SEARCH, "n", "x" * (LONGEST_WORDS + 1), now=now)
        )
    with pytest.raises(NotFound):
        community.does(lambda s, _: forget(s, "cho", other.id))


def test_there_is_an_end_to_keeping(sqlite_community: Community) -> None:
    def fill(session: object, now: object) -> None:
        for number in range(MOST):
            keep(session, "bob", Where.SEARCH, f"n{number}", "x", now=now)  # type: ignore[arg-type]

    sqlite_community.does(fill)
    with pytest.raises(Conflict):
        sqlite_community.does(lambda s, now: keep(s, "bob", Where.SEARCH, "one more", "x", now=now))
    sqlite_community.does(lambda s, now: keep(s, "bob", Where.SEARCH, "n3", "y", now=now))
    assert len(names(sqlite_community)) == MOST


def test_what_is_kept_is_exported_and_goes_with_its_owner(community: Community) -> None:
    app = community.app
    community.does(lambda s, now: keep(s, "bob", Where.SEARCH, "brine", "salt", now=now))
    told = community.sees(lambda s: export_person(s, "bob", app.modules, now=community.now))
    assert "salt" in repr(told)
    gone = community.does(lambda s, now: erase_person(s, OPERATOR, "bob", now, []))
    Yard(app).settles()
    assert names(community, gone) == []
