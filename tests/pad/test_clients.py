"""The stock JavaScript clients at our socket: yjs with y-websocket 3 and 1.5."""

import gzip
import json
from pathlib import Path

import pytest
from sqlmodel import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from hub.people import operator
from pad.log import Author
from pad.pads import begin_pad, find_pad, forget_history, text_of, write_text
from pad.protocol import change
from tests.pad.peers import Peer, Peers
from tests.servers.deadline import wait_until
from tests.web.hub import NOW, Site

ODD = "한글 조합 漢字 😀👩‍👩‍👧 é e\u0301 \u202e end"
OPERATOR = operator("olga")


def stored(site: Site, name: str) -> str:
    """What a fresh look into the log finds."""

    def read(session: Session) -> str:
        pad = find_pad(session, name)
        return text_of(session, pad) if pad else ""

    return site.app.db.read(read)


@pytest.mark.parametrize("old", [False, True], ids=["y-websocket 3", "y-websocket 1.5"])
def test_what_one_types_the_other_sees(site: Site, peers: Peers, *, old: bool) -> None:
    ann, bob = peers.opened("notes", old=old), peers.opened("notes")
    ann.insert(0, "hello " + ODD)
    assert bob.shows("hello " + ODD)
    assert stored(site, "notes") == "hello " + ODD, "what another one sees is on disk"
    bob.insert(6, "dear ")
    assert ann.shows("hello dear " + ODD)
    ann.do("erase", at=0, length=6)
    assert bob.shows("dear " + ODD)


def test_what_was_written_offline_is_merged(peers: Peers) -> None:
    ann, bob = peers.opened("notes"), peers.opened("notes")
    ann.insert(0, "one three")
    assert bob.shows("one three")
    ann.do("offline")
    ann.insert(4, "두 ")
    bob.insert(9, " four")
    ann.do("online")
    assert bob.shows("one 두 three four")
    assert ann.shows("one 두 three four")


def test_a_late_comer_sees_text_and_resting_carets(peers: Peers) -> None:
    ann = peers.opened("notes")
    ann.insert(0, "here")
    ann.do("say", state={"user": {"name": "Ann"}, "cursor": {"anchor": None}})
    assert ann.is_saved()
    bob = peers.opened("notes")
    assert bob.shows("here")
    ((client, state),) = bob.do("people", count=1)
    assert client == ann.client
    assert state["user"]["name"] == "Ann"
    assert state["cursor"] == {"anchor": None}


def _names(peer: Peer) -> set[str]:
    return {state["user"]["name"] for _, state in peer.do("people")}


def test_a_caret_goes_with_its_connection_however_it_ends(peers: Peers) -> None:
    ann, bob, eve = (peers.opened("notes") for _ in range(3))
    for peer, name in ((ann, "Ann"), (eve, "Eve")):
        peer.do("say", state={"user": {"name": name}})
    wait_until(lambda: _names(bob) == {"Ann", "Eve"}, "both carets")
    ann.do("cut")
    ann.do("offline")
    eve.do("leave")
    assert bob.do("people", count=0) == []


def test_names_and_colours_come_from_the_server(peers: Peers) -> None:
    ann, bob = peers.opened("notes"), peers.opened("notes")
    ann.do("say", state={"user": {"name": "  Ann \n Lee ", "color": "red", "admin": True}, "x": 1})
    wait_until(lambda: dict(bob.do("people"))[ann.client].get("user", {}).get("name"), "the name")
    found = dict(bob.do("people", count=1))
    assert found[ann.client] == {
        "user": {
            "name": "Ann Lee", "colour": 0, "guest": True,
            "color": "var(--author-0)", "colorLight": "var(--author-0-soft)",
        }
    }  # fmt: skip


def test_nothing_is_acknowledged_before_it_is_stored(site: Site, peers: Peers) -> None:
    ann = peers.opened("notes")
    for i in range(50):
        ann.insert(0, f"{i} ")
    assert ann.is_saved()
    assert stored(site, "notes") == ann.text


def test_acknowledgements_are_for_who_asks(peers: Peers) -> None:
    ann, bob = peers.opened("notes", params={}), peers.opened("notes")
    ann.insert(0, "quiet")
    assert bob.shows("quiet")
    bob.insert(0, "very ")
    assert bob.is_saved()
    assert ann.do("acked") == 0


def test_who_only_reads_changes_nothing(site: Site, peers: Peers) -> None:
    ann = peers.opened("notes")
    ann.insert(0, "the text")
    assert ann.is_saved()
    pad = site.app.db.read(lambda s: find_pad(s, "notes"))
    assert pad is not None
    reader = peers.opened(f"r.{pad.reading}")
    assert reader.shows("the text")
    reader.insert(0, "graffiti ")
    reader.do("offline")
    reader.do("online")
    ann.insert(8, " grows")
    assert reader.shows("graffiti the text grows")
    assert stored(site, "notes") == "the text grows"


def test_where_guests_may_not_write_they_read(tmp_path: Path) -> None:
    with Site(tmp_path / "data", pads={"access": "public"}) as site, Peers(site.url) as peers:
        missing = peers.open("notes")
        assert not missing.do("connected", seconds=1)
        site.app.db.write(lambda s: begin_pad(s, OPERATOR, "notes", access="public", now=NOW))
        reader = peers.opened("notes")
        reader.insert(0, "graffiti")
        assert not reader.do("saved", seconds=1)
        assert stored(site, "notes") == ""


@pytest.mark.parametrize("old", [False, True], ids=["y-websocket 3", "y-websocket 1.5"])
def test_a_forgotten_history_does_not_come_back(site: Site, peers: Peers, *, old: bool) -> None:
    ann = peers.opened("notes", old=old)
    ann.insert(0, "secret plan")
    ann.do("erase", at=0, length=7)
    assert ann.is_saved()
    site.app.db.write(lambda s: forget_history(s, OPERATOR, "notes", now=NOW))
    site.app.pulse.beat()
    if not old:
        assert ann.do("closed")["code"] == 4409
    fresh = peers.opened("notes")
    assert fresh.shows("plan")
    ann.insert(0, "more ")
    ann.do("online")
    fresh.insert(4, "!")
    assert fresh.is_saved()
    assert fresh.shows("plan!")
    assert stored(site, "notes") == "plan!"


def test_who_holds_another_history_is_turned_away(site: Site, peers: Peers) -> None:
    first = peers.opened("notes")
    first.insert(0, "text")
    assert first.is_saved()
    epoch = site.app.db.read(lambda s: getattr(find_pad(s, "notes"), "epoch", ""))
    same = peers.opened("notes", params={"epoch": epoch})
    assert same.shows("text")
    other = peers.open("notes", params={"epoch": "another"})
    assert other.do("closed")["code"] == 4409
    assert other.text == ""


def test_version_2_is_refused(site: Site, peers: Peers) -> None:
    ann = peers.open("elsewhere", connect=False)
    ann.insert(0, "hi")
    address = site.url.replace("http", "ws", 1) + "/ws/pads/notes"
    with connect(address) as socket:
        socket.send(change(bytes.fromhex(ann.do("update2"))))
        assert _close_code(socket) == 4400
    assert stored(site, "notes") == ""


def _close_code(socket: ClientConnection) -> int | None:
    try:
        while True:
            socket.recv(timeout=10)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_what_comes_out_of_order_is_asked_for(site: Site, peers: Peers) -> None:
    """The second tab of a browser may send what rests on the first one's words before they came."""
    ann = peers.open("notes", connect=False)
    ann.insert(0, "first ")
    bob = peers.opened("notes")
    before = bytes.fromhex(ann.do("update")).hex()
    bob.do("offline")
    bob.do("apply", update=before)
    bob.insert(6, "second")
    bob.do("online")
    assert bob.is_saved()
    assert stored(site, "notes") == "first second"


def test_many_write_at_once_and_all_see_the_same(site: Site, peers: Peers) -> None:
    writers = [peers.opened("notes") for _ in range(6)]
    words = []
    for i in range(20):
        for n, writer in enumerate(writers):
            words.append(f"<{n}.{i}>")
            writer.insert(0, words[-1])
    texts = {writer.shows_words(*words) for writer in writers}
    assert len(texts) == 1
    (text,) = texts
    assert all(text.count(word) == 1 for word in words)
    assert all(writer.is_saved() for writer in writers)
    assert stored(site, "notes") == text


def test_a_pad_that_was_only_looked_at_is_none(site: Site, peers: Peers) -> None:
    ann = peers.opened("nothing")
    ann.do("leave")
    wait_until(lambda: site.app.db.read(lambda s: find_pad(s, "nothing")) is None, "the pad to go")


def test_what_the_hub_writes_comes_to_all(site: Site, peers: Peers) -> None:
    ann = peers.opened("notes")
    ann.insert(0, "# Notes 😀\n\nold\n")
    assert ann.is_saved()

    def write(session: Session) -> None:
        pad = find_pad(session, "notes")
        assert pad is not None
        author = Author("operator:olga", "olga", 1)
        write_text(session, OPERATOR, pad, "# Notes 😀\n\nnew 한글\n", author, now=NOW)

    site.app.db.write(write)
    site.app.pulse.beat()
    assert ann.shows("# Notes 😀\n\nnew 한글\n")
    ann.insert(0, "!")
    assert ann.is_saved()
    assert stored(site, "notes") == "!# Notes 😀\n\nnew 한글\n"


TRACES = "data/pads/editing-traces/sequential_traces"


def _trace(shared: Path, name: str) -> tuple[list[list[object]], str]:
    folder = shared / TRACES / "ascii_only"
    file = next(iter(folder.glob(f"{name}*.json.gz")))
    told = json.loads(gzip.decompress(file.read_bytes()))
    return [patch for txn in told["txns"] for patch in txn["patches"]], told["endContent"]


@pytest.mark.parametrize("name", ["sveltecomponent", "friendsforever"])
def test_a_real_text_typed_by_three_in_turn_ends_as_it_did(
    shared: Path, site: Site, peers: Peers, name: str
) -> None:
    patches, end = _trace(shared, name)
    writers: list[Peer] = [peers.opened("paper") for _ in range(3)]
    told = ""
    for turn, start in enumerate(range(0, len(patches), 3_000)):
        writer = writers[turn % 3]
        assert writer.shows(told)
        writer.do("type", patches=patches[start : start + 3_000], each=50)
        told = writer.text
    assert told == end
    assert all(writer.shows(end) for writer in writers)
    assert all(writer.is_saved() for writer in writers)
    assert stored(site, "paper") == end
