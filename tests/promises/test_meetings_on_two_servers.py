"""Meetings on two linked servers: a netsplit and a kill -9 in one, two bots of one hub in another."""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd

BOTS = '[network.channel.meeting]\nbots = ["one", "two"]\n'


class Kept:
    """What the hub's database holds, looked at from outside."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def said(self) -> list[str]:
        return [text for (text,) in self.rows("SELECT text FROM line WHERE kind = 'say'")]

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.said(), f"{text!r} in the archive", 20)

    def minutes(self) -> dict[str, Any]:
        """Return the only minutes."""
        (row,) = self.rows("SELECT document FROM minutes")
        told: dict[str, Any] = json.loads(row[0])
        return told

    def log(self) -> list[list[Any]]:
        (row,) = self.rows("SELECT lines FROM meeting_log")
        lines: list[list[Any]] = json.loads(row[0])
        return lines


def hears(user: IrcUser, text: str) -> None:
    user.wait_for(rf"(?:PRIVMSG|NOTICE) \S+ :{re.escape(text)}")


def speaks(speaker: IrcUser, text: str, *listeners: IrcUser) -> None:
    """Say something in the channel, and go on once the listeners have heard it."""
    speaker.say("#yard", text)
    for listener in listeners:
        hears(listener, text)


def told_in_channel(user: IrcUser, bots: Sequence[str]) -> Counter[str]:
    """Return how often a user heard each thing that the bots said in the channel."""
    who = "|".join(bots)
    return Counter(m[1] for m in user.heard(rf"^:(?:{who})!\S+ PRIVMSG #yard :(.*)$"))


def items(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(item["type"], item["text"], item["nick"]) for item in told["items"]]


@pytest.mark.timeout(180)
def test_a_meeting_survives_a_netsplit_with_a_kill_in_it(
    ngircd_pair: tuple[Ngircd, Ngircd], tmp_path: Path
) -> None:
    one, two = ngircd_pair
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", one.port, timeout_s=40))
        bob = stack.enter_context(IrcUser("bob", two.port, timeout_s=40))
        ann.join("#yard")
        bob.join("#yard")
        ann.wait_for(":bob!.* JOIN ")
        config = network_toml("net", one.port, meetings=True)
        hub = stack.enter_context(Madang(tmp_path / "hub", config, role="bot"))
        kept = Kept(hub.data / "madang.db")
        bob.wait_for(r":madang!\S+ JOIN")
        begin_to_vote(ann, bob)
        kept.wait_for("#vote red")

        ann.become_oper()
        ann.split(two.name)
        ann.wait_for(":bob!.* QUIT ")
        bob.wait_for(":ann!.* QUIT ")
        speaks(bob, "#info said where no bot is")
        ann.become("ann_away")
        speaks(ann, "#vote sky blue")
        kept.wait_for("#vote sky blue")
        hub.kill()
        hub.start()
        ann.wait_for(r":madang!\S+ JOIN")
        speaks(ann, "#info alone")
        kept.wait_for("#info alone")
        ann.wait_for(":bob!.* JOIN ", 60)

        speaks(bob, "#endvote", ann)
        hears(bob, "Result: tied: sky blue, red")
        speaks(bob, "#action ann_away repaints", ann)
        speaks(ann, "#endmeeting")
        hears(bob, "Meeting ended")
        wait_until(lambda: kept.rows("SELECT 1 FROM minutes"), "the minutes", 20)
        told = kept.minutes()
        said = told_in_channel(ann, ["madang"])
        assert "All invariants hold." in hub.run("check")
    check_minutes_of_split(told)
    assert [text for text, count in said.items() if count > 1] == []
    assert sum(text.startswith("Meeting started") for text in said) == 1


def begin_to_vote(ann: IrcUser, bob: IrcUser) -> None:
    """Begin a meeting of two chairs in which one has voted already."""
    speaks(ann, "#startmeeting Yard Works", bob)
    hears(bob, "The meeting name has been set to 'yard_works'")
    speaks(bob, "#info before the split", ann)
    speaks(ann, "#chair bob")
    hears(bob, "Current chairs: ann bob")
    speaks(ann, "#startvote Which colour? sky blue, red")
    hears(bob, "Vote using")
    speaks(bob, "#vote red", ann)


def check_minutes_of_split(told: dict[str, Any]) -> None:
    """Check that each of the two is one person in the minutes, with all that they said."""
    before, alone, vote_item, action = items(told)
    assert before == ("info", "before the split", "bob")
    assert alone == ("info", "alone", "ann_away")
    assert (vote_item[0], action) == ("vote", ("action", "ann_away repaints", "bob"))
    (vote,) = told["votes"]
    assert {option: len(who) for option, who in vote["ballots"].items()} == {
        "sky blue": 1,
        "red": 1,
    }
    assert vote["ballots"]["red"] == ["bob"]
    assert told["actions"][0]["assignees"] == vote["ballots"]["sky blue"] == [told["owner"]]
    assert set(told["chairs"]) == {told["owner"], "bob"}
    lines = {person["nick"]: person["lines"] for person in told["people"]}
    assert (lines["bob"], lines[told["owner"]]) == (4, 6)


@pytest.mark.timeout(180)
def test_two_bots_of_one_hub_have_one_voice_and_count_once(
    ngircd_pair: tuple[Ngircd, Ngircd], tmp_path: Path
) -> None:
    database = tmp_path / "madang.db"
    kept = Kept(database)
    with ExitStack() as stack:
        ann, bob = (
            stack.enter_context(IrcUser(nick, server.port, timeout_s=40))
            for nick, server in zip(("ann", "bob"), ngircd_pair, strict=True)
        )
        for user in (ann, bob):
            user.join("#yard")
        bots = []
        for nick, server in zip(("one", "two"), ngircd_pair, strict=True):
            config = f'[database]\nurl = "sqlite:///{database}"\n'
            config += network_toml("net", server.port, nick=nick, meetings=True) + BOTS
            bots.append(stack.enter_context(Madang(tmp_path / nick, config, role="bot")))
            for user in (ann, bob):
                user.wait_for(rf":{nick}!\S+ JOIN")
        speaks(ann, "#startmeeting Yard Works", bob)
        hears(bob, "The meeting name has been set to 'yard_works'")
        speaks(ann, "#motion We paint the fence", bob)
        hears(bob, "Public votes can be registered by saying")
        speaks(ann, "+1", bob)
        hears(bob, "+1 received from ann")
        speaks(bob, "+1 and soon", ann)
        hears(ann, "+1 received from bob")
        bots[0].kill()
        ann.wait_for(r":one!\S+ QUIT")
        speaks(bob, "-1 or rather not", ann)
        hears(ann, "-1 received from bob")
        bots[0].start()
        bob.wait_for(r":one!\S+ JOIN")
        speaks(ann, "#endvote", bob)
        hears(bob, "Result: tied")
        speaks(bob, "#info one of us", ann)
        speaks(ann, "#endmeeting", bob)
        hears(bob, "Meeting ended")
        speaks(ann, "after it all", bob)
        kept.wait_for("after it all")
        wait_until(lambda: kept.rows("SELECT 1 FROM minutes"), "the minutes", 20)
        told, log = kept.minutes(), kept.log()
        heard = [told_in_channel(user, ["one", "two"]) for user in (ann, bob)]
        assert "All invariants hold." in bots[1].run("check")
    assert kept.rows("SELECT count(*) FROM meeting") == [(1,)]
    for said in heard:
        assert [text for text, count in said.items() if count > 1] == []
        assert sum("Meeting started" in text for text in said) == 1
        assert sum("Meeting ended" in text for text in said) == 1
    (vote,) = told["votes"]
    assert vote["ballots"] == {"+1": ["ann"], "0": [], "-1": ["bob"]}
    assert [kind for kind, _, _ in items(told)] == ["vote", "info"]
    lines = {person["nick"]: person["lines"] for person in told["people"]}
    assert (lines["ann"], lines["bob"]) == (5, 3)
    spoken = [(nick, text) for _, _, nick, text, _ in log if nick in {"ann", "bob"}]
    assert len(spoken) == len(set(spoken)) == 8
    assert all(ref for *_, ref in log)
