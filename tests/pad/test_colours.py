"""The colours of who wrote what, in real Chromium windows; and the table that tells it."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from tests.pad.peers import Peers
from tests.pad.scribbles import ANN, BOB, begun, write_texts
from tests.pad.test_editor import is_saved, opened, shows, types
from tests.servers.browser import Browser, flaws
from tests.web.hub import Site

WROTE = ".cm-content .pad-wrote"


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Page]]:
    """The windows of two people."""
    yield [browser.page(), browser.page()]
    browser.close_pages()


def named(page: Page, url: str, name: str) -> Page:
    """Open the pad as a guest who gives a name."""
    opened(page, url)
    page.get_by_role("button", name="Give your name").click()
    page.get_by_label("Your name in pads").fill(name)
    page.get_by_role("button", name="Use this name").click()
    return page


def paints(page: Page, *wanted: tuple[str, str]) -> None:
    """Wait until exactly these stretches of the text have an author: (text, name)."""
    page.wait_for_function(
        """wanted => {
            const found = [...document.querySelectorAll('.cm-content .pad-wrote')].map(mark => {
                const copy = mark.cloneNode(true);
                copy.querySelectorAll('.pad-caret').forEach(caret => caret.remove());
                return [copy.textContent, mark.title];
            }).filter(([text]) => text);
            const joined = [];
            for (const [text, name] of found) {
                const last = joined.at(-1);
                if (last && last[1] === name) last[0] += text;
                else joined.push([text, name]);
            }
            return JSON.stringify(joined) === JSON.stringify(wanted);
        }""",
        arg=[list(one) for one in wanted],
    )


def test_each_ones_words_have_their_colour_for_all_who_are_here(
    site: Site, windows: list[Page]
) -> None:
    ann, bob = named(windows[0], site.url, "Ann"), named(windows[1], site.url, "밥")
    types(ann, "tea ")
    shows(bob, "tea ")
    types(bob, "떡 ")
    types(ann, "Ann: ", "Control+Home")
    for page in (ann, bob):
        paints(page, ("Ann: tea ", "Ann"), ("떡 ", "밥"))
    assert len({m.get_attribute("class") for m in ann.locator(WROTE).all()}) == 2
    expect(ann.locator(".pad-authors li")).to_have_text(["Ann", "밥"])
    late = opened(windows[0].context.new_page(), site.url)
    paints(late, ("Ann: tea ", "Ann"), ("떡 ", "밥"))


def test_who_wrote_at_the_caret_is_said_in_words(site: Site, windows: list[Page]) -> None:
    ann, bob = named(windows[0], site.url, "Ann"), named(windows[1], site.url, "밥")
    types(ann, "tea ")
    shows(bob, "tea ")
    types(bob, "떡")
    shows(ann, "tea 떡")
    ann.locator(".cm-content").focus()
    ann.keyboard.press("Control+Home")
    expect(ann.locator(".pad-at-caret")).to_have_text("Written here by Ann")
    ann.keyboard.press("Control+End")
    expect(ann.locator(".pad-at-caret")).to_have_text("Written here by 밥")


def test_the_colours_are_switched_off_and_stay_off(site: Site, windows: list[Page]) -> None:
    ann = named(windows[0], site.url, "Ann")
    types(ann, "tea")
    paints(ann, ("tea", "Ann"))
    ann.get_by_role("button", name="Author colours").click()
    expect(ann.locator(WROTE)).to_have_count(0)
    expect(ann.locator(".pad-authors")).to_be_hidden()
    is_saved(ann)
    opened(ann, site.url)
    expect(ann.get_by_role("button", name="Author colours")).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(ann.locator(WROTE)).to_have_count(0)
    ann.get_by_role("button", name="Author colours").click()
    paints(ann, ("tea", "Ann"))


def test_a_client_that_signs_as_another_is_coloured_as_who_it_is(
    site: Site, peers: Peers, windows: list[Page]
) -> None:
    ann = named(windows[0], site.url, "Ann")
    types(ann, "tea")
    is_saved(ann)
    forger = peers.opened("notes")
    forger.do("say", state={"user": {"name": "Anna", "colour": 0, "color": "red"}})
    forger.insert(3, " poison")
    shows(ann, "tea poison")
    paints(ann, ("tea", "Ann"), (" poison", "Anna"))
    authors = site.ask("/p/notes/authors").json()["authors"]
    assert len({author["colour"] for author in authors.values()}) == 2


def test_the_table_tells_no_ones_secret(site: Site) -> None:
    def write(session: Session) -> str:
        pad = begun(session)
        write_texts(session, pad, "tea")
        write_texts(session, pad, "tea 떡", author=BOB)
        return pad.reading

    reading = site.app.db.write(write)
    for name in ("notes", f"r.{reading}"):
        told = site.ask(f"/p/{name}/authors").text
        assert {one["name"] for one in json.loads(told)["authors"].values()} == {"Ann", "밥"}
        assert ANN.key not in told
        assert BOB.key not in told


def test_a_syllable_is_composed_between_letters_that_another_types(
    site: Site, windows: list[Page]
) -> None:
    ann, bob = named(windows[0], site.url, "Ann"), named(windows[1], site.url, "밥")
    types(ann, "가나")
    shows(bob, "가나")
    types(ann, "", "ArrowLeft")
    keyboard = ann.context.new_cdp_session(ann)
    left, right = "가", "나"
    for steps, syllable in ((("ㄷ", "다", "달"), "달"), (("ㅂ", "비", "빛"), "빛")):
        for step in steps:
            keyboard.send(
                "Input.imeSetComposition",
                {"text": step, "selectionStart": len(step), "selectionEnd": len(step)},
            )
            types(bob, "<", "Home")
            types(bob, ">", "End")
            left, right = "<" + left, right + ">"
            shows(ann, left + step + right)
        keyboard.send("Input.insertText", {"text": syllable})
        left += syllable
        shows(ann, left + right)
        shows(bob, left + right)
    for page in (ann, bob):
        paints(page, ("<" * 6, "밥"), ("가달빛나", "Ann"), (">" * 6, "밥"))
        is_saved(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_an_authors_colour_can_be_read(site: Site, browser: Browser, scheme: str) -> None:
    def write(session: Session) -> None:
        words = "# Title\n**bold** `code` [link](https://example.org)\n> quote"
        write_texts(session, begun(session), words)

    site.app.db.write(write)
    page = opened(browser.page(color_scheme=scheme), site.url)
    for colour in range(12):
        page.evaluate(
            """colour => document.querySelectorAll('.cm-content .pad-wrote').forEach(
                mark => { mark.className = `pad-wrote author-${colour}`; })""",
            colour,
        )
        assert flaws(page) == [], colour
    browser.close_pages()
