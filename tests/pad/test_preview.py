"""How a pad is read: front matter, mentions of other pads, and the preview beside the editor."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from sqlmodel import Session

from hub.links import all_links
from hub.refs import no_signs
from pad.front import read_front, tag_of
from pad.mentions import PATTERN, names_only
from pad.pads import begin_pad, find_pad, save_text
from pad.preview import preview
from pad.titles import title_of
from tests.pad.scribbles import NOW, OPERATOR, begun, write_texts
from tests.pad.test_editor import is_saved, opened, shows, types
from tests.servers.browser import Browser, flaws
from tests.web.hub import Hub, Site, hub_in
from web.markdown import LONGEST, to_html

FRONT = "---\ntitle: The weekly\ntags: [Agenda, '회의', agenda]\n---\n# Weekly\n"
TEXT = (
    FRONT
    + "\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- [ ] tea @ann\n- [x] 떡\n\nsee [[notes]] and [[nowhere yet]]\n"
)


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """One window."""
    yield browser.page()
    browser.close_pages()


def test_front_matter_is_read_as_people_write_it() -> None:
    told = (
        "---\nTitle: “A: b”\ntags:\n  - '#Tea'\n  - 떡\nowner: ann, bob\n# a comment\n\n---\nbody\n"
    )
    front = read_front(told)
    assert front.title == "A: b"
    assert front.tags == ["tea", "떡"]
    assert front.get("owner") == ["ann, bob"]
    assert front.body == "body\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "text\n---\na: b\n---\n",
        "---\na: b\n",
        "---\n---\nrule",
        "---\nwords\n---\n",
    ],
)
def test_what_is_no_front_matter_stays_text(text: str) -> None:
    assert read_front(text).body == text
    assert not read_front(text).values


@given(st.text(), st.text(alphabet="-:. \nab,[]'#", max_size=60))
def test_nothing_of_a_text_is_lost(text: str, head: str) -> None:
    for told in (text, f"---\n{head}\n---\n{text}", f"---\n{head}{text}"):
        front = read_front(told)
        assert told.endswith(front.body)
        assert front.values or front.body == told
        assert all(tag_of(tag) == tag for tag in front.tags)


def test_a_pad_is_called_by_its_title_or_first_words() -> None:
    assert title_of(FRONT) == "The weekly"
    assert title_of("---\ntags: tea\n---\n\n## Notes ##\n") == "Notes"


def test_a_preview_is_safe_whatever_is_written() -> None:
    evil = "<script>alert(1)</script>"
    html = preview(
        f"---\ntitle: {evil}\n{'x' * 3}: {evil}\n---\n{evil}\n[a](javascript:x)", no_signs
    )
    assert "<script" not in html
    assert "javascript:" not in html
    assert html.count("&lt;script&gt;") == 3


@given(st.text(alphabet="[]ab\n한$/ "))
def test_any_brackets_are_read(text: str) -> None:
    signs = names_only("https://hub.example")(text)
    assert all(PATTERN.fullmatch(text[sign.start : sign.end]) for sign in signs)
    to_html(text, names_only("https://hub.example"))


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with two pads, one of which mentions the other."""
    made = hub_in(tmp_path / "data")

    def write(session: Session) -> None:
        for name, text in (("notes", "# Notes\n"), ("weekly", TEXT)):
            pad = begin_pad(session, OPERATOR, name, access="open", now=NOW)
            seq = write_texts(session, pad, text)
            save_text(session, OPERATOR, pad, seq, text, now=NOW)

    made.app.db.write(write)
    return made


def test_a_mention_by_name_is_a_link_from_pad_to_pad(hub: Hub) -> None:
    found = hub.app.db.read(lambda s: list(all_links(s, hub.app.modules)))
    assert ("pad:weekly", "pad:notes") in found
    assert "/p/notes" in hub.client().get("/p/weekly/export/html").text


def test_an_export_tells_tags_and_links_and_no_front_matter(hub: Hub) -> None:
    html = hub.client().get("/p/weekly/export/html").text
    assert '<meta name="keywords" content="agenda, 회의">' in html
    assert "<title>The weekly</title>" in html
    assert "tags:" not in html
    assert '/p/nowhere_yet" title="The pad nowhere_yet"' in html
    assert hub.client().get("/p/weekly/export/md").text == TEXT


def test_a_preview_says_what_is_there_to_who_may_ask(hub: Hub, tmp_path: Path) -> None:
    answer = hub.client().post("/p/weekly/preview", data={"text": TEXT})
    assert answer.status_code == 200
    assert '<a href="/p/notes" title="Notes" rel="noopener nofollow ugc">notes</a>' in answer.text
    assert ">nowhere yet</a>" in answer.text
    long = hub.client().post("/p/weekly/preview", data={"text": "x" * (LONGEST + 1)})
    assert long.status_code == 400
    closed = hub_in(tmp_path / "closed", pads={"access": "public"})
    assert closed.client().post("/p/none/preview", data={"text": "x"}).status_code == 404


def test_the_text_is_drawn_beside_the_editor_as_it_is_written(site: Site, window: Page) -> None:
    site.app.db.write(lambda session: write_texts(session, begun(session), "# Notes\n"))
    page = opened(window, site.url, "weekly")
    page.get_by_role("button", name="Preview").click()
    types(page, "*tea* [[notes]]\n\n| a |\n|---|\n| 떡 |")
    shown = page.get_by_role("region", name="Preview")
    expect(shown.locator("em")).to_have_text("tea")
    expect(shown.locator("td")).to_have_text("떡")
    expect(shown.get_by_role("link", name="notes")).to_have_attribute("href", "/p/notes")
    is_saved(page)
    opened(page, site.url, "weekly")
    expect(shown.locator("td")).to_have_text("떡")
    page.get_by_role("button", name="Preview").click()
    expect(shown).to_be_hidden()


def test_front_matter_is_a_small_table_that_stays_open(site: Site, window: Page) -> None:
    page = opened(window, site.url)
    page.get_by_role("button", name="Preview").click()
    types(page, FRONT)
    page.get_by_text("About this pad").click()
    expect(page.get_by_role("rowheader")).to_have_text(["title", "tags"])
    types(page, "**bold**")
    expect(page.locator(".pad-preview strong")).to_have_text("bold")
    expect(page.get_by_role("rowheader").first).to_be_visible()


def test_a_task_is_done_by_a_click_in_the_preview(site: Site, window: Page) -> None:
    page = opened(window, site.url)
    page.get_by_role("button", name="Preview").click()
    page.locator(".cm-content").fill("```\n- [ ] code\n```\n\n- [ ] tea\n- [x] 떡")
    page.get_by_role("checkbox", name="tea").check()
    shows(page, "```\n- [ ] code\n```\n\n- [x] tea\n- [x] 떡")
    page.get_by_role("checkbox", name="떡").uncheck()
    shows(page, "```\n- [ ] code\n```\n\n- [x] tea\n- [ ] 떡")


def test_the_preview_goes_where_the_editor_goes(site: Site, window: Page) -> None:
    text = "\n".join(f"## Part {n}\n\n" + "words and more\n\n" * n for n in range(1, 25))
    site.app.db.write(lambda session: write_texts(session, begun(session), text))
    page = opened(window, site.url)
    page.get_by_role("button", name="Preview").click()
    last = page.locator(".pad-preview h3", has_text="Part 20")
    expect(last).to_be_attached()
    expect(last).not_to_be_in_viewport()
    line = text.split("\n").index("## Part 20") + 1
    page.evaluate("line => { location.hash = `#L${line}`; }", line)
    expect(last).to_be_in_viewport()
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".pad-preview h2").first).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_preview_can_be_read_on_a_phone(site: Site, browser: Browser, scheme: str) -> None:
    page = browser.page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    opened(page, site.url)
    types(page, TEXT)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".pad-preview table").last).to_be_visible()
    expect(page.locator(".pad-editor")).to_be_hidden()
    page.get_by_text("About this pad").click()
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(page.locator(".pad-editor")).to_be_visible()
    assert flaws(page) == []
    browser.close_pages()


def test_a_pad_that_is_renamed_is_still_the_one_that_is_mentioned(hub: Hub) -> None:
    assert hub.app.db.read(lambda s: find_pad(s, "notes")) is not None
    form = {"text": "[[ notes ]] [[r.secret]] [[a/b]]"}
    html = hub.client().post("/p/weekly/preview", data=form).text
    assert html.count("<a ") == 1
