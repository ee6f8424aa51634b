"""What is not public is not told: no page, list, count, feed or stream has a word of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from hub.module import Question
from hub.people import GUEST, Actor, Role, operator
from meetbot import queries
from meetbot.addresses import MeetingKey
from meetbot.answers import tell_minutes
from meetbot.queries import brief
from meetbot.series import add_alias, require_series
from meetbot.shown import sees_series
from meetbot.sight import corrects, sees
from meetbot.store import find_row
from tests.meetbot.pages import SECRET, Meetings, edit, meetings_in
from tests.web.hub import NOW

TALK = tuple(line.replace("bob", "eve") for line in SECRET)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Meetings]:
    """A hub with a public meeting, and two in private: one in a series of its own."""
    made = meetings_in(tmp_path / "data")
    made.holds_meeting()
    yield made
    made.app.db.close()


def secret(hub: Meetings, name: str = "Secret") -> MeetingKey:
    """Hold a meeting that is not public."""
    return hub.holds_meeting(name, TALK)


def test_no_page_has_a_word_of_it(hub: Meetings) -> None:
    client = hub.client()
    paths = [
        "/meetings/", "/meetings/actions", "/meetings/actions?nick=eve", "/meetings/feed.atom",
        "/meetings/people/eve", "/meetings/people/ann", "/meetings/secret/", "/meetings/SECRET!/",
        "/meetings/secret/latest", "/meetings/secret/feed.atom", "/meetings/actions?series=secret",
        "/meetings/secret/2021/", "/irclogs/", "/",
    ]  # fmt: skip
    before = {path: client.get(path) for path in paths}
    key = secret(hub)
    for path in paths:
        after = client.get(path)
        assert (after.status_code, after.headers.get("location")) == (
            before[path].status_code, before[path].headers.get("location"),
        ), path  # fmt: skip
        shown = after.text.replace(path, "").replace("nick=eve", "")
        assert "hush" not in shown, path
        assert "Secret" not in shown.replace("/meetings/SECRET!/", ""), path
    for ending in ("html", "txt", "md", "json", "log.html", "log.txt", "history", "edit", "live"):
        answer = client.get(key.url(ending))
        missing = client.get(key.url(ending).replace("secret", "nosuch"))
        assert answer.status_code == missing.status_code == 404, ending
        assert "hush" not in answer.text, ending
    assert client.post(key.url("edit")).status_code == 404
    assert client.post(key.url("history")).status_code == 404
    assert client.post("/meetings/actions", data={"close": "3"}).status_code == 404


def test_the_answer_is_the_same_as_for_what_there_is_not(hub: Meetings) -> None:
    """To the word, or one could ask which meetings there were."""
    secret(hub)
    hub.talk("ann #startmeeting Swift", "ann #restrictlogs", "ann #info hush", "ann #endmeeting")
    client = hub.client()

    def told(path: str, *echoed: str) -> str:
        text = client.get(path).text
        text = text[text.index("<h1>") : text.index("</main>")]
        for words in echoed:  # the address is offered as a search
            text = text.replace(words, "it")
        return text

    hidden = "/meetings/swift/2021/swift.2021-05-13-12.00.html"
    missing = hidden.replace("12.00", "12.07")
    assert told(hidden, "12.00", "12 00") == told(missing, "12.07", "12 07")
    for there in ("/meetings/secret/", "/meetings/secret/2021/secret.2021-05-12-21.00.html"):
        assert told(there, "secret") == told(there.replace("secret", "nosuch"), "nosuch")


def test_it_does_not_count(hub: Meetings) -> None:
    client = hub.client()
    before = {p: client.get(p).text for p in ("/meetings/", "/meetings/swift/", "/meetings/actions",
                                              "/meetings/people/ann")}  # fmt: skip
    hub.talk("ann #startmeeting Swift", "ann #restrictlogs", "ann #action ann to hush")
    for path, text in before.items():
        assert client.get(path).text == text, path
    hub.talk("eve hello", "ann #endmeeting")
    for path, text in before.items():
        assert client.get(path).text == text, path


def test_an_alias_of_a_hidden_series_leads_nowhere(hub: Meetings) -> None:
    secret(hub)
    hub.app.db.write(
        lambda s: add_alias(s, operator("olga"), require_series(s, "secret"), "board", now=NOW)
    )
    for path in ("/meetings/board/", "/meetings/Board", "/meetings/Secret/latest"):
        assert hub.client().get(path).status_code == 404, path


def test_who_may_correct_it_may_read_it(hub: Meetings) -> None:
    key = secret(hub)
    client = hub.chair(edit(key))
    for ending in ("html", "log.html", "txt", "edit", "history"):
        answer = client.get(key.url(ending))
        assert answer.status_code == 200, ending
    assert client.get(key.url()).headers["x-robots-tag"] == "noindex"
    assert 'content="noindex"' in client.get(key.url()).text
    assert hub.chair(("edit", "meeting:swift/2021-05-12-21.00")).get(key.url()).status_code == 404


def test_who_chaired_a_private_meeting_finds_its_series(hub: Meetings) -> None:
    """Where the meeting's page leads: there they see that meeting, and no other."""
    key = secret(hub)
    hub.talk("eve #startmeeting Secret", "eve #restrictlogs", "eve #info psst", "eve #endmeeting")
    client = hub.chair(edit(key))
    series = client.get("/meetings/secret/")
    assert series.status_code == 200
    assert key.stem in series.text
    assert "2021-05-13" not in series.text
    assert client.get("/meetings/secret/latest").headers["location"] == key.url()
    assert "hush" not in client.get("/meetings/secret/feed.atom").text
    other = hub.chair(("edit", "meeting:swift/2021-05-12-21.00"))
    assert other.get("/meetings/secret/").status_code == 404


def test_a_kept_page_is_not_shown_to_others(hub: Meetings) -> None:
    """The tag that a chair's browser has is none that a guest is told 304 for."""
    key = secret(hub)
    tag = hub.chair(edit(key)).get(key.url()).headers["etag"]
    assert hub.client().get(key.url(), headers={"If-None-Match": tag}).status_code == 404


def test_who_sees_what(hub: Meetings) -> None:
    key, olga = secret(hub), operator("olga")

    def read(session: Session) -> None:
        row = find_row(session, key)
        assert row is not None
        meeting, series = brief(row, key.series), require_series(session, "secret")
        assert not sees(GUEST, meeting)
        assert not sees_series(session, GUEST, series)
        assert sees(olga, meeting)
        assert corrects(olga, meeting)
        assert sees_series(session, olga, series)
        listed = [each.series.slug for each in queries.series_list(session, private=False)]
        assert listed == ["swift"]
        assert len(queries.series_list(session)) == 2
        assert len(queries.open_actions(session, private=False)) == 2
        assert len(queries.open_actions(session)) == 4

    hub.app.db.read(read)


def test_a_running_meeting_that_is_made_private_is_hidden_at_once(hub: Meetings) -> None:
    hub.talk("ann #startmeeting Board", "ann #topic hush")
    client, path = hub.client(), "/meetings/board/2021/board.2021-05-13-12.00.html"
    assert client.get(path).status_code == 200
    assert "Board" in client.get("/meetings/").text
    hub.talk("ann #restrictlogs")
    assert client.get(path).status_code == 404
    assert client.get("/meetings/board/").status_code == 404
    assert "Board" not in client.get("/meetings/").text


def test_done_does_not_tell_the_words_of_a_private_action(hub: Meetings) -> None:
    """Anyone may begin a meeting of a series, and a restricted one whose minutes only they may read."""
    secret(hub)
    for more in ((), ("eve #restrictlogs",)):
        numbers = (f"eve #done {number}" for number in range(1, 9))
        hub.talk("eve #startmeeting Secret", *more, *numbers, "eve #endmeeting")
    for meeting in hub.app.db.read(lambda s: queries.newest(s, 2)):
        text = hub.chair(edit(meeting.key)).get(meeting.key.url()).text
        assert "to write the docs" not in text
        assert "done" in text
    open_now = hub.app.db.read(lambda s: queries.open_actions(s))
    assert [a.text for a in open_now if a.meeting.is_restricted] == [
        "eve to write the docs", "somebody mends the roof",
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["#abortmeeting", "#meetingname board"])
def test_a_name_that_no_meeting_has_any_more_is_forgotten(hub: Meetings, end: str) -> None:
    hub.talk("ann #startmeeting fire bob", "ann #restrictlogs", f"ann {end}")
    assert "bob" not in hub.client().get("/meetings/").text
    assert hub.client().get("/meetings/fire_bob/").status_code == 404


def test_the_bot_tells_nobody_that_a_series_meets_in_private(hub: Meetings) -> None:
    secret(hub)

    def told(series: str) -> str:
        asker = Actor("irc:net/eve", Role.SPEAKER)
        question = Question("net", "#yard", asker, "eve", series)
        return hub.app.db.read(lambda s: tell_minutes(hub.app, s, question))

    assert told("secret") == told("nosuch").replace("nosuch", "secret")
    assert told("swift").startswith("Swift, 2021-05-12: ")
