"""IRC's words: the line, the effect, and how names compare.

A `Line` is one thing that happened in a channel. The bot makes it live, an importer makes it from a
file: the same value. What `nick` and `text` hold depends on the kind:

    kind     nick                text
    say      who spoke           what, with mIRC formatting codes as sent
    action   who (/me)           what
    notice   who                 what
    join     who came            empty
    part     who left            the reason, or empty
    quit     who left IRC        the reason, or empty
    nick     the old nick        the new nick
    topic    who set it          the new topic, or empty
    mode     who set it          the modes with their arguments: `+o ann`
    kick     who kicked          the victim, a blank and the reason: `bob be nice`
    gap      empty               until when nobody listened, as ISO UTC; and ` filled` once it was
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing a line tells."""

    SAY = "say"
    ACTION = "action"
    NOTICE = "notice"
    JOIN = "join"
    PART = "part"
    QUIT = "quit"
    NICK = "nick"
    TOPIC = "topic"
    MODE = "mode"
    KICK = "kick"
    GAP = "gap"


SPOKEN = frozenset({Kind.SAY, Kind.ACTION, Kind.NOTICE})
"""Kinds that are talk; the others tell who came, went or changed something."""

NOT_LOGGED = "-= THIS MESSAGE NOT LOGGED =-"
"""Stands for a text whose author opted out (the words are ChannelLogger's, scripts know them)."""

REMOVED = "-= THIS MESSAGE WAS REMOVED =-"
"""Stands for a text that an operator redacted."""


@dataclass(frozen=True, slots=True, init=False)
class Line:
    """One thing that happened in a channel. `at` is aware UTC; no text holds CR, LF or NUL."""

    network: str
    channel: str
    at: datetime
    kind: Kind
    nick: str
    text: str = ""
    account: str | None = None
    msgid: str | None = None

    def __init__(
        self,
        network: str,
        channel: str,
        at: datetime,
        kind: Kind,
        nick: str,
        text: str = "",
        account: str | None = None,
        msgid: str | None = None,
    ) -> None:
        """Take the fields: what `dataclass` would write for a frozen class takes 2.5 times as long."""
        _set_network(self, network)
        _set_channel(self, channel)
        _set_at(self, at)
        _set_kind(self, kind)
        _set_nick(self, nick)
        _set_text(self, text)
        _set_account(self, account)
        _set_msgid(self, msgid)


_set_network, _set_channel, _set_at, _set_kind, _set_nick, _set_text, _set_account, _set_msgid = (
    getattr(Line, field.name).__set__ for field in fields(Line)
)


@dataclass(frozen=True, slots=True)
class Say:
    """Effect: speak in a channel, or to a nick."""

    network: str
    target: str
    text: str
    notice: bool = False


@dataclass(frozen=True, slots=True)
class SetTopic:
    """Effect: set a channel's topic, by the bot's own rights or through ChanServ."""

    network: str
    channel: str
    topic: str


Effect = Say | SetTopic

_ASCII = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
_STRICT = _ASCII | {ord("["): ord("{"), ord("]"): ord("}"), ord("\\"): ord("|")}
_RFC1459 = _STRICT | {ord("~"): ord("^")}
_MAPPINGS = {"ascii": _ASCII, "rfc1459-strict": _STRICT, "rfc1459": _RFC1459}


def casefold(name: str, mapping: str = "rfc1459") -> str:
    """Return the form under which a nick or channel name compares equal on a network.

    Source: RFC 2812 2.2 and ISUPPORT CASEMAPPING; an unknown mapping counts as rfc1459.
    """
    return name.translate(_MAPPINGS.get(mapping, _RFC1459))


_FORMATTING = re.compile(
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)


def plain(text: str) -> str:
    """Return the text without mIRC formatting and other control characters."""
    return text if text.isprintable() else _FORMATTING.sub("", text)  # nearly all texts are


_UNKEEPABLE = re.compile(r"[\x00\r\n\ud800-\udfff]")


def keepable(line: Line) -> Line:
    """Return the line without what no text may hold: NUL, line ends, halves of characters.

    Line ends become blanks, the others U+FFFD. Nearly all lines come back as they are.
    """
    told = f"{line.nick}{line.text}{line.account}{line.msgid}{line.channel}"
    if told.isascii() and not ("\0" in told or "\n" in told or "\r" in told):
        return line
    if _UNKEEPABLE.search(told) is None:
        return line
    return replace(
        line,
        channel=keepable_text(line.channel),
        nick=keepable_text(line.nick),
        text=keepable_text(line.text),
        account=None if line.account is None else keepable_text(line.account),
        msgid=None if line.msgid is None else keepable_text(line.msgid),
    )


def keepable_text(text: str) -> str:
    """Return a text without what no text may hold."""
    return _UNKEEPABLE.sub(lambda found: " " if found[0] in "\r\n" else "\ufffd", text)


_LOOKALIKE = re.compile(r"-= (?=THIS MESSAGE (?:NOT LOGGED|WAS REMOVED) =-)")


def told_apart(text: str) -> str:
    """Return what somebody typed so that it equals no tombstone, though it looks like one.

    A formatting code that shows nothing is put in: only what the archive itself wrote is without it.
    """
    return _LOOKALIKE.sub("-=\x0f ", text) if "-= " in text else text


_NOLOG = re.compile(r"\s*(?:\[nolog\]|!-)", re.IGNORECASE)
_OFF = re.compile(r"\[off\]", re.IGNORECASE)


def withhold(line: Line) -> Line:
    """Return the line as the archive may keep it: an opted-out text becomes a tombstone.

    `[nolog]` and `!-` count at the start, `[off]` hides the rest from where it stands.
    Source: ChannelLogger's noLogPrefix, BotBot, W3C's RRSAgent.
    """
    # Most lines hold no mark, with or without formatting in it.
    if ("[" not in line.text and "!" not in line.text) or line.kind not in SPOKEN:
        return line
    text = plain(line.text)
    if _NOLOG.match(text):
        return replace(line, text=NOT_LOGGED)
    off = _OFF.search(text)
    return replace(line, text=told_apart(text[: off.start()]) + NOT_LOGGED) if off else line


Wake = Callable[[], None]
"""Called after a commit that others may wait for."""
