"""Links by mail on the web: what is answered gives nothing away, and what was promised comes."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from hub.accounts.handles import bind_handle
from hub.accounts.letters import take_letter
from hub.config import Config
from tests.servers.madang import Madang
from tests.servers.smtp import MailServer, text_of
from tests.web.hub import NOW, Hub, hub_in
from tests.web.test_accounts import GOOD, OPERATOR, Browser, person

MAIL = {"host": "mail.example.org", "sender": "hub@example.org"}
NEW = "another four words"


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    """A hub that sends mails."""
    made = hub_in(tmp_path, mail=MAIL, auth={"registration": "open"})
    told = made.app.config.model_dump()
    told["hub"]["base_url"] = "https://hub.example.org"
    return Hub(replace(made.app, config=Config.model_validate(told)))


def link(hub: Hub) -> str:
    """Return where the link in the next letter leads; it is for Ann's address."""
    letter = hub.app.db.write(lambda s: take_letter(s, hub.app.config, now=NOW))
    assert letter is not None
    assert letter.mail.to == "ann@example.org"
    found = re.search(r"https://hub\.example\.org(/\S+)", letter.mail.text)
    assert found
    return found[1]


def letters(hub: Hub) -> list[Any]:
    """Return what is known of the letters that wait: the kind, and for whom."""
    query = "SELECT kind, person_id FROM letter"
    return list(hub.app.db.read(lambda s: s.connection().exec_driver_sql(query).all()))


def proves(hub: Hub) -> None:
    """Let Ann's address be verified."""
    hub.app.db.write(
        lambda s: bind_handle(s, OPERATOR, "ann", "email", "", "ann@example.org", now=NOW)
    )


def test_who_forgot_their_password_gets_a_link(hub: Hub) -> None:
    person(hub, "ann")
    proves(hub)
    browser = Browser(hub)
    assert 'href="/forgot"' in browser.get("/login").text
    answer = browser.send("/forgot", name="ann@example.org")
    assert (answer.status_code, answer.headers["location"]) == (303, "/forgot?asked=1")
    assert browser.send(link(hub), password=NEW).status_code == 303
    assert Browser(hub).logs_in("ann", NEW).status_code == 303


def test_asking_gives_no_account_away(hub: Hub) -> None:
    """The answers are the same, and so is what is done before them: one row is written."""
    person(hub, "ann")
    proves(hub)
    told = []
    for name in ("ann", "ann@example.org", "nobody", ""):
        browser = Browser(hub)
        answer = browser.send("/forgot", name=name)
        shown = browser.get("/forgot?asked=1")
        told.append((answer.status_code, dict(answer.headers) | {"x-request-id": ""}, shown.text))
    assert all(each == told[0] for each in told)
    assert letters(hub) == [("reset", None)] * 4


def test_one_address_asks_for_few_mails(hub: Hub) -> None:
    answers = [Browser(hub).send("/forgot", name=f"n{i}") for i in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]


def test_without_mail_one_is_told_whom_to_ask(tmp_path: Path) -> None:
    hub = hub_in(tmp_path)
    page = Browser(hub).get("/forgot")
    assert "Ask an administrator" in page.text
    assert 'name="name"' not in page.text
    assert Browser(hub).send("/forgot", name="ann").headers["location"] == "/forgot"
    ann = person(hub, "ann")
    ann.send("/me", name="Ann", email="ann@example.org", language="")
    assert "/me/email" not in ann.get("/me").text
    assert letters(hub) == []


def test_a_links_address_is_the_configured_one(hub: Hub) -> None:
    """Whatever host the request names: else a stranger could have the code sent to a host of theirs."""
    person(hub, "ann")
    proves(hub)
    evil = hub.visitor(base_url="http://evil.example")
    assert evil.post("/forgot", data={"name": "ann"}).status_code == 303
    assert link(hub).startswith("/reset/")


def test_who_joins_confirms_their_address(hub: Hub) -> None:
    ann = Browser(hub)
    ann.send("/register", slug="ann", email="ann@example.org", password=GOOD)
    assert "Send the link again" in ann.get("/me").text
    address = link(hub)
    fresh = Browser(hub)
    assert fresh.logs_in("ann@example.org").status_code == 403
    assert "ann@example.org" in fresh.get(address).text
    assert fresh.logs_in("ann@example.org").status_code == 403  # to open it confirms nothing
    assert fresh.send(address).headers["location"].startswith("/login?next=%2Fme")
    assert "is confirmed" in fresh.get("/login?confirmed=1").text
    assert fresh.logs_in("ann@example.org").status_code == 303
    assert "Send the link again" not in ann.get("/me").text
    assert "ann@example.org" in ann.get("/me/handles").text
    assert fresh.get(address).status_code == 403


def test_a_changed_address_is_confirmed_anew_and_the_link_sent_again_on_request(hub: Hub) -> None:
    ann = person(hub, "ann")
    sent = {"name": "Ann", "language": ""}
    ann.send("/me", email="old@example.org", **sent)
    ann.send("/me", email="ann@example.org", **sent)
    first = link(hub)
    assert ann.client.post("/me/email").status_code == 403
    token = re.findall(r'name="csrf" value="([^"]+)"', ann.get("/me").text)[0]
    answer = ann.client.post("/me/email", data={"csrf": token})
    assert answer.headers["location"] == "/me?sent=1"
    assert "on its way to ann@example.org" in ann.get("/me?sent=1").text
    second = link(hub)
    assert Browser(hub).get(first).status_code == 403
    assert ann.send(second).status_code == 303
    assert "is confirmed" in ann.get("/me?confirmed=1").text


def test_nobody_sends_many_mails_by_changing_their_address(hub: Hub) -> None:
    ann = person(hub, "ann")
    answers = [
        ann.send("/me", name="Ann", email=f"victim{i}@example.org", language="") for i in range(6)
    ]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]


def test_what_was_promised_comes_after_a_crash(tmp_path: Path) -> None:
    """The web process is killed right after its answer; another process sends the mail."""
    with MailServer(tmp_path / "smtp", "starttls", asks=True) as server:
        text = f'[hub]\nbase_url = "https://hub.example.org"\n{server.toml}'
        with Madang(tmp_path, text, role="web") as web:
            web.run("user", "add", "ann", "--email", "ann@example.org")
            web.run("user", "bind", "ann", "--email", "ann@example.org")
            origin = {"Origin": web.url}
            answer = httpx.post(f"{web.url}/forgot", data={"name": "ann"}, headers=origin)
            assert answer.status_code == 303
            web.kill()
            assert server.taken == []
        with Madang(tmp_path, text, role="worker", data=web.data):
            mail = server.waits_for()
    assert mail["To"] == "ann@example.org"
    assert "https://hub.example.org/reset/" in text_of(mail)
