"""Boards in a real browser: cards move by mouse, finger and keys, and go back where the hub refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hub.accounts.people import require_person
from hub.accounts.sessions import open_session
from tests.servers.browser import Browser, flaws
from tests.tracker.community import Community
from tests.tracker.planning.plans import board, card, cards
from tests.tracker.planning.test_boards import lists_of
from tests.web.hub import NOW, Site
from tests.web.test_browser import watched
from tracker.planning.items import remove_item

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub with bob's board: stories 1 to 3 to do, nothing done."""
    with Site(tmp_path / "data") as made:
        community = Community(made.app, NOW).settled()
        lanes = lists_of(community, board(community, "To do", "Doing", "Done"))
        for number in range(1, 4):
            community.story(f"Story number {number}")
            card(community, lanes[0], number)
        yield made


def log_in(site: Site, page: Page) -> Community:
    """Let bob be logged in; return the community."""
    secret = site.app.db.write(lambda s: open_session(s, require_person(s, "bob"), now=NOW))
    page.context.add_cookies([{"name": "session", "value": secret, "url": site.url}])
    page.goto(f"{site.url}/board/1")
    return Community(site.app, NOW)


def middle(page: Page, selector: str) -> tuple[float, float]:
    """Return the middle of an element."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, card_: int, lane: int) -> None:
    """Drag a card by the mouse to the end of a lane."""
    page.mouse.move(*middle(page, f"#card-{card_} .figures"))
    page.mouse.down()
    x, y = middle(page, f"#lane-{lane} .cards")
    page.mouse.move(x - 20, y, steps=4)
    page.mouse.move(x, y + 30, steps=4)
    page.mouse.up()


def test_a_card_is_dragged_by_the_mouse(site: Site, page: Page) -> None:
    complaints = watched(page)
    community = log_in(site, page)
    with page.expect_response(lambda answer: answer.request.method == "POST") as told:
        drag(page, 1, 2)
    assert told.value.ok
    assert cards(community, 1) == [[2, 3], [1], []]
    expect(page.locator("#lane-2 #card-1")).to_be_visible()
    expect(page.locator("#lane-1 [data-count]")).to_have_text("2")
    page.reload()
    expect(page.locator("#lane-2 #card-1")).to_be_visible()
    assert complaints == []


def test_a_card_is_moved_by_keys_and_each_step_is_told(site: Site, page: Page) -> None:
    community = log_in(site, page)
    said = page.locator("[data-told]")
    page.locator("#card-3 [data-grip]").focus()
    page.keyboard.press("Space")
    expect(said).to_contain_text("Story number 3")
    page.keyboard.press("ArrowUp")
    expect(said).to_contain_text("place 2 of 3")
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text("Doing, place 1 of 1")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    expect(said).to_contain_text("Put down")
    assert cards(community, 1) == [[1, 2], [3], []]
    expect(page.locator("#card-3 [data-grip]")).to_be_focused()


def test_escape_leaves_a_card_where_it_was(site: Site, page: Page) -> None:
    community = log_in(site, page)
    page.locator("#card-1 [data-grip]").focus()
    for key in ("Enter", "ArrowRight", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    expect(page.locator("[data-told]")).to_contain_text("Left where it was")
    expect(page.locator("#lane-1 .card").first).to_have_id("card-1")
    assert cards(community, 1) == [[1, 2, 3], [], []]


def test_a_card_that_the_hub_refuses_to_move_goes_back(site: Site, page: Page) -> None:
    community = log_in(site, page)
    page.route("**/board/1", lambda route: route.abort())
    drag(page, 1, 2)
    expect(page.locator("[data-told]")).to_contain_text("back where it was")
    expect(page.locator("#lane-1 .card").first).to_have_id("card-1")
    assert cards(community, 1) == [[1, 2, 3], [], []]


def test_a_card_that_is_gone_is_told(site: Site, page: Page) -> None:
    community = log_in(site, page)
    bob = community.actor("bob")
    community.does(lambda s, now: remove_item(s, bob, 1, now=now))
    page.goto(f"{site.url}/board/1")
    expect(page.locator(".card")).to_have_count(2)


def test_a_finger_moves_a_card_by_its_handle(site: Site, browser: Browser) -> None:
    page = browser.page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    community = log_in(site, page)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        told = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        touch.send("Input.dispatchTouchEvent", told)

    x, y = middle(page, "#card-1 [data-grip]")
    _, last = middle(page, "#card-3")
    send("touchStart", (x, y))
    for part in range(1, 6):
        send("touchMove", (x, y + (last + 30 - y) * part / 5))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        send("touchEnd")
    assert cards(community, 1)[0] == [2, 3, 1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_boards(site: Site, browser: Browser, scheme: str) -> None:
    page = browser.page(color_scheme=scheme)
    complaints = watched(page)
    log_in(site, page)
    for path in ("/boards", "/board/1", "/board/1/edit", "/worklists", "/worklist/1"):
        page.goto(site.url + path)
        assert flaws(page) == [], path
    assert complaints == []
