"""A hub with meetings that are over and one that may run, for the tests of their pages."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session
from starlette.testclient import TestClient

from archive.store import record
from hub.irc import Effect, Kind, Line
from hub.people import Right
from meetbot.addresses import MeetingKey
from tests.meetbot.held import TALK, hold
from tests.web.hub import NOW, Hub, Site, hub_in

NETWORK = {
    "name": "net",
    "host": "irc.example.org",
    "channel": [
        {"name": "#yard", "meetings": True},
        {"name": "#club", "meetings": True},
    ],
}
SWIFT = "/meetings/swift/2021/swift.2021-05-12-21.00"
SECRET = (TALK[0], "ann #restrictlogs", "ann #topic hush", *TALK[1:])


class Meetings(Hub):
    """A hub with the verbs of meetings. What is said is heard by the bot, ten seconds apart."""

    at = NOW

    def holds_meeting(self, name: str = "Swift", talk: Sequence[str] = TALK) -> MeetingKey:
        """Keep the minutes of a meeting that was held that evening."""
        return self.app.db.write(lambda session: hold(session, name, talk))

    def says(self, nick: str, text: str, channel: str = "#yard") -> Sequence[Effect]:
        """Let the bot hear a line, now; what it answers."""
        self.at += timedelta(seconds=10)
        line = Line("net", channel, self.at, Kind.SAY, nick, text)

        def work(session: Session) -> list[Effect]:
            """Record and obey in one transaction, as the dispatcher does."""
            return [
                effect
                for heard in record(session, [line], 0)
                for module in self.app.modules
                if module.on_line is not None
                for effect in module.on_line(self.app, session, heard, self.at)
            ]

        told = self.app.db.write(work)
        self.app.pulse.beat()
        return told

    def talk(self, *lines: str) -> None:
        """Let the bot hear `nick text` lines."""
        for line in lines:
            nick, _, text = line.partition(" ")
            self.says(nick, text)

    def chair(self, *rights: Right, name: str = "irc:net/ann") -> TestClient:
        """A browser that holds a pass for some rights."""
        client = self.client()
        client.cookies.set("pass", self.app.passes.write(name, frozenset(rights)))
        return client


class MeetingSite(Site, Meetings):
    """The same, served over a real socket."""


def meetings_in(folder: Path, url: str = "", **sections: Any) -> Meetings:
    """Build a hub whose clock stands at NOW, and whose bot runs meetings in two channels."""
    return Meetings(hub_in(folder, url, **({"network": [NETWORK]} | sections)).app)


def edit(key: MeetingKey) -> Right:
    """The right of a meeting's chair."""
    return ("edit", key.ref)


def at_version(key: MeetingKey, number: int) -> str:
    """The address of one version of minutes."""
    return f"{key.url()}?version={number}"
