"""The schedules' pages: calendars, the form and who may use it, and what the yard shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from icalendar import Calendar
from starlette.testclient import TestClient

from hub.people import Actor
from meetbot.schedule_card import schedule_card
from meetbot.schedule_store import keep_schedule, schedule_versions
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series, rename_series
from meetbot.tables import MeetingRow
from meetbot.timetable import Timetable
from tests.meetbot.held import hold
from tests.meetbot.timetables import SWIFT
from tests.web.hub import NOW, Hub, hub_in
from web.page import make_pages
from web.static_files import load_static

FORM = "/meetings/swift/schedule"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a series and its schedule, at noon of Thursday 2021-05-13."""
    made = hub_in(tmp_path / "data")
    keep(made, SWIFT)
    yield made
    made.app.db.close()


def keep(hub: Hub, text: str, name: str = "swift") -> None:
    """Keep a schedule of a series."""
    schedule = read_schedule(text).schedule
    hub.app.db.write(
        lambda s: keep_schedule(s, Actor("ann"), make_series(s, name), schedule, text, now=NOW)
    )


def chair(hub: Hub, ref: str = "series:swift") -> TestClient:
    """Return the browser of somebody who was given the right to edit."""
    client = hub.client()
    answer = client.get(f"/pass/{hub.app.passes.write('irc:net/tim', frozenset({('edit', ref)}))}")
    assert answer.status_code == 303
    return client


def texts(hub: Hub) -> list[tuple[str, str]]:
    """Return who wrote which version of the schedule, newest first."""
    series = hub.app.db.read(lambda s: make_series(s, "swift"))
    versions = hub.app.db.read(lambda s: schedule_versions(s, series))
    return [(version.actor, version.text) for version in versions]


def test_a_series_has_a_calendar(hub: Hub) -> None:
    answer = hub.client().get("/meetings/swift.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "Swift Team Meeting"
    assert event["uid"].endswith("@testserver")
    assert event["url"] == "http://testserver/meetings/swift/"


def test_a_calendar_is_sent_again_only_when_it_has_changed(hub: Hub) -> None:
    client = hub.client()
    tag = {"If-None-Match": client.get("/meetings/swift.ics").headers["etag"]}
    assert client.get("/meetings/swift.ics", headers=tag).status_code == 304
    keep(hub, SWIFT.replace("2100", "2200"))
    assert client.get("/meetings/swift.ics", headers=tag).status_code == 200


def test_one_calendar_has_all_series(hub: Hub) -> None:
    keep(hub, SWIFT.replace("Swift Team", "Nova Team").replace("swift", "nova"), "nova")
    file = hub.client().get("/meetings/calendar.ics").content
    assert b"X-WR-CALNAME:Test yard meetings\r\n" in file
    assert {str(event["summary"]) for event in Calendar.from_ical(file).walk("VEVENT")} == {
        "Swift Team Meeting",
        "Nova Team Meeting",
    }


def test_another_name_leads_to_the_calendar(hub: Hub) -> None:
    hub.app.db.write(
        lambda s: rename_series(s, Actor("ann"), make_series(s, "swift"), "Objects", now=NOW)
    )
    answer = hub.client().get("/meetings/swift.ics")
    assert (answer.status_code, answer.headers["location"]) == (301, "/meetings/objects.ics")
    assert hub.client().get(FORM).headers["location"] == "/meetings/objects/schedule"


@pytest.mark.parametrize("path", ["/meetings/nobody.ics", "/meetings/nobody/schedule"])
def test_what_is_not_there_is_said(hub: Hub, path: str) -> None:
    answer = hub.client().get(path)
    assert answer.status_code == 404
    assert "no series of meetings called nobody" in answer.text


def test_a_series_that_met_in_private_only_is_not_known_by_its_schedule(hub: Hub) -> None:
    secret = ("ann #startmeeting {name}", "ann #restrictlogs", "ann #info hush", "ann #endmeeting")
    hub.app.db.write(lambda s: hold(s, "Board", secret))
    client, paths = hub.client(), ("/meetings/board.ics", "/meetings/board/schedule")
    assert chair(hub, "series:board").get(paths[1]).status_code == 200
    keep(hub, SWIFT.replace("swift", "board"), "board")
    for path in paths:
        answer, other = client.get(path), client.get(path.replace("board", "nobody"))
        assert answer.status_code == other.status_code == 404
        assert "no series of meetings called board" in answer.text
        assert chair(hub, "series:board").get(path).status_code == 200
    assert client.post(paths[1], data={"text": ""}).status_code == 404
    assert "board" not in client.get("/meetings/calendar.ics").text
    hub.app.db.write(lambda s: s.execute(sa.update(MeetingRow).values(restricted=False)) and None)
    assert "/meetings/board/" in client.get("/meetings/calendar.ics").text


def test_a_series_without_a_schedule_has_no_calendar(hub: Hub) -> None:
    hub.app.db.write(lambda s: make_series(s, "nova"))
    assert hub.client().get("/meetings/nova.ics").status_code == 404


def test_anybody_reads_a_schedule_and_its_history(hub: Hub) -> None:
    page = hub.client().get(FORM).text
    assert "project: Swift Team Meeting" in page
    assert "<bdi>ann</bdi>" in page
    assert "<textarea" not in page


def test_nobody_without_the_right_changes_it(hub: Hub) -> None:
    for client in (hub.client(), chair(hub, "series:nova")):
        answer = client.post(FORM, data={"text": "", "over": "1"})
        assert answer.status_code == 403
        assert "Only chairs may change a schedule" in answer.text
    assert len(texts(hub)) == 1


def test_another_site_can_not_send_the_form(hub: Hub) -> None:
    answer = chair(hub).post(
        FORM, data={"text": "", "over": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert len(texts(hub)) == 1


def test_a_chair_changes_a_schedule(hub: Hub) -> None:
    client = chair(hub)
    assert "<textarea" in client.get(FORM).text
    changed = SWIFT.replace("2100", "2200")
    answer = client.post(FORM, data={"text": changed.replace("\n", "\r\n"), "over": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/meetings/swift/")
    assert texts(hub) == [("irc:net/tim", changed), ("ann", SWIFT)]


def test_the_form_comes_back_filled_in_with_every_problem(hub: Hub) -> None:
    wrong = SWIFT.replace("2100", "25 </textarea><script>").replace("weekly", "dayly")
    answer = chair(hub).post(FORM, data={"text": wrong, "over": "1"})
    assert answer.status_code == 422
    assert "Line 5, <code>schedule.1.time</code>" in answer.text
    assert "Line 8, <code>schedule.1.frequency</code>" in answer.text
    assert "25 &lt;/textarea&gt;&lt;script&gt;" in answer.text
    assert "<script>" not in answer.text
    assert len(texts(hub)) == 1


def test_what_does_no_harm_is_kept_and_told(hub: Hub) -> None:
    client, odd = chair(hub), SWIFT.replace("start_date: 2", "start_dates: 2")
    answer = client.post(FORM, data={"text": odd, "over": "1"})
    assert (answer.status_code, answer.headers["location"]) == (303, FORM)
    page = client.get(FORM).text
    assert "This is kept, but look at it once more" in page
    assert "Is start_date meant?" in page


def test_who_comes_too_late_sees_both_versions(hub: Hub) -> None:
    keep(hub, SWIFT.replace("2100", "2200"))
    mine = SWIFT.replace("2100", "2300")
    client = chair(hub)
    answer = client.post(FORM, data={"text": mine, "over": "1"})
    assert answer.status_code == 409
    assert "Somebody has changed this schedule meanwhile" in answer.text
    assert "2200" in answer.text
    assert "2300" in answer.text
    assert 'name="over" value="2"' in answer.text
    assert client.post(FORM, data={"text": mine, "over": "2"}).status_code == 303


def test_an_empty_text_takes_the_schedule_away(hub: Hub) -> None:
    client = chair(hub)
    assert client.post(FORM, data={"text": " \n", "over": "1"}).status_code == 303
    assert client.get("/meetings/swift.ics").status_code == 404
    assert "irc: our-channel" in client.get(FORM).text


def test_the_yard_shows_the_next_meetings(hub: Hub) -> None:
    page = hub.client().get("/").text
    first = page.index('<time datetime="2021-05-19T21:00:00+00:00">2021-05-19 21:00 UTC</time>')
    assert (
        '<a class="name" href="/meetings/swift/"><bdi>Swift Team Meeting</bdi></a>' in page[:first]
    )
    keep(hub, "")
    assert "Next meetings" not in hub.client().get("/").text


def test_a_card_tells_all_that_a_page_says_of_a_schedule(hub: Hub) -> None:
    skip = "    skip_dates: [{skip_date: 20210526, reason: <b>rain</b>}]\n    start_date"
    keep(hub, "timezone: Europe/Berlin\n" + SWIFT.replace("    start_date", skip))
    config = hub.app.config
    card = hub.app.db.read(
        lambda s: schedule_card(s, Timetable(), config, make_series(s, "swift"), NOW)
    )
    pages = make_pages(hub.app, load_static())
    macros = pages.environment.get_template("meetbot/schedule_parts.html").module
    html = macros.card(card, "https://hub.example.org", True)  # type: ignore[attr-defined]
    assert "Every week on Wednesday at 21:00 Europe/Berlin" in html
    assert '<time datetime="2021-05-19T19:00:00+00:00">Wed 2021-05-19 19:00 UTC</time>' in html
    assert "2021-05-26T" not in html
    assert "Not on <time>2021-05-26</time>: <bdi>&lt;b&gt;rain&lt;/b&gt;</bdi>" in html
    assert 'href="webcal://hub.example.org/meetings/swift.ics"' in html
    assert 'href="/meetings/swift/schedule">Change the schedule</a>' in html
