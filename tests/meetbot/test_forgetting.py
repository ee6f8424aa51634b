"""What is redacted leaves the meetings, wherever its words went."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.redaction import redact_line
from hub.bootstrap import consumers
from hub.consumers import catch_up
from hub.irc import REMOVED
from hub.people import operator
from meetbot.addresses import MeetingKey
from meetbot.queries import newest
from meetbot.store import find_row
from meetbot.versions import read_log
from tests.meetbot.pages import Meetings, edit, meetings_in

OLGA = operator("olga")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Meetings]:
    """A hub whose bot listens."""
    made = meetings_in(tmp_path / "data")
    yield made
    made.app.db.close()


def last(hub: Meetings) -> MeetingKey:
    return hub.app.db.read(lambda s: newest(s, 1))[0].key


def redact(hub: Meetings, ref: str) -> None:
    hub.app.db.write(lambda s: redact_line(s, OLGA, ref, reason="asked", at=hub.at))
    catch_up(hub.app, consumers(hub.app))


def redact_in(hub: Meetings, key: MeetingKey, number: int) -> None:
    """Redact a line of a meeting's log."""
    log = hub.app.db.read(lambda s: read_log(s, find_row(s, key)))  # type: ignore[arg-type]
    redact(hub, log[number - 1].ref)


def shown(hub: Meetings, key: MeetingKey) -> str:
    """All that anyone may read of a meeting."""
    paths = [key.url(ending) for ending in ("html", "json", "log.txt", "history")]
    paths += [f"{key.url()}?version=1", "/meetings/", "/meetings/feed.atom", "/meetings/actions"]
    return "".join(hub.client().get(path).text for path in paths)


def test_what_was_redacted_while_the_meeting_ran_is_not_in_its_minutes(hub: Meetings) -> None:
    """The bot still has the words in its memory."""
    hub.talk("ann #startmeeting Weekly", "bob #action bob to call 5551234")
    redact(hub, f"line:net/#yard/{hub.at:%FT%T}")
    hub.talk("bob hello", "ann #endmeeting")
    assert "5551234" not in shown(hub, last(hub))
    assert REMOVED in shown(hub, last(hub))


def test_a_running_meeting_whose_beginning_is_redacted_has_no_title(hub: Meetings) -> None:
    hub.talk("ann #startmeeting Weekly 5551234")
    redact(hub, f"line:net/#yard/{hub.at:%FT%T}")
    assert "Weekly 5551234" not in hub.client().get("/meetings/").text


@pytest.mark.parametrize(
    "line",
    [
        "ann #edit 1 hush now",
        "ann #meetingtopic hush",
        "ann #startvote Shall we hush? hushed, loud",
        "ann #motion hush now",
    ],
)
def test_its_words_leave_what_they_became(hub: Meetings, line: str) -> None:
    hub.talk("ann #startmeeting Weekly", "ann #info one", line, "bob #vote loud", "bob +1",
             "ann #endvote", "ann #endmeeting")  # fmt: skip
    key = last(hub)
    assert "hush" in shown(hub, key)
    redact_in(hub, key, 3)
    assert "hush" not in shown(hub, key)
    if "vote" in line:
        assert hub.client().get(key.url("json")).json()["votes"] == [
            {"question": REMOVED, "options": ["1", "2"], "ballots": {"1": [], "2": ["bob"]},
             "result": REMOVED}
        ]  # fmt: skip


def test_what_became_of_an_action_does_not_tell_its_words(hub: Meetings) -> None:
    hub.talk("ann #startmeeting Weekly", "ann #action ann to call 5551234", "ann #endmeeting")
    key = last(hub)
    hub.talk("ann #startmeeting Weekly", "ann #done 1", "ann #info other", "ann #endmeeting")
    assert "5551234" in shown(hub, last(hub))
    redact_in(hub, key, 2)
    assert "5551234" not in shown(hub, last(hub)) + shown(hub, key)
    assert "other" in shown(hub, last(hub))


def test_a_form_that_was_open_does_not_bring_it_back(hub: Meetings) -> None:
    hub.talk(
        "ann #startmeeting Weekly", "bob #info call 5551234", "ann #info two", "ann #endmeeting"
    )
    key = last(hub)
    redact_in(hub, key, 2)
    form = {"base": "1", "over": "1", "text-1": "call 5551234", "text-2": "three"}
    assert (
        hub.chair(edit(key)).post(key.url("edit"), data=form, follow_redirects=False).status_code
        == 303
    )
    assert "5551234" not in shown(hub, key)
    assert "three" in shown(hub, key)
