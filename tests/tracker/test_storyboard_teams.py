"""Administrators change people and teams by StoryBoard's API, nobody else does."""

from typing import Any

import pytest

from tests.tracker.community import Community
from tests.tracker.test_storyboard_api import Client


def _ask(client: Client, method: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = client.ask(method, path, **({"json": body} if body else {}))
    return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def ada(community: Community) -> Client:
    return Client(community, "ada", "admin")


def test_a_team_is_made_filled_emptied_and_removed(community: Community, ada: Client) -> None:
    bob = community.number("bob")
    status, team = _ask(ada, "POST", "/teams", name="core-team")
    assert (status, team["name"], team["security"]) == (200, "core-team", False)
    at = f"/teams/{team['id']}"
    assert _ask(ada, "POST", "/teams", name="core-team")[0] == 400
    assert _ask(ada, "PUT", f"{at}/users/{bob}")[1]["full_name"] == "Bob"
    assert _ask(ada, "PUT", f"{at}/users/{bob}")[0] == 400
    assert [each["id"] for each in ada.get(f"{at}/users")] == [bob]
    assert _ask(ada, "DELETE", at)[1]["faultstring"] == "Team must be empty."
    assert _ask(ada, "DELETE", f"{at}/users/{bob}") == (204, None)
    assert _ask(ada, "DELETE", f"{at}/users/{bob}")[0] == 400
    assert _ask(ada, "PUT", at, name="core-team")[0] == 200
    assert _ask(ada, "PUT", at, name="other-name")[0] == 400
    assert ada.get(f"{at}/projects") == []
    assert _ask(ada, "PUT", f"{at}/projects/1")[0] == 400
    assert _ask(ada, "DELETE", at) == (204, None)
    assert _ask(ada, "DELETE", at)[0] == 404


def test_only_administrators_change_teams_and_let_people_in(
    community: Community, ada: Client
) -> None:
    _, team = _ask(ada, "POST", "/teams", name="core-team")
    at, bob = f"/teams/{team['id']}", community.number("bob")
    calls = (
        ("POST", "/teams"), ("PUT", at), ("DELETE", at), ("PUT", f"{at}/users/{bob}"),
        ("DELETE", f"{at}/users/{bob}"), ("PUT", f"{at}/projects/1"), ("POST", "/users"),
    )  # fmt: skip
    for method, path in calls:
        assert Client(community, "bob").ask(method, path, json={"name": "mine"}).status_code == 403
        assert Client(community).ask(method, path, json={"name": "mine"}).status_code == 401


def test_people_are_let_in_once_for_each_address(ada: Client) -> None:
    status, made = _ask(ada, "POST", "/users", full_name="가온 Gaon", email="gaon@example.org")
    assert (status, made["full_name"], made["email"]) == (200, "가온 Gaon", "gaon@example.org")
    assert made["enable_login"] is True
    status, told = _ask(ada, "POST", "/users", full_name="Other", email="gaon@example.org")
    assert (status, "already exists" in told["faultstring"]) == (400, True)
    assert _ask(ada, "POST", "/users", full_name="No mail")[1]["message"] == (
        "'email' is a required property"
    )
    status, again = _ask(ada, "POST", "/users", full_name="가온 Gaon", email="two@example.org")
    assert (status, again["id"] != made["id"]) == (200, True)


def test_everybody_changes_their_own_name_and_administrators_the_rest(
    community: Community, ada: Client
) -> None:
    bob, cho = community.number("bob"), community.number("cho")
    client = Client(community, "bob")
    status, told = _ask(client, "PUT", f"/users/{bob}", full_name="Bob II", is_superuser=True)
    assert (status, told["full_name"], told["is_superuser"]) == (200, "Bob II", False)
    assert _ask(client, "PUT", f"/users/{cho}", full_name="Hacked")[0] == 403
    assert _ask(ada, "PUT", f"/users/{cho}", is_superuser=True)[1]["is_superuser"] is True
    assert _ask(ada, "PUT", f"/users/{bob}", enable_login=False)[1]["enable_login"] is False
    assert client.ask("GET", "/stories").status_code == 401, "their token opens nothing any more"
    assert _ask(ada, "PUT", f"/users/{bob}", enable_login=True)[1]["enable_login"] is True
    assert _ask(ada, "PUT", "/users/999", full_name="Nobody")[0] == 404
