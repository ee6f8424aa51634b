"""A whole meeting by hand on a real server: votes, a chair who changes nick, and a kill -9 in it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.archives import Archive
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


@pytest.fixture
def madang(ngircd: Ngircd, tmp_path: Path) -> Iterator[Madang]:
    with Madang(tmp_path / "madang", network_toml("net", ngircd.port, meetings=True)) as hub:
        wait_until(lambda: "registered" in hub.output, "the bot on the network", 30)
        yield hub


def hears(user: IrcUser, text: str) -> None:
    user.wait_for(rf"(?:PRIVMSG|NOTICE) \S+ :{re.escape(text)}")


def test_a_meeting_survives_a_kill_and_its_minutes_are_right(
    madang: Madang, ngircd: Ngircd, tmp_path: Path
) -> None:
    archive = Archive(madang)
    with IrcUser("ann", ngircd.port) as ann, IrcUser("bob", ngircd.port) as bob:
        ann.join("#yard")
        bob.join("#yard")
        wait_until(lambda: "joined #yard" in madang.output, "the bot in the channel", 30)
        ann.say("#yard", "#startmeeting Yard Works")
        hears(bob, "The meeting name has been set to 'yard_works'")
        ann.say("#yard", "#topic The fence")
        bob.say("#yard", "#chairs me")
        hears(bob, "There is no #chairs. Did you mean #chair?")
        ann.say("#yard", "#startvote Which colour? sky blue, red")
        hears(bob, "Vote using '#vote OPTION'. Only your last vote counts.")
        bob.say("#yard", "#vote red")
        archive.wait_for("#vote red")
        madang.kill()
        madang.start()
        ann.wait_for(r":madang!\S+ QUIT")
        ann.wait_for(r":madang!\S+ JOIN", 30)
        ann.become("ann_away")
        bob.say("#yard", "#vote sky blue")
        hears(ann, "#vote sky blue")  # else a server may hear who ends it first
        ann.say("#yard", "#endvote")
        hears(bob, "sky blue (1): bob")
        hears(bob, "Result: sky blue")
        ann.say("#yard", "#action bob paints")
        ann.say("#yard", "#endmeeting")
        bob.wait_for(r"PRIVMSG #yard :Meeting ended ")
        archive.wait_for("Meeting ended")
        said = [line for line in bob.lines if "Meeting started" in line]
    assert len(said) == 1
    log = tmp_path / "#yard.log"
    log.write_text(madang.get(archive.day_path().removesuffix(".html")), encoding="utf-8")
    made = json.loads(madang.run("minutes", str(log)))
    assert [(item["type"], item["nick"]) for item in made["items"]] == [
        ("topic", "ann"), ("vote", "ann_away"), ("action", "ann_away"),
    ]  # fmt: skip
    assert made["votes"][0]["ballots"] == {"sky blue": ["bob"], "red": []}
    assert made["actions"][0]["assignees"] == ["bob"]
    assert (made["owner"], made["chairs"], made["series"]) == ("ann", ["ann"], "yard_works")
