"""What the bot answers about meetings."""

import pytest
from sqlmodel import Session

from bot.commands import answer, writes
from hub.module import Question
from hub.people import Actor, Role
from meetbot.queries import open_actions
from meetbot.store import find_row
from tests.databases import Yard
from tests.meetbot.held import hold


@pytest.fixture
def asks(yard: Yard):  # type: ignore[no-untyped-def]
    """Ask the bot, as the service does."""

    def ask(nick: str, words: str, channel: str | None = "#swift") -> str:
        asker = Actor(f"irc:oftc/{nick}", Role.SPEAKER)
        question = Question("oftc", channel, asker, nick, words)
        through = yard.app.db.write if writes(yard.app, question) else yard.app.db.read
        return through(lambda s: answer(yard.app, s, question))

    return ask


def test_open_actions_are_told_by_person_and_series(yard: Yard, asks) -> None:  # type: ignore[no-untyped-def]
    assert asks("bob", "actions").startswith("Nothing is open for bob.")
    yard.app.db.write(hold)
    assert asks("Bob", "actions").startswith("Open for Bob: #1 bob to write the docs.")
    assert "#2 somebody mends the roof" in asks("cy", "actions swift")


def test_an_action_is_closed_and_opened_by_its_number(yard: Yard, asks) -> None:  # type: ignore[no-untyped-def]
    yard.app.db.write(hold)
    assert asks("bob", "done 1 they are on the wiki").startswith("#1 is done: bob to write")
    assert len(yard.app.db.read(open_actions)) == 1
    assert asks("bob", "reopen #1") == "#1 is open: bob to write the docs"
    assert len(yard.app.db.read(open_actions)) == 2
    assert asks("bob", "done") == "Say which by its number, for example: done 12. I know: actions"
    assert asks("bob", "done 99999999999").startswith("Say which by its number")
    assert asks("bob", "done 99").startswith("There is no action 99.")


def test_the_newest_minutes_are_told(yard: Yard, asks) -> None:  # type: ignore[no-untyped-def]
    assert asks("bob", "minutes").startswith("There are no minutes yet.")
    yard.app.db.write(hold)
    told = asks("bob", "minutes")
    assert told.startswith("Swift, 2021-05-12: ")
    assert told.endswith("/meetings/swift/2021/swift.2021-05-12-21.00.html")
    assert asks("bob", "minutes SWIFT!", channel=None) == told
    assert asks("bob", "minutes nova").startswith("There is no series of meetings called nova.")


def test_nothing_of_a_restricted_meeting_is_told(yard: Yard, asks) -> None:  # type: ignore[no-untyped-def]
    def restrict(session: Session) -> None:
        row = find_row(session, hold(session))
        assert row is not None
        row.restricted = True
        session.add(row)

    yard.app.db.write(restrict)
    for words in ("actions bob", "actions swift"):
        assert asks("eve", words).startswith("Nothing is open for")
    assert asks("eve", "minutes swift").startswith("There is no series of meetings called swift")
    assert asks("eve", "done 1") == asks("eve", "done 77").replace("77", "1")
    assert len(yard.app.db.read(open_actions)) == 2
