"""Visitors that are slow on purpose, or take more than their share, don't keep the others out."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.requests import Request

from tests.servers.deadline import wait_until
from tests.web.hub import CHANNEL, DAY, NOW, Site
from tests.web.test_live import LIVE, listening, said
from web.live import reader_of
from web.patience import LARGEST_HEAD, PatientProtocol

HEAD = b"GET / HTTP/1.1\r\nHost: h\r\n"
HEAD_S, BODY_S = 0.6, 0.9


class Quick(PatientProtocol):
    """As patient as a test is."""

    head_s = HEAD_S
    body_s = BODY_S


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hub whose web server soon loses its patience."""
    with Site(tmp_path / "data", http=Quick) as made:
        made.evening()
        yield made


def connected(site: Site) -> socket.socket:
    """Connect without a word."""
    host, port = site.url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), 10)


def held_s(visitor: socket.socket, *drips: bytes) -> float:
    """Drip bytes until the server hangs up; return after how many seconds that is."""
    began = time.monotonic()
    visitor.settimeout(0.1)
    while time.monotonic() - began < 10:
        try:
            if drips:
                visitor.sendall(drips[0])
            if not visitor.recv(65536):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("first", "drip", "patience_s"),
    [
        (b"", None, HEAD_S),
        (HEAD, None, HEAD_S),
        (HEAD, b"X-a: b\r\n", HEAD_S),
        (b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", b"\r\n", HEAD_S),
        (b"POST /theme HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n", b"a", BODY_S),
        (b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n", b"a", BODY_S),
    ],
    ids=[
        "silence",
        "half a head",
        "a head in drips",
        "line ends",
        "a body in drips",
        "unread body",
    ],
)
def test_who_never_comes_to_the_point_is_hung_up_on(
    site: Site, first: bytes, drip: bytes | None, patience_s: float
) -> None:
    with connected(site) as visitor:
        visitor.sendall(first)
        held = held_s(visitor, *filter(None, [drip]))
    assert patience_s * 0.5 < held < 5


def test_a_head_without_end_is_refused(site: Site) -> None:
    with connected(site) as visitor:
        visitor.sendall(HEAD + b"X-a: " + b"b" * (2 * LARGEST_HEAD))
        assert visitor.recv(20).startswith(b"HTTP/1.1 431")


def test_who_asks_again_and_again_is_answered(site: Site) -> None:
    """On one connection, for longer than one request may take; a large body in time too."""
    with httpx.Client(base_url=site.url) as client:
        ends = time.monotonic() + 2 * HEAD_S
        while time.monotonic() < ends:
            assert client.get(DAY).status_code == 200
        assert client.post("/theme", content=b"a" * 900_000).status_code in (303, 400)


def test_requests_that_come_together_are_all_answered(site: Site) -> None:
    with connected(site) as visitor:
        visitor.sendall((HEAD + b"\r\n") * 3 + HEAD + b"Connection: close\r\n\r\n")
        got = b""
        while part := visitor.recv(65536):
            got += part
    assert got.count(b"HTTP/1.1 200 OK") == 4


def test_a_live_page_outlasts_the_patience(site: Site) -> None:
    with listening(site) as ear:
        time.sleep(2 * max(HEAD_S, BODY_S))  # what is tested is that time passes
        site.hears(site.line("ann", "still there", at=NOW))
        assert said(ear) == "still there"


def test_one_address_has_no_more_than_its_share_of_live_pages(tmp_path: Path) -> None:
    """Others get theirs; a place that gets free is given."""
    limits = {"live_streams": 10, "live_streams_per_address": 2}
    with Site(tmp_path / "data", limits=limits) as site:
        site.evening()
        with ExitStack() as greedy:
            for _ in range(2):
                greedy.enter_context(listening(site))
            refused = site.ask(LIVE)
            assert refused.status_code == 429
            assert refused.headers["retry-after"] == "30"
            with listening(site, **{"X-Forwarded-For": "192.0.2.1"}):
                pass
        wait_until(lambda: "madang_live_streams 0" in site.ask("/metrics").text, "silence")
        with listening(site):
            pass


def request(host: str, *headers: tuple[bytes, bytes]) -> Request:
    """Return a request from an address."""
    return Request({"type": "http", "client": (host, 1), "headers": list(headers), "path": CHANNEL})


@pytest.mark.parametrize(
    ("host", "reader"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("127.0.0.1", "127.0.0.1"),
        ("testclient", "testclient"),
    ],
)
def test_a_reader_is_known_by_the_address(host: str, reader: str) -> None:
    """Of IPv6 by the network that one home has."""
    assert reader_of(request(host)) == reader


def test_only_a_proxy_on_this_machine_is_taken_for_one() -> None:
    told = (b"x-forwarded-for", b"192.0.2.9")
    assert reader_of(request("127.0.0.1", told)) == ""
    assert reader_of(request("192.0.2.7", told)) == "192.0.2.7"
