"""What was said becomes a story: selected lines of a day, and what a search found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.people import create_person
from hub.accounts.sessions import open_session
from hub.people import operator
from search.keeper import Keeper
from search.module import engine_of
from search.place import Place
from tests.meetbot.pages import NETWORK, MeetingSite
from tests.web.hub import DAY, NOW

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MeetingSite]:
    """A hub with an evening's talk, indexed."""
    with MeetingSite(tmp_path / "data", network=[NETWORK]) as made:
        made.evening()
        place = Place(made.app.config.data_dir / "search")
        keeper = Keeper(made.app.db, made.app.modules, place, engine_of("tantivy"))
        while keeper.step():
            pass
        keeper.close()
        yield made


def log_in(site: MeetingSite, page: Page) -> None:
    """Let ann be logged in."""
    root = operator("root")
    secret = site.app.db.write(
        lambda s: open_session(s, create_person(s, root, "ann", now=NOW), now=NOW)
    )
    page.context.add_cookies([{"name": "session", "value": secret, "url": site.url}])


def test_selected_lines_of_a_day_become_a_story(site: MeetingSite, page: Page) -> None:
    log_in(site, page)
    page.goto(site.url + DAY)
    page.evaluate(
        """() => {
          const lines = [...document.querySelectorAll(".log li[id]:has(> bdi)")];
          getSelection().setBaseAndExtent(lines[0], 0, lines[1], lines[1].childNodes.length);
        }"""
    )
    page.keyboard.press("m")
    page.wait_for_url("**/story/new?*")
    told = page.locator("textarea[name=description]").input_value()
    assert "ann hello all" in told
    assert len([line for line in told.splitlines() if line[2:3] == ":"]) == 2
    assert f"{DAY}#t2021-05-12T" in told
    page.get_by_role("button", name="File").click()
    page.wait_for_url("**/story/1")
    expect(page.locator(".description")).to_contain_text("hello all")


def test_what_a_search_found_becomes_a_story(site: MeetingSite, page: Page) -> None:
    page.goto(f"{site.url}/search?q=tea")
    assert page.get_by_role("link", name="Make a story of these lines").count() == 0
    log_in(site, page)
    page.goto(f"{site.url}/search?q=tea")
    page.get_by_role("link", name="Make a story of these lines").click()
    page.get_by_role("button", name="File").click()
    page.wait_for_url("**/story/1")
    expect(page.locator("h1")).to_contain_text("tea")
    expect(page.locator(".facts")).to_contain_text("#yard")
