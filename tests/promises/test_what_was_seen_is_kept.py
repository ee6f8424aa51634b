"""What anyone has seen is there for good, exactly once, after every kind of sudden death."""

import random
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from tests.promises.archives import Archive, Gap, doubles, gaps, parse, talk
from tests.promises.following import LiveReader, PageReader
from tests.promises.talking import Flood
from tests.servers.deadline import wait_until
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd
from tests.servers.postgres import Postgres
from tests.servers.powercut import PowercutFs

_KILLS = 20
_CUTS = 5
_CHANCE = random.Random()
_NOTHING = threading.Event()
"""Never set: waiting for it is how long a reader reads before the next disaster."""


@dataclass
class Witness:
    """A channel with somebody who talks without end, and readers who miss nothing that is shown."""

    archive: Archive
    flood: Flood
    live: LiveReader
    pages: PageReader
    user: IrcUser
    checked: int = 0
    seen: set[str] = field(default_factory=set)

    def hears_the_bot_again(self) -> None:
        """Wait until something that was said just now is in the archive."""
        newest = len(self.flood.ledger)
        wait_until(lambda: self._stored_after(newest), f"lines after {newest} in the archive", 40)

    def _stored_after(self, newest: int) -> bool:
        try:
            said = self.archive.said()
        except OSError:
            return False  # the database is away
        return bool(said) and int(said[-1].partition(" ")[2]) > newest

    def everything_seen_is_there_once(self) -> None:
        """Compare what the readers ever saw with what the archive shows now."""
        self.seen |= set(self.live.texts) | self.pages.texts
        self.seen &= self.flood.ledger.keys()  # the live page shows joins and gaps as well
        said = self.archive.said()
        assert self.seen - set(said) == set(), "seen, but gone"
        assert doubles(said) == []
        assert said == sorted(said), "out of order"
        self.checked += 1

    def every_hole_lies_in_a_gap(self) -> None:
        """What was said while nobody listened is missing, and the archive says that."""
        lines = parse(self.archive.text())
        said, marked = {text for _, text in talk(lines)}, gaps(lines)
        first, last = min(said), max(said)
        holes = {t: at for t, at in self.flood.ledger.items() if t not in said and first < t < last}
        bare = [(t, at) for t, at in holes.items() if not _in_a_gap(at, marked)]
        assert not bare, f"{len(bare)} of {len(holes)} holes are in no gap: {bare[:5]} {marked}"

    def the_live_page_was_shown_each_line_once(self) -> None:
        """No id came twice, and each anchor still holds what it held when it was shown."""
        assert doubles([str(id_) for id_ in self.live.order]) == []
        shown = {anchor: text for anchor, text in list(self.live.lines.values()) if text}
        anchors = self.archive.anchors()
        moved = {a: (t, anchors.get(a)) for a, t in shown.items() if anchors.get(a) != t}
        assert not moved


def _in_a_gap(at: datetime, marked: list[Gap]) -> bool:
    return any(gap.covers(at) for gap in marked)


@contextmanager
def witness(archive: Archive, ircd: Ngircd | Inspircd, word: str) -> Iterator[Witness]:
    """Somebody talks, and readers follow."""
    with ExitStack() as stack:
        user = stack.enter_context(IrcUser("ann", ircd.port))
        user.join(archive.channel)
        flood = stack.enter_context(Flood(user, archive.channel, word))
        pages = stack.enter_context(PageReader(archive))
        live = stack.enter_context(LiveReader(archive))
        yield Witness(archive, flood, live, pages, user)


def _goes_on_for_a_while() -> None:
    """Let them talk and read: the next disaster comes at a moment that nobody knows."""
    _NOTHING.wait(_CHANCE.uniform(0.05, 0.9))


def _told_apart(old: Ngircd, new: Inspircd, *more: str) -> str:
    return network_toml("old", old.port) + network_toml("new", new.port) + "\n".join(more)


@pytest.mark.timeout(300)
def test_a_line_that_was_seen_survives_being_killed_at_any_moment(
    ngircd: Ngircd, inspircd: Inspircd, tmp_path: Path
) -> None:
    with Madang(tmp_path / "madang", _told_apart(ngircd, inspircd)) as madang, ExitStack() as stack:
        witnesses = [
            stack.enter_context(witness(Archive(madang), ngircd, "old")),
            stack.enter_context(witness(Archive(madang, network="new"), inspircd, "new")),
        ]
        for _ in range(_KILLS):
            for one in witnesses:
                one.hears_the_bot_again()
            _goes_on_for_a_while()
            madang.kill()
            madang.start(40)
            for one in witnesses:
                one.everything_seen_is_there_once()
        for one in witnesses:
            one.hears_the_bot_again()
            one.everything_seen_is_there_once()
            one.every_hole_lies_in_a_gap()
            one.the_live_page_was_shown_each_line_once()
            assert one.checked == _KILLS + 1
            assert len(one.seen) > _KILLS
        assert "All invariants hold." in madang.run("check")


@pytest.mark.timeout(300)
def test_a_line_that_was_seen_survives_a_power_cut(ngircd: Ngircd, tmp_path: Path) -> None:
    disk = PowercutFs(tmp_path / "disk0")
    data = tmp_path / "data"
    data.symlink_to(disk.mount)
    hub = Madang(tmp_path / "madang", network_toml("net", ngircd.port), data=data)
    with ExitStack() as stack:
        stack.callback(lambda: disk.close())
        disk.start()
        madang = stack.enter_context(hub)
        one = stack.enter_context(witness(Archive(madang), ngircd, "n"))
        for number in range(1, _CUTS + 1):
            one.hears_the_bot_again()
            _goes_on_for_a_while()
            disk.cut()
            madang.kill()
            disk = _powered_again(disk, tmp_path / f"disk{number}", data)
            madang.start(40)
            one.everything_seen_is_there_once()
        one.hears_the_bot_again()
        one.every_hole_lies_in_a_gap()
        one.the_live_page_was_shown_each_line_once()
        assert len(one.seen) > _CUTS
        assert "All invariants hold." in madang.run("check")
        madang.stop()


def _powered_again(dead: PowercutFs, folder: Path, data: Path) -> PowercutFs:
    """Mount what survived as a new disk, under the same path."""
    dead.close()
    disk = PowercutFs(folder)
    shutil.copytree(dead.survived, disk.survived, dirs_exist_ok=True)
    disk.start()
    data.unlink()
    data.symlink_to(disk.mount)
    return disk


@pytest.mark.timeout(300)
def test_on_postgresql_a_line_that_was_seen_survives_the_hub_and_the_database_being_killed(
    ngircd: Ngircd, tmp_path: Path
) -> None:
    with Postgres() as postgres, ExitStack() as stack:
        url = postgres.create_database()
        config = f'[database]\nurl = "{url}"\n' + network_toml("net", ngircd.port)
        madang = stack.enter_context(Madang(tmp_path / "madang", config))
        one = stack.enter_context(witness(Archive(madang), ngircd, "n"))
        for _ in range(4):
            one.hears_the_bot_again()
            _goes_on_for_a_while()
            madang.kill()
            madang.start(40)
            one.everything_seen_is_there_once()
        one.hears_the_bot_again()
        before = madang.running.pid
        postgres.running.signal(signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
        postgres.running.wait()
        said_meanwhile = len(one.flood.ledger)
        _NOTHING.wait(1)
        postgres.start()
        one.hears_the_bot_again()
        assert madang.running.pid == before
        one.everything_seen_is_there_once()
        one.every_hole_lies_in_a_gap()
        assert f"n {said_meanwhile:06d}" in one.archive.said(), "what was heard meanwhile is stored"
        one.the_live_page_was_shown_each_line_once()
        assert "All invariants hold." in madang.run("check")
