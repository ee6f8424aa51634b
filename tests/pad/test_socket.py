"""The socket, spoken to by hand: who may come in, what is refused, and what no bytes can do."""

import asyncio
import random
import time

import httpx2 as httpx
import pytest
from sqlmodel import Session, select
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from hub.errors import Conflict
from hub.people import GUEST
from pad import protocol
from pad.connection import Connection
from pad.engine import Engine
from pad.log import Author
from pad.pads import begin_pad, drop_if_empty, find_pad, text_of
from pad.rooms import Rooms
from pad.tables import PadRow
from tests.pad.frames import frame, item, states
from tests.pad.peers import Peers
from tests.servers.deadline import wait_until
from tests.web.hub import Site


def address(site: Site, name: str = "notes", query: str = "") -> str:
    """Return the socket's address."""
    return site.url.replace("http", "ws", 1) + f"/ws/pads/{name}{query}"


def close_code(socket: ClientConnection) -> int | None:
    """Wait for the end; return with which code it came."""
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def told(socket: ClientConnection, kind: int) -> bytes:
    """Return the next frame of that kind."""
    while True:
        got = socket.recv(timeout=10)
        assert isinstance(got, bytes)
        if got[0] == kind:
            return got


def stored(site: Site, name: str = "notes") -> str:
    """Return what the log says."""

    def read(session: Session) -> str:
        pad = find_pad(session, name)
        return text_of(session, pad) if pad else ""

    return site.app.db.read(read)


def refusal(site: Site, name: str = "notes", **options: object) -> int:
    """Return the HTTP status with which the socket is refused."""
    with pytest.raises(InvalidStatus) as refused:
        connect(address(site, name), **options)  # type: ignore[arg-type]
    return refused.value.response.status_code


def test_a_page_of_another_site_is_refused_before_it_is_let_in(site: Site) -> None:
    assert refusal(site, origin="https://evil.example") == 403
    assert site.app.db.read(lambda s: find_pad(s, "notes")) is None
    with connect(address(site), origin=site.url) as socket:  # type: ignore[arg-type]
        assert told(socket, 0) == protocol.step1(b"\x00")


@pytest.mark.parametrize(("name", "status"), [("a%20%3Fb", 400), ("r.0123", 404)])
def test_what_is_no_pad_is_refused_before_it_is_let_in(site: Site, name: str, status: int) -> None:
    assert refusal(site, name) == status


def test_an_update_is_answered_when_it_is_stored(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as socket:
        socket.send(frame(0, 2, item(0, "한글")))
        assert told(socket, 100) == protocol.ack(1)
        assert stored(site) == "한글"
        socket.send(frame(0, 2, item(0, "한글")))
        assert told(socket, 100) == protocol.ack(2)
        pad = site.app.db.read(lambda s: find_pad(s, "notes"))
        assert pad is not None
        assert pad.head == 1, "what says nothing new is not logged again"


def test_a_gap_is_asked_for_and_acknowledged_only_when_it_is_filled(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as socket:
        assert told(socket, 0) == protocol.step1(b"\x00")
        late = item(2, "cd", left=(7, 1))
        socket.send(frame(0, 2, late))
        assert told(socket, 0) == protocol.step1(b"\x00")
        assert stored(site) == ""
        full = Engine([item(0, "ab"), late]).encode()
        socket.send(frame(0, 1, full))
        assert told(socket, 100) == protocol.ack(2)
        assert stored(site) == "abcd"


def test_nobody_writes_in_the_name_of_one_who_is_here(site: Site) -> None:
    with connect(address(site)) as ann, connect(address(site)) as eve:
        ann.send(frame(0, 2, item(0, "ann")))
        told(eve, 0)
        wait_until(lambda: stored(site) == "ann", "ann's word")
        eve.send(frame(0, 2, item(3, "!", left=(7, 2))))
        assert close_code(eve) == 4422
        assert stored(site) == "ann"


def test_a_text_that_is_too_long_is_refused_whole(site: Site) -> None:
    longest = site.app.config.pads.longest
    with connect(address(site)) as socket:
        socket.send(frame(0, 2, item(0, "x" * (longest - 100))))
        wait_until(lambda: len(stored(site)) == longest - 100, "the long text")
        socket.send(frame(0, 2, item(longest - 100, "y" * 101, left=(7, longest - 101))))
        assert close_code(socket) == 4413
        assert len(stored(site)) == longest - 100


def test_a_message_without_bounds_is_refused(site: Site) -> None:
    with connect(address(site)) as socket:
        socket.send(b"\x00\x02" + b"\x00" * 1_000_001)
        assert close_code(socket) == 1009


def test_a_state_that_is_too_large_or_no_json_is_refused(site: Site) -> None:
    for number, json in enumerate(('{"a":"' + "x" * 5_000 + '"}', "{", "[1]")):
        with connect(address(site, f"notes-{number}")) as socket:
            socket.send(protocol.presence(states((7, 1, json))))
            assert close_code(socket) == 4400


def test_whoever_wonders_is_told_who_is_here(site: Site) -> None:
    with connect(address(site)) as ann, connect(address(site)) as bob:
        ann.send(protocol.presence(states((7, 1, '{"user":{"name":"Ann"}}'))))
        assert b"Ann" in told(bob, 1)
        bob.send(b"\x03")
        assert b"Ann" in told(bob, 1)
        bob.send(protocol.presence(states((7, 9, '{"user":{"name":"Eve"}}'), (8, 1, "{}"))))
        got = told(ann, 1)
        while b"\x08\x01" not in got:
            got = told(ann, 1)
        assert b"Eve" not in got, "who is here is told by themselves only"


def test_who_comes_when_an_empty_pad_goes_with_the_last_one_is_asked_to_come_again(
    site: Site,
) -> None:
    app = site.app
    gone = app.db.write(lambda s: begin_pad(s, GUEST, "brief", access="open", now=app.clock()))
    app.db.write(lambda s: drop_if_empty(s, gone.id))
    late = Connection(GUEST, Author("guest:late", "", 0), True, True, True)
    with pytest.raises(Conflict, match="Open it again"):
        asyncio.run(Rooms(app).enter(gone, late, asyncio.Event().wait))  # type: ignore[arg-type]


def test_fuzzed_frames_never_stop_the_server(site: Site) -> None:
    chance = random.Random(7)
    good = [
        frame(0, 0, b"\x00"),
        frame(0, 1, item(0, "ab")),
        frame(0, 2, item(0, "abc", client=9)),
        protocol.presence(states((7, 1, '{"user":{"name":"Ann"},"cursor":{"anchor":null}}'))),
        b"\x03",
    ]
    for _ in range(150):
        with connect(address(site)) as socket:
            try:
                for _ in range(3):
                    data = bytearray(chance.choice(good))
                    for _ in range(chance.randint(0, 3)):
                        data[chance.randrange(len(data))] = chance.randrange(256)
                    socket.send(bytes(data[: chance.randint(1, len(data))]))
                socket.send("text")
            except ConnectionClosed:
                continue
    with Peers(site.url) as peers:
        ann, bob = peers.opened("fresh"), peers.opened("fresh")
        ann.insert(0, "alive")
        assert bob.shows("alive")
        assert peers.opened("notes").text == stored(site)
    assert httpx.get(site.url + "/healthz").status_code == 200


def test_a_right_that_is_taken_ends_what_it_allowed(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as socket:
        socket.send(frame(0, 2, item(0, "a")))
        assert told(socket, 100) == protocol.ack(1)
        site.app.db.write(_close_to_guests)
        site.app.pulse.beat()
        clock = 1
        while clock < 200 and _is_stored(socket, site, clock):
            clock += 1
        assert len(stored(site)) == clock < 200


def _close_to_guests(session: Session) -> None:
    row = session.exec(select(PadRow)).one()
    row.access = "public"
    session.add(row)


def _is_stored(socket: ClientConnection, site: Site, clock: int) -> bool:
    """Write one more letter; tell whether it was taken. An answer to step 1 says that it was seen."""
    socket.send(frame(0, 2, item(clock, "x", left=(7, clock - 1))))
    socket.send(frame(0, 0, b"\x00"))
    while told(socket, 0)[1] != 1:
        continue
    time.sleep(0.05)
    return len(stored(site)) > clock
