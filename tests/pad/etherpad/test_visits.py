"""Who has a session of a group writes in its pads as the session's author, until it ends."""

from collections import deque
from datetime import timedelta
from functools import partial

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from hub.clock import micros
from hub.people import operator
from pad.etherpad.key import make_key
from tests.web.hub import NOW, Site


def test_a_socket_is_open_as_long_as_the_session(site: Site) -> None:
    key = site.app.db.write(lambda s: make_key(s, operator("olga"), now=NOW))

    def ask(function: str, **given: str) -> dict[str, str]:
        data = {"apikey": key} | given
        told = httpx.post(f"{site.url}/api/1.3.1/{function}", data=data).json()
        assert told["code"] == 0, told
        found: dict[str, str] = told["data"]
        return found

    group = ask("createGroup")["groupID"]
    author = ask("createAuthor", name="Ann")["authorID"]
    pad = ask("createGroupPad", groupID=group, padName="plan", text="secret")["padID"]
    until = str(micros(NOW + timedelta(days=1)) // 1_000_000)
    id_ = ask("createSession", groupID=group, authorID=author, validUntil=until)["sessionID"]
    address = f"{site.url.replace('http', 'ws')}/ws/pads/{pad}"
    with pytest.raises(InvalidStatus) as refused:
        connect(address)
    assert refused.value.response.status_code == 404
    held = {"Cookie": f"sessionID={id_}"}
    with connect(address, additional_headers=held) as socket:
        assert socket.recv(timeout=10)
        (user,) = ask("padUsers", padID=pad)["padUsers"]
        assert (user["id"], user["name"]) == (author, "Ann")  # type: ignore[index]
        ask("deleteSession", sessionID=id_)
        with pytest.raises(ConnectionClosed):
            deque(iter(partial(socket.recv, timeout=20), None), maxlen=0)
    with pytest.raises(InvalidStatus):
        connect(address, additional_headers=held)
