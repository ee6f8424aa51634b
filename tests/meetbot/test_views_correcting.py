"""Who may corrects minutes and closes actions on the web; who may not is told how it goes."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from meetbot.addresses import MeetingKey
from meetbot.queries import action_of
from meetbot.store import find_row
from meetbot.versions import versions
from tests.meetbot.pages import Meetings, edit, meetings_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Meetings]:
    """A hub."""
    made = meetings_in(tmp_path / "data")
    yield made
    made.app.db.close()


@pytest.fixture
def each_hub(database_url: str, tmp_path: Path) -> Iterator[Meetings]:
    """A hub on each kind of database."""
    made = meetings_in(tmp_path / "data", database_url)
    yield made
    made.app.db.close()


@pytest.fixture
def key(hub: Meetings) -> MeetingKey:
    """A meeting that is over."""
    return hub.holds_meeting()


def filled(text: str) -> dict[str, str]:
    """Return what a browser would send of a page's form, untouched."""
    form = text[text.index('class="correct"') :]
    form = form[: form.index("</form>")]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or " checked" in tag:
            found[given["name"]] = unescape(given.get("value", "on"))
    for name, value in re.findall(r'<textarea name="([\w-]+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select name="([\w-]+)">(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return found


def form_of(client: TestClient, key: MeetingKey) -> dict[str, str]:
    return filled(client.get(key.url("edit")).text)


def send(client: TestClient, key: MeetingKey, form: Mapping[str, str], **headers: str) -> int:
    return client.post(key.url("edit"), data=form, headers=headers).status_code


def revision(hub: Meetings, key: MeetingKey) -> int:
    def read(session: Session) -> int:
        row = find_row(session, key)
        assert row is not None
        return row.revision

    return hub.app.db.read(read)


def test_a_chair_corrects_minutes(each_hub: Meetings) -> None:
    key = each_hub.holds_meeting()
    client = each_hub.chair(edit(key))
    assert f'href="{key.stem}.edit"' in client.get(key.url()).text
    form = form_of(client, key) | {
        "text-3": "bob to write  the\r\nhandbook", "who-3": "bob, ann", "remove-6": "on",
        "place-7": "0.5", "text-8": "also: coffee <b>", "place-8": "2.5", "reason": "it was said later",
    }  # fmt: skip
    answer = client.post(key.url("edit"), data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, key.url())
    told = client.get(key.url("json")).json()
    assert [(i["type"], i["text"]) for i in told["items"]] == [
        ("link", "https://example.org/roof"), ("topic", "회의록"),
        ("info", "the tests pass <b>now</b>"), ("info", "also: coffee <b>"),
        ("action", "bob to write the handbook"), ("agreed", "we release"),
        ("vote", 'Voted on "Ship it?" Results are, yes: 1 (bob); result: yes'),
    ]  # fmt: skip
    assert told["actions"][0]["assignees"] == ["bob", "ann"]
    assert told["votes"][0]["result"] == "yes"
    page = client.get(key.url()).text
    assert "it was said later" in page
    assert "also: coffee &lt;b&gt;" in page
    assert "somebody mends" not in each_hub.client().get("/meetings/actions").text


def test_a_form_that_changes_nothing_is_no_version(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    assert send(client, key, form_of(client, key)) == 303
    assert revision(hub, key) == 1


def test_the_right_of_the_series_is_enough(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(("edit", "series:swift"))
    assert send(client, key, form_of(client, key) | {"text-2": "x"}) == 303
    assert hub.chair(("edit", "series:nova")).get(key.url("edit")).status_code == 403


def test_who_has_no_right_changes_nothing(hub: Meetings, key: MeetingKey) -> None:
    form = form_of(hub.chair(edit(key)), key) | {"text-2": "x"}
    guest = hub.client()
    assert "correct" not in guest.get(key.url()).text.lower().replace("corrected", "")
    assert guest.get(key.url("edit")).status_code == 403
    assert "the bot" in guest.get(key.url("edit")).text.lower()
    assert send(guest, key, form) == 403
    assert guest.post(key.url("history"), data={"version": "1", "over": "1"}).status_code == 403
    guest.cookies.set("pass", "forged.pass.here")
    assert send(guest, key, form) == 403
    assert revision(hub, key) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_no_other_site_sends_a_form(
    hub: Meetings, key: MeetingKey, headers: dict[str, str]
) -> None:
    client = hub.chair(edit(key))
    form = form_of(client, key) | {"text-2": "x"}
    assert send(client, key, form, **headers) == 403
    close = client.post("/meetings/actions", data={"close": "1"}, headers=headers)
    assert close.status_code == 403
    back = client.post(key.url("history"), data={"version": "1", "over": "1"}, headers=headers)
    assert back.status_code == 403
    assert revision(hub, key) == 1


def test_two_who_correct_at_once_lose_nothing(hub: Meetings, key: MeetingKey) -> None:
    """The slower one sees what the other did, with all that they wrote still in the form."""
    ann, bob = hub.chair(edit(key)), hub.chair(edit(key), name="irc:net/bob")
    anns = form_of(ann, key) | {"text-2": "ann was here", "remove-6": "on", "reason": "why not"}
    bobs = form_of(bob, key) | {"text-4": "bob was here"}
    assert send(bob, key, bobs) == 303
    answer = ann.post(key.url("edit"), data=anns)
    assert answer.status_code == 409
    assert "Somebody has corrected" in answer.text
    assert "bob was here" in unescape(re.sub("<[^>]+>", "", answer.text))
    again = filled(answer.text)
    assert {name: again[name] for name in ("text-2", "remove-6", "reason")} == {
        "text-2": "ann was here", "remove-6": "on", "reason": "why not",
    }  # fmt: skip
    assert revision(hub, key) == 2
    assert send(ann, key, again) == 303
    texts = [item["text"] for item in ann.get(key.url("json")).json()["items"]]
    assert "ann was here" in texts
    assert "we release" in texts
    assert revision(hub, key) == 3


def test_what_can_t_be_taken_is_told_above_the_filled_form(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    form = form_of(client, key) | {"text-2": "  ", "text-8": "mine", "line-8": "99"}
    answer = client.post(key.url("edit"), data=form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert filled(answer.text)["text-8"] == "mine"


@pytest.mark.parametrize(
    "form",
    [
        {}, {"base": "1"}, {"base": "9", "over": "1"}, {"base": "x", "over": "1"},
        {"base": "1", "over": "1", "place-2": "nan", "text-2": "a\x00b\x01\u202e"},
        {"base": "1", "over": "1", "place-2": "inf", "kind-2": "nonsense"},
        {"base": "1", "over": "1", "line-8": "-1", "text-8": "x", "kind-8": "vote"},
        {"base": "1", "over": "1", "text-8": "x" * 5000},
    ],
)  # fmt: skip
def test_an_odd_form_is_no_fault_of_ours(
    hub: Meetings, key: MeetingKey, form: dict[str, str]
) -> None:
    client = hub.chair(edit(key))
    assert send(client, key, form) in (303, 400, 404, 409)
    assert client.get(key.url()).status_code == 200
    assert client.get(key.url("json")).json()["items"][0]["text"] == "회의록"


def test_a_form_without_end_is_refused(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    many = "&".join(f"text-{n}=x" for n in range(25_000))
    assert client.post(key.url("edit"), content=many).status_code == 400


def test_the_history_tells_who_when_why_and_what(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    assert "as they were when the meeting ended" in client.get(key.url("history")).text
    form = form_of(client, key) | {
        "text-4": "we release on Monday",
        "reason": "the day was <b>lost",
    }
    assert send(client, key, form) == 303
    text = hub.client().get(key.url("history")).text
    assert "Version 2" in text
    assert "the day was &lt;b&gt;lost" in text
    assert "we release<ins> on Monday</ins>" in text
    assert "Bring it back" not in text
    old = hub.client().get(f"{key.url()}?version=1")
    assert "This is version 1" in old.text
    assert "Monday" not in old.text
    assert old.headers["x-robots-tag"] == "noindex"
    assert "Monday" not in hub.client().get(f"{key.url('txt')}?version=1").text


def test_an_old_version_is_brought_back(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    assert send(client, key, form_of(client, key) | {"text-4": "nonsense"}) == 303
    late = client.post(key.url("history"), data={"version": "1", "over": "1"})
    assert late.status_code == 409
    answer = client.post(key.url("history"), data={"version": "1", "over": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, key.url("history"))
    assert client.get(key.url("json")).json()["items"][3]["text"] == "we release"

    def read(session: Session) -> list[tuple[int, str, str]]:
        row = find_row(session, key)
        assert row is not None
        return [(v.number, v.actor, v.reason) for v in versions(session, row)]

    assert hub.app.db.read(read)[0] == (3, "irc:net/ann", "Version 1 again")
    for odd in ("", "9", "x", "-1", "99999999999999"):
        answer = client.post(key.url("history"), data={"version": odd, "over": "3"})
        assert answer.status_code == 404, odd


def test_a_meeting_that_runs_is_corrected_in_the_channel(hub: Meetings) -> None:
    hub.talk("ann #startmeeting Nova", "ann #info x")
    path = "/meetings/nova/2021/nova.2021-05-13-12.00"
    client = hub.chair(("edit", "series:nova"))
    answer = client.get(f"{path}.edit")
    assert answer.status_code == 403
    assert "#undo" in answer.text
    assert client.post(f"{path}.edit", data={"over": "0"}).status_code == 403
    assert client.get(f"{path}.history").status_code == 200


def test_an_action_is_closed_and_opened_again(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    page = "/meetings/actions?series=swift"
    assert 'name="close" value="1"' in client.get(page).text
    assert 'name="close"' not in hub.client().get(page).text
    answer = client.post(
        "/meetings/actions", data={"close": "1", "outcome": "it stands in the wiki", "next": page}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#a-1")
    text = client.get(page).text
    assert "it stands in the wiki" in text
    assert 'name="reopen" value="1"' in text
    client.post("/meetings/actions", data={"reopen": "1"})
    action = hub.app.db.read(lambda s: action_of(s, 1))
    assert action is not None
    assert action.closed_at is None


def test_actions_are_closed_by_who_may_only(hub: Meetings, key: MeetingKey) -> None:
    for client in (hub.client(), hub.chair(("edit", "series:nova"))):
        assert client.post("/meetings/actions", data={"close": "1"}).status_code == 404
    chair = hub.chair(edit(key))
    for number in ("", "x", "99", "9999999999", "١"):
        assert chair.post("/meetings/actions", data={"close": number}).status_code == 404, number
    long = chair.post("/meetings/actions", data={"close": "1", "outcome": "x" * 501})
    assert long.status_code == 400


def test_the_way_back_from_an_action_leads_to_no_other_site(hub: Meetings, key: MeetingKey) -> None:
    client = hub.chair(edit(key))
    for bad in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"):
        answer = client.post("/meetings/actions", data={"reopen": "1", "next": bad})
        assert answer.headers["location"].startswith("/#"), bad
