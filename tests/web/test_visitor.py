"""Who visits: passes are taken from a link, held in a cookie, and given back."""

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from hub.app import App
from hub.module import Module
from hub.passes import Passes, open_passes
from hub.people import GUEST, Actor, Role, may
from tests.web.hub import Hub, hub_in
from web.app import make_app
from web.visitor import visitor

REF = "meeting:swift/2021-05-12-21.00"
RIGHTS = frozenset({("edit", REF), ("edit", "series:swift")})


async def _who(request: Request) -> Response:
    who = visitor(request)
    return PlainTextResponse(f"{who.name} {sorted(who.rights)}")


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return hub_in(tmp_path)


@pytest.fixture
def browser(hub: Hub) -> TestClient:
    app = hub.app
    more = Module("more", routes=lambda _app: [Route("/who", _who)])
    modules = [*app.modules, more]
    whole = App(app.config, app.db, app.clock, app.pulse, app.metrics, modules, app.passes)
    return TestClient(make_app(whole), follow_redirects=False)


def test_a_pass_leads_to_what_it_is_for_and_gives_its_rights(hub: Hub, browser: TestClient) -> None:
    assert browser.get("/who").text == "guest []"
    link = f"/pass/{hub.app.passes.write('irc:net/안녕', RIGHTS)}"
    taken = browser.get(link)
    assert taken.status_code == 303
    assert taken.headers["location"] == "/meetings/swift/2021/swift.2021-05-12-21.00.html"
    told = taken.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert browser.get("/who").text == f"irc:net/안녕 {sorted(RIGHTS)}"
    assert "You write as irc:net/안녕" in browser.get("/irclogs/").text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_nobody_is_given_a_name_by_another_sites_page(
    hub: Hub, browser: TestClient, site: str
) -> None:
    link = f"/pass/{hub.app.passes.write('irc:net/mal', RIGHTS)}"
    asked = browser.get(link, headers={"sec-fetch-site": site})
    assert asked.status_code == 200
    assert "set-cookie" not in asked.headers
    assert "under the name irc:net/mal" in asked.text
    assert browser.post(link, headers={"sec-fetch-site": site}).status_code == 403
    assert browser.get("/who").text == "guest []"
    assert browser.post(link, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert browser.get("/who").text == f"irc:net/mal {sorted(RIGHTS)}"


def test_a_link_that_is_typed_or_opened_by_a_program_is_taken_at_once(
    hub: Hub, browser: TestClient
) -> None:
    link = f"/pass/{hub.app.passes.write('irc:net/tim', RIGHTS)}"
    assert browser.get(link, headers={"sec-fetch-site": "none"}).status_code == 303


def test_several_passes_add_up_and_all_are_given_back(hub: Hub, browser: TestClient) -> None:
    for name in ("a", "b"):
        browser.get(f"/pass/{hub.app.passes.write('ann', frozenset({('edit', f'series:{name}')}))}")
    assert browser.get("/who").text == "ann [('edit', 'series:a'), ('edit', 'series:b')]"
    assert browser.post("/leave", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post("/leave", headers={"origin": "https://evil.example"}).status_code == 403
    assert browser.post("/leave", headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert browser.get("/who").text == "guest []"


@pytest.mark.parametrize("text", ["x", "x.y.z", "%00", "a" * 5000])
def test_what_is_no_pass_gives_nothing(browser: TestClient, text: str) -> None:
    assert browser.get(f"/pass/{text}").status_code == 403
    browser.cookies.set("pass", "nonsense more.non.sense")
    assert browser.get("/who").text == "guest []"


def test_a_pass_of_another_hub_gives_nothing(hub: Hub, browser: TestClient) -> None:
    foreign = Passes("another secret").write("ann", RIGHTS)
    assert hub.app.passes.read(foreign) is None
    assert browser.get(f"/pass/{foreign}").status_code == 403


def test_the_secret_is_made_once_and_is_long(hub: Hub) -> None:
    assert open_passes(hub.app.db) == hub.app.passes
    assert len(hub.app.passes.secret) > 40


def test_rights_are_for_what_they_name_only() -> None:
    ann = Actor("ann", rights=RIGHTS)
    assert may(ann, "edit", REF)
    assert not may(ann, "edit", "meeting:swift/2021-05-12-21.01")
    assert not may(GUEST, "edit", REF)
    assert not may(GUEST, "read", REF, "private")
    assert not may(ann, "read", REF, "private")
    assert may(Actor("operator:o", Role.OPERATOR), "read", REF, "private")
    speaker = Actor("irc:net/ann", Role.SPEAKER)
    assert may(speaker, "close", REF)
    assert not may(speaker, "close", REF, "private")
    assert not may(speaker, "edit", REF)
