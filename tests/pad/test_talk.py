"""The talk beside a pad: kept in order, signed by the hub, heard at once by all who are there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from hub.app import App
from hub.bootstrap import CHECKS
from hub.checking import problems
from hub.errors import Invalid, Refused
from hub.people import GUEST, Actor, Role
from hub.personal import Erasure, Identity
from pad import talk
from pad.pads import Pad, drop_if_empty, find_pad
from pad.personal import PERSONAL, export_pads
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun, write_texts
from tests.pad.test_colours import named
from tests.pad.test_editor import opened
from tests.servers.browser import Browser, flaws
from tests.web.hub import Hub, Site, hub_in
from tests.web.test_forms import log_in

SAID = ".pad-talk li p"


@pytest.fixture
def windows(browser: Browser) -> Iterator[list[Page]]:
    """The windows of two people."""
    yield [browser.page(), browser.page()]
    browser.close_pages()


def said(app: App, *words: str) -> Pad:
    """Begin a pad, and let Ann and Bob talk in turns."""

    def write(session: Session) -> Pad:
        pad = begun(session)
        for number, text in enumerate(words):
            talk.say(session, OPERATOR, pad, text, (ANN, BOB)[number % 2], now=NOW)
        return pad

    return app.db.write(write)


def test_messages_are_kept_in_order_with_who_said_them(app: App) -> None:
    assert app.db.read(lambda s: talk.head(s, begun_id(s))) == -1
    pad = said(app, "tea?", "  네\n 그래요 \x02\n", "good")
    assert app.db.read(lambda s: talk.head(s, pad.id)) == 2
    found = app.db.read(lambda s: talk.history(s, pad.id, 1, 5))
    assert [(one.number, one.text) for one in found] == [(1, "네\n 그래요"), (2, "good")]
    assert [(one.author.name, one.is_guest) for one in found] == [("밥", True), ("Ann", False)]
    assert app.db.read(lambda s: talk.heads(s, [pad.id, 99])) == {pad.id: 2}
    assert [p for p in problems(app, CHECKS) if "pad" in p] == []


def begun_id(session: Session) -> int:
    """Return the number of a pad that is none."""
    assert find_pad(session, "notes") is None
    return 1


@pytest.mark.parametrize("text", ["", " \n\x02", "x" * (talk.LONGEST + 1)])
def test_what_says_nothing_or_too_much_is_refused(app: App, text: str) -> None:
    with pytest.raises(Invalid):
        said(app, text)


def test_who_may_not_write_may_not_talk(app: App) -> None:
    pad = app.db.write(lambda s: begun(s, access="public"))
    with pytest.raises(Refused):
        app.db.write(lambda s: talk.say(s, GUEST, pad, "graffiti", BOB, now=NOW))
    member = Actor("person:ann", Role.MEMBER, person="ann")
    assert app.db.write(lambda s: talk.say(s, member, pad, "hello", ANN, now=NOW)).number == 0


def test_a_pad_with_talk_stays_though_nothing_is_written_in_it(app: App) -> None:
    pad = said(app, "what shall we write?")
    app.db.write(lambda s: drop_if_empty(s, pad.id))
    assert app.db.read(lambda s: find_pad(s, "notes")) is not None


def test_what_somebody_said_is_exported_and_their_name_leaves(app: App) -> None:
    pad = said(app, "tea?", "네")
    identity = Identity("ann", (ANN.key,))
    told = app.db.read(lambda s: export_pads(s, identity))
    assert [(one["pad"], one["text"]) for one in told["said"]] == [("pad:notes", "tea?")]
    assert PERSONAL.erase is not None
    erase = PERSONAL.erase
    app.db.write(lambda s: erase(s, Erasure(identity, "erased-1", NOW), 0))
    found = app.db.read(lambda s: talk.history(s, pad.id, 0, 1))
    assert [one.author.name for one in found] == ["erased-1", "밥"]


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub with a pad beside which much was said."""
    made = hub_in(tmp_path / "data")
    said(made.app, *(f"message {n}" for n in range(120)))
    return made


def test_talk_is_sent_by_the_page(hub: Hub) -> None:
    client = hub.client()

    def numbers(query: str) -> list[int]:
        return [one["number"] for one in client.get(f"/p/notes/talk{query}").json()["messages"]]

    assert numbers("") == list(range(70, 120))
    assert numbers("?before=70") == list(range(20, 70))
    assert numbers("?before=20") == list(range(20))
    assert numbers("?after=117") == [118, 119]
    assert numbers("?after=-1&before=x") == numbers("")
    first = client.get("/p/notes/talk?before=1").json()["messages"][0]
    assert first == {
        "number": 0, "at": 1620907200000, "name": "Ann", "colour": 0, "guest": False,
        "text": "message 0",
    }  # fmt: skip


def test_the_reading_address_has_no_talk(hub: Hub) -> None:
    pad = hub.app.db.read(lambda s: find_pad(s, "notes"))
    assert pad is not None
    client = hub.client()
    assert client.get(f"/p/r.{pad.reading}/talk").status_code == 404
    assert client.post(f"/p/r.{pad.reading}/say", data={"text": "x"}).status_code == 404
    assert "pad-talk" not in client.get(f"/p/r.{pad.reading}").text


def test_who_is_logged_in_signs_with_their_own_name_only(hub: Hub) -> None:
    ann, guest = log_in(hub), hub.client()
    form = {"text": "hello", "name": "Marisol"}
    assert ann.post("/p/notes/say", data=form).status_code == 403  # without the page's token
    token = csrf_of(ann.get("/p/notes").text)
    assert ann.post("/p/notes/say", data=form | {"csrf": token}).json()["name"] != "Marisol"
    told = guest.post("/p/notes/say", data=form)
    assert told.status_code == 201
    assert (told.json()["name"], told.json()["guest"]) == ("Marisol", True)


def csrf_of(html: str) -> str:
    """Return the token in a page's forms."""
    return html.split('name="csrf" value="')[1].split('"')[0]


def test_who_says_too_much_at_once_has_to_wait(hub: Hub) -> None:
    client = hub.client()
    client.get("/p/notes")
    statuses = {client.post("/p/notes/say", data={"text": "spam"}).status_code for _ in range(25)}
    assert statuses == {201, 429}


def test_two_people_talk_beside_a_pad(site: Site, windows: list[Page]) -> None:
    ann, bob = named(windows[0], site.url, "Ann"), named(windows[1], site.url, "밥")
    ann.get_by_role("button", name="Talk").click()
    ann.get_by_label("Say something").fill("tea at https://example.org/tea?")
    ann.keyboard.press("Enter")
    expect(ann.locator(SAID)).to_have_text(["tea at https://example.org/tea?"])
    expect(ann.get_by_role("link", name="https://example.org/tea")).to_be_visible()
    unread = bob.get_by_role("img", name="1 new message")
    expect(unread).to_be_visible()
    bob.get_by_role("button", name="Talk").click()
    expect(unread).to_have_count(0)
    expect(bob.locator(".pad-talk li bdi")).to_have_text(["Ann"])
    expect(bob.locator(".pad-talk li").first).to_contain_text("(guest)")
    bob.get_by_label("Say something").fill("<b>네</b>")
    bob.get_by_role("button", name="Say", exact=True).click()
    expect(ann.locator(SAID).last).to_have_text("<b>네</b>")
    opened(bob, site.url)
    expect(bob.locator(SAID)).to_have_count(2)
    expect(bob.locator(".pad-unread")).to_have_count(0)


def test_the_enter_that_ends_a_syllable_sends_nothing(site: Site, windows: list[Page]) -> None:
    ann, bob = named(windows[0], site.url, "Ann"), opened(windows[1], site.url)
    bob.get_by_role("button", name="Talk").click()
    ann.get_by_role("button", name="Talk").click()
    field = ann.get_by_label("Say something")
    field.focus()
    keyboard = ann.context.new_cdp_session(ann)
    for step in ("ㅎ", "하", "한"):
        keyboard.send(
            "Input.imeSetComposition", {"text": step, "selectionStart": 1, "selectionEnd": 1}
        )
    # As input methods do it: a key that is "Process" to the page, then the text.
    keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keyboard.send("Input.insertText", {"text": "한"})
    expect(field).to_have_value("한")
    ann.keyboard.press("Enter")
    expect(bob.locator(SAID)).to_have_text(["한"])
    expect(field).to_have_value("")


def test_earlier_talk_comes_page_by_page(site: Site, windows: list[Page]) -> None:
    said(site.app, *(f"message {n}" for n in range(60)))
    page = opened(windows[0], site.url)
    page.get_by_role("button", name="Talk").click()
    expect(page.locator(SAID)).to_have_count(50)
    page.get_by_role("button", name="Earlier").click()
    expect(page.locator(SAID)).to_have_count(60)
    expect(page.locator(SAID).first).to_have_text("message 0")
    expect(page.get_by_role("button", name="Earlier")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_talk_can_be_read_on_a_phone(site: Site, browser: Browser, scheme: str) -> None:
    said(site.app, *(f"message {n}" for n in range(20)))
    site.app.db.write(lambda s: write_texts(s, begun(s), "words"))
    page = browser.page(color_scheme=scheme, viewport={"width": 390, "height": 800})
    opened(page, site.url)
    expect(page.locator(".pad-unread")).to_have_text("20")
    assert flaws(page) == []
    page.get_by_role("button", name="Talk").click()
    expect(page.locator(SAID).last).to_be_in_viewport()
    assert flaws(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1200, "height": 800})
    page.get_by_role("button", name="Preview").click()
    assert flaws(page) == []
    browser.close_pages()
