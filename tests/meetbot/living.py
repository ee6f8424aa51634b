"""A bot's meetings on a hub, for tests whose meetings run through the archive."""

from datetime import timedelta

from archive.past import PAST
from hub.config import Config
from hub.irc import Effect, Line, Say
from meetbot.live import LiveMeetings
from tests.databases import CHANNEL, NETWORK, Yard


def config(**channels: bool) -> Config:
    """Return a configuration that says which channels have meetings."""
    named = [{"name": f"#{name}", "meetings": has} for name, has in channels.items()]
    return Config.model_validate({"network": [{"name": NETWORK, "host": "h", "channel": named}]})


MEETING = config(**{CHANNEL.removeprefix("#"): True, "nova": True})


class Bot:
    """A bot's meetings on a hub; `restart` forgets all that is not in the archive."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.restart()

    def restart(self) -> None:
        self.live = LiveMeetings(MEETING, PAST)

    def hears(self, *lines: Line) -> list[Effect]:
        """Take lines in one transaction, as the dispatcher does."""
        recorder = self.yard.bot()

        def work(session: object) -> tuple[list[Effect], object]:
            heard, settlement = recorder.record(session, lines)  # type: ignore[arg-type]
            effects: list[Effect] = []
            for each in heard:
                effects += self.live.on_line(self.yard.app, session, each, each.line.at)  # type: ignore[arg-type]
            return effects, settlement

        effects, settlement = self.yard.app.db.write(work)
        recorder.settle(settlement)  # type: ignore[arg-type]
        return effects

    def says(self, nick: str, text: str, **other: object) -> list[str]:
        self.yard.now += timedelta(seconds=5)
        effects = self.hears(self.yard.line(nick, text, **other))
        return [e.text for e in effects if isinstance(e, Say) and not is_link(e)]


def is_link(said: Say) -> bool:
    """Whether it is a chair's link to correct the minutes, which is another test's matter."""
    return said.notice and "/pass/" in said.text
