"""An action of a meeting becomes a story, by one click or by #story, and is closed by it."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import Session, select

from archive.store import record
from hub import bootstrap
from hub.accounts.handles import bind_handle
from hub.accounts.people import require_row
from hub.irc import Effect, Kind, Line, Say
from hub.people import operator
from meetbot.queries import action_of
from tests.meetbot.pages import Meetings, meetings_in
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.tables import StoryRow, TaskRow


class Hall(Meetings):
    """A hub with a meeting that left actions open, and people who have bound their accounts."""

    def says_with(self, nick: str, account: str | None, text: str) -> Sequence[Effect]:
        """Let somebody speak who is logged in to services."""
        line = Line("net", "#yard", self.app.clock(), Kind.SAY, nick, text, account=account)

        def work(session: Session) -> list[Effect]:
            return [
                effect
                for heard in record(session, [line], 0)
                for module in self.app.modules
                if module.on_line is not None
                for effect in module.on_line(self.app, session, heard, self.app.clock())
            ]

        return self.app.db.write(work)

    def told(self, effects: Sequence[Effect]) -> list[str]:
        """What the bot says."""
        return [effect.text for effect in effects if isinstance(effect, Say)]


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    """Bob has the account bob, cho is assigned things by her bound nick."""
    hall = Hall(
        meetings_in(
            tmp_path / "data",
            hub={"base_url": "https://hub.example.org", "data_dir": str(tmp_path / "data")},
        ).app
    )
    Community(hall.app, hall.app.clock()).settled()
    by = operator("olga")
    hall.app.db.write(
        lambda s: bind_handle(s, by, "bob", "irc", "net", "bob", now=hall.app.clock())
    )
    hall.app.db.write(
        lambda s: bind_handle(s, by, "cho", "nick", "net", "bob", now=hall.app.clock())
    )
    hall.holds_meeting()
    return hall


def open_action(hall: Hall) -> int:
    """Return the number of an open action."""

    def look(session: Session) -> int:
        found = (action_of(session, number) for number in range(1, 20))
        return next(action.id for action in found if action and action.closed_at is None)

    return hall.app.db.read(look)


def test_one_click_makes_a_story_of_an_action_and_closes_it(hall: Hall) -> None:
    number = open_action(hall)
    bob = Reader(Community(hall.app, hall.app.clock()), "bob")
    page = bob.get("/meetings/actions").text
    assert "Make it a story" in page
    assert "Make it a story" not in Reader(Community(hall.app)).get("/meetings/actions").text
    answer = bob.send("/meetings/actions", story=str(number))
    assert answer.headers["location"] == "/story/1"
    action = hall.app.db.read(lambda s: action_of(s, number))
    assert action is not None
    assert (action.outcome, action.closed_by) == ("story:1", "person:bob")
    story = bob.get("/story/1").text
    assert action.text in story
    assert "/meetings/swift/" in story
    assert "/story/1" in bob.get("/meetings/actions").text
    again = bob.send("/meetings/actions", story=str(number))
    assert again.status_code == 409
    assert bob.get("/story/2").status_code == 404


def test_a_guest_makes_no_story_of_an_action(hall: Hall) -> None:
    number = open_action(hall)
    guest = Reader(Community(hall.app))
    assert guest.send("/meetings/actions", story=str(number)).status_code in (403, 404)
    assert open_action(hall) == number


def test_story_on_irc_files_an_action_with_a_task_for_who_does_it(hall: Hall) -> None:
    number = open_action(hall)
    told = hall.told(hall.says_with("bob", "bob", f"#story {number} crock/web"))
    assert told == ["bob: That is story 1 now: https://hub.example.org/story/1"]

    def look(session: Session) -> tuple[int | None, str, list[int | None]]:
        story = session.get(StoryRow, 1)
        assert story is not None
        tasks = list(session.exec(select(TaskRow.assignee_id)))
        return story.creator_id, story.source, tasks

    creator, source, assignees = hall.app.db.read(look)
    assert creator == hall.app.db.read(lambda s: require_row(s, "bob").id)
    assert source.startswith("meeting:swift/")
    assert len(assignees) >= 1
    action = hall.app.db.read(lambda s: action_of(s, number))
    assert action is not None
    assert action.outcome == "story:1"


def test_story_on_irc_files_what_was_said(hall: Hall) -> None:
    told = hall.told(hall.says_with("bob", "bob", "#story The lid leaks at night"))
    assert told == ["bob: That is story 1 now: https://hub.example.org/story/1"]
    reader = Reader(Community(hall.app))
    text = reader.get("/story/1").text
    assert "The lid leaks at night" in text
    assert "/irclogs/%23yard/" in text


@pytest.mark.parametrize(
    ("account", "text", "answer"),
    [
        (None, "#story The lid leaks", "I don't know your account here."),
        ("eve", "#story The lid leaks", "I don't know your account here."),
        ("bob", "#story 99", "There is no action 99."),
        ("bob", "#story 1 crock/nope", "There is no project crock/nope."),
    ],
)
def test_what_is_refused_is_said_and_leaves_nothing(
    hall: Hall, account: str | None, text: str, answer: str
) -> None:
    number = open_action(hall)
    (told,) = hall.told(hall.says_with("bob", account, text.replace(" 1 ", f" {number} ")))
    assert answer in told
    assert Reader(Community(hall.app)).get("/story/1").status_code == 404
    assert open_action(hall) == number
    assert bootstrap.CHECKS


def test_other_lines_are_nothing_to_the_tracker(hall: Hall) -> None:
    for text in ("#storytelling", "#story", "a #story about", "story 1"):
        assert hall.told(hall.says_with("bob", "bob", text)) == []
