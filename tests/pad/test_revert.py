"""What one author did lately is taken back, and what all others did stays."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from sqlmodel import Session

from hub.app import App
from hub.clock import micros
from hub.errors import NotFound, Refused
from hub.people import GUEST
from pad import log, pads
from pad.kept import kept_revisions
from pad.pads import Pad, find_pad
from pad.revert import Double, revert, take_back
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun
from tests.pad.test_editor import opened, shows
from tests.servers.browser import Browser, flaws
from tests.web.hub import Site

HOUR = timedelta(hours=1)
Step = tuple[float, log.Author, str]


def wrote(session: Session, *steps: Step) -> Pad:
    """Let a pad say one text after the other: (hours after NOW, author, text)."""
    pad = begun(session)
    for hours, author, text in steps:
        engine = log.replay(session, pad.id).engine
        at = micros(NOW + timedelta(hours=hours))
        log.append(session, pad.id, pad.epoch, [pads.signed(at, author, engine.write(text))])
    found = find_pad(session, "notes")
    assert found is not None
    return found


def number_of(session: Session, pad: Pad, author: log.Author) -> int:
    """Return an author's number."""
    known = log.authors_of(session, pad.id).items()
    return next(number for number, one in known if one.key == author.key)


def without_bob(app: App, *steps: Step, lately: timedelta = HOUR) -> str:
    """Return what the pad would say without Bob's last hour."""

    def find(session: Session) -> str:
        pad = wrote(session, *steps)
        return take_back(session, pad, number_of(session, pad, BOB), lately).after

    return app.db.write(find)


def test_what_others_wrote_meanwhile_stays(app: App) -> None:
    after = without_bob(
        app,
        (0, ANN, "one\ntwo\nthree\n"),
        (1, BOB, "one\nSPAM\nthree\n"),
        (1.1, ANN, "zero\none\nSPAM\nthree\nfour\n"),
        (1.2, BOB, "zero\none\nSPAM SPAM\nthree\n"),
        (1.3, ANN, "zero\none\nSPAM SPAM\n셋\n"),
    )
    assert after == "zero\none\ntwo\n셋\nfour\n"


def test_who_mended_it_already_is_not_undone(app: App) -> None:
    steps = (0, ANN, "tea\n"), (1, BOB, "SPAM\n"), (1.5, ANN, "tea\n")
    assert without_bob(app, *steps) in {"tea\n", "tea\ntea\n"}
    assert without_bob(app, (2, BOB, ""), (2.1, ANN, "떡\n")) == "tea\n떡\n"


def test_only_the_last_hour_counts_from_their_own_last_edit(app: App) -> None:
    steps = (0, BOB, "old\n"), (5, BOB, "old\nnew\n"), (30, ANN, "old\nnew\nlate\n")
    assert without_bob(app, *steps) == "old\nlate\n"
    pad = app.db.read(lambda s: find_pad(s, "notes"))
    assert pad is not None
    day = timedelta(days=1)
    found = app.db.read(lambda s: take_back(s, pad, number_of(s, pad, BOB), day))
    assert (found.after, found.edits, found.since) == ("late\n", 2, NOW)


def test_it_is_an_edit_that_can_itself_be_taken_back(app: App) -> None:
    def write(session: Session) -> tuple[str, Sequence[str], str]:
        pad = wrote(session, (0, ANN, "tea\n"), (1, BOB, "tea\nSPAM\n"))
        kept = revert(
            session, OPERATOR, pad, number_of(session, pad, BOB), HOUR, ANN, now=NOW + 2 * HOUR
        )
        found = find_pad(session, "notes")
        assert found is not None
        assert kept == 2
        labels = [one.label for one in kept_revisions(session, pad.id)]
        return pads.text_of(session, found), labels, pads.text_at(session, found, kept)

    text, labels, before = app.db.write(write)
    assert text == "tea\n"
    assert labels == ["Before the edits of 밥 were taken back"]
    assert before == "tea\nSPAM\n"


def test_who_wrote_nothing_has_nothing_to_take_back(app: App) -> None:
    pad = app.db.write(lambda s: wrote(s, (0, ANN, "tea\n")))
    with pytest.raises(NotFound):
        app.db.read(lambda s: take_back(s, pad, 99, HOUR))
    closed = app.db.write(lambda s: begun(s, "closed", access="public"))
    with pytest.raises(Refused):
        app.db.write(lambda s: revert(s, GUEST, closed, 1, HOUR, BOB, now=NOW))


TEXT = st.text(alphabet="ab한\n", max_size=12)


@given(TEXT, st.lists(st.tuples(st.booleans(), TEXT), max_size=6))
def test_both_texts_are_followed(first: str, steps: list[tuple[bool, str]]) -> None:
    double = Double(first)
    for by_author, text in steps:
        double.become(text, by_author=by_author)
    assert double.text == (steps[-1][1] if steps else first)
    if not any(by_author for by_author, _ in steps):
        assert double.without() == double.text
    if all(by_author for by_author, _ in steps):
        assert double.without() == first


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """One window."""
    yield browser.page()
    browser.close_pages()


def test_it_is_seen_before_it_is_done_and_undone_with_a_click(site: Site, window: Page) -> None:
    site.app.db.write(lambda s: wrote(s, (0, ANN, "tea\n"), (1, BOB, "tea\nSPAM\n")))
    window.goto(f"{site.url}/p/notes/timeslider")
    window.get_by_role("link", name="take back the last hour of 밥").click()
    expect(window.locator(".pad-diff del")).to_have_text("SPAM")
    assert flaws(window) == []
    window.get_by_role("button", name="Take it back").click()
    window.wait_for_url("**/p/notes/timeslider**")
    expect(window.locator(".pad-diff del")).to_have_text("SPAM")
    window.get_by_role("button", name="Undo").click()
    window.wait_for_url("**/p/notes")
    shows(opened(window, site.url), "tea\nSPAM\n")
