"""The yard: what goes on now, for whoever reads, as it is now."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from hub.app import App
from hub.bootstrap import build
from hub.config import Config
from hub.language import language
from hub.module import Module
from hub.now import Item, Panel, Spot
from hub.people import GUEST, Actor
from meetbot.addresses import MeetingKey
from meetbot.queries import running_now
from tests.meetbot.pages import NETWORK, SECRET, Meetings, MeetingSite, meetings_in
from tests.web.hub import EVENING, NOW, Hub
from tests.web.test_live import Ear
from web.app import make_app

WHERE = re.compile(r'<section class="panel" id="([a-z]+)"')


def with_panels(hub: Hub, *panels: Panel) -> TestClient:
    """Return a browser on a hub with one module more, which tells of these."""

    def now(_app: App, _session: Session, actor: Actor, _now: datetime) -> Sequence[Panel]:
        return [panel for panel in panels if actor is not GUEST or panel.key != "private"]

    more = Module("more", now=now)
    return TestClient(make_app(replace(hub.app, modules=[*hub.app.modules, more])))


def test_each_module_has_its_panels_in_their_places(hub: Hub) -> None:
    """First what runs, then what is said, what stands beside it, and the ways in."""
    items = [Item("Roof <b>plan</b>", "/pads/roof", NOW, ("ann", "bob"))]
    client = with_panels(
        hub,
        Panel("pads", "Pads", items, url="/pads/", more="All pads"),
        Panel("alarm", "Alarm", items, Spot.FIRST),
    )
    page = client.get("/").text
    assert WHERE.findall(page) == ["alarm", "talk", "pads", "join"]
    assert '<a class="name" href="/pads/roof"><bdi>Roof &lt;b&gt;plan&lt;/b&gt;</bdi></a>' in page
    assert "2021-05-13 12:00 UTC</time> · <bdi>ann</bdi> · <bdi>bob</bdi>" in page
    assert '<a href="/pads/">All pads</a>' in page


def test_a_panel_without_anything_is_left_out(hub: Hub) -> None:
    """Unless it says why nothing is there."""
    page = with_panels(
        hub, Panel("none", "None", ()), Panel("why", "Why", (), empty="Not yet.")
    ).get("/")
    assert 'id="none"' not in page.text
    assert '<div class="empty">Not yet.</div>' in page.text


def test_what_a_guest_may_not_know_of_is_not_there(hub: Hub) -> None:
    """Modules are told who reads; nothing else of the yard depends on it."""
    page = with_panels(hub, Panel("private", "Private", [Item("Hush", "/hush")])).get("/").text
    assert "Hush" not in page


def test_a_reader_who_has_the_yard_already_gets_no_other(hub: Hub) -> None:
    """Until something is said."""
    client = hub.client()
    tag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
    hub.hears(hub.line("ann", "the kettle is on", at=NOW))
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_what_search_engines_shall_leave_out_is_not_in_the_yard(hub: Hub) -> None:
    """Nor what is stored but not logged any more."""
    hub.holds(hub.line("eve", "behind the curtain", channel="#hidden"))
    hub.holds(hub.line("eve", "from another time", channel="#gone"))
    page = hub.client().get("/").text
    assert "tea at four?" in page
    assert "behind the curtain" not in page
    assert "from another time" not in page


def test_a_new_hub_says_how_to_begin(tmp_path: Path) -> None:
    """Without a channel what to write where; with one how to join it."""
    bare = build(Config.model_validate({"hub": {"data_dir": str(tmp_path / "bare")}}), lambda: NOW)
    page = TestClient(make_app(bare)).get("/").text
    assert WHERE.findall(page) == ["begin"]
    assert "[[network.channel]]" in page
    bare.db.close()
    fresh = meetings_in(tmp_path / "fresh")
    page = fresh.client().get("/").text
    assert WHERE.findall(page) == ["talk", "join"]
    assert "Nobody has said anything yet." in page
    assert "<code>/join #yard</code>" in page
    fresh.app.db.close()


@pytest.fixture
def meetings(tmp_path: Path) -> Meetings:
    """A hub whose bot runs meetings."""
    return meetings_in(tmp_path / "data")


def running(hub: Meetings) -> str:
    """Return the panel of the meetings that run."""
    page = hub.client().get("/").text
    return page[page.index('id="running"') : page.index('<div class="yard')]


def test_a_running_meeting_shows_the_topic_and_what_was_noted_last(meetings: Meetings) -> None:
    """In order, four items at most; what somebody says is no HTML."""
    meetings.talk("ann #startmeeting Nova", "ann #topic The <i>roof</i>", "bob hello")
    assert "Nothing is noted yet." in running(meetings)
    meetings.talk(*(f"bob #info note {n}" for n in range(4)), "ann #agreed we <b>build</b>")
    shown = running(meetings)
    assert 'href="/meetings/nova/2021/nova.2021-05-13-12.00.html"' in shown
    assert "The &lt;i&gt;roof&lt;/i&gt;" in shown
    assert "note 0" not in shown
    places = [
        shown.index(text) for text in ("note 1", "note 2", "note 3", "we &lt;b&gt;build&lt;/b&gt;")
    ]
    assert places == sorted(places)
    assert '<span class="kind">AGREED</span>' in shown
    meetings.talk("ann #endmeeting")
    page = meetings.client().get("/").text
    assert 'id="running"' not in page
    assert page.count("/meetings/nova/2021/nova.2021-05-13-12.00.html") == 1
    meetings.app.db.close()


def test_a_private_meeting_is_shown_to_who_may_see_it(meetings: Meetings) -> None:
    """Its name stands nowhere for others, while it runs and when it is over."""
    meetings.talk("ann #startmeeting Hush", "ann #restrictlogs", "ann #topic the surprise")
    assert "urprise" not in meetings.client().get("/").text.split('id="talk"')[0]
    key = MeetingKey("hush", int(NOW.timestamp()) // 60)
    chair = meetings.chair(("edit", key.ref))
    assert "the surprise" in chair.get("/").text.split('id="talk"')[0]
    meetings.holds_meeting("Secret", SECRET)
    assert "/meetings/secret/" not in meetings.client().get("/").text
    meetings.app.db.close()


def test_open_yards_hear_of_meetings_each_in_its_language(tmp_path: Path) -> None:
    """Guests of one language share what is made; another language has its own."""
    with MeetingSite(tmp_path / "data", network=[NETWORK]) as site:
        site.hears(site.line("ann", "hello", at=EVENING))
        korean = {"Accept-Language": "ko"}
        with (
            httpx.stream("GET", site.url + "/live", timeout=10) as english,
            httpx.stream("GET", site.url + "/live", timeout=10, headers=korean) as other,
        ):
            ears = Ear(english), Ear(other)
            assert "What is being said" in ears[0].next()["data"]["html"]
            assert "지금 오가는 말" in ears[1].next()["data"]["html"]
            site.talk("ann #startmeeting Nova")
            assert "A meeting runs" in until(ears[0], "/meetings/nova/")
            assert "지금 회의 중" in until(ears[1], "/meetings/nova/")


def until(ear: Ear, words: str) -> str:
    """Return the first yard that has the words."""
    while words not in (html := str(ear.next()["data"]["html"])):
        pass
    return html


def test_what_the_yard_costs_does_not_grow_with_the_archive(hub: Hub) -> None:
    """Counted in the steps that SQLite takes: ten years are read no further than a week."""

    def steps() -> int:
        count = 0

        def step() -> int:
            nonlocal count
            count += 1
            return 0

        def read(session: Session) -> None:
            driver = session.connection().connection.driver_connection
            assert driver is not None
            driver.set_progress_handler(step, 100)
            for module in hub.app.modules:
                if module.now:
                    module.now(hub.app, session, GUEST, NOW)
            driver.set_progress_handler(None, 0)

        hub.app.db.read(read)
        return count

    for week in range(2):
        at = EVENING - timedelta(days=7 * week)
        hub.holds(
            *(hub.line("ann", f"{week} {n}", at=at + timedelta(seconds=n)) for n in range(600))
        )
    few = steps()
    for week in range(2, 42):
        at = EVENING - timedelta(days=7 * week)
        hub.holds(
            *(hub.line("ann", f"{week} {n}", at=at + timedelta(seconds=n)) for n in range(600))
        )
    assert steps() < 1.2 * few + 10
    assert language.get() == "en"


def test_what_runs_is_found_without_a_look_at_all_meetings(meetings: Meetings) -> None:
    """By the partial index, which holds but those that run."""

    def plan(session: Session) -> str:
        told: list[str] = []
        driver = session.connection().connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(told.append)
        running_now(session)
        driver.set_trace_callback(None)
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told[0]}")
        return " ".join(str(row) for row in rows)

    assert "meeting_running" in meetings.app.db.read(plan)
    meetings.app.db.close()
