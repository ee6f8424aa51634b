"""A channel that keeps the bot out is shown with its reason, and tried again; a kick is respected."""

from functools import partial
from pathlib import Path

import pytest

from tests.promises.archives import Archive
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

_CLOSED = {
    "#invited": ("+i", "the channel is invite-only (+i)", ""),
    "#locked": ("+k secret", "key is missing or wrong (+k)", "secret"),
    "#banned": ("+b madang!*@*", "the bot is banned (+b)", "madang!*@*"),
}
_RETRY_S = 75.0
"""The first retry comes within a minute."""


@pytest.mark.timeout(180)
def test_a_refusal_is_shown_and_the_join_retried_until_it_works(
    ngircd: Ngircd, tmp_path: Path
) -> None:
    with IrcUser("ann", ngircd.port) as ann:
        ann.join(*_CLOSED)
        for channel, (mode, _, _) in _CLOSED.items():
            ann.mode(channel, mode)
        ann.sync()
        config = network_toml("net", ngircd.port, list(_CLOSED))
        with Madang(tmp_path / "madang", config) as madang:
            for channel, (_, reason, _) in _CLOSED.items():
                _wait_for_words(madang, channel, reason)
            for channel, (mode, _, argument) in _CLOSED.items():
                ann.mode(channel, mode[:2].replace("+", "-"), *filter(None, [argument]))
            for channel in _CLOSED:
                joined = partial(ann.heard, rf":madang!.* JOIN :?{channel}$")
                wait_until(joined, f"the bot in {channel}", _RETRY_S)
                _wait_for_words(madang, channel, "Logged live since")


def _wait_for_words(madang: Madang, channel: str, words: str) -> None:
    """Wait until the channel's page says this about the bot."""
    address = Archive(madang, channel).address
    wait_until(lambda: words in madang.get(address), f"{words!r} on the page of {channel}")


@pytest.mark.timeout(90)
def test_a_kick_is_respected_over_a_restart_until_one_who_may_invites(
    ngircd: Ngircd, tmp_path: Path
) -> None:
    config = network_toml("net", ngircd.port, invites_from=["ann!*@127.0.0.1"])
    ann, eve = IrcUser("ann", ngircd.port), IrcUser("eve", ngircd.port)
    with ann, eve:
        ann.join("#yard")  # before the bot, to see it come and to be the operator
        eve.join("#yard")
        with Madang(tmp_path / "madang", config) as madang:
            archive = Archive(madang)
            ann.wait_for(":madang!.* JOIN ")
            ann.kick("#yard", "madang", "go away")
            wait_until(
                lambda: "The bot was kicked" in madang.get(archive.address), "the kick's words"
            )
            assert "go away" in madang.get(archive.address)
            madang.restart()
            wait_until(
                lambda: "registered" in madang.output.rpartition("serving on")[2], "the bot", 20
            )
            ann.say("#yard", "without it")
            eve.send("INVITE madang #yard")
            eve.sync()
            ann.send("INVITE madang #yard")
            ann.wait_for(":madang!.* JOIN ", 30)
            ann.say("#yard", "with it")
            archive.wait_for("<ann> with it")
            assert archive.said() == ["with it"]
            (gap,) = archive.gaps()
            assert not gap.filled
