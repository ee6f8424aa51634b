"""What is somebody's own at StoryBoard's API: what clients keep for them, and their tokens."""

import pytest

from hub.accounts.erasure import erase_person, export_person
from tests.databases import OPERATOR, Yard
from tests.tracker.community import Community
from tests.tracker.test_storyboard_api import Client


def test_clients_keep_settings_and_drop_them(community: Community) -> None:
    bob = Client(community, "bob")
    path = f"/users/{community.number('bob')}/preferences"
    assert bob.get(path) == {}
    given = {"page_size": "20", "dark_mode": True, "zoom_level": 1.5, "한국어 설정": "네"}
    assert bob.ask("POST", path, json=given).json() == given
    assert bob.ask("POST", path, json={"page_size": None, "never_was": None}).status_code == 200
    assert bob.get(path) == {k: v for k, v in given.items() if k != "page_size"}


@pytest.mark.parametrize(
    "given",
    [
        {"ab": "too short"},
        {"k" * 101: "too long"},
        {"some_key": "v" * 256},
        {"some_key": ["a", "list"]},
        {"some_key": {"an": "object"}},
        {"some_key": "\x00"},
        {f"key_{number}": 1 for number in range(501)},
    ],
    ids=lambda given: next(iter(given))[:9],
)
def test_what_is_no_setting_is_refused_and_changes_nothing(
    community: Community, given: dict[str, object]
) -> None:
    bob = Client(community, "bob")
    path = f"/users/{community.number('bob')}/preferences"
    bob.ask("POST", path, json={"some_key": "kept"})
    assert bob.ask("POST", path, json=given).status_code == 400
    assert bob.get(path) == {"some_key": "kept"}


def test_settings_are_ones_own_are_exported_and_go(community: Community) -> None:
    number = community.number("bob")
    path = f"/users/{number}/preferences"
    Client(community, "bob").ask("POST", path, json={"page_size": "20"})
    for other in (Client(community, "cho"), Client(community, "ada", "read", "write", "admin")):
        assert other.ask("GET", path).status_code == 403
        assert other.ask("POST", path, json={"page_size": "9"}).status_code == 403
    assert Client(community).ask("GET", path).status_code == 401
    app = community.app
    told = app.db.read(lambda s: export_person(s, "bob", app.modules, now=app.clock()))
    assert [kept["key"] for kept in told["tracker"]["preferences"]] == ["page_size"]
    community.does(lambda s, now: erase_person(s, OPERATOR, "bob", now))
    yard = Yard(app)
    yard.settles()
    assert yard.rows("SELECT * FROM user_preference") == []


def test_tokens_are_listed_without_secrets_and_ended(community: Community) -> None:
    scopes = ("read", "write", "admin")
    ada, bob = Client(community, "ada", *scopes), Client(community, "bob", *scopes)
    number = community.number("bob")
    path = f"/users/{number}/tokens"
    body = {"user_id": number, "expires_in": 3600, "access_token": "golden_token"}
    made = bob.ask("POST", path, json=body)
    assert made.status_code == 200, made.text
    secret = made.json()["access_token"]
    assert secret.startswith("madang_")
    assert made.json()["expires_in"] == 3600
    client = Client(community)
    client.headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/users/self")["id"] == number
    assert [token["access_token"] for token in bob.get(path)] == [None, None]
    one = f"{path}/{made.json()['id']}"
    assert bob.get(one)["expires_in"] == 3600
    assert bob.ask("PUT", one, json={"expires_in": 10, "user_id": number}).status_code == 403
    assert Client(community, "cho", *scopes).ask("GET", path).status_code == 403
    assert ada.ask("DELETE", one).status_code == 204
    assert client.ask("GET", "/users/self").status_code == 401
    assert bob.ask("DELETE", one).status_code == 404


def test_who_may_only_write_makes_no_tokens(community: Community) -> None:
    bob, number = Client(community, "bob"), community.number("bob")
    answer = bob.ask("POST", f"/users/{number}/tokens", json={"user_id": number})
    assert answer.status_code == 403
    assert "/me/tokens" in answer.text
    wrong = {"user_id": community.number("cho")}
    assert bob.ask("POST", f"/users/{number}/tokens", json=wrong).status_code == 403


def test_a_token_made_so_may_no_more_than_who_made_it(community: Community) -> None:
    bob, number = Client(community, "bob", "read", "write", "admin"), community.number("bob")
    made = bob.ask("POST", f"/users/{number}/tokens", json={"user_id": number}).json()
    client = Client(community)
    client.headers = {"Authorization": f"Bearer {made['access_token']}"}
    assert (
        client.ask("POST", f"/users/{number}/tokens", json={"user_id": number}).status_code == 403
    )
    assert bob.ask("DELETE", f"/users/{number}/tokens/delete_all").status_code == 204
    assert client.ask("GET", "/users/self").status_code == 401
