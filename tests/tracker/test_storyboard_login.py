"""Programs for StoryBoard log people in: with their own account, to known addresses, with codes good once."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.testclient import TestClient

from hub.accounts.people import suspend
from hub.accounts.tokens import list_tokens, revoke_token
from hub.config_stories import StoryBoardSection
from tests.databases import OPERATOR
from tests.tracker.community import Community
from tests.tracker.pages import Reader
from tracker.storyboard.login_tables import ProgramLoginRow
from tracker.storyboard.logins import is_allowed

BACK = "http://localhost:8123/cb"
LISTED = ("http://localhost", "https://board.example.org/app/")
AUTHORIZE, TOKEN = "/api/v1/openid/authorize", "/api/v1/openid/token"
ASKED = {
    "response_type": "code", "client_id": "localhost", "redirect_uri": BACK, "scope": "user",
    "state": "s&1",
}  # fmt: skip


@pytest.fixture
def yard(community: Community) -> Community:
    """A community whose hub lets programs of this machine log people in."""
    section = StoryBoardSection(redirects=LISTED)
    config = community.app.config.model_copy(update={"storyboard": section})
    object.__setattr__(community.app, "config", config)
    return community


def logins(yard: Community) -> list[dict[str, Any]]:
    """Return all that is kept of programs' logins."""
    return yard.sees(lambda s: [row.model_dump() for row in s.exec(select(ProgramLoginRow))])


class Program:
    """A program that logs somebody in."""

    def __init__(self, community: Community, slug: str = "bob") -> None:
        self.reader = Reader(community, slug)
        self.client = TestClient(community.shell, follow_redirects=False)

    def asks(self, answer: str = "yes", **other: str) -> dict[str, str]:
        """Let the person answer; return what comes back."""
        address = f"{AUTHORIZE}?{urlencode(ASKED | other)}"
        sent = self.reader.send(address, answer=answer)
        assert sent.status_code == 302, sent.text
        assert sent.headers["location"].startswith(f"{BACK}?")
        return {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["location"]).query).items()}

    def takes(self, **given: str) -> Any:
        """Ask for a token, with everything in the address as the web client does."""
        return self.client.post(f"{TOKEN}?{urlencode(given)}")

    def logs_in(self) -> dict[str, Any]:
        """Log in; return the tokens."""
        code = self.asks()["code"]
        answer = self.takes(grant_type="authorization_code", code=code)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def renews(self, secret: str) -> Any:
        """Renew a token, in a body as other programs do."""
        given = {"grant_type": "refresh_token", "refresh_token": secret}
        return self.client.post(TOKEN, data=given)

    def knows(self, access: str) -> int:
        """Return what the API answers to who asks who they are."""
        bearer = {"Authorization": f"Bearer {access}"}
        return self.client.get("/api/v1/users/self", headers=bearer).status_code


def test_a_program_logs_somebody_in_and_acts_for_them(yard: Community) -> None:
    program = Program(yard)
    found = program.logs_in()
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 3600)
    assert found["id_token"] == yard.number("bob")
    bearer = {"Authorization": f"Bearer {found['access_token']}"}
    filed = program.client.post("/api/v1/stories", json={"title": "From afar"}, headers=bearer)
    assert (filed.status_code, filed.json()["creator_id"]) == (200, yard.number("bob"))
    kept = str(logins(yard))
    assert not [
        secret for secret in (found["access_token"], found["refresh_token"]) if secret in kept
    ]


def test_who_is_not_logged_in_logs_in_first_and_comes_back(yard: Community) -> None:
    address = f"{AUTHORIZE}?{urlencode(ASKED)}"
    sent = Reader(yard).get(address)
    assert sent.status_code == 303
    assert parse_qs(urlsplit(sent.headers["location"]).query)["next"] == [address]
    asked = Reader(yard, "bob").get(address)
    assert "localhost:8123" in asked.text
    policy = asked.headers["content-security-policy"]
    assert "form-action 'self' http://localhost:8123;" in policy


def test_a_no_is_told_and_gives_nothing(yard: Community) -> None:
    told = Program(yard).asks(answer="no")
    assert (told["error"], told["state"]) == ("access_denied", "s&1")
    assert logins(yard) == []


def test_another_sites_form_lets_no_program_in(yard: Community) -> None:
    reader = Reader(yard, "bob")
    sent = reader.client.post(f"{AUTHORIZE}?{urlencode(ASKED)}", data={"answer": "yes"})
    assert sent.status_code == 403
    assert logins(yard) == []


def test_a_code_is_good_once_and_used_twice_it_ends_the_login(yard: Community) -> None:
    program = Program(yard)
    code = program.asks()["code"]
    first = program.takes(grant_type="authorization_code", code=code).json()
    assert program.knows(first["access_token"]) == 200
    again = program.takes(grant_type="authorization_code", code=code)
    assert (again.status_code, again.json()) == (401, {"error": "invalid_grant"})
    assert program.knows(first["access_token"]) == 401


def test_what_renews_is_good_once_and_used_twice_it_ends_the_login(yard: Community) -> None:
    program = Program(yard)
    first = program.logs_in()
    second = program.renews(first["refresh_token"]).json()
    assert (program.knows(first["access_token"]), program.knows(second["access_token"])) == (
        401,
        200,
    )
    assert len(yard.sees(lambda s: list_tokens(s, "bob"))) == 1
    assert program.renews(first["refresh_token"]).status_code == 401
    assert program.knows(second["access_token"]) == 401
    assert program.renews(second["refresh_token"]).status_code == 401


def test_revoking_the_token_ends_the_login(yard: Community) -> None:
    program = Program(yard)
    found = program.logs_in()
    (token,) = yard.sees(lambda s: list_tokens(s, "bob"))
    assert token.scopes == ("read", "write")
    yard.does(lambda s, now: revoke_token(s, yard.actor("bob"), "bob", token.id, now=now))
    assert program.knows(found["access_token"]) == 401
    assert program.renews(found["refresh_token"]).status_code == 401


def test_who_was_suspended_gets_no_token(yard: Community) -> None:
    program = Program(yard)
    found, code = program.logs_in(), program.asks()["code"]
    yard.does(lambda s, now: suspend(s, OPERATOR, "bob", now=now))
    assert program.renews(found["refresh_token"]).status_code == 401
    assert program.takes(grant_type="authorization_code", code=code).status_code == 401


def test_a_code_is_for_who_began_it(yard: Community) -> None:
    program, verifier = Program(yard), "v" * 43
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode()
    pkce = {"code_challenge": digest.rstrip("="), "code_challenge_method": "S256"}

    def status(**given: str) -> int:
        code = program.asks(**pkce)["code"]
        answer = program.takes(grant_type="authorization_code", code=code, **given)
        return int(answer.status_code)

    assert status(code_verifier=verifier) == 200
    assert status(code_verifier="w" * 43) == 401
    assert status() == 401
    assert status(code_verifier=verifier, redirect_uri=f"{BACK}/other") == 401


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"redirect_uri": ""}, "invalid_request"),
        ({"redirect_uri": "https://evil.example.org/"}, "invalid_request"),
        ({"response_type": ""}, "unsupported_response_type"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"client_id": "evil"}, "unauthorized_client"),
        ({"scope": "all"}, "invalid_scope"),
    ],
)
def test_what_is_wrong_is_told_as_storyboard_does(
    yard: Community, asked: dict[str, str], error: str
) -> None:
    """At a known address to the program, else to the person only."""
    answer = Reader(yard, "bob").get(f"{AUTHORIZE}?{urlencode(ASKED | asked)}")
    if "redirect_uri" in asked:
        assert (answer.status_code, answer.json()["error"]) == (400, error)
    else:
        assert answer.status_code == 302
        assert answer.headers["location"].startswith(f"{BACK}?error={error}&error_description=")
    client = TestClient(yard.shell)
    wrong = client.post(TOKEN, data={"grant_type": "password"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    ("address", "is_good"),
    [
        ("http://localhost:9/x?y=z", True),
        ("https://board.example.org/app/", True),
        ("https://board.example.org/app", True),
        ("https://board.example.org/app/in?a=b", True),
        ("https://board.example.org/apple", False),
        ("https://board.example.org/app/../x", False),
        ("https://board.example.org/app/%2e%2e/x", False),
        ("https://board.example.org:444/app/", False),
        ("http://board.example.org/app/", False),
        ("https://board.example.org@evil.org/app/", False),
        ("https://a:b@board.example.org/app/", False),
        ("https://board.example.org/app/#x", False),
        ("https://board.example.org\\@evil.org/app/", False),
        ("https://board.example.org:x/app/", False),
        ("http://localhost.evil.org/", False),
        ("//board.example.org/app/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_code_goes_to_listed_addresses_only(address: str, is_good: bool) -> None:
    assert is_allowed(address, LISTED) is is_good
    assert not is_allowed(address, ())


@given(st.text())
def test_no_address_is_too_strange_to_be_refused(text: str) -> None:
    assert not is_allowed(f"https://evil.example.org/{text}", LISTED)
    assert not is_allowed(f"https://board.example.org{text}@evil.example.org/app/", LISTED)
