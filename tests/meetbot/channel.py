"""A channel to play meetings in: `channel.says("ann", "#info hi")` answers with what the bot would do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hub.irc import Kind, Line, Say, SetTopic
from meetbot.effects import Effect, MeetingEnded
from meetbot.machine import step, tick
from meetbot.rules import Rules, Surroundings
from meetbot.state import Meeting

START = datetime(2021, 5, 12, 21, 0, 0, tzinfo=UTC)
RULES = Rules(bots=frozenset({"madang"}))


class Channel:
    """One channel and its meeting, with a clock that goes on by ten seconds for each line."""

    def __init__(self, rules: Rules = RULES, topic: str = "", nicks: tuple[str, ...] = ()) -> None:
        self.rules, self.now = rules, START - timedelta(seconds=10)
        self.around = Surroundings(topic, frozenset(nicks))
        self.meeting: Meeting | None = None
        self.ended: list[Meeting] = []
        self.lines: list[Line] = []
        self.effects: list[Effect] = []

    def hears(
        self, kind: Kind, nick: str, text: str = "", account: str | None = None
    ) -> list[Effect]:
        self.now += timedelta(seconds=10)
        line = Line("oftc", "#swift", self.now, kind, nick, text, account)
        self.lines.append(line)
        self.meeting, effects = step(self.meeting, line, self.rules, self.around)
        return self._took(effects)

    def says(self, nick: str, text: str, account: str | None = None) -> list[str]:
        """Say something; what the bot says in the channel."""
        return self.told(self.hears(Kind.SAY, nick, text, account))

    def hints(self, nick: str, text: str, account: str | None = None) -> list[str]:
        """Say something; what the bot tells the speaker alone."""
        effects = self.hears(Kind.SAY, nick, text, account)
        return [e.text for e in effects if isinstance(e, Say) and e.target == nick and e.notice]

    def topics(self, nick: str, text: str) -> list[str]:
        """Say something; the topics that the bot sets."""
        return [e.topic for e in self.hears(Kind.SAY, nick, text) if isinstance(e, SetTopic)]

    def waits(self, **span: int) -> list[str]:
        """Let time pass with nobody speaking; what the bot says in the channel."""
        self.now += timedelta(**span)
        assert self.meeting is not None
        self.meeting, effects = tick(self.meeting, self.now, self.rules)
        return self.told(self._took(effects))

    def starts(
        self, nick: str = "ann", name: str = "Swift", account: str | None = None
    ) -> "Channel":
        self.says(nick, f"#startmeeting {name}", account)
        assert self.meeting is not None
        return self

    @staticmethod
    def told(effects: list[Effect]) -> list[str]:
        return [e.text for e in effects if isinstance(e, Say) and not e.notice]

    def _took(self, effects: object) -> list[Effect]:
        taken = list(effects)  # type: ignore[call-overload]
        self.effects += taken
        self.ended += [e.meeting for e in taken if isinstance(e, MeetingEnded)]
        return taken

    @property
    def running(self) -> Meeting:
        assert self.meeting is not None
        return self.meeting

    @property
    def noted(self) -> list[tuple[str, str]]:
        return [(item.kind.value, item.text) for item in self.running.items]

    @property
    def people(self) -> dict[str, int]:
        return {p.name: p.lines for p in self.running.attendance.people.values()}


def with_rules(**given: object) -> Rules:
    return replace(RULES, **given)  # type: ignore[arg-type]
