"""A server that means harm: it costs the bot neither its connection, its memory nor its time."""

from random import Random

import pytest

from bot.capabilities import WANTED, Capabilities
from bot.identity import Identity
from bot.isupport import Isupport
from bot.link import Doors, Link, Secrets, Setting
from bot.places import Places
from bot.timing import Clock, Patience
from bot.wire import Message
from tests.bot.scene import Record, network

FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"


def _in_yard(tags: str = "") -> tuple[Link, Record]:
    """Return a link that is in #yard, without any socket, and what it tells."""
    record, patience = Record(), Patience()
    places = Places(patience, Random(1))
    places.add("#yard", recalled=True)
    doors = Doors(lambda _: True, lambda _: None, lambda: None)
    setting = Setting(network(1), "madang", Identity(), places, record, patience, Clock(), None)
    link = Link(setting, Secrets(), doors)
    link.start()
    _hears(link, ":s CAP * LS :server-time", ":s CAP * ACK :server-time", ":s 001 madang :Hi")
    _hears(link, ":s 422 madang :", f"{tags}:madang!m@b JOIN #yard")
    return link, record


def _hears(link: Link, *lines: str) -> None:
    link.receive("".join(f"{line}\r\n" for line in lines).encode())


@pytest.mark.parametrize("when", [FIRST, LAST, "-1", "NaN", "0001-01-01T00:00:00+14:00"])
def test_a_time_out_of_this_world_loses_no_line(when: str) -> None:
    link, record = _in_yard(f"@time={when} ")
    _hears(link, "@time=2026-05-12T21:00:00Z :ann!u@h PRIVMSG #yard :one")
    _hears(link, f"@time={when} :ann!u@h PRIVMSG #yard :two")
    assert record.texts() == ["one", "two"]


def test_channels_that_nobody_asked_for_are_not_remembered_without_end() -> None:
    link, _ = _in_yard()
    _hears(link, *(f":madang!m@b JOIN #x{n}" for n in range(3_000)))
    assert _size(link, "channels") <= 1_001


def test_a_crowd_without_end_is_not_remembered_without_end() -> None:
    link, record = _in_yard()
    link.session.most_users = 500
    _hears(link, *(f":s 353 madang = #yard :{_names(n)}" for n in range(100)))
    _hears(link, *(f":u{n}!u@h JOIN #yard" for n in range(2_000)))
    assert _size(link, "users") < 600
    assert len(record.lines) == 2_001  # each of them came, and that is told


def test_a_flood_of_bans_leaves_nothing() -> None:
    link, record = _in_yard()
    _hears(link, *(f":s MODE #yard +b a{number}!*@*" for number in range(500)))
    found = link.session._server.get_channel("#yard")
    assert found is not None
    assert not any(found.list_modes.values())
    assert len(record.lines) == 501


def _names(number: int) -> str:
    return " ".join(f"n{number}_{place}" for place in range(20))


def _size(link: Link, what: str) -> int:
    return len(getattr(link.session._server, what))


def test_what_a_server_says_tells_no_address() -> None:
    link, record = _in_yard()
    _hears(link, ":s 442 madang #yard :You're not there")
    link.tick()
    _hears(link, ":s 499 madang #yard :Banned (madang!m@host.example from 192.0.2.7)")
    told = " ".join(place[2] for place in record.places)
    assert "Banned" in told
    assert "host.example" not in told
    assert "192.0.2.7" not in told


def _offer(*parameters: str) -> Message:
    return Message(tags=None, source="s", command="CAP", params=["*", "LS", *parameters])


def test_a_server_that_supports_too_much_is_not_remembered_without_end() -> None:
    """Neither what it says it supports, nor what it offers; what counts came first."""
    isupport = Isupport()
    isupport.from_tokens(["CASEMAPPING=ascii", "MONITOR=100", "X" * 9_000])
    for n in range(3_000):
        isupport.from_tokens([f"T{n}=v", f"LONG{n}={'v' * 5_000}"])
    assert len(isupport.raw) == 500
    assert isupport.mapping == "ascii"
    assert isupport.monitors
    caps = Capabilities()
    for n in range(3_000):
        caps.offer(_offer("*", f"c{n} long{n}={'v' * 5_000}"))
    caps.offer(_offer("server-time batch"))
    assert len(caps.offered) <= 500 + len(WANTED)
    assert caps.requests() == ["batch server-time"]


def test_invitations_do_not_make_the_bot_knock_without_end() -> None:
    """Anybody can invite: one wait is cut short, and the waits go on growing."""
    places = Places(Patience(join_retry_s=60, longest_join_retry_s=3600), Random(1))
    places.add("#yard", recalled=True)
    asked = 0
    for second in range(600):
        now = 1000.0 + second
        ask, _ = places.to_ask(now, lambda _: None)
        if ask:
            asked += 1
            places.refused("#yard", now)
        places.hurry("#yard", now)
    place = places.get("#yard")
    assert place is not None
    assert asked <= 11
    assert place.tries == asked
    assert place.due_at > 1600 + 300
