"""Accounts on the web: coming in, what is one's own, and what administrators do."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from hub.accounts.audit import audit_log
from hub.accounts.handles import speaker
from hub.accounts.passwords import set_password
from hub.accounts.people import create_person, find_person, suspend
from hub.accounts.registration import begin_setup
from hub.accounts.sessions import list_sessions
from hub.accounts.tickets import TicketKind, make_ticket, use_ticket
from hub.people import Role, operator
from tests.web.corpus import PAYLOADS
from tests.web.hub import NOW, Hub, hub_in
from web.accounts import agents

OPERATOR = operator("root")
GOOD = "four words in a row"


class Browser:
    """A browser that sends forms as their pages make them."""

    def __init__(self, hub: Hub) -> None:
        self.client: TestClient = hub.visitor()

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def send(self, path: str, **fields: Any) -> Any:
        """Open a page and send its form."""
        page = self.client.get(path.partition("?")[0])
        found = re.search(r'name="csrf" value="([^"]+)"', page.text)
        token = {"csrf": found[1]} if found else {}
        return self.client.post(path, data=token | fields)

    def logs_in(self, name: str, password: str = GOOD, **fields: str) -> Any:
        return self.send("/login", name=name, password=password, **fields)


def person(hub: Hub, slug: str, role: Role = Role.MEMBER) -> Browser:
    """Add somebody with a password and return their browser, logged in."""

    def write(session: Any) -> None:
        create_person(session, OPERATOR, slug, role=role, now=NOW)
        set_password(session, OPERATOR, slug, GOOD, now=NOW)

    hub.app.db.write(write)
    browser = Browser(hub)
    assert browser.logs_in(slug).status_code == 303
    return browser


@pytest.fixture
def administrator(hub: Hub) -> Browser:
    """A browser in which an administrator is logged in."""
    return person(hub, "moss", Role.ADMINISTRATOR)


@pytest.fixture
def ann(hub: Hub) -> Browser:
    """A browser in which a member is logged in."""
    return person(hub, "ann")


def test_the_setup_link_makes_the_first_administrator_once(hub: Hub) -> None:
    code = hub.app.db.write(lambda s: begin_setup(s, now=NOW))
    browser = Browser(hub)
    assert "The first administrator" in browser.get(f"/setup/{code}").text
    wrong = browser.send(f"/setup/{code}", slug="moss", password="short")
    assert wrong.status_code == 400
    assert "10 to 1,000" in wrong.text
    assert 'value="moss"' in wrong.text
    answer = browser.send(f"/setup/{code}", slug="moss", password=GOOD)
    assert answer.status_code == 303
    assert browser.get("/admin/people").status_code == 200
    assert Browser(hub).get(f"/setup/{code}").status_code == 403


def test_there_is_no_setup_for_the_first_visitor(hub: Hub) -> None:
    for path in ("/setup/x", "/setup/", "/invite/x", "/reset/x"):
        assert Browser(hub).get(path).status_code in (403, 404)


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(hub: Hub, ann: Browser) -> None:
    answers = [Browser(hub).logs_in(name, "not the password") for name in ("ann", "nobody")]
    assert [answer.status_code for answer in answers] == [403, 403]
    texts = [
        answer.text.replace('value="ann"', "").replace('value="nobody"', "") for answer in answers
    ]
    assert texts[0] == texts[1]


def test_log_in_leads_back_but_nowhere_else(hub: Hub, ann: Browser) -> None:
    again = Browser(hub)
    assert again.get("/me").headers["location"] == "/login?next=%2Fme"
    assert again.logs_in("ann", next="/me/tokens").headers["location"] == "/me/tokens"
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"):
        assert Browser(hub).logs_in("ann", next=evil).headers["location"] == "/"


def test_a_log_in_makes_a_new_session_and_ends_the_earlier(hub: Hub, ann: Browser) -> None:
    before = ann.client.cookies["session"]
    token = re.findall(r'name="csrf" value="([^"]+)"', ann.get("/me").text)[0]
    answer = ann.client.post("/login", data={"csrf": token, "name": "ann", "password": GOOD})
    cookie = answer.headers["set-cookie"]
    assert f"session={before};" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert hub.visitor(cookies={"session": before}).get("/me").status_code == 303
    assert ann.get("/me").status_code == 200


def test_a_session_given_by_somebody_else_is_nobodys(hub: Hub, ann: Browser) -> None:
    fixed = hub.visitor(cookies={"session": "given"})
    sent = {"name": "ann", "password": GOOD}
    assert "session=given;" not in fixed.post("/login", data=sent).headers["set-cookie"]
    assert hub.visitor(cookies={"session": "given"}).get("/me").status_code == 303


def test_with_tls_the_cookie_is_the_hosts_own(hub: Hub, ann: Browser) -> None:
    client = hub.visitor(base_url="https://testserver")
    cookie = client.post("/login", data={"name": "ann", "password": GOOD}).headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


def test_logging_out_ends_the_session_for_good(hub: Hub, ann: Browser) -> None:
    secret = ann.client.cookies["session"]
    assert ann.client.post("/logout").status_code == 403
    assert ann.send("/logout").status_code == 303
    assert hub.visitor(cookies={"session": secret}).get("/me").status_code == 303


def test_too_many_tries_are_told_when_to_go_on(hub: Hub, ann: Browser) -> None:
    guesser = Browser(hub)
    for _ in range(9):
        guesser.logs_in("ann", "a wrong password")
    answers = [guesser.logs_in("ann", "a wrong password") for _ in range(2)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize(("mode", "status"), [("open", 200), ("invite", 403), ("closed", 403)])
def test_who_may_join_is_configured(tmp_path: Path, mode: str, status: int) -> None:
    hub = hub_in(tmp_path, auth={"registration": mode})
    browser = Browser(hub)
    assert browser.get("/register").status_code == status
    answer = browser.send("/register", slug="bob", password=GOOD)
    assert (answer.status_code == 303) == (mode == "open")
    assert (hub.app.db.read(lambda s: find_person(s, "bob")) is not None) == (mode == "open")


def test_an_invitation_lets_one_in(hub: Hub, administrator: Browser) -> None:
    page = administrator.send("/admin/people", do="invite", email="bob@example.org").text
    path = re.search(r"http://testserver(/invite/[^<]+)<", page)[1]  # type: ignore[index]
    bob = Browser(hub)
    assert bob.get(path).status_code == 200
    assert bob.send(path, slug="bob", name="밥", password=GOOD).status_code == 303
    assert "밥" in bob.get("/me").text
    assert Browser(hub).get(path).status_code == 403


def test_an_invitation_need_not_say_for_whom(hub: Hub, administrator: Browser) -> None:
    """It waits in the list, until it is taken back."""
    page = administrator.send("/admin/people", do="invite").text
    path = re.search(r"http://testserver(/invite/[^<]+)<", page)[1]  # type: ignore[index]
    listed = administrator.get("/admin/people").text
    assert "For anyone who has the link" in listed
    number = re.search(r'name="id" value="(\d+)"', listed)[1]  # type: ignore[index]
    assert administrator.send("/admin/people", do="withdraw", id=number).status_code == 303
    assert "No invitation waits" in administrator.get("/admin/people").text
    assert Browser(hub).get(path).status_code == 403


def test_a_reset_link_sets_a_password_and_ends_sessions(
    hub: Hub, administrator: Browser, ann: Browser
) -> None:
    page = administrator.send("/admin/people", do="reset", slug="ann").text
    path = re.search(r"http://testserver(/reset/[^<]+)<", page)[1]  # type: ignore[index]
    fresh = Browser(hub)
    assert fresh.send(path, password="another four words").status_code == 303
    assert fresh.get("/me").status_code == 200
    assert ann.get("/me").status_code == 303
    assert Browser(hub).logs_in("ann", "another four words").status_code == 303


def test_a_profile_is_changed_and_what_is_wrong_is_shown_again(ann: Browser) -> None:
    assert ann.send("/me", name="안 Ann", email="ann@example.org", language="ko").status_code == 303
    page = ann.get("/me").text
    assert 'lang="ko"' in page
    assert "안 Ann" in page
    wrong = ann.send("/me", name="Ann", email="no address", language="")
    assert wrong.status_code == 400
    assert 'value="no address"' in wrong.text


def test_a_new_password_needs_the_old_one(hub: Hub, ann: Browser) -> None:
    other = Browser(hub)
    other.logs_in("ann")
    assert ann.send("/me/password", old="wrong", password="another four words").status_code == 400
    assert ann.send("/me/password", old=GOOD, password="another four words").status_code == 303
    assert ann.get("/me").status_code == 200
    assert other.get("/me").status_code == 303


def test_sessions_are_listed_and_ended(hub: Hub, ann: Browser) -> None:
    other = Browser(hub)
    other.logs_in("ann")
    listed = hub.app.db.read(lambda s: list_sessions(s, "ann", now=NOW))
    assert len(listed) == 2
    page = ann.get("/me/sessions").text
    number = re.search(r'name="session" value="(\d+)"', page)[1]  # type: ignore[index]
    assert ann.send("/me/sessions", session=number).status_code == 303
    assert other.get("/me").status_code == 303
    assert ann.get("/me").status_code == 200


def test_all_other_sessions_are_ended_at_once(hub: Hub, ann: Browser) -> None:
    others = [Browser(hub), Browser(hub)]
    for each in others:
        each.logs_in("ann")
    assert ann.send("/me/sessions", others="1").status_code == 303
    assert [each.get("/me").status_code for each in others] == [303, 303]
    assert ann.get("/me").status_code == 200


def test_a_token_is_shown_once_and_acts_within_its_scopes(hub: Hub, ann: Browser) -> None:
    page = ann.send("/me/tokens", name="ci", scopes=["read"], days="30").text
    secret = re.search(r"madang_[\w-]+", page)[0]  # type: ignore[index]
    assert secret not in ann.get("/me/tokens").text
    for days in ("0", "367", "999999", "-1", "x", ""):
        assert ann.send("/me/tokens", name="ci", scopes=["read"], days=days).status_code == 400
    assert ann.send("/me/tokens", name="ci", days="3").status_code == 400
    header = {"Authorization": f"Bearer {secret}"}
    assert hub.visitor().get("/me", headers=header).status_code == 303  # pages are for sessions
    number = re.search(r'name="revoke" value="(\d+)"', ann.get("/me/tokens").text)[1]  # type: ignore[index]
    assert ann.send("/me/tokens", revoke=number).status_code == 303
    kept = hub.visitor().get("/", headers=header).headers["cache-control"]
    assert "private" not in kept


def test_a_code_binds_the_name_on_irc(hub: Hub, ann: Browser) -> None:
    page = ann.send("/me/handles").text
    code = re.search(r"/msg madang link (\w+)<", page)[1]  # type: ignore[index]
    ticket = hub.app.db.write(lambda s: use_ticket(s, TicketKind.LINK, code, NOW))
    assert ticket is not None
    assert ticket.person == "ann"


def test_pages_of_administration_are_not_there_for_others(hub: Hub, ann: Browser) -> None:
    """In the same words as for a page that there is not."""
    for who in (ann, Browser(hub)):
        nowhere = who.get("/admin/nowhere")
        for path in ("/admin/people", "/admin/teams", "/admin/audit"):
            answer = who.get(path)
            assert answer.status_code == 404
            assert _bare(answer.text) == _bare(nowhere.text)
        assert who.send("/admin/people", do="suspend", slug="ann").status_code in (403, 404)


def _bare(text: str) -> str:
    text = re.sub(r'value="[^"]*"|next=[^"]*', "", text)
    return re.sub(r"/(admin|people)/\w+|called \w+ here", "", text)


def test_administrators_suspend_and_let_in_again(
    hub: Hub, administrator: Browser, ann: Browser
) -> None:
    assert (
        administrator.send("/admin/people", do="suspend", slug="ann", reason="spam").status_code
        == 303
    )
    assert ann.get("/me").status_code == 303
    assert Browser(hub).logs_in("ann").status_code == 403
    administrator.send("/admin/people", do="restore", slug="ann")
    assert Browser(hub).logs_in("ann").status_code == 303
    acts = [(act.verb, act.ref, act.detail) for act in hub.app.db.read(audit_log)]
    assert ("suspend", "person:ann", "spam") in acts
    record = administrator.get("/admin/audit?ref=person:ann").text
    assert "suspend" in record
    assert "spam" in record


def test_the_last_administrator_stays_one(administrator: Browser) -> None:
    for act in ("demote", "suspend"):
        answer = administrator.send("/admin/people", do=act, slug="moss")
        assert answer.status_code == 409
        assert "only administrator" in answer.text


def test_teams_are_made_filled_and_given_rights(
    hub: Hub, administrator: Browser, ann: Browser
) -> None:
    for act in (
        {"do": "found", "slug": "infra", "name": "인프라"},
        {"do": "add", "team": "infra", "person": "ann"},
        {"do": "give", "verb": "edit", "ref": "series:infra", "to": "team:infra"},
    ):
        assert administrator.send("/admin/teams", **act).status_code == 303
    page = administrator.get("/admin/teams").text
    assert "인프라" in page
    assert "edit series:infra" in page
    wrong = administrator.send("/admin/teams", do="add", team="infra", person="nobody")
    assert wrong.status_code == 404
    assert "There is nobody called nobody here." in wrong.text
    assert administrator.send("/admin/teams", do="nonsense").status_code == 400


@pytest.mark.parametrize("text", [*PAYLOADS[:4], " ".join(PAYLOADS)])
def test_what_people_write_is_never_html(hub: Hub, administrator: Browser, text: str) -> None:
    person(hub, "eve")
    pages = [
        administrator.send("/me", name=text, email=text, language=text).text,
        administrator.send("/me/tokens", name=text, scopes=[text], days=text).text,
        administrator.send("/admin/people", do="invite", email=text).text,
        administrator.send("/admin/people", do="suspend", slug="eve", reason=text).text,
        administrator.send("/admin/teams", do="found", slug=text, name=text, about=text).text,
        administrator.send("/admin/teams", do="give", verb=text, ref=text, to=text).text,
        *(
            administrator.get(path).text
            for path in ("/admin/people", "/admin/teams", "/admin/audit")
        ),
        administrator.client.get("/admin/people", params={"q": text, "after": text}).text,
        administrator.client.get("/admin/audit", params={"ref": text}).text,
        Browser(hub).logs_in(text, text, next=text).text,
    ]
    for page in pages:
        assert [payload for payload in PAYLOADS if "<" in payload and payload in page] == []


def test_somebody_suspended_is_only_a_speaker_on_irc(hub: Hub, ann: Browser) -> None:
    from hub.accounts.handles import bind_handle

    hub.app.db.write(lambda s: bind_handle(s, OPERATOR, "ann", "irc", "net", "Ann", now=NOW))
    assert hub.app.db.read(lambda s: speaker(s, "net", "ann", "x")).person == "ann"
    hub.app.db.write(lambda s: suspend(s, OPERATOR, "ann", now=NOW))
    assert hub.app.db.read(lambda s: speaker(s, "net", "ann", "x")).person is None
    code = hub.app.db.write(lambda s: make_ticket(s, OPERATOR, TicketKind.INVITE, now=NOW))
    assert Browser(hub).get(f"/invite/{code}").status_code == 200


def test_a_persons_page_is_there_while_they_are(
    hub: Hub, administrator: Browser, ann: Browser
) -> None:
    assert "ann" in administrator.get("/people/").text
    assert "No name on IRC is bound" in administrator.get("/people/ann").text
    assert "/me/handles" in ann.get("/people/ann").text
    administrator.send("/admin/people", do="rename", slug="ann", new="anna")
    assert administrator.get("/people/ann").headers["location"] == "/people/anna"
    administrator.send("/admin/people", do="suspend", slug="anna")
    gone, nobody = administrator.get("/people/anna"), administrator.get("/people/nobody")
    assert (gone.status_code, nobody.status_code) == (404, 404)
    assert _bare(gone.text) == _bare(nobody.text)
    assert "anna" not in administrator.get("/people/").text


def test_guests_can_not_learn_who_has_an_account(hub: Hub, ann: Browser) -> None:
    """Neither from the list nor from the page of somebody who did nothing that all may see."""
    guest = Browser(hub)
    assert guest.get("/people/").headers["location"] == "/login?next=%2Fpeople%2F"
    known, nobody = guest.get("/people/ann"), guest.get("/people/nobody")
    assert (known.status_code, nobody.status_code) == (404, 404)
    assert _bare(known.text) == _bare(nobody.text)
    assert 'href="/people/"' not in guest.get("/").text
    assert 'href="/people/"' in ann.get("/").text


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
         " Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
         " Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile"
         " Safari/537.36", "Chrome on Android"),
        ("curl/8.10", "curl"),
        ("<b>" + "x" * 99, "<b>" + "x" * 57),
        ("", ""),
    ],
)  # fmt: skip
def test_a_session_is_called_by_its_browser_and_system(agent: str, told: str) -> None:
    assert agents.told(agent) == told


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/json"]
)
def test_a_form_that_is_none_is_told_so(hub: Hub, kind: str) -> None:
    sent = hub.visitor().post("/login", content=b"name=ann", headers={"Content-Type": kind})
    assert sent.status_code == 415
    assert "application/x-www-form-urlencoded" in sent.text


def test_ones_data_is_given_to_oneself(ann: Browser, hub: Hub) -> None:
    told = ann.get("/me/data.json").json()
    assert told["person"]["slug"] == "ann"
    assert told["sessions"]
    assert Browser(hub).get("/me/data.json").status_code == 303
    answers = [ann.get("/me/data.json").status_code for _ in range(4)]
    assert answers[-1] == 429


def test_an_account_is_erased_by_who_knows_its_password(hub: Hub, ann: Browser) -> None:
    for sent in ({"name": "bob", "password": GOOD}, {"name": "ann", "password": "wrong"}):
        assert ann.send("/me/data", **sent).status_code == 400
    assert ann.send("/me/data", name="ann", password=GOOD).status_code == 303
    assert ann.get("/me").status_code == 303
    assert Browser(hub).logs_in("ann").status_code == 403
    assert Browser(hub).get("/people/ann").status_code == 404
    assert "erased" not in person(hub, "bob").get("/people/").text
