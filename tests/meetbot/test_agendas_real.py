"""An agenda on a real server: gone through with a kill -9 in between, and closed once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2 as httpx
import pytest

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


def switch_on(madang: Madang, link: str) -> None:
    """Let a chair, who holds the link that the bot told, have agendas."""
    with httpx.Client(base_url=madang.url) as chair:
        chair.post(f"/pass/{link}")
        kept = chair.post("/meetings/works/agenda", data={"on": "1", "template": "", "hours": "4"})
        assert kept.status_code == 303


def test_an_agenda_survives_a_kill_and_is_closed_once(madang: Madang, ngircd: Ngircd) -> None:
    with IrcUser("ann", ngircd.port) as ann:
        ann.join("#yard")
        wait_until(lambda: "joined #yard" in madang.output, "the bot in the channel", 30)
        ann.say("#yard", "#startmeeting works")
        ann.say("#yard", "#endmeeting")
        switch_on(madang, ann.wait_for(r"NOTICE ann :.*/pass/(\S+)")[1])
        ann.say("#yard", "#startmeeting works")
        name = ann.wait_for(r"PRIVMSG #yard :Agenda: \S+/p/(\S+) ")[1]
        assert name == f"works-{datetime.now(UTC):%Y-%m-%d}"
        ann.say("#yard", "#next")
        ann.wait_for(r"TOPIC #yard :Announcements ")
        madang.kill()
        madang.start()
        ann.wait_for(r":madang!\S+ QUIT")
        ann.wait_for(r":madang!\S+ JOIN", 30)
        ann.say("#yard", "#agreed to mend the fence")
        ann.say("#yard", "#next")
        ann.say("#yard", "#next")
        ann.wait_for(r"PRIVMSG #yard :The agenda has no topic left")
        ann.say("#yard", "#endmeeting")
        ann.wait_for(r"PRIVMSG #yard :Meeting ended ")
    text = madang.get(f"/p/{name}/export/txt")
    assert text.count("## Minutes of ") == 1
    below = text.partition("## Minutes of ")[2]
    assert below.index("- **Announcements**") < below.index("AGREED: to mend the fence")
    assert below.index("AGREED: to mend the fence") < below.index("- **Open discussion**")
