"""From IRC messages to lines: the only place where one becomes the other.

Pure. What may become a line is said by what may not: nothing private, nothing to a part of a
channel (STATUSMSG), nothing of a channel that the bot isn't in on purpose, no server's or
service's notice to the bot, no CTCP but ACTION, no text that its author wants unlogged, nobody's
host. Must be asked *before* the session follows the message: somebody who quits is still known.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot import masks
from bot.session import Session
from bot.wire import Message, nick_of, param, tag
from hub.irc import Kind, Line, told_apart, withhold

_OLDEST_LIVE = timedelta(days=1)
_FUTURE = timedelta(minutes=5)
_FIRST_YEAR, _LAST_YEAR = 1988, 9999
"""IRC is from 1988; a time at the calendar's very ends can't be reckoned with."""
_ACTION = "\x01ACTION"


def server_time(message: Message) -> datetime | None:
    """Return the server-time tag as aware UTC; None when there is none that makes sense."""
    value = message.tags.get("time") if message.tags else None
    if not value:
        return None
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            return None
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if _FIRST_YEAR <= at.year < _LAST_YEAR else None


def lines(
    message: Message, session: Session, now: datetime, *, past_of: str | None = None
) -> list[Line]:
    """Return the lines that a message is: one for each channel that it concerns, mostly none.

    `past_of` names the channel whose past is being told: the message keeps its own time (though
    never a future one), and a QUIT or NICK in it concerns that channel only.
    """
    read = _READERS.get(message.command)
    if read is None or not nick_of(message):
        return []
    channels = _channels(message, session, past_of)
    told = read(message) if channels else None
    if told is None:
        return []
    at = live_time(message, now) if past_of is None else _past_time(message, now)
    kind, text = told[0], told_apart(told[1])
    nick, account, msgid = nick_of(message), _account(message, session), tag(message, "msgid")
    return [
        withhold(Line(session.network, channel, at, kind, nick, text, account, msgid))
        for channel in channels
    ]


def live_time(message: Message, now: datetime) -> datetime:
    """Return when a live message happened: by the server's clock, if that isn't far off."""
    at = server_time(message)
    return now if at is None else min(max(at, now - _OLDEST_LIVE), now + _FUTURE)


def _past_time(message: Message, now: datetime) -> datetime:
    return min(server_time(message) or now, now + _FUTURE)


def _channels(message: Message, session: Session, past_of: str | None) -> list[str]:
    if message.command not in ("QUIT", "NICK"):
        channel = session.kept(param(message, 0))
    elif past_of is None:
        return session.shared(nick_of(message))
    else:
        channel = session.kept(past_of)
    return [] if channel is None else [channel]


def _account(message: Message, session: Session) -> str | None:
    """Return the author's services account: by tag, by extended JOIN, else as known."""
    told = tag(message, "account")
    if told is None and message.command == "JOIN" and len(message.params) >= 3:
        named = message.params[1]
        return named if named not in ("", "*") and named.isprintable() else None
    return told or session.account(nick_of(message))


_Told = tuple[Kind, str]


def _say(message: Message) -> _Told | None:
    if len(message.params) < 2:
        return None
    text = message.params[1]
    if not text.startswith("\x01"):
        return Kind.SAY, text
    action = action_of(text)
    return None if action is None else (Kind.ACTION, action)


def action_of(text: str) -> str | None:
    """Return what a CTCP ACTION tells; None for any other CTCP."""
    word, _, rest = text.partition(" ")
    return rest.removesuffix("\x01") if word.rstrip("\x01") == _ACTION else None


def _notice(message: Message) -> _Told | None:
    text = param(message, 1)
    if len(message.params) < 2 or text.startswith("\x01") or is_server(message):
        return None
    return Kind.NOTICE, text


def is_server(message: Message) -> bool:
    """Say whether a server speaks: its name has a dot, and no user or host behind it."""
    source = message.source or ""
    return "!" not in source and "@" not in source and "." in source


def _mode(message: Message) -> _Told:
    return Kind.MODE, " ".join([param(message, 1), *map(masks.hidden, message.params[2:])])


def _kick(message: Message) -> _Told | None:
    victim = param(message, 1)
    return (Kind.KICK, f"{victim} {param(message, 2)}".rstrip(" ")) if victim else None


def _nick(message: Message) -> _Told | None:
    new = param(message, 0)
    return (Kind.NICK, new) if new else None


_READERS: dict[str, Callable[[Message], _Told | None]] = {
    "PRIVMSG": _say,
    "NOTICE": _notice,
    "JOIN": lambda _: (Kind.JOIN, ""),
    "PART": lambda message: (Kind.PART, param(message, 1)),
    "QUIT": lambda message: (Kind.QUIT, param(message, 0)),
    "TOPIC": lambda message: (Kind.TOPIC, param(message, 1)),
    "NICK": _nick,
    "MODE": _mode,
    "KICK": _kick,
}
