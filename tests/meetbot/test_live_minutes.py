"""Minutes that grow while a meeting runs: who is told what, over a real socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest

from hub.people import operator
from tests.meetbot.pages import NETWORK, MeetingSite
from tests.servers.deadline import wait_until
from tests.web.test_live import Ear

NOVA = "/meetings/nova/2021/nova.2021-05-13-12.00"
OLGA = operator("olga")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MeetingSite]:
    """A hub with a meeting that runs."""
    with MeetingSite(tmp_path / "data", network=[NETWORK]) as made:
        made.talk("ann #startmeeting Nova", "bob hello", "ann #topic One")
        yield made


@contextmanager
def listening(site: MeetingSite, query: str = "", **headers: str) -> Iterator[Ear]:
    """Listen to the meeting; entered when the stream is open."""
    address = f"{site.url}{NOVA}.live{query}"
    with httpx.stream("GET", address, headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        yield Ear(answer)


def number(site: MeetingSite) -> str:
    """Return what the page says that it shows."""
    return site.ask(f"{NOVA}.html").text.partition('data-number="')[2].partition('"')[0]


def test_a_reload_shows_what_was_noted_since(site: MeetingSite) -> None:
    assert "Nothing" not in site.ask(f"{NOVA}.html").text
    site.talk("bob #info <b>all</b> is well")
    page = site.ask(f"{NOVA}.html")
    assert "&lt;b&gt;all&lt;/b&gt; is well" in page.text
    assert "running" in page.text
    assert "The meeting has not ended." in page.text
    assert "all</b> is well" in site.ask(f"{NOVA}.txt").text
    assert site.ask(f"{NOVA}.json").json()["ended_at"] is None
    assert "is well" in site.ask(f"{NOVA}.md").text
    assert "<bob> hello" in site.ask(f"{NOVA}.log.txt").text
    log = site.ask(f"{NOVA}.log.html").text
    assert 'href="/irclogs/%23yard/%23yard.2021-05-13.log.html#t2021-05-13T12:00:20"' in log


def test_a_running_page_that_has_not_changed_is_not_sent_again(site: MeetingSite) -> None:
    for ending in ("html", "txt", "log.html"):
        tag = site.ask(f"{NOVA}.{ending}").headers["etag"]
        again = site.ask(f"{NOVA}.{ending}", headers={"If-None-Match": tag})
        assert again.status_code == 304, ending


def test_readers_are_told_what_is_noted_and_not_what_is_only_said(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #info one <i>")
        event = ear.next()
        assert "one &lt;i&gt;" in event["data"]["html"]
        assert event["data"]["items"] == 2
        assert event["id"] == number(site)


def test_each_reader_is_told_in_their_own_language(site: MeetingSite) -> None:
    """Though the minutes are made once for all who read them in a language."""
    with listening(site, **{"Accept-Language": "ko"}) as korean, listening(site) as english:
        assert "아직 끝나지 않았습니다" in korean.next()["data"]["html"]
        assert "has not ended" in english.next()["data"]["html"]
        site.talk("ann #action bob to write")
        assert '<span class="kind">할 일</span>' in korean.next()["data"]["html"]
        assert '<span class="kind">ACTION</span>' in english.next()["data"]["html"]


def test_a_new_reader_is_told_at_once_what_they_do_not_know(site: MeetingSite) -> None:
    known = number(site)
    site.talk("ann #info one")
    with listening(site, f"?after={known}") as ear:
        assert "one" in ear.next()["data"]["html"]
    with listening(site, **{"Last-Event-ID": known}) as ear:
        assert "one" in ear.next()["data"]["html"]
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #info two")
        assert "two" in ear.next()["data"]["html"]


def test_the_stream_ends_with_the_final_minutes(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #endmeeting")
        event = ear.next()
        assert event["event"] == "ended"
        assert "2021-05-13 12:00:40 UTC</time>." in event["data"]["html"]
        assert event["data"]["url"] == f"{NOVA}.html"
        assert ear.ended()
    with listening(site) as ear:
        assert ear.next()["event"] == "ended"
        assert ear.ended()
    page = site.ask(f"{NOVA}.html").text
    assert "data-live" not in page
    assert event["data"]["html"].strip() in page


def test_a_meeting_that_is_called_something_else_goes_along(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #meetingname Supernova", "ann #info one")
        urls = {ear.next()["data"]["url"]}
        site.talk("ann #endmeeting")
        urls.add(ear.next()["data"]["url"])
    assert "/meetings/supernova/2021/supernova.2021-05-13-12.00.html" in urls


def test_a_meeting_that_is_called_off_is_gone(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #abortmeeting")
        assert ear.next()["event"] == "gone"
        assert ear.ended()
    assert site.ask(f"{NOVA}.html").status_code == 404


def test_who_may_not_read_on_is_sent_away_when_it_is_made_private(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #restrictlogs", "ann #info hush")
        event = ear.next()
        while event.get("event") != "gone":
            assert "hush" not in event["data"]["html"]
            event = ear.next()
        assert event["data"] == {}
        assert ear.ended()
    assert site.ask(f"{NOVA}.live").status_code == 404


def test_many_readers_are_told_the_same(site: MeetingSite) -> None:
    with listening(site, f"?after={number(site)}") as one:
        with listening(site, f"?after={number(site)}") as other:
            site.talk("ann #info one")
            assert one.next() == other.next()
        site.talk("ann #info two")
        assert "two" in one.next()["data"]["html"]


def test_nobody_is_followed_when_nobody_reads(site: MeetingSite) -> None:
    with listening(site):
        wait_until(lambda: site.app.metrics.value("madang_live_streams") == 1, "the reader")
    wait_until(lambda: site.app.metrics.value("madang_live_streams") == 0, "nobody")
    with listening(site, f"?after={number(site)}") as ear:
        site.talk("ann #info again")
        assert "again" in ear.next()["data"]["html"]


def test_two_meetings_do_not_mix(site: MeetingSite) -> None:
    site.says("cy", "#startmeeting Swift", "#club")
    with listening(site, f"?after={number(site)}") as ear:
        site.says("cy", "#info theirs", "#club")
        site.talk("ann #info ours")
        html = ear.next()["data"]["html"]
    assert "ours" in html
    assert "theirs" not in html
