"""The schedules' pages in a real browser: everyone can use them, and nothing that is written there runs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from meetbot.schedule_store import keep_schedule
from meetbot.schedule_text import read_schedule
from meetbot.series import make_series
from meetbot.store import BOT
from tests.meetbot.timetables import SWIFT
from tests.servers.browser import Browser, flaws
from tests.web.corpus import PAYLOADS
from tests.web.hub import NOW, Site

pytestmark = pytest.mark.needs("chromium")
FORM = "/meetings/swift/schedule"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub whose schedules hold what hostile people write, served over a real socket."""
    with Site(tmp_path / "data") as made:
        made.evening()
        keep(made, "swift", SWIFT)
        for number, payload in enumerate(PAYLOADS):
            quoted = json.dumps(payload)
            hostile = f"project: {quoted}\nchair: {quoted}\ndescription: {quoted}\n"
            slot = "{time: '2100', day: Friday, irc: yard, frequency: weekly}"
            keep(made, f"p{number}", f"{hostile}meeting_id: p{number}\nschedule: [{slot}]\n")
        yield made


def keep(site: Site, name: str, text: str) -> None:
    """Keep a schedule, if its text can be read."""
    schedule = read_schedule(text).schedule
    if schedule is not None:
        site.app.db.write(
            lambda s: keep_schedule(s, BOT, make_series(s, name), schedule, text, now=NOW)
        )


@pytest.mark.parametrize("width", [1100, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_and_write_schedules(
    site: Site, browser: Browser, scheme: str, width: int
) -> None:
    page = browser.page(color_scheme=scheme, viewport={"width": width, "height": 800})
    right = frozenset({("edit", "series:swift")})
    for path in ("/", FORM, f"/pass/{site.app.passes.write('irc:net/tim', right)}", FORM):
        page.goto(site.url + path)
        if not path.startswith("/pass/"):
            assert flaws(page) == [], path
    page.get_by_role("textbox").fill("project: x\nschedule: [[]]\n")
    page.get_by_role("button", name="Keep this schedule").click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_text("Version 1,").click()
    assert flaws(page) == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
    browser.close_pages()


def test_nothing_that_a_schedule_says_ever_runs(site: Site, browser: Browser) -> None:
    page = browser.page()
    told: list[str] = []
    page.on("console", lambda m: told.append(m.text) if m.type in ("error", "warning") else None)
    page.goto(f"{site.url}/")
    assert page.evaluate("window.pwned") is None
    for number in range(len(PAYLOADS)):
        answer = page.goto(f"{site.url}/meetings/p{number}/schedule")
        assert answer is not None
        if answer.status == 200:
            assert page.evaluate("window.pwned") is None, number
    browser.close_pages()
    assert [text for text in told if "404" not in text] == []
