"""The editor in real Chromium windows."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from pad.log import Author
from pad.pads import find_pad, text_of, write_text
from tests.pad.peers import install
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun
from tests.servers.browser import Browser, flaws
from tests.servers.madang import ROOT, Madang
from tests.web.hub import Site

STATE = ".pad-state"


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Page]]:
    """The windows of two people."""
    yield [browser.page(), browser.page()]
    browser.close_pages()


def opened(page: Page, url: str, name: str = "notes") -> Page:
    """Open a pad and wait for its editor."""
    page.goto(f"{url}/p/{name}")
    page.wait_for_selector(".pad[data-ready]")
    return page


def types(page: Page, text: str, keys: str = "Control+End") -> None:
    """Go somewhere and type."""
    page.locator(".cm-content").focus()
    page.keyboard.press(keys)
    page.keyboard.type(text)


def is_saved(page: Page) -> None:
    """Wait until the page says that all is saved."""
    expect(page.locator(STATE)).to_have_attribute("data-state", "saved")


def shows(page: Page, text: str) -> None:
    """Wait until the editor shows exactly that."""
    page.wait_for_function(
        """text => {
            const lines = [...document.querySelectorAll('.cm-line')].map(line => {
                const copy = line.cloneNode(true);
                copy.querySelectorAll('.pad-caret, .cm-placeholder').forEach(e => e.remove());
                return copy.textContent;
            });
            return lines.join('\\n') === text;
        }""",
        arg=text,
    )


def stored(site: Site, name: str = "notes") -> str:
    """Return what the log says."""

    def read(session: Session) -> str:
        pad = find_pad(session, name)
        return text_of(session, pad) if pad else ""

    return site.app.db.read(read)


def test_two_people_write_one_text(site: Site, windows: list[Page]) -> None:
    ann, bob = (opened(page, site.url) for page in windows)
    types(ann, "안녕 hello 😀\nsecond")
    shows(bob, "안녕 hello 😀\nsecond")
    types(bob, "Bob: ", "Control+Home")
    shows(ann, "Bob: 안녕 hello 😀\nsecond")
    is_saved(ann)
    is_saved(bob)
    assert stored(site) == "Bob: 안녕 hello 😀\nsecond"


def test_a_caret_shows_the_name_that_a_guest_chose(site: Site, windows: list[Page]) -> None:
    ann, bob = (opened(page, site.url) for page in windows)
    ann.get_by_role("button", name="Give your name").click()
    ann.get_by_label("Your name in pads").fill("앤")
    ann.get_by_role("button", name="Use this name").click()
    expect(ann.locator(".pad-people")).to_contain_text("You: 앤")
    types(ann, "here")
    expect(bob.locator(".pad-caret-name")).to_have_text("앤")
    expect(bob.locator(".pad-people")).to_contain_text("앤")
    ann.close()
    expect(bob.locator(".pad-caret-name")).to_have_count(0)


def test_only_what_one_did_oneself_is_undone(site: Site, windows: list[Page]) -> None:
    ann, bob = (opened(page, site.url) for page in windows)
    types(ann, "ann ")
    shows(bob, "ann ")
    types(bob, "bob ")
    shows(ann, "ann bob ")
    ann.locator(".cm-content").focus()
    ann.keyboard.press("Control+z")
    shows(bob, "bob ")
    ann.keyboard.press("Control+y")
    shows(bob, "ann bob ")


def test_a_syllable_is_composed_while_another_one_types(site: Site, windows: list[Page]) -> None:
    ann, bob = (opened(page, site.url) for page in windows)
    types(ann, "가 ")
    shows(bob, "가 ")
    keyboard = ann.context.new_cdp_session(ann)
    told = "가 "
    for steps, syllable in ((("ㅎ", "하", "한"), "한"), (("ㄱ", "그", "글"), "글")):
        for step in steps:
            keyboard.send(
                "Input.imeSetComposition",
                {"text": step, "selectionStart": len(step), "selectionEnd": len(step)},
            )
            types(bob, "x", "Control+Home")
            told = "x" + told
            ann.wait_for_function(
                "start => document.querySelector('.cm-line').textContent.startsWith(start)",
                arg=told[: told.index("가")],
            )
        keyboard.send("Input.insertText", {"text": syllable})
        told += syllable
        shows(ann, told)
        shows(bob, told)
    is_saved(ann)
    assert stored(site) == "xxxxxx가 한글"


@pytest.mark.timeout(120)
def test_the_state_tells_of_a_lost_hub_and_what_was_written_meanwhile_is_merged(
    tmp_path: Path, windows: list[Page]
) -> None:
    with Madang(tmp_path / "madang", role="web") as madang:
        ann, bob = (opened(page, madang.url) for page in windows)
        types(ann, "before. ")
        is_saved(ann)
        shows(bob, "before. ")
        madang.kill()
        expect(ann.locator(STATE)).to_have_attribute("data-state", "offline")
        expect(ann.get_by_role("alert")).to_contain_text("don't close it")
        types(ann, "alone. ")
        types(bob, "meanwhile. ", "Control+Home")
        expect(ann.locator(STATE)).to_have_attribute("data-state", "offline")
        with ann.expect_download() as download:
            ann.get_by_role("alert").get_by_role("button", name="Download my copy").click()
        assert Path(download.value.path()).read_text("utf-8") == "before. alone. "
        madang.start()
        for page in (ann, bob):
            is_saved(page)
            shows(page, "meanwhile. before. alone. ")
            expect(page.get_by_role("alert")).to_be_hidden()
        assert madang.get("/p/notes/export/txt") == "meanwhile. before. alone. \n"


def test_who_reads_only_sees_and_can_change_nothing(site: Site, windows: list[Page]) -> None:
    ann, bob = windows
    types(opened(ann, site.url), "public words")
    is_saved(ann)
    ann.reload()
    reading = ann.get_by_role("link", name="Link for reading only").get_attribute("href")
    assert reading is not None
    assert "notes" not in reading
    bob.goto(site.url + reading)
    bob.wait_for_selector(".pad[data-ready]")
    shows(bob, "public words")
    bob.locator(".cm-content").focus()
    bob.keyboard.type("graffiti")
    types(opened(ann, site.url), "!")
    shows(bob, "public words!")
    assert stored(site) == "public words!"
    assert "notes" not in bob.content()


def test_a_line_has_an_address(site: Site, windows: list[Page]) -> None:
    ann, bob = windows
    types(opened(ann, site.url), "\n".join(f"line {i}" for i in range(1, 61)))
    is_saved(ann)
    ann.locator(".cm-lineNumbers .cm-gutterElement", has_text="58").click()
    assert ann.url.endswith("#L58")
    bob.goto(f"{site.url}/p/notes#L58")
    bob.wait_for_selector(".pad[data-ready]")
    expect(bob.locator(".cm-activeLine")).to_have_text("line 58")
    expect(bob.locator(".cm-activeLine")).to_be_in_viewport()


def test_the_toolbar_writes_markdown_and_takes_it_away(site: Site, windows: list[Page]) -> None:
    ann = opened(windows[0], site.url)
    types(ann, "words")
    ann.keyboard.press("Control+a")
    ann.get_by_role("button", name="Bold").click()
    shows(ann, "**words**")
    ann.get_by_role("button", name="Task").click()
    shows(ann, "- [ ] **words**")
    ann.get_by_role("button", name="Task").click()
    ann.get_by_role("button", name="Bold").click()
    shows(ann, "words")


def test_the_past_is_played_in_the_colours_of_who_wrote(site: Site, windows: list[Page]) -> None:
    page = windows[0]
    site.app.db.write(begun)
    for text, author in (("tea", ANN), ("tea and 떡", ANN), ("tea and 떡\nand 막걸리", BOB)):
        site.app.db.write(lambda s, text=text, author=author: say(s, text, author))  # type: ignore[misc]
    page.goto(f"{site.url}/p/notes/timeslider")
    page.wait_for_selector('.pad-player[data-at="3"]')
    assert page.locator(".pad-text .author-0").all_inner_texts() == ["tea and 떡"]
    assert page.locator(".pad-text .author-1").get_attribute("title") == "밥"
    page.get_by_role("button", name="One edit back").click()
    page.wait_for_selector('.pad-player[data-at="2"]')
    assert page.locator(".pad-text li").all_inner_texts() == ["tea and 떡"]
    page.get_by_role("slider").fill("1")
    page.wait_for_selector('.pad-player[data-at="1"]')
    assert page.locator(".pad-text li").all_inner_texts() == ["tea"]
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector('.pad-player[data-at="3"]')
    page.get_by_role("slider").fill("1")
    page.get_by_role("button", name="Bring this text back").click()
    page.wait_for_url("**/p/notes")
    assert stored(site) == "tea"


def say(session: Session, text: str, author: Author) -> None:
    """Make a text what the pad says."""
    pad = find_pad(session, "notes")
    assert pad is not None
    write_text(session, OPERATOR, pad, text, author, now=NOW)


def test_a_pad_is_read_without_a_script(site: Site, browser: Browser) -> None:
    writer = opened(browser.page(), site.url)
    types(writer, "# Title\n<b>not bold</b>\n한글")
    is_saved(writer)
    reader = browser.page(java_script_enabled=False)
    reader.goto(f"{site.url}/p/notes#L2")
    assert reader.locator(".pad-text li").all_inner_texts() == [
        "# Title",
        "<b>not bold</b>",
        "한글",
    ]
    assert reader.locator("h1").inner_text() == "notes"
    reader.goto(f"{site.url}/p/")
    assert reader.locator(".channels .name").count() <= 1
    browser.close_pages()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pads_pass_the_rules_of_accessibility(site: Site, browser: Browser, scheme: str) -> None:
    page = browser.page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    other = opened(browser.page(), site.url)
    opened(page, site.url)
    types(page, "# Title\n\n**bold** `code` [link](https://example.org)\n> quote\n- [ ] task")
    types(other, "other ")
    is_saved(page)
    expect(page.locator(".pad-caret-name")).to_have_count(1)
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for address in ("/p/", "/p/notes/timeslider"):
        page.goto(site.url + address)
        assert flaws(page) == []
    browser.close_pages()


def test_no_page_of_a_pad_breaks_its_own_rules(site: Site, windows: list[Page]) -> None:
    said: list[str] = []
    windows[0].on("console", lambda message: said.append(message.text))
    windows[0].on("pageerror", lambda error: said.append(str(error)))
    ann, bob = (opened(page, site.url) for page in windows)
    types(bob, "text")
    shows(ann, "text")
    ann.get_by_role("button", name="Find").click()
    assert said == []


def test_the_bundle_is_what_its_sources_make(tmp_path: Path) -> None:
    install(ROOT / "scripts" / "editor")
    subprocess.run([ROOT / "scripts" / "bundle", tmp_path], check=True, timeout=300)
    committed = ROOT / "web" / "static" / "vendor" / "editor@1"
    for name in ("editor.js", "LICENCES.txt"):
        assert (tmp_path / name).read_bytes() == (committed / name).read_bytes(), name
