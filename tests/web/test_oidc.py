"""Logging in elsewhere, at a real provider: who comes in, who does not, and what a forger gets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from hub.accounts.handles import handles_of
from hub.accounts.people import create_person, find_person, suspend
from hub.accounts.tickets import TicketKind, make_ticket
from hub.bootstrap import build
from hub.clock import utc_now
from tests.servers.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcServer, visit
from tests.web.hub import NOW, Hub, config
from tests.web.test_accounts import OPERATOR, Browser, person

pytestmark = pytest.mark.needs("node", "npm")
START = "/login/oidc/elsewhere"
SECRET = "TEST_OIDC_SECRET"


@dataclass
class Watch:
    """A clock that a test can put forward."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Tell the time."""
        return utc_now() + self.ahead


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcServer]:
    """A provider that all tests of this file share; who stops it starts it again."""
    with OidcServer(tmp_path_factory.mktemp("oidc")) as server:
        yield server


@pytest.fixture
def watch() -> Watch:
    """The hub's clock."""
    return Watch()


def hub_at(folder: Path, issuer: str, watch: Watch, registration: str = "open") -> Hub:
    """Return a hub where one can log in at an issuer."""
    login = {
        "name": "elsewhere", "issuer": issuer, "client_id": CLIENT_ID,
        "client_secret_env": SECRET, "label": "The Other House",
    }  # fmt: skip
    auth = {"registration": registration, "oidc": [login]}
    return Hub(build(config(folder, auth=auth), watch))


@pytest.fixture
def yard(
    provider: OidcServer, tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Hub]:
    """A hub that is open for whoever logs in at the provider."""
    monkeypatch.setenv(SECRET, CLIENT_SECRET)
    hub = hub_at(tmp_path / "data", provider.issuer, watch)
    yield hub
    hub.app.db.close()


def ruled(hub: Hub, registration: str) -> Hub:
    """Return the same hub with another rule for who joins."""
    auth = hub.app.config.auth.model_copy(update={"registration": registration})
    return Hub(replace(hub.app, config=hub.app.config.model_copy(update={"auth": auth})))


def way_there(browser: Browser, query: str = "") -> str:
    """Press the button; return where it leads."""
    answer = browser.get(START + query)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def changed(address: str, **other: str) -> str:
    """Return an address with other values in its query."""
    pairs = dict(parse_qsl(urlsplit(address).query)) | other
    return urlsplit(address)._replace(query=urlencode(pairs)).geturl()


def back(browser: Browser, address: str) -> Any:
    """Come back from the provider."""
    parts = urlsplit(address)
    return browser.get(f"{parts.path}?{parts.query}")


def logs_in(browser: Browser, login: str, query: str = "") -> Any:
    """Log in at the provider and come back."""
    return back(browser, visit(way_there(browser, query), login))


def is_in(browser: Browser) -> bool:
    """Tell whether somebody is logged in."""
    return browser.get("/me").status_code == 200


def names(hub: Hub, slug: str) -> list[tuple[str, str]]:
    """Return by which logins elsewhere somebody is known."""
    held = hub.app.db.read(lambda s: handles_of(s, slug, "oidc"))
    return [(each.realm, each.subject) for each in held]


def test_the_first_login_joins_and_leads_on(yard: Hub, provider: OidcServer) -> None:
    browser = Browser(yard)
    answer = logs_in(browser, "ann", "?next=/me/tokens")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/tokens")
    assert is_in(browser)
    ann = yard.app.db.read(lambda s: find_person(s, "ann"))
    assert ann is not None
    assert ann.name == "ann from elsewhere"
    assert names(yard, "ann") == [(provider.issuer, "ann")]


def test_the_second_login_is_the_same_person(yard: Hub) -> None:
    assert logs_in(Browser(yard), "bea").status_code == 303
    closed = Browser(ruled(yard, "closed"))
    assert logs_in(closed, "bea").status_code == 303
    assert "bea" in closed.get("/me").text
    assert yard.app.db.read(lambda s: find_person(s, "bea-2")) is None


@pytest.mark.parametrize("rule", ["invite", "closed"])
def test_who_is_new_stays_out_where_joining_is_not_open(yard: Hub, rule: str) -> None:
    browser = Browser(ruled(yard, rule))
    assert logs_in(browser, "carl").status_code == 403
    assert not is_in(browser)
    assert yard.app.db.read(lambda s: find_person(s, "carl")) is None


def test_an_invitation_lets_somebody_join_by_a_login(yard: Hub) -> None:
    hub = ruled(yard, "invite")
    code = hub.app.db.write(
        lambda s: make_ticket(s, OPERATOR, TicketKind.INVITE, now=hub.app.clock())
    )
    assert logs_in(Browser(hub), "dora", f"?invite={code}").status_code == 303
    assert logs_in(Browser(hub), "dirk", f"?invite={code}").status_code == 403


def test_a_name_that_is_taken_gets_a_number_and_no_account_is_taken_over(yard: Hub) -> None:
    def write(session: Any) -> None:
        create_person(session, OPERATOR, "emil", email="emil@example.org", now=NOW)

    yard.app.db.write(write)
    browser = Browser(yard)
    assert logs_in(browser, "emil").status_code == 303
    assert names(yard, "emil") == []
    assert [subject for _, subject in names(yard, "emil-2")] == ["emil"]


def test_who_is_suspended_stays_out(yard: Hub) -> None:
    assert logs_in(Browser(yard), "fred").status_code == 303
    yard.app.db.write(lambda s: suspend(s, OPERATOR, "fred", now=NOW))
    browser = Browser(yard)
    answer = logs_in(browser, "fred")
    assert answer.status_code == 403
    assert "suspended" in answer.text
    assert not is_in(browser)


def proof_of(page: Any) -> dict[str, str]:
    """Return the fields of the page that asks whether to bind."""
    assert page.status_code == 200, page.text
    return dict(re.findall(r'type="hidden" name="(csrf|proof)" value="([^"]+)"', page.text))


def test_who_is_logged_in_binds_the_login_once_they_say_yes(
    yard: Hub, provider: OidcServer
) -> None:
    browser = person(yard, "gina")
    page = logs_in(browser, "gina-elsewhere", "?next=/me/handles")
    fields = proof_of(page)
    assert "gina-elsewhere" in page.text
    assert names(yard, "gina") == []
    assert browser.client.post("/me/logins", data={"proof": fields["proof"]}).status_code == 403
    answer = browser.client.post("/me/logins", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/handles")
    assert names(yard, "gina") == [(provider.issuer, "gina-elsewhere")]
    other = Browser(yard)
    assert logs_in(other, "gina-elsewhere").status_code == 303
    assert "gina" in other.get("/me").text


def test_another_persons_login_is_not_bound(yard: Hub) -> None:
    assert logs_in(Browser(yard), "hugo").status_code == 303
    browser = person(yard, "ines")
    answer = browser.client.post("/me/logins", data=proof_of(logs_in(browser, "hugo")))
    assert answer.status_code == 409
    assert names(yard, "ines") == []


def test_a_proof_is_good_for_its_own_person_and_for_minutes(yard: Hub, watch: Watch) -> None:
    jack, kate = person(yard, "jack"), person(yard, "kate")
    proof = proof_of(logs_in(jack, "jack-elsewhere"))["proof"]
    assert kate.send("/me/logins", proof=proof).status_code == 403
    fields = proof_of(logs_in(jack, "jack-elsewhere"))
    watch.ahead = timedelta(minutes=11)
    assert jack.client.post("/me/logins", data=fields).status_code == 403
    assert names(yard, "jack") + names(yard, "kate") == []


def test_an_answer_in_another_browser_is_refused(yard: Hub) -> None:
    address = visit(way_there(Browser(yard)), "mallory")
    victim = Browser(yard)
    assert back(victim, address).status_code == 403
    way_there(victim)
    assert back(victim, address).status_code == 403
    assert not is_in(victim)


def test_a_wrong_state_is_refused(yard: Hub) -> None:
    browser = Browser(yard)
    address = visit(way_there(browser), "nora")
    assert back(browser, changed(address, state="guessed")).status_code == 403
    assert not is_in(browser)


def test_a_code_counts_once(yard: Hub) -> None:
    browser = Browser(yard)
    there = way_there(browser)
    cookie = browser.client.cookies["oidc"]
    address = visit(there, "otto")
    assert back(browser, address).status_code == 303
    assert "oidc" not in browser.client.cookies
    again = Browser(yard)
    again.client.cookies.set("oidc", cookie)
    answer = back(again, address)
    assert answer.status_code == 403
    assert "The Other House did not tell us" in answer.text
    assert not is_in(again)


@pytest.mark.parametrize("field", ["nonce", "code_challenge"])
def test_an_answer_to_another_question_is_refused(yard: Hub, field: str) -> None:
    browser = Browser(yard)
    other = dict(parse_qsl(urlsplit(way_there(Browser(yard))).query))[field]
    address = visit(changed(way_there(browser), **{field: other}), "paul")
    assert back(browser, address).status_code == 403
    assert not is_in(browser)


def test_another_issuers_answer_is_refused(yard: Hub) -> None:
    browser = Browser(yard)
    address = visit(way_there(browser), "quin")
    assert back(browser, changed(address, iss="https://evil.example")).status_code == 403
    assert not is_in(browser)


def test_an_expired_token_is_refused(
    tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, CLIENT_SECRET)
    with OidcServer(tmp_path / "oidc", token_s=30) as brief:
        hub = hub_at(tmp_path / "data", brief.issuer, watch)
        browser = Browser(hub)
        assert logs_in(browser, "rosa").status_code == 303
        late = Browser(hub)
        address = visit(way_there(late), "rosa")
        watch.ahead = timedelta(minutes=5)
        assert back(late, address).status_code == 403
        assert not is_in(late)
        hub.app.db.close()


def test_who_takes_too_long_begins_again(yard: Hub, watch: Watch) -> None:
    browser = Browser(yard)
    address = visit(way_there(browser), "sven")
    watch.ahead = timedelta(minutes=11)
    assert back(browser, address).status_code == 403


def test_new_keys_are_learned(provider: OidcServer, yard: Hub, watch: Watch) -> None:
    browser = Browser(yard)
    assert logs_in(browser, "tina").status_code == 303
    provider.rotate_keys()
    watch.ahead = timedelta(seconds=31)
    browser.client.cookies.clear()
    assert logs_in(browser, "tina").status_code == 303


def test_a_provider_that_is_down_gets_a_page_that_says_so(provider: OidcServer, yard: Hub) -> None:
    waiting = Browser(yard)
    address = visit(way_there(waiting), "uwe")
    provider.stop()
    try:
        for answer in (back(waiting, address), Browser(Hub(yard.app)).get(START)):
            assert answer.status_code == 502
            assert "The Other House can&#39;t be reached" in answer.text
            assert str(provider.port) not in answer.text
            assert CLIENT_SECRET not in answer.text
    finally:
        provider.start()
    assert logs_in(waiting, "uwe").status_code == 303


def test_a_provider_by_another_name_is_not_believed(
    provider: OidcServer, tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, CLIENT_SECRET)
    hub = hub_at(tmp_path / "data", f"http://localhost:{provider.port}", watch)
    assert Browser(hub).get(START).status_code == 502
    hub.app.db.close()


@pytest.mark.parametrize("secret", ["", "not the secret"])
def test_a_wrong_client_secret_lets_nobody_in(
    yard: Hub, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    browser = Browser(yard)
    address = visit(way_there(browser), "vera")
    monkeypatch.setenv(SECRET, secret)
    assert back(browser, address).status_code == 502
    assert not is_in(browser)


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_login_leads_nowhere_else(yard: Hub, evil: str) -> None:
    answer = logs_in(Browser(yard), "wanda", "?" + urlencode({"next": evil}))
    assert answer.headers["location"] == "/"


def test_who_says_no_at_the_provider_is_told_to_try_again(yard: Hub) -> None:
    browser = Browser(yard)
    state = dict(parse_qsl(urlsplit(way_there(browser)).query))["state"]
    answer = browser.get(f"/login/oidc/callback?state={state}&error=access_denied")
    assert answer.status_code == 403
    assert "The Other House" in answer.text


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(yard: Hub) -> None:
    cookie = Browser(yard).get(START).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Max-Age=600" in cookie


def test_an_unknown_provider_is_no_page(yard: Hub) -> None:
    assert Browser(yard).get("/login/oidc/nobody").status_code == 404
    assert "Log in with The Other House" in Browser(yard).get("/login").text
