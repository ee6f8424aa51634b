"""kill -9 in the midst of writing: what anybody else saw is there, whoever is gone with their text."""

import random
import re
from pathlib import Path

import pytest

from tests.pad.peers import Peer, Peers
from tests.servers.madang import Madang

_KILLS = 20
_WRITERS = 20


def _words(text: str) -> list[str]:
    return re.findall(r"<[^<>]*>", text)


@pytest.mark.timeout(600)  # a minute and a half on a quiet machine
def test_what_another_one_saw_is_there_after_each_of_many_kills(tmp_path: Path) -> None:
    chance = random.Random(5)
    with Madang(tmp_path / "madang", role="web") as madang:
        kept: set[str] = set()
        for kill in range(_KILLS):
            with Peers(madang.url) as peers:
                writers = [peers.open("notes") for _ in range(_WRITERS)]
                assert all(writer.do("synced") for writer in writers)
                _write(writers, kill, chance)
                madang.kill()
                # Nobody comes back to help: what they saw is all that is left of these clients.
                seen, acknowledged = _seen_by_others(writers), _acknowledged(writers, kill)
            madang.start()
            with Peers(madang.url) as peers:
                reader = peers.opened("notes")
                told = _words(reader.text)
                assert len(told) == len(set(told)), "a text is there twice"
                assert kept | seen | acknowledged <= set(told)
                kept = set(told)
        assert len(kept) > _KILLS * 5, "hardly anything was written between the kills"
        assert "All invariants hold" in madang.run("check")


def _write(writers: list[Peer], kill: int, chance: random.Random) -> None:
    for i in range(chance.randint(1, 6)):
        for n, writer in enumerate(writers):
            writer.insert(0, f"<{kill}.{n}.{i}>")


def _seen_by_others(writers: list[Peer]) -> set[str]:
    """Return each word that somebody shows who did not write it."""
    return {
        word
        for n, writer in enumerate(writers)
        for word in _words(writer.text)
        if word.split(".")[1] != str(n)
    }


def _acknowledged(writers: list[Peer], kill: int) -> set[str]:
    """Return the words that were told to be safe: the first update of each is what it knew at the start."""
    found = set[str]()
    for n, writer in enumerate(writers):
        safe = int(writer.do("acked")) - 1
        found |= {f"<{kill}.{n}.{i}>" for i in range(safe)}
    return found


@pytest.mark.timeout(120)
def test_clients_that_come_back_bring_what_was_not_stored(tmp_path: Path) -> None:
    with Madang(tmp_path / "madang", role="web") as madang, Peers(madang.url) as peers:
        writers = [peers.opened("notes") for _ in range(5)]
        for writer in writers:
            writer.insert(0, f"<a{writer.client}>")
        madang.kill()
        for writer in writers:
            writer.insert(0, f"<b{writer.client}>")
        madang.start()
        words = [f"<{x}{writer.client}>" for writer in writers for x in "ab"]
        texts = {writer.shows_words(*words) for writer in writers}
        assert len(texts) == 1
        (text,) = texts
        assert sorted(_words(text)) == sorted(words)
