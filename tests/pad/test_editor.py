"""The editor in real Chromium windows."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.servers.browser import Browser
from tests.web.hub import Site


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Page]]:
    """Two windows of two people."""
    yield [browser.page(), browser.page()]
    browser.close_pages()


def opened(page: Page, site: Site, name: str = "notes") -> Page:
    """Open a pad and wait for its editor."""
    page.goto(f"{site.url}/p/{name}")
    page.wait_for_selector(".pad[data-ready]")
    return page


def text_of(page: Page) -> str:
    """What the editor shows."""
    return "\n".join(page.locator(".cm-line").all_inner_texts())


def test_two_windows_write_one_text(site: Site, windows: list[Page]) -> None:
    ann, bob = (opened(page, site) for page in windows)
    ann.locator(".cm-content").click()
    ann.keyboard.type("hello")
    bob.wait_for_function("document.querySelector('.cm-content').innerText.includes('hello')")
    ann.wait_for_selector(".pad-state[data-state=saved]")
    assert text_of(bob).replace("\u2060", "").startswith("hello")
