"""The meetings' pages: addresses, what stands on them, and what a browser may keep."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlmodel import Session

from archive.palette import nick_class as archive_nick_class
from archive.palette import stylesheet
from archive.redaction import redact_line
from hub.bootstrap import consumers
from hub.consumers import catch_up
from hub.people import operator
from meetbot.colours import nick_class
from meetbot.places import parse_path
from meetbot.render import render
from meetbot.series import add_alias, merge_series, rename_series, require_series
from meetbot.shown import find, show
from tests.meetbot.held import TALK, hold
from tests.meetbot.pages import NETWORK, SWIFT, Meetings, meetings_in
from tests.web.hub import NOW

ATOM = {"a": "http://www.w3.org/2005/Atom"}
OLGA = operator("olga")
EVERY_PAGE = (
    "/meetings/", "/meetings/swift/", "/meetings/actions", "/meetings/people/bob",
    f"{SWIFT}.html", f"{SWIFT}.log.html", f"{SWIFT}.history",
)  # fmt: skip
FILES = ("txt", "log.txt", "json", "md")


@pytest.fixture
def each_hub(database_url: str, tmp_path: Path) -> Iterator[Meetings]:
    """A hub on each kind of database, with a meeting that is over."""
    hub = meetings_in(tmp_path / "data", database_url)
    hub.holds_meeting()
    yield hub
    hub.app.db.close()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Meetings]:
    """A hub with a meeting that is over."""
    made = meetings_in(tmp_path / "data")
    made.holds_meeting()
    yield made
    made.app.db.close()


def test_every_page_answers_on_each_database(each_hub: Meetings) -> None:
    client = each_hub.client()
    each_hub.talk("ann #startmeeting Nova", "ann #topic Now", "bob #info <i>it runs</i>")
    for path in (*EVERY_PAGE, "/meetings/nova/", "/meetings/nova/2021/nova.2021-05-13-12.00.html"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count("<h1>") == 1, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8", path
    for ending in FILES:
        assert client.get(f"{SWIFT}.{ending}").status_code == 200, ending
    for path in ("/meetings/feed.atom", "/meetings/swift/feed.atom"):
        assert client.get(path).status_code == 200, path


def test_a_hub_without_meetings_says_how_to_begin(tmp_path: Path) -> None:
    hub = meetings_in(tmp_path / "data")
    client = hub.client()
    assert "#startmeeting" in client.get("/meetings/").text
    assert "Nothing is open" in client.get("/meetings/actions").text
    feed = ET.fromstring(client.get("/meetings/feed.atom").text)
    assert feed.findall("a:entry", ATOM) == []
    hub.app.db.close()


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("/meetings", "/meetings/"),
        ("/meetings/swift", "/meetings/swift/"),
        ("/meetings/SWIFT/", "/meetings/swift/"),
        ("/meetings/Swift%21/", "/meetings/swift/"),
        ("/meetings/_swift_/latest", "/meetings/swift/latest"),
        ("/meetings/Swift/feed.atom", "/meetings/swift/feed.atom"),
        ("/meetings/swift/2021/", "/meetings/swift/?year=2021"),
        ("/meetings/swift/2021", "/meetings/swift/?year=2021"),
        ("/meetings/swift/2020/swift.2021-05-12-21.00.html", f"{SWIFT}.html"),
        ("/meetings/swift/2021/swift.2021-05-12-21.00", f"{SWIFT}.html"),
        ("/meetings/Swift/2021/Swift.2021-05-12-21.00.txt", f"{SWIFT}.txt"),
        ("/meetings/x/2021/Swift.2021-05-12-21.00.log.html?x=1", f"{SWIFT}.log.html?x=1"),
    ],
)
def test_each_page_has_one_address(hub: Meetings, asked: str, canonical: str) -> None:
    answer = hub.client().get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, canonical)


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/nova/", "/meetings/nova/latest", "/meetings//", "/meetings/swift/x",
        "/meetings/swift/2021/nova.2021-05-12-21.00.html", f"{SWIFT}.pdf", f"{SWIFT}-2.html",
        "/meetings/swift/2021/swift.2021-02-31-21.00.html", f"{SWIFT}.html/", "/meetings/%00/",
        "/meetings/people/nobody", "/meetings/actions?series=nova", f"{SWIFT}.html?version=7",
        "/meetings/%ff%fe/", "/meetings/swift/2021/swift.2021-05-12-21.00.html/more",
    ],
)  # fmt: skip
def test_what_there_is_not_is_a_helpful_page(hub: Meetings, path: str) -> None:
    answer = hub.client().get(path)
    assert answer.status_code == 404, path
    assert 'href="/meetings/"' in answer.text


def test_a_series_is_found_by_its_old_names(hub: Meetings) -> None:
    def rename(session: Session) -> None:
        swift = require_series(session, "swift")
        add_alias(session, OLGA, swift, "objects", now=NOW)
        rename_series(session, OLGA, swift, "Object Store", now=NOW)

    hub.app.db.write(rename)
    client, new = hub.client(), "/meetings/object_store/"
    for old in ("swift", "Objects!"):
        assert client.get(f"/meetings/{old}/").headers["location"] == new
    minutes = f"{new}2021/object_store.2021-05-12-21.00.html"
    assert client.get(f"{SWIFT}.html").headers["location"] == minutes
    page = client.get(minutes)
    assert page.status_code == 200
    assert "object_store.2021-05-12-21.00.log.html#l-3" in page.text
    assert "Also called" in client.get(new).text


def test_a_merged_series_leads_to_the_other(hub: Meetings) -> None:
    def merge(session: Session) -> None:
        hold(session, "Nova", [line.replace("Ship it", "Fly") for line in TALK])
        nova, swift = require_series(session, "nova"), require_series(session, "swift")
        merge_series(session, OLGA, nova, swift, now=NOW)

    hub.app.db.write(merge)
    client = hub.client()
    assert client.get("/meetings/nova/").headers["location"] == "/meetings/swift/"
    assert client.get(f"{SWIFT}-2.html").status_code == 200


def test_the_newest_meeting_is_at_latest(hub: Meetings) -> None:
    answer = hub.client().get("/meetings/swift/latest")
    assert (answer.status_code, answer.headers["location"]) == (302, f"{SWIFT}.html")
    hub.talk("ann #startmeeting Swift")
    running = hub.client().get("/meetings/swift/latest").headers["location"]
    assert running == "/meetings/swift/2021/swift.2021-05-13-12.00.html"


def test_the_files_are_what_the_renderers_make(hub: Meetings) -> None:
    key = hub.holds_meeting("Nova")

    def read(session: Session) -> dict[str, str]:
        known = find(session, OLGA, key)
        minutes = show(session, known, hub.app.config, None).minutes  # type: ignore[arg-type]
        return {ending: render(minutes, ending) for ending in FILES}

    expected = hub.app.db.read(read)
    client = hub.client()
    for ending in FILES[1:]:
        assert client.get(key.url(ending)).text == expected[ending], ending
    text = client.get(key.url("txt")).text
    assert "http://testserver/meetings/nova/2021/nova.2021-05-12-21.00.log.html" in text
    told = json.loads(client.get(key.url("json")).text)
    assert told["series"] == "nova"
    assert client.get(key.url("json")).headers["content-type"] == "application/json"
    assert client.get(key.url("md")).headers["content-type"] == "text/markdown; charset=utf-8"


def test_minutes_have_everything_in_meetbots_order(hub: Meetings) -> None:
    text = hub.client().get(f"{SWIFT}.html").text
    parts = (
        "Meeting started by <bdi>ann</bdi>", "full logs", "Meeting summary", "회의록",
        "the tests pass &lt;b&gt;now&lt;/b&gt;", "AGREED", "we release",
        "Meeting ended at", "2021-05-12 21:02:00 UTC</time>.", "Vote results", "Ship it?", "Action items",
        "bob to write the docs", "Action items, by person", "UNASSIGNED", "People present (lines said)",
    )  # fmt: skip
    place = text.index("<h1>")
    for part in parts:
        place = text.index(part, place)
    assert "<title>Swift, 2021-05-12 ·" in text
    assert 'href="https://example.org/roof" rel="nofollow noopener"' in text
    assert 'href="swift.2021-05-12-21.00.log.html#l-4"' in text


def test_log_lines_lead_to_the_archive_and_to_their_items(hub: Meetings) -> None:
    text = hub.client().get(f"{SWIFT}.log.html").text
    assert text.count('<li id="l-') == len(TALK)
    assert 'href="swift.2021-05-12-21.00.html#i-1">↩ topic' in text
    place = "/irclogs/oftc/%23swift/%23swift.2021-05-12.log.html#t2021-05-12T21:00:20"
    assert f'href="{place}"' in text
    assert "ignored" in text
    assert text.count("↩") == 7


def test_minutes_tell_what_is_done(hub: Meetings) -> None:
    key = hub.holds_meeting("Nova")
    client = hub.chair(("edit", key.ref))
    before = client.get(key.url())
    client.post("/meetings/actions", data={"close": "3", "outcome": "see story:42"})
    after = client.get(key.url(), headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert "done 2021-05-13: " in after.text
    assert "see story:42" in after.text


@pytest.mark.parametrize("path", [*EVERY_PAGE, *(f"{SWIFT}.{e}" for e in FILES),
                                  "/meetings/feed.atom", "/meetings/swift/feed.atom"])  # fmt: skip
def test_what_has_not_changed_is_not_sent_again(hub: Meetings, path: str) -> None:
    client = hub.client()
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]


def test_a_redacted_line_is_gone_from_kept_pages_too(tmp_path: Path) -> None:
    hub = meetings_in(tmp_path / "data")
    hub.talk(
        "ann #startmeeting Nova", "ann #info my password is tea", "bob hush", "ann #endmeeting"
    )
    stem, client = "/meetings/nova/2021/nova.2021-05-13-12.00", hub.client()
    tags = {e: client.get(f"{stem}.{e}").headers["etag"] for e in ("html", "log.html", "log.txt")}
    ref = "line:net/#yard/2021-05-13T12:00:20"
    hub.app.db.write(lambda s: redact_line(s, OLGA, ref, reason="a secret", at=NOW))
    catch_up(hub.app, consumers(hub.app))
    for ending, tag in tags.items():
        answer = client.get(f"{stem}.{ending}", headers={"If-None-Match": tag})
        assert answer.status_code == 200, ending
        assert "tea" not in answer.text, ending
    hub.app.db.close()


def test_the_years_of_a_series(hub: Meetings) -> None:
    def older(session: Session) -> None:
        session.connection().exec_driver_sql("UPDATE meeting SET minute = minute - 525600")

    hub.app.db.write(older)
    hub.talk("ann #startmeeting Swift", "bob hi", "ann #endmeeting")
    client = hub.client()
    page = client.get("/meetings/swift/").text
    assert "Meetings in 2021" in page
    assert '<a href="?year=2020"' in page
    assert "May 12" not in page
    assert "May 12" in client.get("/meetings/swift/?year=2020").text
    assert "Nobody met in 1999" in client.get("/meetings/swift/?year=1999").text
    for odd in ("0", "0000", "-1", "9999", "99999", "x", "٢٠٢١"):
        assert client.get("/meetings/swift/", params={"year": odd}).status_code == 200, odd


def test_a_person_has_what_they_did_and_have_to_do(hub: Meetings) -> None:
    page = hub.client().get("/meetings/people/BOB").text
    assert "<h1><bdi" in page
    assert "bob to write the docs" in page
    assert "5 lines" in page
    assert hub.client().get("/meetings/people/b%C3%B6b").status_code == 404


def test_open_actions_of_one_person_and_of_one_series(hub: Meetings) -> None:
    hub.holds_meeting("Nova", [line.replace("write the docs", "fly") for line in TALK])
    client = hub.client()
    every = client.get("/meetings/actions").text
    assert every.index("bob to fly") < every.index("UNASSIGNED")
    nova = client.get("/meetings/actions?series=NOVA").text
    assert "bob to fly" in nova
    assert "write the docs" not in nova
    bob = client.get("/meetings/actions?nick=Bob").text
    assert "UNASSIGNED" not in bob
    assert "Nothing is open for" in client.get("/meetings/actions?nick=zed").text
    assert client.get("/meetings/actions?nick=%00%ff").status_code == 200


def test_the_feed_tells_each_meeting_once_under_an_id_that_stays(hub: Meetings) -> None:
    client = hub.client()
    feed = ET.fromstring(client.get("/meetings/feed.atom").text)
    (entry,) = feed.findall("a:entry", ATOM)
    assert entry.findtext("a:title", "", ATOM) == "Swift, 2021-05-12"
    content = entry.findtext("a:content", "", ATOM)
    assert "we release" in content
    assert "bob to write the docs" in content
    hub.app.db.write(
        lambda s: rename_series(s, OLGA, require_series(s, "swift"), "Objects", now=NOW)
    )
    again = ET.fromstring(client.get("/meetings/objects/feed.atom").text).find("a:entry", ATOM)
    assert again is not None
    assert again.findtext("a:id", "", ATOM) == entry.findtext("a:id", "", ATOM)
    assert "/meetings/feed.atom" in client.get("/meetings/").text


def test_a_channel_that_is_hidden_from_search_hides_its_meetings(tmp_path: Path) -> None:
    channels = [{"name": "#yard", "meetings": True, "noindex": True}]
    hub = meetings_in(tmp_path / "data", network=[NETWORK | {"channel": channels}])
    hub.talk("ann #startmeeting Nova", "ann #endmeeting")
    for ending in ("html", "txt", "log.html", "json", "history"):
        answer = hub.client().get(f"/meetings/nova/2021/nova.2021-05-13-12.00.{ending}")
        assert answer.headers["x-robots-tag"] == "noindex", ending
    hub.app.db.close()


def test_a_meeting_over_midnight_tells_the_days(tmp_path: Path) -> None:
    hub = meetings_in(tmp_path / "data")
    hub.at = NOW.replace(hour=23, minute=59, second=30)
    hub.talk("ann #startmeeting Nova", "ann #info one", "ann #info two", "ann #info three")
    stem = "/meetings/nova/2021/nova.2021-05-13-23.59"
    client = hub.client()
    assert (
        '<li class="daybreak"><span>2021-05-14</span></li>' in client.get(f"{stem}.log.html").text
    )
    assert "2021-05-14 00:00:10" in client.get(f"{stem}.html").text
    hub.app.db.close()


def test_the_method_counts(hub: Meetings) -> None:
    client = hub.client()
    for path in ("/meetings/", f"{SWIFT}.html", "/meetings/swift/"):
        assert client.post(path).status_code == 405, path
    assert client.put(f"{SWIFT}.edit").status_code == 405


def test_a_nick_has_the_colour_that_it_has_in_the_archive() -> None:
    for nick in ("ann", "Bob", "지수", "[x]"):
        assert nick_class(nick) == archive_nick_class(
            nick.lower().replace("[", "{").replace("]", "}")
        )
        assert f".{nick_class(nick)}{{" in stylesheet()


def test_every_address_that_is_made_is_understood() -> None:
    for path in ("/meetings/", "/meetings/actions", "/meetings/feed.atom", "/meetings/swift/",
                 "/meetings/swift/latest", "/meetings/people/a%2Fb", f"{SWIFT}.edit"):  # fmt: skip
        place = parse_path(path)
        assert place is not None, path
        assert place.url("swift") == path


def test_who_sends_a_form_to_a_page_without_one_is_told_what_works(hub: Meetings) -> None:
    answer = hub.client().post("/meetings/", data={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
