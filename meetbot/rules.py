"""What a channel's meetings may be like, and what the machine is told of its surroundings.

Both are arguments: the machine reads no configuration and asks no server.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from hub.irc import casefold


@dataclass(frozen=True, slots=True)
class Rules:
    """How meetings run in a channel.

    bots: nicks (any case) whose lines are kept but never obeyed, the hub's own among them.
    length: when the time is up, and when anybody may end the meeting. quiet: silence after which the
    warning comes; silence: after which the meeting ends by itself, None never does. casemapping: the
    network's, for nicks. base_url: where minutes are found, without a slash at its end; none, no links.
    """

    name_required: bool = True
    length: timedelta = timedelta(minutes=60)
    quiet: timedelta | None = timedelta(minutes=30)
    silence: timedelta | None = timedelta(minutes=45)
    sets_topic: bool = True
    bots: frozenset[str] = frozenset()
    casemapping: str = "rfc1459"
    base_url: str = ""
    info_url: str = ""
    folded_bots: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Fold the bots' nicks once, as every line asks for them."""
        folded = frozenset(casefold(bot, self.casemapping) for bot in self.bots)
        object.__setattr__(self, "folded_bots", folded)

    def is_bot(self, nick: str) -> bool:
        """Tell whether a nick, in any case, is a bot's."""
        return bool(self.folded_bots) and casefold(nick, self.casemapping) in self.folded_bots


FILE_RULES = Rules(name_required=False, quiet=None, silence=timedelta(hours=12))
"""Rules for logs of meetings that other bots ran: nothing is required, only a lost end is found."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the channel beside its lines.

    topic: the channel's, as it stood before the line; asked for when a meeting starts. nicks: who is
    there, any case; empty when unknown. agenda: the topics that the meeting is to have, asked for with
    `#next` and kept with its line, so that a replay is told the same.
    """

    topic: str = ""
    nicks: frozenset[str] = frozenset()
    agenda: tuple[str, ...] = ()


UNKNOWN = Surroundings()
