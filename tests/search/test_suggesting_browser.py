"""Suggestions in the header of every page, in a real browser: keys, mouse, Korean, a phone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.handles import bind_handle
from hub.accounts.people import create_person
from hub.people import operator
from search.keeper import Keeper
from search.module import engine_of
from search.place import Place
from tests.servers.browser import Browser, flaws
from tests.web.hub import DAY, EVENING, Site

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub with a talk of planets, indexed, served over a real socket."""
    with Site(tmp_path / "data") as made:
        made.evening()
        said = ("neptune is blue", "neptune has rings", "nephew of mine")
        made.holds(
            *(
                made.line("ann", text, at=EVENING + timedelta(minutes=i))
                for i, text in enumerate(said, 1)
            )
        )
        made.app.db.write(
            lambda s: create_person(s, operator("olga"), "cap", name="넵튠 선장", now=EVENING)
        )
        made.app.db.write(
            lambda s: bind_handle(s, operator("olga"), "cap", "irc", "net", "cap", now=EVENING)
        )
        place = Place(made.app.config.data_dir / "search")
        keeper = Keeper(made.app.db, made.app.modules, place, engine_of("tantivy"))
        while keeper.step():
            pass
        keeper.close()
        yield made


def asked(page: Page) -> list[str]:
    """Gather what the page asks suggestions for."""
    told: list[str] = []
    page.on("request", lambda r: told.append(r.url) if "/search/suggest" in r.url else None)
    return told


def test_a_word_is_finished_with_keys(site: Site, page: Page) -> None:
    page.goto(site.url + DAY)
    requests = asked(page)
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    assert requests == []
    page.keyboard.type("nep", delay=20)
    options = page.get_by_role("option")
    expect(options).to_have_text(["neptune", "nephew"])
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert flaws(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=neptune")
    expect(page.locator("main mark").first).to_have_text("neptune")


def test_escape_closes_the_list_and_then_leaves_the_field(site: Site, page: Page) -> None:
    page.goto(site.url + "/")
    field = page.get_by_label("Search", exact=True)
    field.press_sequentially("nept")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("nept")
    page.keyboard.press("Escape")
    expect(field).not_to_be_focused()


def test_enter_alone_searches_for_what_was_typed(site: Site, page: Page) -> None:
    page.goto(site.url + "/")
    page.get_by_label("Search", exact=True).press_sequentially("nep")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=nep")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_suggestion_is_taken_on_a_phone(site: Site, browser: Browser, scheme: str) -> None:
    page = browser.page(color_scheme=scheme, viewport={"width": 360, "height": 700})
    page.goto(site.url + "/nowhere")
    page.locator("header").get_by_label("Search").press_sequentially("nept")
    option = page.get_by_role("option", name="neptune")
    expect(option).to_be_visible()
    box = page.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert flaws(page) == []
    option.click()
    page.wait_for_url("**/search?q=neptune")


def test_enter_in_the_middle_of_a_composition_chooses_nothing(site: Site, page: Page) -> None:
    page.goto(site.url + "/")
    field = page.get_by_label("Search", exact=True)
    field.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": "넵", "selectionStart": 1, "selectionEnd": 1})
    keyboard.send("Input.insertText", {"text": "넵튠"})
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true})"
    page.evaluate(f"document.activeElement.dispatchEvent({composing})")
    assert page.url == f"{site.url}/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/cap")
    expect(page.get_by_role("heading", level=1)).to_have_text("넵튠 선장")


def test_without_a_script_the_field_searches(site: Site, browser: Browser) -> None:
    page = browser.page(java_script_enabled=False)
    page.goto(site.url + DAY)
    page.get_by_label("Search", exact=True).fill("neptune")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("2 hits")
