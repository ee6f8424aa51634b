"""Frozen pads: read by all, written in by nobody, and at once again when they are thawed."""

import contextlib
import json
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import Session
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from hub.app import App
from hub.errors import Refused
from hub.people import GUEST, Actor, Role
from pad import log, protocol
from pad.freezing import freeze, thaw
from pad.kept import go_back, keep_revision
from pad.lib0 import Reader
from pad.pads import Pad, begin_pad, find_pad, forget_history, may_pad, text_of, write_text
from pad.talk import say
from tests.pad.frames import frame, item
from tests.pad.scribbles import ANN, BOB, NOW, OPERATOR, begun, write_texts
from tests.pad.test_editor import is_saved, opened, types
from tests.pad.test_socket import address, close_code, stored, told
from tests.pad.test_talk import csrf_of
from tests.servers.browser import Browser, flaws
from tests.web.hub import Site, hub_in
from tests.web.test_forms import log_in

WHY = "the meeting has ended"


def wanted(session: Session, name: str = "notes") -> Pad:
    """Return a pad that there is."""
    found = find_pad(session, name)
    assert found is not None
    return found


def frozen_pad(app: App, text: str = "tea") -> None:
    """Begin a pad with a text and freeze it."""

    def make(session: Session) -> None:
        write_texts(session, begun(session), text)
        freeze(session, wanted(session), OPERATOR, NOW, WHY)

    app.db.write(make)


def turned(site: Site, turn: Callable[[Session], None]) -> None:
    """Freeze or thaw as another process would."""
    site.app.db.write(turn)
    site.app.pulse.beat()


def rights(socket: ClientConnection) -> dict[str, Any]:
    """Return what the socket is told next that its client may do."""
    reader = Reader(told(socket, 104))
    reader.uint()
    found = json.loads(reader.string())
    assert isinstance(found, dict)
    return found


def test_the_log_takes_nothing_after_a_freeze(app: App) -> None:
    frozen_pad(app)
    pad = app.db.read(wanted)
    with pytest.raises(log.IsFrozen):
        app.db.write(lambda s: write_texts(s, pad, "coffee"))
    after = app.db.read(wanted)
    assert (after.head, app.db.read(lambda s: text_of(s, after))) == (1, "tea")
    app.db.write(lambda s: thaw(s, pad, OPERATOR, NOW))
    assert app.db.write(lambda s: write_texts(s, pad, "coffee")) == 2


def test_what_was_read_before_the_freeze_writes_nothing_after_it(app: App) -> None:
    before = app.db.write(begun)
    app.db.write(lambda s: freeze(s, before, OPERATOR, NOW, WHY))
    refused: list[Callable[[Session], object]] = [
        lambda s: write_text(s, OPERATOR, before, "x", ANN, now=NOW),
        lambda s: go_back(s, OPERATOR, before, 0, ANN, now=NOW),
        lambda s: keep_revision(s, OPERATOR, before, 0, "first", "Ann", now=NOW),
        lambda s: say(s, OPERATOR, before, "hi", BOB, now=NOW),
        lambda s: forget_history(s, OPERATOR, "notes", now=NOW),
    ]
    for write in refused:
        with pytest.raises(Refused, match=r"frozen since 2021-05-13 12:00 UTC \(the meeting"):
            app.db.write(write)
    assert app.db.read(wanted).head == 0


def test_writers_at_the_same_moment_get_nothing_in_after_it(app: App) -> None:
    pad = app.db.write(begun)
    taken: list[int] = []
    began, ended = threading.Event(), threading.Event()

    def write(number: int) -> None:
        for turn in range(200):
            try:
                entry = log.Entry(turn, ANN, b"\x00\x00")
                add = partial(log.append, pad_id=pad.id, epoch=pad.epoch, entries=[entry])
                taken.append(app.db.write(add))
            except log.IsFrozen:
                return
            if number == 0 and turn == 3:
                began.set()
        ended.set()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    assert began.wait(30)

    def stop(session: Session) -> int:
        freeze(session, pad, OPERATOR, NOW, WHY)
        return log.head_of(session, pad.id)

    last = app.db.write(stop)
    for writer in writers:
        writer.join(60)
    assert not ended.is_set(), "all writers were stopped by the freeze"
    assert app.db.read(wanted).head == last
    assert sorted(taken) == list(range(1, last + 1))


def test_only_who_owns_or_maintains_it_freezes_a_pad(app: App) -> None:
    pad = app.db.write(begun)
    ann = Actor("person:ann", Role.MEMBER, person="ann")
    for actor in (GUEST, ann):
        with pytest.raises(Refused, match="Only who owns notes"):
            app.db.write(lambda s, a=actor: freeze(s, pad, a, NOW, ""))  # type: ignore[misc]
    keeper = Actor("person:mia", Role.MEMBER, frozenset({("maintain", "pad:notes")}), "mia")
    app.db.write(lambda s: freeze(s, pad, keeper, NOW, " for \n now "))
    frozen = app.db.read(wanted).frozen
    assert frozen is not None
    assert (frozen.at, frozen.by, frozen.why) == (NOW, "person:mia", "for now")
    app.db.write(lambda s: freeze(s, pad, OPERATOR, NOW, "again"))
    assert app.db.read(wanted).frozen == frozen
    assert may_pad(GUEST, "read", app.db.read(wanted))


def test_open_pages_are_told_and_write_on_when_it_is_thawed(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as socket:
        assert rights(socket) == {"write": True, "frozen": None}
        socket.send(frame(0, 2, item(0, "tea")))
        assert told(socket, 100) == protocol.ack(1)
        turned(site, lambda s: freeze(s, wanted(s), OPERATOR, NOW, WHY))
        at = int(NOW.timestamp() * 1000)
        assert rights(socket) == {"write": False, "frozen": {"at": at, "why": WHY}}
        socket.send(frame(0, 2, item(3, "!", left=(7, 2))))
        turned(site, lambda s: thaw(s, wanted(s), OPERATOR, NOW))
        assert rights(socket) == {"write": True, "frozen": None}
        assert stored(site) == "tea"
        assert told(socket, 0)[:2] == b"\x00\x00", "what was written meanwhile is asked for"
        socket.send(frame(0, 1, item(3, "!", left=(7, 2))))
        told(socket, 100)
        assert stored(site) == "tea!"


def test_a_stock_client_that_writes_on_is_sent_away(site: Site) -> None:
    with connect(address(site)) as stock, connect(address(site, query="?ack=1")) as own:
        stock.send(frame(0, 2, item(0, "tea")))
        told(own, 102)
        turned(site, lambda s: freeze(s, wanted(s), OPERATOR, NOW, WHY))
        while rights(own) == {"write": True, "frozen": None}:
            pass
        stock.send(frame(0, 2, item(3, "!", left=(7, 2))))
        assert close_code(stock) == 4423
        assert stored(site) == "tea"


def test_what_comes_before_the_room_knows_is_refused_by_the_log(site: Site) -> None:
    with connect(address(site, query="?ack=1")) as socket:
        for number in range(30):  # each in a race with the freeze, which comes from another process
            socket.send(frame(0, 2, item(number, "x", left=(7, number - 1) if number else None)))
        told(socket, 100)
        turned(site, lambda s: freeze(s, wanted(s), OPERATOR, NOW, WHY))
        last = site.app.db.read(wanted).head
        with contextlib.suppress(ConnectionClosed):  # it comes back to a room that knows
            for number in range(30, 60):
                socket.send(frame(0, 2, item(number, "x", left=(7, number - 1))))
    with connect(address(site, query="?ack=1")) as again:
        assert rights(again)["write"] is False
    assert site.app.db.read(wanted).head == last


def test_its_pages_say_so_and_refuse(tmp_path: Path) -> None:
    hub = hub_in(tmp_path / "data")
    frozen_pad(hub.app)
    guest = hub.client()
    shown = guest.get("/p/notes")
    assert "frozen since 2021-05-13 12:00 UTC (the meeting has ended)" in shown.text
    assert guest.get("/p/notes/export/txt").text == "tea\n"
    assert guest.get("/p/notes/timeslider").status_code == 200
    for path in ("back", "keep", "say", "revert", "import"):
        form = {"revision": "0", "label": "x", "text": "x", "author": "1"}
        if path == "import":
            answer = guest.post("/p/notes/import", files={"file": ("a.txt", b"x")})
        else:
            answer = guest.post(f"/p/notes/{path}", data=form)
        assert answer.status_code == 403, path
        assert "frozen since" in answer.text
    assert guest.get("/p/notes/settings").status_code == 403
    assert guest.post("/p/notes/thaw").status_code == 403


def test_its_owner_thaws_it_and_may_take_that_back(tmp_path: Path) -> None:
    hub = hub_in(tmp_path / "data")
    owner = log_in(hub)
    ann = Actor("person:ann", Role.MEMBER, person="ann")
    hub.app.db.write(lambda s: begin_pad(s, ann, "notes", access="open", now=NOW))
    settings = owner.get("/p/notes/settings").text
    form = {"csrf": csrf_of(settings), "why": WHY}
    assert owner.post("/p/notes/freeze", data=form).headers["location"] == "/p/notes/settings"
    assert f"({WHY})" in owner.get("/p/notes/settings").text
    gone = owner.post("/p/notes/thaw", data=form).headers["location"]
    assert hub.app.db.read(wanted).frozen is None
    undo = owner.get(gone).text
    assert f'name="why" value="{WHY}"' in undo, "thawing can be undone, for the same reason"
    owner.post("/p/notes/freeze", data=form)
    frozen = hub.app.db.read(wanted).frozen
    assert frozen is not None
    assert (frozen.by, frozen.why) == ("person:ann", WHY)


def test_a_window_follows_the_freeze(site: Site, browser: Browser) -> None:
    page = opened(browser.page(), site.url)
    types(page, "tea")
    is_saved(page)
    line = page.locator(".pad-frozen")
    expect(line).to_be_hidden()
    turned(site, lambda s: freeze(s, wanted(s), OPERATOR, NOW, WHY))
    expect(line).to_contain_text(f"frozen since 2021-05-13 12:00 UTC ({WHY})")
    expect(page.locator(".cm-content")).to_have_attribute("contenteditable", "false")
    expect(page.locator(".pad-tools")).to_be_hidden()
    assert flaws(page) == []
    turned(site, lambda s: thaw(s, wanted(s), OPERATOR, NOW))
    expect(line).to_be_hidden()
    expect(page.locator(".cm-content")).to_have_attribute("contenteditable", "true")
    types(page, "!")
    is_saved(page)
    assert stored(site) == "tea!"
    browser.close_pages()


def test_what_was_typed_without_the_hub_into_a_frozen_pad_is_kept(
    site: Site, browser: Browser
) -> None:
    page = opened(browser.page(), site.url)
    types(page, "tea")
    is_saved(page)
    page.context.set_offline(True)
    site.cut()
    types(page, " and cake")
    turned(site, lambda s: freeze(s, wanted(s), OPERATOR, NOW, WHY))
    page.context.set_offline(False)
    banner = page.locator(".pad-banner")
    expect(banner).to_contain_text("in this window only", timeout=20_000)
    with page.expect_download() as download:
        banner.get_by_role("button").click()
    assert Path(download.value.path()).read_text() == "tea and cake"
    assert stored(site) == "tea"
    turned(site, lambda s: thaw(s, wanted(s), OPERATOR, NOW))
    is_saved(page)
    assert stored(site) == "tea and cake"
    browser.close_pages()
