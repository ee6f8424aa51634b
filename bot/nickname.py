"""The bot's name when somebody else has it: another one now, the wanted one as soon as it is free.

Pure. MONITOR tells at once when a nick becomes free; where there is none, ISON is asked now and
then; and a QUIT or NICK of its holder in a common channel is the best news.
Source: RFC 2812 4.9, IRCv3 monitor.
"""

from collections.abc import Iterator
from itertools import count

from bot.session import Session
from bot.wire import Message, compose, nick_of, param

_SHORT = 9  # the length of nicks that every server allows (RFC 1459)


def alternates(nick: str) -> Iterator[str]:
    """Yield other names like this one, for ever: `nick_`, `nick__`, short ones with numbers."""
    yield f"{nick}_"
    yield f"{nick}__"
    for number in count(2):
        digits = str(number)
        yield nick[: _SHORT - len(digits)] + digits


class NickKeeper:
    """Wins the wanted nick back."""

    def __init__(self, wanted: str, every_s: float) -> None:
        self._wanted = wanted
        self._every_s = every_s
        self._look_at = 0.0
        self._monitoring = False

    def due(self, session: Session, now: float) -> list[str]:
        """Return the lines that find out whether the nick is free; `now` is monotonic."""
        if self._has_it(session):
            return self._stop_monitoring()
        if now < self._look_at:
            return []
        self._look_at = now + self._every_s
        if self._monitoring:
            return []
        if session.isupport.monitors:
            self._monitoring = True
            return [compose("MONITOR", "+", self._wanted)]
        return [compose("ISON", self._wanted)]

    def receive(self, message: Message, session: Session) -> list[str]:
        """Take a message (after the session followed it); return the lines that take the nick."""
        if self._has_it(session):
            return []
        return [compose("NICK", self._wanted)] if self._tells_free(message, session) else []

    def _tells_free(self, message: Message, session: Session) -> bool:
        wanted = session.fold(self._wanted)
        if message.command in ("QUIT", "NICK"):
            return session.fold(nick_of(message)) == wanted
        if message.command == "731":
            targets = param(message, 1).split(",")
            return wanted in (session.fold(target.partition("!")[0]) for target in targets)
        if message.command == "303":
            return wanted not in map(session.fold, param(message, 1).split())
        return False

    def _has_it(self, session: Session) -> bool:
        return session.is_me(self._wanted)

    def _stop_monitoring(self) -> list[str]:
        if not self._monitoring:
            return []
        self._monitoring = False
        return [compose("MONITOR", "-", self._wanted)]
