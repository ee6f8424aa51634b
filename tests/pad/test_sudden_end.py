"""kill -9 and a power cut in the midst of writing: what anybody else saw is there, whoever is gone."""

import random
import re
import shutil
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.pad.peers import Peer, Peers
from tests.servers.madang import Madang
from tests.servers.powercut import PowercutFs

_KILLS = 20
_CUTS = 3
_WRITERS = 20
_WORDS = 40
_KEY_MS = 60


def _words(text: str) -> list[str]:
    return re.findall(r"<[^<>]*>", text)


def _write_for_a_while(peers: Peers, round_: int, chance: random.Random) -> Sequence[Peer]:
    """Let many type at once; return them at a moment that nobody knows."""
    writers = [peers.open("notes") for _ in range(_WRITERS)]
    assert all(writer.do("synced") for writer in writers)
    for n, writer in enumerate(writers):
        writer.do("keepTyping", word=f"{round_}.{n}", every=_KEY_MS, most=_WORDS)
    time.sleep(chance.uniform(0.1, 0.7))
    return writers


def _promised(writers: Sequence[Peer], round_: int) -> set[str]:
    """Return each word that somebody shows who did not write it, and each that was acknowledged."""
    found = set[str]()
    for n, writer in enumerate(writers):
        text, acked = writer.text, int(writer.do("acked"))
        found |= {word for word in _words(text) if not word.startswith(f"<{round_}.{n}.")}
        # The first update of each is the answer to step 1.
        found |= {f"<{round_}.{n}.{i}>" for i in range(acked - 1)}
    return found


def _is_whole(text: str, promised: set[str]) -> set[str]:
    """Check a text that was read from the disk alone; return its words."""
    told = _words(text)
    assert "".join(told) == text, "a word is torn"
    assert len(told) == len(set(told)), "a text is there twice"
    assert promised - set(told) == set(), "seen, but gone"
    return set(told)


@pytest.mark.timeout(300)  # a minute on a quiet machine
def test_what_another_one_saw_is_there_after_each_of_many_kills(tmp_path: Path) -> None:
    chance = random.Random(5)
    with Madang(tmp_path / "madang", role="web") as madang, Peers(madang.url) as peers:
        kept: set[str] = set()
        for kill in range(_KILLS):
            writers = _write_for_a_while(peers, kill, chance)
            madang.kill()
            promised = kept | _promised(writers, kill)
            # Nobody comes back to help: what they saw is all that is left of these clients.
            for writer in writers:
                writer.do("leave")
            madang.start()
            reader = peers.opened("notes")
            kept = _is_whole(reader.text, promised)
            reader.do("leave")
        assert len(kept) > _KILLS * _WRITERS, "hardly anything was written between the kills"
        assert "All invariants hold" in madang.run("check")


@pytest.mark.timeout(180)
def test_clients_that_come_back_are_equal_and_bring_what_was_not_stored(tmp_path: Path) -> None:
    chance = random.Random(6)
    with Madang(tmp_path / "madang", role="web") as madang, Peers(madang.url) as peers:
        writers = _write_for_a_while(peers, 0, chance)
        for _ in range(3):
            time.sleep(chance.uniform(0.1, 0.7))
            madang.kill()
            madang.start()
        typed = {f"<0.{n}.{i}>" for n in range(_WRITERS) for i in range(_WORDS)}
        texts = {writer.shows_words(*typed) for writer in writers}
        assert all(writer.is_saved() for writer in writers)
        assert len(texts) == 1
        (text,) = texts
        assert _is_whole(text, typed) == typed
        madang.kill()
        madang.start()
        for writer in writers:
            writer.do("leave")
        assert peers.opened("notes").text == text


@pytest.mark.timeout(180)
def test_what_another_one_saw_is_there_after_power_cuts(tmp_path: Path) -> None:
    chance = random.Random(7)
    data = tmp_path / "data"
    with ExitStack() as stack:
        disk = PowercutFs(tmp_path / "disk")
        stack.callback(lambda: disk.close())
        data.symlink_to(disk.start().mount)
        madang = stack.enter_context(Madang(tmp_path / "madang", role="web", data=data))
        peers = stack.enter_context(Peers(madang.url))
        kept: set[str] = set()
        for cut in range(_CUTS):
            writers = _write_for_a_while(peers, cut, chance)
            disk.cut()
            time.sleep(0.2)  # it goes on without a disk; what it says now counts as well
            madang.kill()
            promised = kept | _promised(writers, cut)
            for writer in writers:
                writer.do("leave")
            disk = _powered_again(disk, tmp_path / f"disk{cut}", data)
            madang.start(40)
            reader = peers.opened("notes")
            kept = _is_whole(reader.text, promised)
            reader.do("leave")
        assert len(kept) > _CUTS * _WRITERS, "hardly anything was written between the cuts"
        assert "All invariants hold" in madang.run("check")
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
