"""The meetings' pages in a real browser: everyone can read them, nothing hostile runs, and they live."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from meetbot.addresses import MeetingKey
from meetbot.queries import running_now
from tests.meetbot.pages import NETWORK, SWIFT, MeetingSite, edit
from tests.servers.browser import Browser, flaws
from tests.web.corpus import PAYLOADS
from tests.web.test_browser import watched

pytestmark = pytest.mark.needs("chromium")
NOVA = "/meetings/nova/2021/nova.2021-05-13-12.00"
WEEKLY = (
    "minjun #startmeeting 주간 회의", "지수 #here", "minjun #topic 지난주에 한 일 " + "아" * 80,
    "지수 #info https://example.org/" + "long/" * 60, "minjun #subtopic 백업", "minjun #rejected 수동 백업",
    "minjun #agreed 매일 밤 백업한다", "지수 #action 지수 백업 문서를 쓴다", "minjun #action 지붕을 고친다",
    "minjun #startvote 언제 만날까? 다음 주, 다음 달", "지수 #vote 다음 주", "minjun #endvote",
    "minjun #help " + "w" * 200, "minjun #endmeeting",
)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MeetingSite]:
    """A hub with two meetings that are over and one that runs, served over a real socket."""
    with MeetingSite(tmp_path / "data", network=[NETWORK]) as made:
        made.holds_meeting()
        made.holds_meeting("Weekly", [line.replace("주간 회의", "Weekly") for line in WEEKLY])
        made.talk("ann #startmeeting Nova", "bob hello", "ann #topic Where we stand")
        yield made


def carry(page: Page, site: MeetingSite, *keys: str) -> None:
    """Give the browser a chair's pass for meetings or series."""
    rights = frozenset(("edit", key) for key in keys)
    value = site.app.passes.write("irc:net/ann", rights)
    page.context.add_cookies([{"name": "pass", "value": value, "url": site.url}])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_any_page(
    site: MeetingSite, browser: Browser, scheme: str, width: int
) -> None:
    """In both themes, at a desk and on a phone; and no page is wider than its screen."""
    page = browser.page(color_scheme=scheme, viewport={"width": width, "height": 800})
    carry(page, site, "series:weekly", "series:swift")
    complaints = watched(page)
    weekly = SWIFT.replace("swift", "weekly")
    page.goto(f"{site.url}{weekly}.edit")
    page.fill("[name=text-2]", "다른 주소")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**.html")
    paths = [
        "/meetings/", "/meetings/weekly/", "/meetings/actions", "/meetings/people/bob",
        "/meetings/people/%EC%A7%80%EC%88%98", f"{weekly}.html?version=1", f"{NOVA}.html",
        f"{NOVA}.log.html", *(f"{weekly}.{e}" for e in ("html", "log.html", "edit", "history")),
    ]  # fmt: skip
    for path in paths:
        page.goto(site.url + path)
        assert flaws(page) == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0, path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
    assert complaints == []
    browser.close_pages()


def test_nothing_that_anyone_says_in_a_meeting_ever_runs(tmp_path: Path, page: Page) -> None:
    """Through nick, title, topic, every kind of item, votes, outcomes, reasons, and corrections."""
    commands = ("#info", "#topic", "#subtopic", "#action", "#agreed", "#link", "#help")
    with MeetingSite(tmp_path / "data", network=[NETWORK]) as site:
        payloads = [p for p in PAYLOADS if "\x00" not in p]
        site.says("ann", f"#startmeeting {payloads[0]}")
        site.says("ann", f"#meetingtopic {payloads[1]}")
        for index, payload in enumerate(payloads):
            site.says(payload.replace(" ", "") or "x", f"hello {payload}")
            site.says("ann", f"{commands[index % len(commands)]} {payload}")
        site.says("ann", f"#startvote {payloads[13]}? {payloads[14]}, no")
        site.says("ann", f"#vote {payloads[14]}")
        site.says("ann", "#endvote")
        site.says("ann", f"#action {payloads[13].replace(' ', '')} does {payloads[0]}")
        path = site.app.db.read(_only)
        complaints = watched(page)
        carry(page, site, path.ref, f"series:{path.series}")
        site.says("bob", "hello")
        page.goto(site.url + path.url())
        expect(page.locator("#state")).to_have_class("live on")
        site.says("ann", f"#info {payloads[0]} {payloads[13]}")
        expect(page.locator("#minutes li").filter(has_text=payloads[13]).last).to_be_visible()
        site.says("ann", "#endmeeting")
        expect(page.locator("#state")).to_have_text("over")
        page.goto(site.url + path.url("edit"))
        page.fill("[name=reason]", payloads[13])
        page.fill("[name=text-1]", payloads[0])
        page.get_by_role("button", name="Save").click()
        page.wait_for_url("**.html")
        page.goto(f"{site.url}/meetings/actions")
        page.get_by_placeholder("What became of it").first.fill(payloads[13])
        page.get_by_role("button", name="Done").first.click()
        paths = [path.url(e) for e in ("html", "log.html", "edit", "history")]
        paths += [
            "/meetings/",
            f"/meetings/{path.series}/",
            "/meetings/actions",
            f"{path.url()}?version=1",
        ]
        for each in paths:
            answer = page.goto(site.url + each)
            assert answer is not None
            assert answer.status == 200, each
            assert page.evaluate("window.pwned") is None, each
        assert complaints == []


def _only(session: Session) -> MeetingKey:
    (found,) = running_now(session)
    return found.key


def test_an_open_page_grows_and_ends(site: MeetingSite, page: Page) -> None:
    complaints = watched(page)
    page.goto(f"{site.url}{NOVA}.html")
    expect(page.locator("#state")).to_have_class("live on")
    expect(page.locator("#live-words")).to_contain_text("appears here by itself")
    page.evaluate("document.querySelector('h3').dataset.kept = 'yes'")
    site.talk("ann #info the build is <green>")
    note = page.locator("#minutes li.info")
    expect(note).to_contain_text("the build is <green>")
    assert page.evaluate("document.querySelector('h3').dataset.kept") == "yes"
    site.talk("ann #undo")
    expect(note).to_have_count(0)
    site.talk("ann #agreed we go on", "bob #action bob mends it", "ann #endmeeting")
    expect(page.locator("#state")).to_have_text("over")
    expect(page.locator(".ended")).to_contain_text("Meeting ended at")
    expect(page.locator("#minutes li.agreed .kind")).to_have_text("AGREED")
    assert "(running)" not in page.title()
    assert flaws(page) == []
    assert complaints == []


def test_an_open_page_comes_back_after_a_cut(site: MeetingSite, page: Page) -> None:
    page.goto(f"{site.url}{NOVA}.html")
    expect(page.locator("#state")).to_have_class("live on")
    site.cut()
    site.talk("ann #info said meanwhile")
    expect(page.locator("#minutes")).to_contain_text("said meanwhile")


def test_all_is_done_without_a_script(site: MeetingSite, browser: Browser) -> None:
    """Reading by reload, correcting, going back, closing an action."""
    page = browser.page(java_script_enabled=False)
    carry(page, site, "series:swift")
    page.goto(f"{site.url}{NOVA}.html")
    site.talk("ann #info after a reload")
    page.reload()
    expect(page.locator("#minutes")).to_contain_text("after a reload")
    page.goto(f"{site.url}{SWIFT}.html")
    page.get_by_role("link", name="Correct", exact=True).click()
    page.get_by_label("Text").nth(3).fill("we release on Monday")
    page.get_by_label("Why").fill("the day was lost")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#minutes li.agreed")).to_contain_text("on Monday")
    page.get_by_role("link", name="What changed").click()
    expect(page.locator("ins")).to_have_text(" on Monday")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_text("Version 3")).to_be_visible()
    page.goto(f"{site.url}/meetings/actions?nick=bob")
    page.get_by_placeholder("What became of it").fill("written")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#a-1.done")).to_contain_text("written")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator("#a-1.open")).to_be_visible()
    browser.close_pages()


def test_minutes_and_log_lead_to_each_other(site: MeetingSite, page: Page) -> None:
    page.goto(f"{site.url}{SWIFT}.html")
    page.locator("#i-4 .by").click()
    line = page.locator("#l-7")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("#agreed we release")
    line.locator("a.back").click()
    expect(page.locator("#i-4")).to_be_in_viewport()
    assert page.url.endswith(f"{SWIFT}.html#i-4")


def test_keys_reach_everything(site: MeetingSite, page: Page) -> None:
    carry(page, site, edit(MeetingKey("swift", 27014220))[1])
    page.goto(f"{site.url}{SWIFT}.html")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"full logs", "Log", "Correct", "History", "Text", "JSON"} <= reached
