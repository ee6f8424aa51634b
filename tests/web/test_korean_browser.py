"""The pages in Korean in a real browser: they fit a phone, break lines between words, and suit everyone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.servers.browser import Browser, flaws
from tests.servers.madang import Madang

pytestmark = pytest.mark.needs("chromium")

_YARD = "/irclogs/%23madang/"
_SERIES = "/meetings/jangdokdae/"
PAGES = (
    "/", "/irclogs/", _YARD, f"{_YARD}latest.log.html", f"{_YARD}latest.log.html?show=all",
    f"{_YARD}since", f"{_YARD}since?nick=bori", "/meetings/", _SERIES, f"{_SERIES}latest",
    f"{_SERIES}schedule", "/meetings/actions", "/meetings/people/bori", "/nowhere",
)  # fmt: skip
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_BREAKS = "getComputedStyle(document.body).wordBreak"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Madang]:
    """The sample community."""
    with Madang(tmp_path_factory.mktemp("demo"), arguments=["--demo"]) as made:
        yield made


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
def test_korean_pages_fit_and_suit_everyone(
    demo: Madang, browser: Browser, scheme: str, width: int
) -> None:
    """At a desk and on a phone, in both themes."""
    page = browser.page(
        color_scheme=scheme, locale="ko-KR", viewport={"width": width, "height": 800}
    )
    for path in PAGES:
        page.goto(demo.url + path)
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        assert page.evaluate(_BREAKS) == "keep-all", path
        assert page.evaluate(_OVERFLOW) == 0, path
        assert flaws(page) == [], path
    browser.close_pages()


def test_a_reader_chooses_korean_and_keys_speak_it(demo: Madang, page: Page) -> None:
    """By the button at the foot of each page, whatever the browser asks for."""
    page.goto(f"{demo.url}{_YARD}latest.log.html")
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.get_by_role("button", name="한국어").click()
    expect(page.get_by_role("navigation", name="주 메뉴")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="단축키")).to_contain_text("다음 줄")
    page.get_by_role("button", name="닫기").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
