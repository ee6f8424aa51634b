"""Who has lost a session, or never had one: streams end, throttles hold, links tell nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlmodel import Session

from hub.accounts.people import create_person
from hub.accounts.sessions import MOST, list_sessions, open_session, revoke_all
from hub.accounts.throttle import Throttle
from hub.accounts.tickets import TicketKind, make_ticket
from hub.people import operator
from tests.web.hub import CHANNEL, NOW, Hub, Site, hub_in
from web.live import Streams

OPERATOR = operator("root")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub with a short talk."""
    made = hub_in(tmp_path / "data")
    made.evening()
    yield made
    made.app.db.close()


def begin(session: Session) -> str:
    """Open a session for ann, who is new."""
    return open_session(session, create_person(session, OPERATOR, "ann", now=NOW), now=NOW)


@pytest.mark.parametrize("path", ["/live", f"{CHANNEL}live"])
def test_a_live_page_ends_with_the_session_that_opened_it(tmp_path: Path, path: str) -> None:
    """And lasts while the session does: the stream is seen open after several looks."""
    with Site(tmp_path / "data") as site:
        site.evening()
        shell = site._shell
        shell.state.streams = Streams(site.app.config.limits, site.app.metrics, look_s=0.05)
        cookies = {"session": site.app.db.write(begin)}
        with (
            httpx.Client(cookies=cookies, timeout=1) as client,
            client.stream("GET", site.url + path) as answer,
        ):
            chunks = answer.iter_bytes()
            with pytest.raises(httpx.ReadTimeout):
                for _ in chunks:
                    pass
        with (
            httpx.Client(cookies=cookies, timeout=10) as client,
            client.stream("GET", site.url + path) as answer,
        ):
            chunks = answer.iter_bytes()
            assert next(chunks)
            site.app.db.write(lambda s: revoke_all(s, OPERATOR, "ann"))
            assert all(isinstance(chunk, bytes) for chunk in chunks)  # it comes to an end


def test_sessions_without_end_are_not_kept(tmp_path: Path) -> None:
    hub = hub_in(tmp_path / "data")

    def log_in_often(session: Session) -> None:
        person = create_person(session, OPERATOR, "ann", now=NOW)
        for minute in range(MOST + 10):
            at = NOW + timedelta(minutes=minute)
            open_session(session, person, agent=str(minute), now=at)

    hub.app.db.write(log_in_often)
    kept = hub.app.db.read(lambda s: list_sessions(s, "ann", now=NOW))
    assert [info.agent for info in kept] == [str(n) for n in range(MOST + 9, 9, -1)]
    hub.app.db.close()


def test_a_home_of_many_addresses_is_throttled_as_one(hub: Hub) -> None:
    """One app, for the throttle is its own; 21 addresses of a /64, then one of another."""
    client = hub.client()

    def ask(host: str) -> int:
        transport = client._transport
        setattr(transport, "client", (host, 50000))  # noqa: B010 - only the test transport has it
        return client.get("/invite/guess").status_code

    assert [ask(f"2001:db8::{n:x}") for n in range(1, 21)] == [403] * 20
    assert ask("2001:db8::ffff") == 429
    assert ask("2001:db8:0:1::1") == 403


def test_who_says_to_come_from_elsewhere_is_throttled_all_the_same(hub: Hub) -> None:
    client = hub.client()
    told = [
        client.get("/invite/guess", headers={"x-forwarded-for": f"192.0.2.{n}"}).status_code
        for n in range(21)
    ]
    assert told == [403] * 20 + [429]


def test_ten_thousand_wrong_names_stay_within_bounds() -> None:
    throttle, at = Throttle(10, 30.0, most=500), datetime(2021, 5, 13, tzinfo=UTC)
    for n in range(10_000):
        assert throttle.allow(f"name {n}", at) is None
    assert len(throttle._buckets) == 500


@pytest.mark.parametrize("kind", [TicketKind.INVITE, TicketKind.RESET])
def test_the_address_of_a_code_is_told_to_nobody(hub: Hub, kind: TicketKind) -> None:
    """Neither as Referer, nor by a cache, nor in a frame."""
    hub.app.db.write(begin)
    person = "ann" if kind is TicketKind.RESET else ""
    code = hub.app.db.write(lambda s: make_ticket(s, OPERATOR, kind, now=NOW, person=person))
    answer = hub.client().get(f"/{kind.value}/{code}", headers={"host": "evil.example"})
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "evil.example" not in answer.text


def test_an_empty_token_stands_for_nothing(hub: Hub) -> None:
    headers = {"authorization": "Bearer ", "sec-fetch-site": "cross-site"}
    assert hub.client().post("/theme", data={"theme": "dark"}, headers=headers).status_code == 403


@pytest.mark.parametrize("slug", ["%2f", "..%2f..", "%2e%2e", "%00", "안", "a" * 5000, "%ff", "'"])
def test_a_strange_name_in_an_address_is_simply_not_there(hub: Hub, slug: str) -> None:
    client = hub.client()
    for path in ("/people/", "/meetings/", "/irclogs/", "/meetings/people/"):
        assert client.get(path + slug).status_code in (301, 303, 308, 400, 404), path
    for path in ("/invite/", "/reset/", "/setup/"):
        assert client.get(path + slug).status_code in (403, 404), path
