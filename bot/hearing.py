"""From messages to what the listener hears: lines live and past, in order, and words to the bot.

Lines gather while one read of the socket is worked through and are handed on together; every other
call to the listener is preceded by the lines that came before it.
"""

import re
from datetime import datetime, timedelta

from bot import translate
from bot.catchup import Catchup
from bot.listener import Listener
from bot.replays import Replay, Replays
from bot.session import Session
from bot.wire import Message, nick_of, param, tag
from hub.irc import NOT_LOGGED, Kind, Line

_CLOCKS_DIFFER = timedelta(minutes=5)
_SPOKEN = ("PRIVMSG", "NOTICE")


class Hearing:
    """What one connection hears."""

    def __init__(self, session: Session, listener: Listener, name: str) -> None:
        """Answer to `name` too, as long as nobody else in the channels has it."""
        self._session = session
        self._listener = listener
        self._name = name
        self._lines: list[Line] = []
        self._are_past = False
        self.replays = Replays()
        self.catchups: dict[str, Catchup] = {}
        """The channels whose past was asked for, by folded name."""
        self.heard_until: dict[str, datetime | None] = {}
        """For each channel, by folded name, from when on its past may be kept; None: never."""
        self.last_at: datetime | None = None
        """The time of the last live line."""

    def flush(self) -> None:
        """Hand on the lines that have gathered."""
        if self._lines:
            gathered, self._lines = self._lines, []
            self._listener.heard(gathered, playback=self._are_past)

    def take_batch(self, message: Message) -> Replay | None:
        """Take a BATCH message; return the replay that it ends."""
        return self.replays.batch(message, self._session.fold(param(message, 2)))

    def take_past(self, message: Message, now: datetime) -> bool:
        """Take the message if it tells of the past; say whether it did."""
        replay = self.replays.of(message)
        if replay is None and message.command in _SPOKEN:
            if self._took_znc_marker(message):
                return True
            at = translate.server_time(message)
            replay = self.replays.of_spoken(self._session.fold(param(message, 0)), at)
        if replay is None:
            return False
        replay.add(translate.server_time(message), tag(message, "msgid"))
        catchup = self.catchups.get(replay.channel)
        if catchup is None or not catchup.checking:
            past = translate.lines(message, self._session, now, past_of=replay.channel)
            self._gather([line for line in past if self._may_keep(line)], are_past=True)
        return True

    def _may_keep(self, line: Line) -> bool:
        """Keep of the past only what the bot was meant to hear: from where it stopped hearing."""
        heard_until = self.heard_until.get(self._session.fold(line.channel))
        return heard_until is not None and line.at >= heard_until - _CLOCKS_DIFFER

    def _took_znc_marker(self, message: Message) -> bool:
        fold = self._session.fold(param(message, 0))
        is_marker, ended = self.replays.znc_marker(message, fold)
        if ended is not None:
            self.replayed(ended.channel, ended.first_at)
        return is_marker

    def take_live(self, message: Message, now: datetime) -> None:
        """Take a message of the present, before the session follows it."""
        lines = translate.lines(message, self._session, now)
        if lines:
            self._gather(lines, are_past=False)
            self.last_at = lines[-1].at
        if message.command == "PRIVMSG":
            self._take_address(message, lines)

    def _gather(self, lines: list[Line], *, are_past: bool) -> None:
        if are_past is not self._are_past:
            self.flush()
            self._are_past = are_past
        self._lines += lines

    def replayed(self, fold: str, since: datetime | None) -> None:
        """Tell that a channel's playback has ended."""
        channel = self._session.kept(fold)
        if channel is not None:
            self.flush()
            self._listener.replayed(channel, since)

    def _take_address(self, message: Message, lines: list[Line]) -> None:
        """Tell words said to the bot by a person: another bot's words could go on for ever."""
        nick = nick_of(message)
        if self._session.is_me(nick) or translate.is_server(message):
            return
        if message.tags and "bot" in message.tags:
            return
        if lines:
            self._take_in_channel(lines[0], nick)
        elif self._session.is_me(param(message, 0)):
            text = param(message, 1).strip()
            if text and not text.startswith("\x01"):
                account = tag(message, "account") or self._session.account(nick)
                self.flush()
                self._listener.addressed(nick, account, self._session.nick, text, nick)

    def _take_in_channel(self, line: Line, nick: str) -> None:
        """Tell `madang: help`, unless its author wants any of it unlogged."""
        if line.kind is not Kind.SAY or NOT_LOGGED in line.text:
            return
        name, text = addressed(line.text)
        if text and self._is_mine(name):
            self.flush()
            self._listener.addressed(nick, line.account, line.channel, text, line.channel)

    def _is_mine(self, name: str) -> bool:
        """Say whether the bot is meant: by its nick, or by the one that it is known by."""
        if self._session.is_me(name):
            return True
        is_known_by = self._session.fold(name) == self._session.fold(self._name)
        return is_known_by and not self._session.knows(name)


_ADDRESS = re.compile(r"@?([^\s:,]{1,64})[:,]\s*(.*)", re.DOTALL)


def addressed(text: str) -> tuple[str, str]:
    """Return whom a text is said to and what, in `nick: what`; both empty when to nobody."""
    match = _ADDRESS.match(text)
    return (match[1], match[2].strip()) if match else ("", "")
