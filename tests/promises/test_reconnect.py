"""The bot comes back by itself from whatever cut it off, and the archive says what it missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.promises.archives import Archive, Gap
from tests.servers.chaos import ChaosProxy
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

_PING_S = 0.5
_BACK_S = 20.0
"""Generous: a silent connection is given up after twice ping_s, tried again after 1 to 2 s."""

_SECOND = timedelta(seconds=1)


@contextmanager
def _hub(folder: Path, port: int) -> Iterator[Madang]:
    with Madang(folder / "madang", network_toml("net", port, ping_s=_PING_S)) as madang:
        yield madang


def _now() -> datetime:
    return datetime.now(UTC)


def _the_gap(archive: Archive, after: datetime, before: datetime) -> Gap:
    """The only gap; it begins not before `after` and covers all until `before`."""
    (gap,) = archive.gaps()
    assert not gap.filled
    assert after - 2 * _SECOND <= gap.start <= after + _SECOND
    assert before <= gap.until <= _now() + _SECOND  # whole seconds, the last one counted in
    return gap


def test_an_irc_server_that_crashes_and_comes_back(ngircd: Ngircd, tmp_path: Path) -> None:
    ann = IrcUser("ann", ngircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, _hub(tmp_path, ngircd.port) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.say("#yard", "before")
        archive.wait_for("<ann> before")
        last_heard = _now()
        ngircd.kill()
        ngircd.start()
        ann.connect()
        ann.join("#yard")
        ann.say("#yard", "nobody hears this")
        ann.sync()
        unheard = _now()
        ann.wait_for(":madang!.* JOIN ", _BACK_S)
        ann.say("#yard", "after")
        archive.wait_for("<ann> after")
        assert archive.said() == ["before", "after"]
        _the_gap(archive, last_heard, unheard)


def test_a_connection_that_is_cut_for_an_instant_leaves_an_honest_gap(
    ngircd: Ngircd, tmp_path: Path
) -> None:
    ann, proxy = IrcUser("ann", ngircd.port), ChaosProxy(ngircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, proxy, _hub(tmp_path, proxy.port) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.say("#yard", "before")
        archive.wait_for("<ann> before")
        last_heard = _now()
        proxy.cut()
        ann.wait_for(":madang!.* QUIT ")
        ann.say("#yard", "nobody hears this")
        unheard = _now()
        ann.wait_for(":madang!.* JOIN ", _BACK_S)
        ann.say("#yard", "after")
        archive.wait_for("<ann> after")
        assert archive.said() == ["before", "after"]
        _the_gap(archive, last_heard, unheard)


def test_a_connection_that_silently_stalls_is_given_up(ngircd: Ngircd, tmp_path: Path) -> None:
    ann, proxy = IrcUser("ann", ngircd.port), ChaosProxy(ngircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, proxy, _hub(tmp_path, proxy.port) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.say("#yard", "before")
        archive.wait_for("<ann> before")
        last_heard = _now()
        proxy.stall()
        ann.say("#yard", "nobody hears this")
        madang.running.wait_for_output("has been silent for", 10)
        unheard = _now()
        proxy.cut()
        proxy.flow()
        ann.wait_for(r":madang_?!.* JOIN ", _BACK_S)
        ann.say("#yard", "after")
        archive.wait_for("<ann> after")
        assert archive.said() == ["before", "after"]
        _the_gap(archive, last_heard, unheard)


def test_a_server_that_freezes_is_given_up_and_found_again(ngircd: Ngircd, tmp_path: Path) -> None:
    ann = IrcUser("ann", ngircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, _hub(tmp_path, ngircd.port) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.say("#yard", "before")
        archive.wait_for("<ann> before")
        last_heard = _now()
        ngircd.pause()
        madang.running.wait_for_output("has been silent for", 10)
        ngircd.resume()
        unheard = _now()
        ann.wait_for(r":madang_?!.* JOIN ", _BACK_S)
        ann.say("#yard", "after")
        archive.wait_for("<ann> after")
        assert archive.said() == ["before", "after"]
        _the_gap(archive, last_heard, unheard)


def test_a_netsplit_stops_nobody_from_being_heard(
    inspircd_pair: tuple[Inspircd, Inspircd], tmp_path: Path
) -> None:
    one, two = inspircd_pair
    ann, bob = IrcUser("ann", one.port), IrcUser("bob", two.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, bob, _hub(tmp_path, one.port) as madang:
        archive = Archive(madang)
        bob.join("#yard")
        ann.wait_for(":madang!.* JOIN ")
        bob.say("#yard", "together")
        archive.wait_for("<bob> together")
        ann.become_oper()
        ann.split(two.name)
        ann.wait_for(":bob!.* QUIT ")
        ann.say("#yard", "on my own")
        two.dial()
        ann.wait_for(":bob!.* JOIN ")
        bob.say("#yard", "together again")
        archive.wait_for("<bob> together again")
        assert archive.said() == ["together", "on my own", "together again"]
        assert archive.gaps() == []
        told = [line.body for line in archive.lines()]
        assert any(body.startswith("*** bob has quit IRC (") for body in told)
        assert "*** bob has joined #yard" in told
