"""Pages of every kind of a hub that is full of life, in a real browser: for every eye and on a phone."""

from collections.abc import Iterator

import pytest

from tests.attacks.walked import site_in
from tests.meetbot.pages import MeetingSite
from tests.servers.browser import Browser, flaws
from tests.web.test_browser import watched

pytestmark = pytest.mark.needs("chromium")
KINDS = (
    "/", "/irclogs/", "/meetings/", "/meetings/actions", "/meetings/jangdokdae/",
    "/stories", "/stories?q=is:closed", "/stories?q=nonsense:x%20nothinglikethis", "/story/1", "/story/5",
    "/projects", "/tags", "/story/new", "/p/", "/p/jangdokdae-agenda", "/p/jangdokdae-agenda/timeslider",
    "/p/nothing-yet", "/topics/jangdokdae", "/search", "/search?q=relay", "/search?q=%EC%9E%A5%EB%8F%85",
    "/people/nilufer", "/login", "/nowhere",
)  # fmt: skip
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MeetingSite]:
    """The sample community over a real socket."""
    with site_in(tmp_path_factory.mktemp("every")) as made:
        yield made


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("scheme", "width", "locale"),
    [("light", 1280, "en"), ("dark", 1280, "en"), ("dark", 360, "ko"), ("light", 360, "ko")],
)
def test_axe_finds_nothing(
    site: MeetingSite, browser: Browser, scheme: str, width: int, locale: str
) -> None:
    """No page is wider than its screen, and none complains."""
    page = browser.page(
        color_scheme=scheme, viewport={"width": width, "height": 800}, locale=locale
    )
    complaints = watched(page)
    found = {}
    for path in KINDS:
        page.goto(site.url + path)
        wrong = flaws(page)
        if wrong or page.evaluate(OVERFLOW):
            found[path] = (wrong, page.evaluate(OVERFLOW))
    assert found == {}
    assert [told for told in complaints if "404" not in told] == []
    browser.close_pages()
