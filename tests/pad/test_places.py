"""Addresses of lines, finding, keys, and one's own copy: in real Chromium windows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pad.scribbles import begun, write_texts
from tests.pad.test_editor import is_saved, opened, shows, types
from tests.servers.browser import Browser, flaws
from tests.web.hub import Site

LINES = "\n".join(f"line {i}" for i in range(1, 61))


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Page]]:
    """The windows of two people."""
    yield [browser.page(), browser.page()]
    browser.close_pages()


def linked(page: Page, line: str) -> str:
    """Click on a line's number and return the address that this makes."""
    page.locator(".cm-lineNumbers").get_by_text(line, exact=True).last.click()
    return page.url


def test_the_address_of_a_line_follows_it(site: Site, windows: list[Page]) -> None:
    site.app.db.write(lambda s: write_texts(s, begun(s), LINES))
    ann, bob = windows
    address = linked(opened(ann, site.url), "5")
    assert "?at=" in address
    assert address.endswith("#L5")
    types(ann, "new\n\nlines\n", "Control+Home")
    ann.keyboard.press("End")
    is_saved(ann)
    bob.goto(address)
    bob.wait_for_selector(".pad[data-ready]")
    expect(bob.locator(".cm-activeLine")).to_have_text("line 5")
    assert bob.url.endswith("#L8")
    bob.evaluate("location.hash = '#L5'")
    expect(bob.locator(".cm-activeLine")).to_have_text("line 2")
    assert "at=" not in bob.url


def test_where_a_line_was_is_shown_when_it_is_gone(site: Site, windows: list[Page]) -> None:
    site.app.db.write(lambda s: write_texts(s, begun(s), "one\ntwo\nthree"))
    ann, bob = windows
    address = linked(opened(ann, site.url), "2")
    ann.locator(".cm-content").focus()
    for key in ("Home", "Shift+End", "Delete", "Delete"):
        ann.keyboard.press(key)
    is_saved(ann)
    bob.goto(address)
    bob.wait_for_selector(".pad[data-ready]")
    expect(bob.locator(".cm-activeLine")).to_contain_text("three")


@pytest.mark.parametrize("at", ["x", "7-2", "99999999999999999-1", "9007199254740993-1", "-1"])
def test_an_address_of_no_letter_falls_back_to_the_lines_number(
    site: Site, windows: list[Page], at: str
) -> None:
    site.app.db.write(lambda s: write_texts(s, begun(s), "one\ntwo\nthree"))
    page = windows[0]
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site.url}/p/notes?at={at}#L2")
    page.wait_for_selector(".pad[data-ready]")
    expect(page.locator(".cm-activeLine")).to_have_text("two")
    assert said == []


def test_without_a_script_a_line_is_where_it_was(site: Site, browser: Browser) -> None:
    site.app.db.write(lambda s: write_texts(s, begun(s), LINES))
    address = linked(opened(browser.page(), site.url), "5")
    reader = browser.page(java_script_enabled=False)
    reader.goto(address)
    expect(reader.locator(".pad-text li:target")).to_have_text("line 5")
    browser.close_pages()


def test_keys_are_explained_while_one_writes(site: Site, windows: list[Page]) -> None:
    page = opened(windows[0], site.url)
    types(page, "words")
    for key in ("F1", "Control+/"):
        page.locator(".cm-content").focus()
        page.keyboard.press(key)
        help_ = page.get_by_role("dialog", name="Keys")
        expect(help_).to_contain_text("Copy the link to this line")
        assert flaws(page) == []
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Keys F1").click()
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+b")
    shows(page, "**words**")


def test_the_link_to_the_carets_line_is_copied(site: Site, browser: Browser) -> None:
    site.app.db.write(lambda s: write_texts(s, begun(s), "one\ntwo\nthree"))
    page = browser.page(permissions=["clipboard-read", "clipboard-write"])
    types(opened(page, site.url), "", "Control+End")
    page.keyboard.press("Alt+l")
    expect(page.locator(".toast")).to_have_text("The link to this line is copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.url
    assert copied.endswith("#L3")
    browser.close_pages()


def test_who_only_reads_finds_and_keeps_a_copy_too(site: Site, windows: list[Page]) -> None:
    def write(session):  # type: ignore[no-untyped-def]
        pad = begun(session)
        write_texts(session, pad, "tea\n떡\ntea")
        return pad.reading

    page = opened(windows[0], site.url, f"r.{site.app.db.write(write)}")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("textbox", name="Find").press_sequentially("te")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-searchMatch-selected")).to_have_text("te")
    with page.expect_download() as download:
        page.locator(".pad-more").get_by_role("button", name="Download my copy").click()
    assert Path(download.value.path()).read_text("utf-8") == "tea\n떡\ntea"
    assert flaws(page) == []
