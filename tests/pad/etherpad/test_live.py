"""Programs write while people have the pad open."""

import httpx

from hub.people import operator
from pad.etherpad.key import make_key
from tests.pad.peers import Peers
from tests.servers.deadline import wait_until
from tests.web.hub import NOW, Site


def test_an_edit_of_a_program_is_seen_at_once_and_loses_nothing(site: Site, peers: Peers) -> None:
    key = site.app.db.write(lambda s: make_key(s, operator("olga"), now=NOW))

    def ask(function: str, **given: str) -> dict[str, object]:
        data = {"apikey": key, "padID": "plans"} | given
        told = httpx.post(f"{site.url}/api/1.3.1/{function}", data=data).json()
        assert told["code"] == 0, told
        found: dict[str, object] = told["data"]
        return found

    ann = peers.opened("plans")
    ann.insert(0, "one\ntwo\n")
    wait_until(lambda: ask("getText")["text"] == "one\ntwo\n", "Ann's text to be read")
    assert ask("padUsersCount") == {"padUsersCount": 1}
    ask("setText", text="one\n2 한😀\n")
    assert ann.shows("one\n2 한😀\n")
    ann.insert(0, "zero\n")
    wait_until(lambda: ask("getText")["text"] == "zero\none\n2 한😀\n", "what Ann adds")
    ask("appendText", text="end")
    assert ann.shows("zero\none\n2 한😀end\n")
