"""Forms and where they come from: tokens of sessions, other sites' pages, and every POST there is."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from hub.accounts.people import create_person
from hub.accounts.sessions import open_session, revoke_all
from hub.accounts.tokens import create_token
from hub.people import Role, operator
from tests.web.hub import DAY, NOW, Hub
from web.app import make_app
from web.forms import is_token, token
from web.routing import Routes

OPERATOR = operator("root")
PATHS = {"/meetings/{rest:path}": "/meetings/actions", "/meetings": "/meetings/actions"}


def log_in(hub: Hub, slug: str = "ann", role: Role = Role.MEMBER) -> TestClient:
    """Return a browser in which somebody is logged in."""

    def begin(session):  # type: ignore[no-untyped-def]
        person = create_person(session, OPERATOR, slug, role=role, now=NOW)
        return open_session(session, person, now=NOW)

    client = hub.client()
    client.cookies.set("session", hub.app.db.write(begin))
    return client


def posts(app: Starlette) -> Iterator[str]:
    """Yield an address of each route that takes a POST."""

    def walk(routes: list[BaseRoute]) -> Iterator[str]:
        for route in routes:
            if isinstance(route, Mount | Routes):
                yield from walk(list(route.routes))
            elif isinstance(route, Route) and "POST" in (route.methods or ()):
                yield PATHS.get(route.path, route.path)

    yield from walk(list(app.routes))


@given(key=st.text(min_size=1), other=st.text(min_size=1))
def test_a_token_is_good_for_its_session_only(key: str, other: str) -> None:
    """Each is another, and all of a session's are good."""
    assert token(key) != token(key)
    assert is_token(key, token(key))
    assert is_token(other, token(key)) == (other == key)


@given(st.text())
def test_what_is_no_token_is_none(text: str) -> None:
    """Whatever it is."""
    assert not is_token("key", text)


def test_every_form_of_who_is_logged_in_needs_its_token(hub: Hub) -> None:
    """Also from a page of ours, for it might have been tricked."""
    client = log_in(hub, role=Role.ADMINISTRATOR)
    addresses = sorted(set(posts(make_app(hub.app))))
    assert {"/theme", "/language", "/leave", "/meetings/actions"} <= set(addresses)
    assert client.post("/api/v1/stories", json={"title": "A story"}).status_code == 401
    for address in addresses:
        if address.endswith(("/v1/{rest:path}", "/v1/openid/token", "/{version}/{function}")):
            continue  # StoryBoard's and Etherpad's APIs take no browser's session at all
        path = address.replace("{slug}", "ann").replace("{code}", "x")
        answer = client.post(
            path, data={"theme": "dark"}, headers={"sec-fetch-site": "same-origin"}
        )
        assert answer.status_code == 403, path


@pytest.mark.parametrize(
    "sent",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
def test_another_sites_page_changes_nothing(hub: Hub, sent: dict[str, str]) -> None:
    """Whoever is logged in or not, and wherever it is sent."""
    client = hub.client()
    for address in sorted(set(posts(make_app(hub.app)))):
        answer = client.post(address, data={"theme": "dark"}, headers=sent)
        assert answer.status_code == 403, address
        assert "another site" in answer.text


def test_a_page_shows_the_token_that_its_form_sends(hub: Hub) -> None:
    """And the choice is kept."""
    client = log_in(hub)
    field = client.get("/irclogs/").text.partition('name="csrf" value="')[2].partition('"')[0]
    sent = {"theme": "dark", "next": "/irclogs/", "csrf": field}
    assert client.post("/theme", data=sent).status_code == 303
    assert 'data-theme="dark"' in client.get("/irclogs/").text
    assert 'name="csrf"' not in hub.client().get("/irclogs/").text


def test_pages_of_who_is_logged_in_are_kept_by_their_browser_only(hub: Hub) -> None:
    """And are another page than a guest's."""
    guest, ann = hub.client().get(DAY), log_in(hub).get(DAY)
    assert (guest.headers["cache-control"], ann.headers["cache-control"]) == (
        "no-cache",
        "private, no-cache",
    )
    assert guest.headers["etag"] != ann.headers["etag"]


def test_an_ended_session_is_a_guests_at_once(hub: Hub) -> None:
    """The next request knows."""
    client = log_in(hub)
    assert 'name="csrf"' in client.get("/irclogs/").text
    hub.app.db.write(lambda s: revoke_all(s, OPERATOR, "ann"))
    assert 'name="csrf"' not in client.get("/irclogs/").text


def test_a_program_with_a_token_sends_no_form_token(hub: Hub) -> None:
    """A browser's session beside it does not count."""
    client = log_in(hub)

    def make(session):  # type: ignore[no-untyped-def]
        return create_token(session, OPERATOR, "ann", "ci", ["read"], None, NOW)[1]

    secret = hub.app.db.write(make)
    sent = {"Authorization": f"Bearer {secret}", "sec-fetch-site": "cross-site"}
    assert client.post("/theme", data={"theme": "dark"}, headers=sent).status_code == 303
    assert client.get("/irclogs/", headers=sent).headers["cache-control"] == "private, no-cache"
    wrong = {"Authorization": "Bearer madang_wrong"}
    assert client.get("/irclogs/", headers=wrong).headers["cache-control"] == "no-cache"
