"""Where the server or a bouncer remembers, what the bot missed is filled in; where not, the gap stays."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.promises.archives import Archive, doubles
from tests.servers.deadline import wait_until
from tests.servers.inspircd import Inspircd
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.znc import Znc

_ASKED = "madang: help"


def _kill_and_come_back(madang: Madang, ann: IrcUser, said_meanwhile: list[str]) -> None:
    """Kill the bot, talk, and start it again."""
    madang.kill()
    for text in said_meanwhile:
        ann.say("#yard", text)
    ann.sync()
    madang.start()


def _wait_for_another_second(archive: Archive) -> None:
    """InspIRCd tells the past in whole seconds: only what is a second older is surely older."""
    newest = archive.lines()[-1].at
    wait_until(lambda: datetime.now(UTC) >= newest + timedelta(seconds=1), "the next second")


def _answers(ann: IrcUser) -> int:
    return len(ann.heard(r"^(?:@\S+ )?:madang!\S+ PRIVMSG #yard "))


@pytest.mark.timeout(120)
def test_the_servers_history_fills_the_gap(inspircd: Inspircd, tmp_path: Path) -> None:
    config = network_toml("net", inspircd.port)
    ann = IrcUser("ann", inspircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, Madang(tmp_path / "madang", config) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.mode("#yard", "+H", "50:1h")
        ann.say("#yard", "before 1")
        archive.wait_for("before 1")
        _wait_for_another_second(archive)
        ann.say("#yard", "before 2")
        archive.wait_for("before 2")
        for round_ in ("a", "b"):
            missed = [f"missed {round_} 1", f"missed {round_} 2", f"missed {round_} 2", _ASKED]
            _kill_and_come_back(madang, ann, missed)
            ann.wait_for(":madang!.* JOIN ", 30)
            ann.say("#yard", f"after {round_}")
            archive.wait_for(f"after {round_}")
            archive.wait_for(f"missed {round_} 1")
        said = archive.said()
        assert said == [
            *("before 1", "before 2"),
            *("missed a 1", "missed a 2", "missed a 2", _ASKED, "after a"),
            *("missed b 1", "missed b 2", "missed b 2", _ASKED, "after b"),
        ]
        gaps = archive.gaps()
        assert gaps
        assert all(gap.filled for gap in gaps)
        assert "the bot was away" not in archive.html()
        ann.say("#yard", _ASKED)
        ann.wait_for(r":madang!\S+ PRIVMSG #yard :ann: ")
        assert _answers(ann) == 1, "what was asked while it was away is not answered"


@pytest.mark.timeout(120)
def test_a_history_that_forgot_the_beginning_leaves_the_rest_of_the_gap(
    inspircd: Inspircd, tmp_path: Path
) -> None:
    config = network_toml("net", inspircd.port)
    ann = IrcUser("ann", inspircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, Madang(tmp_path / "madang", config) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.mode("#yard", "+H", "3:1h")
        ann.say("#yard", "before")
        archive.wait_for("before")
        _kill_and_come_back(madang, ann, [f"missed {i}" for i in range(6)])
        ann.wait_for(":madang!.* JOIN ", 30)
        ann.say("#yard", "after")
        archive.wait_for("after")
        archive.wait_for("missed 5")
        assert archive.said() == ["before", "missed 3", "missed 4", "missed 5", "after"]
        assert not all(gap.filled for gap in archive.gaps())


@pytest.mark.timeout(120)
def test_without_history_the_gap_stays(inspircd: Inspircd, tmp_path: Path) -> None:
    config = network_toml("net", inspircd.port)
    ann = IrcUser("ann", inspircd.port)
    ann.connect()
    ann.join("#yard")  # before the bot, to see it come
    with ann, Madang(tmp_path / "madang", config) as madang:
        archive = Archive(madang)
        ann.wait_for(":madang!.* JOIN ")
        ann.say("#yard", "before")
        archive.wait_for("before")
        _kill_and_come_back(madang, ann, ["missed"])
        ann.wait_for(":madang!.* JOIN ", 30)
        ann.say("#yard", "after")
        archive.wait_for("after")
        assert archive.said() == ["before", "after"]
        (gap,) = archive.gaps()
        assert not gap.filled
        assert "the bot was away" in archive.html()


@pytest.mark.timeout(120)
def test_a_bouncers_playback_fills_the_gap(inspircd: Inspircd, tmp_path: Path) -> None:
    with ExitStack() as stack:
        ann = stack.enter_context(IrcUser("ann", inspircd.port))
        ann.join("#yard")
        znc = stack.enter_context(Znc(inspircd))
        config = network_toml("net", znc.port, password_env="ZNC_LOGIN")
        env = {"ZNC_LOGIN": znc.login}
        madang = stack.enter_context(Madang(tmp_path / "madang", config, env=env))
        archive = Archive(madang)
        madang.running.wait_for_output("registered", 30)
        ann.say("#yard", "before")
        archive.wait_for("before")
        _kill_and_come_back(madang, ann, ["missed 1", "missed 2", "missed 2", _ASKED])
        archive.wait_for("missed 2", 30)
        ann.say("#yard", "after")
        archive.wait_for("after")
        said = archive.said()
        assert said == ["before", "missed 1", "missed 2", "missed 2", _ASKED, "after"]
        assert doubles([line.body for line in archive.lines() if "missed 1" in line.body]) == []
        assert _answers(ann) == 0
        # ZNC doesn't say whether it remembered all: until its first line the gap stays.
        (gap,) = archive.gaps()
        first = next(line.at for line in archive.lines() if "missed 1" in line.body)
        assert gap.filled or gap.until <= first + timedelta(seconds=1)
