"""The face of the hub in a real browser: light, quick, for every eye, hand and language."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hub.language import LANGUAGES
from hub.module import Module, NavItem
from hub.people import operator
from tests.meetbot.pages import NETWORK, SWIFT, MeetingSite
from tests.servers.browser import Browser, flaws
from tests.web.hub import CHANNEL, DAY, NOW, TODAY, hub_in
from tests.web.test_browser import watched
from tracker.stories import NewStory, create_story
from web.static_files import load_static

pytestmark = pytest.mark.needs("chromium")
TODAYS = f"{CHANNEL}%23yard.{TODAY}.log.html"
RUNNING = "/meetings/nova/2021/nova.2021-05-13-12.00.html"
KINDS = ("/", "/irclogs/", CHANNEL, DAY, TODAYS, f"{CHANNEL}since", "/meetings/", "/meetings/swift/",
         f"{SWIFT}.html", f"{SWIFT}.log.html", RUNNING, "/meetings/actions", "/meetings/people/bob",
         "/meetings/swift/schedule", f"{SWIFT}.history", "/meetings/nothing-here", "/nowhere")  # fmt: skip
"""A page of every kind that a guest meets."""

FIRST_PAGE = 60_000
STYLE_SHEET = 30_000
SHIFT = 0.01


async def _search(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.query_params["q"])


SEARCHING = Module(
    "more", routes=lambda _: [Route("/search", _search)], nav=[NavItem("Search", "/search")]
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MeetingSite]:
    """A hub with talk, a meeting that is over, one that runs, and search; over a real socket."""
    with MeetingSite(tmp_path / "data", more=[SEARCHING], network=[NETWORK]) as made:
        made.evening()
        made.holds_meeting()
        made.talk(
            "ann #startmeeting Nova",
            "bob 안녕하세요",
            "ann #topic 지붕",
            "bob #action ann to mend it",
        )
        yield made


@pytest.mark.parametrize("locale", list(LANGUAGES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_a_page_of_any_kind(
    site: MeetingSite, browser: Browser, locale: str, scheme: str, width: int
) -> None:
    """In each language and theme, at a desk and on a phone; and no page is wider than its screen."""
    page = browser.page(
        color_scheme=scheme, viewport={"width": width, "height": 800}, locale=locale
    )
    for path in KINDS:
        page.goto(site.url + path)
        assert page.locator("html").get_attribute("lang") == locale
        assert flaws(page) == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0, path
    page.keyboard.press("?")
    assert flaws(page) == []
    browser.close_pages()


def test_a_new_hub_is_for_everyone_too(tmp_path: Path, browser: Browser) -> None:
    with MeetingSite(tmp_path / "data", network=[]) as site:
        page = browser.page(viewport={"width": 360, "height": 800})
        page.goto(site.url)
        expect(page.locator("#begin li")).to_have_count(3)
        assert flaws(page) == []
    browser.close_pages()


def test_the_first_page_is_light(site: MeetingSite, page: Page) -> None:
    """All that a first visit fetches, unpacked; nothing of it keeps the page from showing."""
    site.holds(*(site.line("ann", f"line {n} " + "w" * 60, at=NOW) for n in range(50)))
    fetched: list[Response] = []
    page.on("response", lambda response: fetched.append(response))
    page.goto(site.url)
    expect(page.locator("#running")).to_be_visible()
    sizes = {r.url: len(r.body()) for r in fetched if "/live" not in r.url}
    assert sum(sizes.values()) < FIRST_PAGE, sizes
    assert {r.url.split("/")[2] for r in fetched} == {site.url.split("/")[2]}
    blocking = "script:not([type=module]):not([type='application/json'])"
    assert page.locator(blocking).count() == 0
    assert page.locator("style, [style]").count() == 0


def test_the_design_is_one_small_style_sheet() -> None:
    """Colours are told there; another sheet only uses them by name."""
    files = load_static().files
    assert len(files["madang.css"]) < STYLE_SHEET
    assert b"--accent:" in files["madang.css"]
    assert b"--accent:" not in files["meetings.css"]
    assert b"@import" not in b"".join(files.values())


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_jumps(site: MeetingSite, browser: Browser, width: int) -> None:
    """What stands somewhere when the page is shown goes on standing there, with all scripts at work."""
    page = browser.page(viewport={"width": width, "height": 800})
    complaints = watched(page)
    for path in KINDS[:-2]:
        page.goto(site.url + path)
        page.wait_for_load_state("load")
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        shift = page.evaluate(
            """() => new Promise((done) => {
              let sum = 0;
              new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value; }))
                .observe({type: "layout-shift", buffered: true});
              setTimeout(() => done(sum), 200);
            })"""
        )
        assert shift < SHIFT, path
    assert complaints == []
    browser.close_pages()


FOCUSED = "document.activeElement.textContent.trim()"


def test_the_first_key_leads_past_the_menu(site: MeetingSite, page: Page) -> None:
    page.goto(f"{site.url}/meetings/")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_everything_is_reached_by_tab_and_shows_that_it_is(site: MeetingSite, page: Page) -> None:
    """Each link, button and field of the yard, once, with a ring around it."""
    page.goto(site.url)
    expect(page.locator("[data-help]")).to_be_visible()
    wanted = page.locator("a[href], button, input:not([type=hidden]), summary").count()
    seen = []
    ring = """() => { const e = document.activeElement, s = getComputedStyle(e);
      const ring = s.outlineStyle !== 'none' && s.outlineWidth;
      return [[...document.querySelectorAll('*')].indexOf(e), ring] }"""
    for _ in range(wanted):
        page.keyboard.press("Tab")
        place, width = page.evaluate(ring)
        assert width == "2px"
        seen.append(place)
    assert len(set(seen)) == wanted


def test_keys_lead_everywhere(site: MeetingSite, page: Page) -> None:
    """To sections, up, along what is listed, to search and out of it; all stand in the help."""
    page.goto(site.url)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/meetings/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    here = page.evaluate("document.activeElement.href")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.href") != here
    page.goto(f"{site.url}/meetings/swift/")
    page.keyboard.press("u")
    page.wait_for_url("**/meetings/")
    page.keyboard.press("/")
    page.keyboard.type("roof ?")
    expect(page.locator("[data-search]")).to_have_value("roof ?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    for words in ("Search", "Next one", "Channels", "Meetings"):
        expect(page.get_by_role("dialog")).to_contain_text(words)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.wait_for_function("!document.activeElement.closest('dialog')")  # it gives the focus back
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("roof")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=roof*")


def test_keys_lead_along_stories(site: MeetingSite, page: Page) -> None:
    for title in ("The lid is stuck", "뚜껑이 새요"):
        site.app.db.write(
            lambda s, t=title: create_story(s, operator("o"), NewStory(t), now=site.app.clock())
        )
    page.goto(f"{site.url}/stories")
    page.keyboard.press("j")
    first = page.evaluate("document.activeElement.href")
    assert "/story/" in first
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.href") not in (first, None)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(first)


def test_a_missing_page_offers_its_section_and_to_search(
    site: MeetingSite, browser: Browser
) -> None:
    """By the words of its address, without a script."""
    page = browser.page(java_script_enabled=False)
    page.goto(f"{site.url}/meetings/roof_and-walls.html")
    expect(page.locator(".lost .button").first).to_have_text("Meetings")
    expect(page.locator(".lost input")).to_have_value("roof and walls")
    page.locator(".lost form button").click()
    assert page.url == f"{site.url}/search?q=roof+and+walls"
    browser.close_pages()


def test_the_language_changes_by_a_button(site: MeetingSite, browser: Browser) -> None:
    """Without a script, and the reader stays where they are."""
    page = browser.page(java_script_enabled=False)
    page.goto(f"{site.url}/meetings/swift/?year=2021")
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    assert page.url.endswith("/meetings/swift/?year=2021")
    expect(page.get_by_role("navigation").first).to_contain_text("회의")
    browser.close_pages()


def test_without_search_there_is_no_box(tmp_path: Path) -> None:
    hub = hub_in(tmp_path)
    bare = hub_in(tmp_path / "bare")
    page = bare.client().get("/").text
    assert ("data-search" in page) == any(
        i.url == "/search" for m in bare.app.modules for i in m.nav
    )
    for each in (hub, bare):
        each.app.db.close()


@pytest.mark.parametrize("path", [DAY, f"{SWIFT}.html"])
def test_logs_and_minutes_print_without_the_shell(
    site: MeetingSite, browser: Browser, path: str
) -> None:
    """Dark on light, whatever the theme."""
    page = browser.page(color_scheme="dark")
    page.goto(site.url + path)
    page.emulate_media(media="print")
    for part in (".top", ".bottom", ".bar", ".crumbs"):
        expect(page.locator(part).first).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    browser.close_pages()


def test_korean_text_is_never_slanted_and_breaks_between_words(
    site: MeetingSite, page: Page
) -> None:
    """Also in an English page, where only the line says its language; code stays code in a Korean one."""
    page.goto(site.url)
    line = page.locator('.talk [lang="ko"]').first
    styles: Any = line.evaluate(
        "e => { const s = getComputedStyle(e); return [s.wordBreak, s.fontStyle] }"
    )
    assert styles == ["keep-all", "normal"]
    page.context.add_cookies([{"name": "language", "value": "ko", "url": site.url}])
    page.goto(site.url)
    code = page.locator("#join code").first.evaluate("e => getComputedStyle(e).fontFamily")
    assert "monospace" in code


@pytest.mark.parametrize("path", KINDS)
def test_every_page_unfurls(site: MeetingSite, path: str) -> None:
    """With a title, what it is about, and where it belongs."""
    html = site.ask(path).text
    for name in ("og:title", "og:description", "og:site_name", "og:type"):
        assert html.count(f'<meta property="{name}" content="') == 1
        assert f'<meta property="{name}" content=""' not in html
