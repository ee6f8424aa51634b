"""The pages in a real browser: nothing hostile runs, everyone can read them, and they live."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from archive.watch import LOST, claim_slot, note_absent, note_joined, process_token
from hub.irc import Kind
from tests.servers.browser import Browser, flaws
from tests.web.corpus import PAYLOADS
from tests.web.hub import CHANNEL, DAY, EVENING, NOW, TODAY, Site

pytestmark = pytest.mark.needs("chromium")
TODAYS = f"{CHANNEL}%23yard.{TODAY}.log.html"
EVERY_PAGE = ("/", "/irclogs/", CHANNEL, DAY, f"{DAY}?show=all", TODAYS, f"{CHANNEL}since",
              f"{CHANNEL}since?at=2021-05-01", "/irclogs/%23new/", "/nowhere")  # fmt: skip
READERS_TIME = "Europe/Berlin"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub with one line of every kind, served over a real socket."""
    with Site(tmp_path / "data") as made:
        made.evening()
        told = [
            (Kind.JOIN, "zed", ""), (Kind.PART, "zed", "bye"), (Kind.SAY, "mina", "안녕하세요, 여러분!"),
            (Kind.ACTION, "bob", "waves"), (Kind.NOTICE, "bob", "see https://example.org/"),
            (Kind.SAY, "ann", "\x0304red\x03 \x0312,08both\x03 \x02bold\x02 \x16inverse\x16"),
            (Kind.TOPIC, "ann", "tea"), (Kind.KICK, "ann", "eve be nice"), (Kind.NICK, "bob", "rob"),
            (Kind.GAP, "", "2021-05-12T21:30:00Z"), (Kind.SAY, "rob", "mina: 잘 가요"),
        ]  # fmt: skip
        made.holds(
            *(
                made.line(nick, text, kind=kind, at=EVENING + timedelta(minutes=1, seconds=i))
                for i, (kind, nick, text) in enumerate(told)
            )
        )
        yield made


def watched(page: Page) -> list[str]:
    """Gather what the page complains of: console errors, broken scripts, broken policies."""
    told: list[str] = []
    page.on("console", lambda m: told.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    return told


def test_nothing_that_anyone_says_ever_runs(tmp_path: Path, page: Page) -> None:
    """Through nick, text, topic, reason and the channel's own name, on every page there is."""
    with Site(tmp_path / "data") as site:
        names = [f"#{p}".replace(" ", "/").replace(",", ".")[:60] for p in PAYLOADS[::9]]
        for name in ["#yard", *names]:
            lines = [
                site.line(
                    payload, payload, kind=kind, channel=name, at=EVENING + timedelta(seconds=i)
                )
                for i, payload in enumerate(PAYLOADS)
                for kind in (Kind.SAY, Kind.ACTION, Kind.TOPIC, Kind.PART, Kind.KICK, Kind.NICK)
            ]
            site.holds(*lines if name == "#yard" else lines[:6])
            site.app.db.write(
                lambda s: (
                    s.connection().exec_driver_sql(
                        "UPDATE channel SET topic = ?", (PAYLOADS[0] + PAYLOADS[13],)
                    )
                    and None
                )
            )
        complaints = watched(page)
        paths = ["/", "/irclogs/", *EVERY_PAGE[2:5], f"{CHANNEL}since?at=2021-05-01"]
        paths += [f"{CHANNEL}since?nick={quote(p)}" for p in PAYLOADS[:3]]
        for name in names:
            quoted = quote(name.lower(), safe="")
            paths += [f"/irclogs/{quoted}/", f"/irclogs/{quoted}/{quoted}.2021-05-12.log.html"]
        for path in paths:
            answer = page.goto(site.url + path)
            assert answer is not None
            assert answer.status == 200, path
            page.mouse.move(400, 300)
            page.keyboard.press("j")
            assert page.evaluate("window.pwned") is None, path
        assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing_on_any_page(
    site: Site, browser: Browser, scheme: str, width: int
) -> None:
    """In both themes, at a desk and on a phone; and no page is wider than its screen."""
    page = browser.page(color_scheme=scheme, viewport={"width": width, "height": 800})
    for path in EVERY_PAGE:
        page.goto(site.url + path)
        assert flaws(page) == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0, path
    page.goto(f"{site.url}{DAY}")
    page.keyboard.press("?")
    assert flaws(page) == []
    browser.close_pages()


def test_no_page_makes_the_browser_complain(site: Site, page: Page) -> None:
    """Of scripts, of styles, of what is missing."""
    complaints = watched(page)
    for path in EVERY_PAGE[:-1]:
        page.goto(site.url + path)
        page.wait_for_load_state("load")
    assert complaints == []


def test_a_link_to_a_folded_line_shows_it(site: Site, browser: Browser) -> None:
    """Without a script too; the others stay folded."""
    address = f"{site.url}{DAY}#t2021-05-12T21:01:30"
    for javascript in (True, False):
        page = browser.page(java_script_enabled=javascript)
        page.goto(address)
        expect(page.locator("[id='t2021-05-12T21:01:30']")).to_be_visible()
        joined = page.locator("[id='t2021-05-12T21:01:31']")
        expect(joined).to_be_visible(visible=javascript)
    browser.close_pages()


def test_everything_is_read_without_a_script(site: Site, browser: Browser) -> None:
    """Folds open by a click, all of them by a link, the theme changes by a button."""
    page = browser.page(java_script_enabled=False)
    page.goto(site.url + DAY)
    joined = page.locator("[id='t2021-05-12T21:01:30']")
    expect(joined).to_be_hidden()
    page.locator("summary").first.click()
    expect(joined).to_be_visible()
    page.goto(site.url + DAY)
    page.get_by_text("Show all").click()
    expect(joined).to_be_visible()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith(f"{DAY}?show=all")
    browser.close_pages()


def test_keys_move_copy_and_unfold(site: Site, browser: Browser) -> None:
    """From the first line on; what is folded is passed over."""
    page = browser.page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.url + DAY)
    focused = "document.activeElement.closest('li')?.id"
    page.keyboard.press("j")
    assert page.evaluate(focused) == "t2021-05-12T21:00:30"
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == "t2021-05-12T21:01:32"
    page.keyboard.press("k")
    assert page.evaluate(focused) == "t2021-05-12T21:00:32"
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_have_text("Link copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{site.url}{DAY}#t2021-05-12T21:00:32"
    page.keyboard.press("a")
    expect(page.locator("[id='t2021-05-12T21:01:30']")).to_be_visible()
    assert page.url.endswith("?show=all")
    page.keyboard.press("G")
    assert page.evaluate(focused) == "t2021-05-12T21:01:40"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next line")
    browser.close_pages()


def test_a_time_tells_the_readers_own(site: Site, browser: Browser) -> None:
    """When the pointer rests on it."""
    page = browser.page(timezone_id=READERS_TIME, locale="en-GB")
    page.goto(site.url + DAY)
    time = page.locator("[id='t2021-05-12T21:00:30'] time")
    time.hover()
    expect(time).to_have_attribute("title", re.compile("23:00:30"))
    browser.close_pages()


def test_where_one_stopped_reading_is_remembered(site: Site, page: Page) -> None:
    """By this browser only; the link leads to what came after."""
    page.goto(site.url + DAY)
    page.goto(f"{site.url}{CHANNEL}since")
    page.get_by_role("link", name="From where you stopped reading").click()
    expect(page.locator("h1")).to_contain_text("2021-05-12 21:01 UTC")
    expect(page.get_by_text("mina: 잘 가요")).to_be_visible()
    expect(page.get_by_text("hello all")).to_have_count(0)


def test_an_open_page_grows_within_a_blink(site: Site, page: Page) -> None:
    """A spoken line is there within 250 ms, in its place, told once."""
    page.goto(site.url + TODAYS)
    expect(page.locator("#state")).to_have_class("live on")
    page.evaluate(
        """() => {
          window.grown = new Promise((done) => new MutationObserver(() => {
            const last = [...document.querySelectorAll("#log li")].at(-1);
            if (last?.textContent.includes("now")) done(Date.now());
          }).observe(document.getElementById("log"), {childList: true, subtree: true}));
        }"""
    )
    said_at = page.evaluate("Date.now()")
    site.hears(site.line("ann", "now", at=NOW))
    assert page.evaluate("window.grown") - said_at < 250
    expect(page.locator("#empty")).to_have_count(0)


def test_late_lines_and_joins_find_their_places(site: Site, page: Page) -> None:
    """History goes up, joins are folded, the next day begins under its date."""
    site.hears(site.line("ann", "first", at=NOW))
    page.goto(site.url + TODAYS)
    expect(page.locator("#state")).to_have_class("live on")
    site.hears(site.line("bob", "ann: late", at=NOW - timedelta(minutes=5)))
    expect(page.locator("#log > li").first).to_contain_text("late")
    expect(page.locator("#log b.to")).to_have_text("ann")
    for i, nick in enumerate(("x", "y")):
        site.hears(site.line(nick, kind=Kind.JOIN, at=NOW + timedelta(seconds=i + 1)))
    expect(page.locator("#log summary")).to_have_text("x and y came")
    site.hears(site.line("ann", "tomorrow", at=NOW + timedelta(days=1)))
    expect(page.locator("#log .daybreak a")).to_have_text("2021-05-14")
    expect(page.locator("#log > li").last).to_contain_text("tomorrow")


def test_a_page_that_was_away_catches_up(site: Site, page: Page) -> None:
    """What was said in between comes when the network is back, each line once."""
    page.goto(site.url + TODAYS)
    expect(page.locator("#state")).to_have_class("live on")
    site.hears(site.line("ann", "one", at=NOW))
    expect(page.locator("#log > li")).to_have_count(1)
    page.context.set_offline(True)
    site.cut()
    expect(page.locator("#state")).to_have_class("live off")
    site.hears(site.line("bob", "two", at=NOW + timedelta(seconds=1)))
    page.context.set_offline(False)
    expect(page.locator("#log > li")).to_have_count(2, timeout=30_000)
    site.hears(site.line("ann", "three", at=NOW + timedelta(seconds=2)))
    expect(page.locator("#log > li")).to_have_count(3)


def test_lines_do_not_take_the_page_from_its_reader(site: Site, page: Page) -> None:
    """Who reads further up is told how many came, and goes there when they like."""
    site.holds(*(site.line("ann", f"line {i}", at=NOW + timedelta(seconds=i)) for i in range(200)))
    page.goto(site.url + TODAYS)
    expect(page.locator("#state")).to_have_class("live on")
    site.hears(site.line("bob", "new", at=NOW + timedelta(seconds=300)))
    site.hears(site.line("bob", "newer", at=NOW + timedelta(seconds=301)))
    button = page.get_by_role("button", name="2 new lines")
    expect(button).to_be_visible()
    assert page.evaluate("scrollY") == 0
    assert page.title().startswith("(2) ")
    button.click()
    expect(page.get_by_text("newer")).to_be_in_viewport()
    expect(button).to_have_count(0)


def test_a_printed_log_is_dark_on_light(site: Site, browser: Browser) -> None:
    """Whatever the theme on the screen; nothing but the log is printed."""
    page = browser.page(color_scheme="dark")
    page.goto(site.url + DAY)
    page.emulate_media(media="print")
    colour = "e => getComputedStyle(e).color"
    assert page.locator(".log li > a").first.evaluate(colour) == "rgb(103, 95, 83)"
    for part in (".top", ".bottom", ".bar", ".crumbs"):
        expect(page.locator(part).first).to_be_hidden()
    browser.close_pages()


def test_an_open_page_says_when_nobody_listens_any_more(site: Site, page: Page) -> None:
    """And when somebody does again; a page that was listened to from the start says nothing."""
    write = site.app.db.write
    slot = write(lambda s: claim_slot(s, "net", process_token(), NOW))
    write(lambda s: note_joined(s, "net", "#yard", slot, NOW))
    page.goto(site.url + TODAYS)
    expect(page.locator("#state")).to_have_class("live on")
    standing = page.locator("#standing")
    expect(standing).to_have_text("")
    write(lambda s: note_absent(s, "net", "#yard", slot, LOST, "", at=NOW, retry_at=None))
    expect(standing.locator(".off")).to_have_text(re.compile("The bot has been away since"))
    write(lambda s: note_joined(s, "net", "#yard", slot, NOW))
    expect(standing.locator(".on")).to_have_text(re.compile("Logged live since"))
    expect(standing.locator(".off")).to_have_count(0)


def test_the_newest_day_says_that_it_is(site: Site, page: Page) -> None:
    """To whoever asks for the next one by its key."""
    page.goto(site.url + DAY)
    page.keyboard.press("n")
    expect(page.locator(".toast")).to_have_text("This is the newest day")


def test_latest_leads_to_the_end_of_a_long_day(site: Site, page: Page) -> None:
    site.holds(*(site.line("ann", f"line {i}", at=NOW + timedelta(seconds=i)) for i in range(200)))
    page.goto(site.url + CHANNEL)
    page.get_by_role("link", name="Latest day").click()
    expect(page.get_by_text("line 199", exact=True)).to_be_in_viewport()
    assert page.url == f"{site.url}{TODAYS}#end"


def test_the_yard_goes_on_by_itself(site: Site, browser: Browser) -> None:
    """With a script; without one it is as it was when it was asked for."""
    without, page = browser.page(java_script_enabled=False), browser.page()
    complaints = watched(page)
    for each in (without, page):
        each.goto(f"{site.url}/")
        expect(each.locator(".talk")).to_contain_text("mina: 잘 가요")
    page.get_by_role("link", name="#yard").focus()
    site.hears(site.line("ann", "the kettle is on", at=NOW))
    expect(page.locator(".talk")).to_contain_text("the kettle is on")
    expect(page.get_by_role("link", name="#yard")).to_be_focused()
    expect(without.locator(".talk")).not_to_contain_text("the kettle is on")
    assert complaints == []
    browser.close_pages()
