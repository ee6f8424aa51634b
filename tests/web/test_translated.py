"""No page says a text that was not translated: a crawler walks the sample community in marked English."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from playwright.sync_api import Page

from hub.bootstrap import build
from hub.clock import utc_now
from hub.config import Config
from tests.servers.madang import Madang, network_toml
from tests.web.marked import CODE, links, marked_copy, unmarked

_YARD = "/irclogs/%23madang/"
_STRANGE = (
    "/nowhere", "/irclogs/none/", "/irclogs/%23none/", f"{_YARD}%23madang.1999-01-01.log.html",
    f"{_YARD}?year=1999", f"{_YARD}since?at=soon", f"{_YARD}since?nick=nobody",
    f"{_YARD}since?at=2020-01-01", f"{_YARD}since?nick=bori", "/meetings/none/",
    "/meetings/jangdokdae/?year=1999", "/meetings/jangdokdae/2020/jangdokdae.2020-01-01-00.00.html",
    "/meetings/people/nobody", "/meetings/actions?nick=bori", "/meetings/actions?series=jangdokdae",
    "/meetings/actions?series=none", "/static/x/none.css", "/pass/none",
)  # fmt: skip
_POSTED: Mapping[str, Mapping[str, str]] = {
    "/": {},
    "/theme": {"theme": "pink"},
    "/language": {"language": "xx"},
    "/meetings/": {},
    "/meetings/actions": {"close": "none"},
}
_LISTS = ("/stories?q=", "/search?q=")
_BROKEN = """\
project: [1]
tim: x
reminders: [x]
schedule:
  - time: 25
    day: Mondy
    frequency: wekly
    timezone: Mars/Base
    duration: long
    start_date: soon
    network: A B
    colour: red
    skip_dates: none
  - day: Tuesday
    frequency: first-monday
    skip_dates:
      - skip_date: 20260101
        reason: rest
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, whose Korean is English between marks."""
    return marked_copy(tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="module")
def demo(code: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Madang]:
    """The sample community, in marked English for who asks for Korean."""
    folder = tmp_path_factory.mktemp("demo")
    with Madang(folder, arguments=["--demo"], code=code) as made:
        yield made


def reader(site: Madang, **cookies: str) -> httpx.Client:
    """A reader who asks for the marked language."""
    headers = {"Accept-Language": CODE}
    return httpx.Client(base_url=site.url, headers=headers, cookies=cookies, timeout=20)


def walk(
    client: httpx.Client, start: tuple[str, ...] = ("/", *_STRANGE)
) -> Iterator[httpx.Response]:
    """Yield every page that can be reached from some."""
    todo, seen = list(start), set(start)
    while todo:
        answer = client.get(todo.pop())
        found = [answer.headers["location"]] if answer.is_redirect else []
        if answer.headers.get("content-type", "").startswith("text/html"):
            yield answer
            found = links(answer.text)
        for address in found:
            parts = urlsplit(urljoin(str(answer.url), address))
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if path.startswith(_LISTS) and answer.url.path == parts.path:
                continue  # each list leads to all the others, in every order
            if "/export/" in path:
                continue  # nothing but what people wrote
            if parts.netloc == urlsplit(str(client.base_url)).netloc and path not in seen:
                seen.add(path)
                todo.append(path)


def test_no_page_says_what_was_not_translated(demo: Madang) -> None:
    """Reachable from the yard by links, and what is answered to strange wishes."""
    with reader(demo) as client:
        pages = {str(page.url): unmarked(page.text) for page in walk(client)}
        for path, form in _POSTED.items():
            pages[f"POST {path}"] = unmarked(client.post(path, data=form).text)
    assert {url: found for url, found in pages.items() if found} == {}
    assert len(pages) > 60


def test_no_chairs_page_says_what_was_not_translated(demo: Madang) -> None:
    """Forms, and what is wrong with what they were sent."""
    app = build(Config.model_validate({"hub": {"data_dir": str(demo.data)}}), utc_now)
    rights = frozenset(("edit", f"series:{name}") for name in ("jangdokdae", "번역_모임"))
    held = app.passes.write("irc:demo/bori", rights)
    app.db.close()
    series = "/meetings/jangdokdae/"
    with reader(demo, **{"pass": held}) as client:
        minutes = str(client.get(f"{series}latest").next_request.url).removesuffix(".html")  # type: ignore[union-attr]
        start = (
            series,
            "/meetings/actions",
            f"{minutes}.html",
            f"{minutes}.edit",
            f"{minutes}.history",
        )
        pages = {path: client.get(path) for path in (*start, f"{series}schedule", "/")}
        posted = {
            f"{series}schedule": [{"text": _BROKEN}, {"text": "- x"}, {"text": "a: [", "over": "7"},
                                  {"text": "project: x", "over": "99"}],
            f"{minutes}.edit": [{"base": "1", "over": "9"}, {"base": "1", "over": "1", "text-1": ""},
                                {"base": "1", "over": "1", "text-1": "x", "reason": "why"}],
            f"{minutes}.history": [{}, {"version": "1"}, {"version": "1", "over": "2"}],
        }  # fmt: skip
        for path, forms in posted.items():
            for number, form in enumerate(forms):
                pages[f"POST {path} {number}"] = client.post(path, data=form)
        for path in (f"{minutes}.html", f"{minutes}.html?version=1", f"{minutes}.history"):
            pages[f"{path} corrected"] = client.get(path)
    assert {url: u for url, page in pages.items() if (u := unmarked(page.text))} == {}


def test_no_empty_page_says_what_was_not_translated(code: Path, tmp_path: Path) -> None:
    """A hub that has nothing yet, and one whose channel nobody has spoken in."""
    told = {}
    for name, config in (("none", ""), ("silent", network_toml("net", 1, meetings=True))):
        with Madang(tmp_path / name, config, code=code) as site, reader(site) as client:
            start = (
                "/",
                "/irclogs/",
                "/meetings/",
                "/meetings/actions",
                "/irclogs/%23yard/",
            )
            told |= {f"{name} {page.url}": unmarked(page.text) for page in walk(client, start)}
    assert {url: found for url, found in told.items() if found} == {}


@pytest.mark.needs("chromium")
def test_no_script_says_what_was_not_translated(demo: Madang, page: Page) -> None:
    """The help with the keys, on a page that has most of them."""
    page.context.set_extra_http_headers({"Accept-Language": CODE})
    page.goto(f"{demo.url}{_YARD}latest.log.html")
    page.keyboard.press("?")
    page.locator("dialog.help").wait_for()
    page.keyboard.press("Escape")
    page.locator("dialog.help").wait_for(state="hidden")
    page.keyboard.press("n")
    page.locator(".toast").wait_for(state="attached")  # it is gone again soon
    page.locator(".live.on").wait_for()
    assert unmarked(page.content()) == []
