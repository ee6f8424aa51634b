"""Reminders on a real server: said by the running bot, and not again after a kill."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.meetbot.timetables import SWIFT
from tests.servers.deadline import wait_until
from tests.servers.ircuser import IrcUser
from tests.servers.madang import Madang, network_toml
from tests.servers.ngircd import Ngircd


@pytest.fixture
def madang(ngircd: Ngircd, tmp_path: Path) -> Iterator[Madang]:
    """The program with a bot on the network."""
    with Madang(tmp_path / "madang", network_toml("net", ngircd.port, meetings=True)) as hub:
        wait_until(lambda: "registered" in hub.output, "the bot on the network", 30)
        yield hub


def soon(name: str) -> str:
    """Return the schedule of a meeting that begins some minutes from now."""
    at = datetime.now(UTC) + timedelta(minutes=8)
    text = SWIFT.replace("'2100'", f"'{at:%H%M}'").replace("Wednesday", f"{at:%A}")
    return text.replace("Swift", name).replace("swift", name.lower())


def test_a_reminder_is_said_once_over_a_kill(
    madang: Madang, ngircd: Ngircd, tmp_path: Path
) -> None:
    file = tmp_path / "one.yaml"
    with IrcUser("ann", ngircd.port) as ann:
        ann.join("#yard")
        file.write_text(soon("Swift"))
        madang.run("import", "schedule", str(file))
        ann.wait_for(r"PRIVMSG #yard :Swift Team Meeting begins here in [78] minutes, at ", 30)
        madang.kill()
        madang.start()
        wait_until(lambda: madang.output.count("registered") >= 1, "the bot is back", 30)
        # what is said of the next series is said after all that is due of this one
        file.write_text(soon("Zun"))
        madang.run("import", "schedule", str(file))
        ann.wait_for(r"PRIVMSG #yard :Zun Team Meeting begins here in [678] minutes, at ", 30)
        said = [line for line in ann.lines if "begins here" in line]
    assert len(said) == 2
