"""Running meetings: what is heard goes through the machine, what comes out goes to the channel.

The archive's lines are the truth. What is kept here of a channel, its meeting after the line last heard,
only spares reading them again: it counts when that line is the one before the line at hand. Whatever else
happened, a restart, a transaction tried again, history filled in, another process that heard some of it, the
meeting is replayed from the archive, and what was said on the way is not said again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session

from hub.config import Config
from hub.irc import Effect, Kind, Line, Say, SetTopic, plain
from hub.module import Heard
from hub.reading import ChannelPast
from meetbot.machine import replay, step
from meetbot.rules import Rules, Surroundings
from meetbot.state import Meeting

if TYPE_CHECKING:
    from hub.app import App

_BACK = timedelta(hours=36)
"""A meeting that began longer ago is not looked for; it has ended by silence, or goes on in memory."""

_START = "#startmeeting"


@dataclass(frozen=True, slots=True)
class _Known:
    """A channel's meeting after the line of that ref; None: there was none."""

    ref: str
    meeting: Meeting | None


@dataclass(slots=True)
class LiveMeetings:
    """The meetings that run in all channels. `on_line` is called in the order of each network's lines."""

    config: Config
    past: ChannelPast
    _known: dict[tuple[str, str], _Known] = field(default_factory=dict)

    def on_line(
        self, _app: "App", session: Session, heard: Heard, _now: datetime
    ) -> Sequence[Effect]:
        """Take a line that the archive has just stored; answer what the bot is to say and set."""
        line = heard.line
        if not heard.live or not self._has_meetings(line):
            return ()
        rules = self._rules(line.network)
        meeting = self._meeting_before(session, heard, rules)
        around = self._around(session, heard) if meeting is None else Surroundings()
        after, effects = step(meeting, line, rules, around)
        self._known[line.network, line.channel] = _Known(heard.ref, after)
        return [effect for effect in effects if isinstance(effect, Say | SetTopic)]

    def _meeting_before(self, session: Session, heard: Heard, rules: Rules) -> Meeting | None:
        line = heard.line
        known = self._known.get((line.network, line.channel))
        if (
            known is not None
            and known.meeting is None
            and not plain(line.text).startswith(("#", "["))
        ):
            return None  # nothing that matters without a meeting, so nothing to make sure of
        if known is not None and known.ref == self.past.before(session, heard.ref):
            return known.meeting
        lines = self.past.since(session, heard.ref, _START, _BACK)
        return replay([replace(said, channel=line.channel) for said in lines], rules).meeting

    def _around(self, session: Session, heard: Heard) -> Surroundings:
        """Return the topic where a meeting may begin; elsewhere nobody asks."""
        if heard.line.kind is not Kind.SAY or not plain(heard.line.text).startswith("#"):
            return Surroundings()
        return Surroundings(topic=plain(self.past.topic(session, heard.ref)))

    def _has_meetings(self, line: Line) -> bool:
        """Tell whether the channel's configuration says that it has meetings."""
        return any(
            channel.meetings and channel.name.lower() == line.channel.lower()
            for network in self.config.network
            if network.name == line.network
            for channel in network.channel
        )

    def _rules(self, network: str) -> Rules:
        nicks = (known.nick for known in self.config.network if known.name == network)
        # what the bot is called where its nick is taken, or where it needs several connections
        own = (nick + more for nick in nicks for more in ("", "_", *map(str, range(2, 30))))
        return Rules(bots=frozenset(own))
