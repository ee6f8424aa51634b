"""A line of a pad becomes a story or a task by one click, and says from then on how far that is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from hub.accounts.people import require_person
from hub.accounts.sessions import open_session
from hub.refs import no_signs
from pad.filing import Asked, called_in, fileable, find_lines, is_open_task, title_of_line
from pad.pads import begin_pad, find_pad, text_of
from tests.databases import sqlite_app as sqlite_app
from tests.pad.scribbles import NOW, OPERATOR, write_texts
from tests.pad.test_editor import opened
from tests.servers.browser import Browser, flaws
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tests.web.hub import Site, hub_in
from tracker.states import Stage
from tracker.tables import StoryRow, TaskRow
from tracker.tasks import TaskEdit, edit_task

TEXT = "# Weekly\n\n- [ ] Mend the lid @bob\n- [x] Buy rice\n- [ ] @nobody: Wash <the> jars\n- plain words\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub that serves over a real socket."""
    with Site(tmp_path / "data") as served:
        yield served


@pytest.fixture
def folk(tmp_path: Path) -> Community:
    """A community with a pad."""
    settings = {"base_url": "https://hub.example.org", "data_dir": str(tmp_path / "data")}
    hub = hub_in(tmp_path / "data", hub=settings)
    return with_pad(Community(hub.app, hub.app.clock()).settled(), TEXT)


def with_pad(folk: Community, text: str, access: str = "open", name: str = "weekly") -> Community:
    """Write a pad."""

    def write(session: Session) -> None:
        pad = begin_pad(session, OPERATOR, name, access=access, now=NOW)
        write_texts(session, pad, text)

    folk.app.db.write(write)
    return folk


def text(folk: Community, name: str = "weekly") -> str:
    """What stands in a pad."""

    def look(session: Session) -> str:
        pad = find_pad(session, name)
        assert pad is not None
        return text_of(session, pad)

    return folk.sees(look)


def line(folk: Community, number: int) -> str:
    """One of its lines."""
    return text(folk).splitlines()[number - 1]


def tasks(folk: Community) -> list[tuple[int, str, int | None]]:
    """Which tasks there are: of which story, called what, whose."""
    return folk.sees(
        lambda s: [
            (row.story_id, row.title, row.assignee_id)
            for row in s.exec(select(TaskRow).order_by(TaskRow.id))  # type: ignore[arg-type]
        ]
    )


@pytest.mark.parametrize(
    ("told", "title", "called"),
    [
        ("- [ ] Mend the lid @bob", "Mend the lid", ("bob",)),
        ("  * [ ] @ann: ask @bob.b about it", "ask @bob.b about it", ("ann", "bob.b")),
        ("## Topics", "Topics", ()),
        ("> 1. mail a@example.org", "1. mail a@example.org", ()),
        ("- [ ] 장독 닦기 (@ann)", "장독 닦기", ("ann",)),
        ("- [ ] " + "x" * 300, "x" * 254 + "…", ()),
    ],
)
def test_a_line_says_what_is_to_be_done_and_by_whom(
    told: str, title: str, called: tuple[str, ...]
) -> None:
    assert title_of_line(told) == title
    assert called_in(told) == called


def test_open_tasks_can_be_filed() -> None:
    lines = TEXT.splitlines()
    assert fileable(lines, no_signs) == {3, 5}
    assert not is_open_task("- [ ] ")


def test_a_line_is_found_where_it_stands_by_now() -> None:
    lines = ["a", "b", "a", "b", "c"]
    assert find_lines(lines, Asked(3, ["a", "b"])) == 2
    assert find_lines(lines, Asked(1, ["a", "b"])) == 0
    assert find_lines(lines, Asked(1, ["b", "c"])) == 3
    assert find_lines(lines, Asked(1, ["d"])) is None


def test_one_click_makes_a_story_and_the_line_says_which(folk: Community) -> None:
    bob = Reader(folk, "bob")
    assert "Make it a story" in bob.get("/p/weekly").text
    answer = bob.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/p/weekly#L3"
    assert line(folk, 3) == "- [ ] Mend the lid @bob (story 1)"
    row = folk.row(1)
    assert (row.title, row.source, row.creator_id) == (
        "Mend the lid",
        "pad:weekly",
        folk.number("bob"),
    )
    assert "> - [ ] Mend the lid @bob" in row.description
    assert "https://hub.example.org/p/weekly?at=" in row.description
    assert row.description.endswith("#L3")
    assert 'href="/p/weekly"' in bob.get("/story/1").text
    page = bob.get("/p/weekly").text
    assert '<a href="/story/1" title="Story 1: Mend the lid">story 1</a>' in page
    assert '<em class="standing">Untriaged</em>' in page
    assert page.count("<button>Make it a story") == 1


def test_asked_twice_there_is_one_story(folk: Community) -> None:
    bob = Reader(folk, "bob")
    for _ in range(2):
        answer = bob.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob")
        assert answer.headers["location"] == "/p/weekly#L3"
    assert bob.get("/story/2").status_code == 404
    again = bob.send("/p/weekly/file", line="3", text=line(folk, 3))
    assert again.status_code == 303
    assert bob.get("/story/2").status_code == 404


def test_a_line_that_somebody_changed_is_not_filed(folk: Community) -> None:
    bob = Reader(folk, "bob")
    answer = bob.send("/p/weekly/file", line="3", text="- [ ] Mend the pot")
    assert answer.status_code == 409
    assert text(folk) == TEXT
    assert bob.get("/story/1").status_code == 404


def test_with_a_project_who_is_called_gets_the_task(folk: Community) -> None:
    bob = Reader(folk, "bob")
    bob.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob", project="crock/web")
    bob.send("/p/weekly/file", line="5", text="- [ ] @nobody: Wash <the> jars", project="crock/web")
    assert tasks(folk) == [
        (1, "Mend the lid", folk.number("bob")),
        (2, "Wash <the> jars", None),
    ]


def test_the_pad_itself_may_say_whose_task_it_is(folk: Community) -> None:
    with_pad(folk, "---\nproject: crock/web\n---\n- [ ] Mend the pot @cho\n", name="crocks")
    Reader(folk, "bob").send("/p/crocks/file", line="4", text="- [ ] Mend the pot @cho")
    assert tasks(folk) == [(1, "Mend the pot", folk.number("cho"))]


def test_a_line_becomes_a_task_of_a_story_and_shows_when_it_is_done(folk: Community) -> None:
    story = folk.story()
    folk.task(story)
    bob = Reader(folk, "bob")
    bob.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob", story=f"#{story}")
    assert line(folk, 3) == "- [ ] Mend the lid @bob (task 2)"
    assert tasks(folk)[1] == (story, "Mend the lid", folk.number("bob"))
    actor = folk.actor("bob")
    folk.does(lambda s, now: edit_task(s, actor, 2, TaskEdit(stage=Stage.MERGED), now=now))
    assert "<s><a href=" in bob.get("/p/weekly").text
    told = bob.get("/p/weekly/standing").json()["mentions"]
    assert told == [
        {
            "text": "task 2",
            "url": "/task/2",
            "title": "Task 2: Mend the lid",
            "words": "Merged",
            "done": True,
        }
    ]
    preview = bob.send("/p/weekly/preview", text=text(folk))
    assert '<del><a href="/task/2"' in preview.text
    assert "<em>Merged</em>" in preview.text


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"project": "no/such"}, "There is no project no/such."),
        ({"story": "99"}, "99"),
        ({"story": "x"}, "Give the story"),
        ({"title": "\x01"}, ""),
    ],
)
def test_what_is_wrong_is_said_and_the_form_keeps_what_was_typed(
    folk: Community, fields: dict[str, str], says: str
) -> None:
    bob = Reader(folk, "bob")
    answer = bob.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob", **fields)
    if not says:
        assert answer.status_code == 303
        return
    assert answer.status_code in (400, 404)
    assert says in answer.text
    assert text(folk) == TEXT
    assert all(f'value="{value}"' in answer.text for value in fields.values())


def test_the_form_of_a_line_shows_it(folk: Community) -> None:
    bob = Reader(folk, "bob")
    page = bob.get("/p/weekly/file?line=5").text
    assert 'value="Wash &lt;the&gt; jars"' in page
    assert bob.get("/p/weekly/file?line=99").status_code == 404


def test_rights_of_both_are_asked(folk: Community) -> None:
    guest = Reader(folk)
    assert "Make it a story" not in guest.get("/p/weekly").text
    assert guest.send("/p/weekly/file", line="3", text="- [ ] Mend the lid @bob").status_code == 403
    reading = folk.sees(lambda s: find_pad(s, "weekly"))
    assert reading is not None
    bob = Reader(folk, "bob")
    by_link = bob.send(f"/p/r.{reading.reading}/file", line="3", text="- [ ] Mend the lid @bob")
    assert by_link.status_code in (403, 404)
    assert text(folk) == TEXT
    assert folk.sees(lambda s: s.exec(select(StoryRow.id)).all()) == []


def test_a_private_story_tells_nothing_to_others(folk: Community) -> None:
    folk.story("A secret leak", is_private=True)
    with_pad(folk, "see story 1\n", name="talk")
    assert "A secret leak" in Reader(folk, "bob").get("/p/talk").text
    for who in ("", "cho"):
        reader = Reader(folk, who)
        assert "A secret leak" not in reader.get("/p/talk").text
        assert reader.get("/p/talk/standing").json() == {"mentions": []}


def logged_in(site: Site, page: Page) -> Community:
    """Let bob be who sits at a window."""
    folk = with_pad(Community(site.app, site.app.clock()).settled(), TEXT)
    secret = folk.does(
        lambda s, now: open_session(s, require_person(s, "bob"), now=site.app.clock())
    )
    page.context.add_cookies([{"name": "session", "value": secret, "url": site.url}])
    return folk


def test_in_the_editor_a_key_files_the_line(site: Site, browser: Browser) -> None:
    page = browser.page()
    folk = logged_in(site, page)
    opened(page, site.url, "weekly")
    page.locator(".cm-line", has_text="Mend the lid").click()
    page.keyboard.press("Alt+s")
    expect(page.locator(".cm-content")).to_contain_text("(story 1")
    expect(page.locator(".pad-standing")).to_have_text("Untriaged")
    assert line(folk, 3) == "- [ ] Mend the lid @bob (story 1)"
    assert flaws(page) == []
    page.locator(".cm-line", has_text="plain words").dblclick()
    page.get_by_role("button", name="Make it a story").click()
    expect(page.locator(".pad-standing")).to_have_count(2)
    assert "(story 2)" in line(folk, 6)
    browser.close_pages()
