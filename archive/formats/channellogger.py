"""ChannelLogger's format, to read and to write: what eavesdrop archives are made of.

    2021-05-12T21:00:30  <nick> text        and `* nick text`, `-nick- text`, `*** what happened`

`read(write(line)) == line` for every line with a whole second, without account and msgid, whose
nicks have no blank. Hostmasks are read over and never written. A gap is ours:
`*** no log until 2026-11-22T10:00:00Z`, and ` (filled)` once it was.
Source: supybot's and Limnoria's ChannelLogger plugin.
"""

import re
from collections.abc import Callable

from archive.formats.outcome import Event, Skip
from hub.irc import Kind, Line

STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)?) {1,2}(.*)", re.DOTALL)
"""A line's time, and the rest of it."""


def write(line: Line) -> str:
    """Return the line as ChannelLogger writes it, in UTC, without line end; read by `read_body`."""
    return f"{line.at.isoformat()[:19]}  {_write_body(line)}"


def _write_body(line: Line) -> str:
    nick, text = line.nick, line.text
    match line.kind:
        case Kind.SAY:
            return f"<{nick}> {text}"
        case Kind.ACTION:
            return f"* {nick} {text}"
        case Kind.NOTICE:
            return f"-{nick}- {text}"
        case Kind.GAP:
            until = text.removesuffix(" filled")
            return f"*** no log until {until}" + (" (filled)" if until != text else "")
        case _:
            return f"*** {_WRITERS[line.kind](line)}"


def _write_kick(line: Line) -> str:
    victim, blank, reason = line.text.partition(" ")
    return f"{victim} was kicked by {line.nick}" + (f" ({reason})" if blank else "")


def _reason(text: str) -> str:
    return f" ({text})" if text else ""


_WRITERS: dict[Kind, Callable[[Line], str]] = {
    Kind.JOIN: lambda line: f"{line.nick} has joined {line.channel}",
    Kind.PART: lambda line: f"{line.nick} has left {line.channel}{_reason(line.text)}",
    Kind.QUIT: lambda line: f"{line.nick} has quit IRC{_reason(line.text)}",
    Kind.NICK: lambda line: f"{line.nick} is now known as {line.text}",
    Kind.TOPIC: lambda line: f'{line.nick} changes topic to "{line.text}"',
    Kind.MODE: lambda line: f"{line.nick} sets mode: {line.text}",
    Kind.KICK: _write_kick,
}

_HAPPENED = re.compile(
    r"(?P<nick>[^ ]*)(?: <[^ ]*>)?(?: \[[^ ]*\])? (?:"
    r"(?P<join>has joined [^ ]*)"
    r"|(?P<part>has left [^ ]*(?: \((?P<partreason>.*)\))?)"
    r"|(?P<quit>has quit IRC(?: \((?P<quitreason>.*)\))?)"
    r"|(?P<rename>is now known as (?P<new>.*))"
    r'|(?P<topic>changes topic to "(?P<topictext>.*)")'
    r"|(?P<mode>sets mode: (?P<modetext>.*))"
    r"|(?P<kick>was kicked by (?P<by>[^ ]*)(?P<kickreason> \(.*\))?)"
    r"|(?P<away>is (?:now )?away.*|is back.*)"
    r"|(?P<invite>invited .*)"
    r")",
    re.DOTALL,
)
_GAP = "no log until "
_FILLED = " (filled)"


def read_body(body: str) -> Event | Skip | None:
    """Return what a line says after its time, None when it can't be told."""
    first = body[:1]
    if first == "<":
        nick, _, text = body.partition(" ")
        return Event(Kind.SAY, nick[1:-1], text) if nick[-1] == ">" else _read_wide_nick(body)
    if first == "*":
        if body.startswith("*** "):
            return _read_happened(body[4:])
        nick, _, text = body[2:].partition(" ")
        return Event(Kind.ACTION, nick, text) if body[1:2] == " " else None
    if first == "-":
        nick, _, text = body.partition(" ")
        return Event(Kind.NOTICE, nick[1:-1], text) if nick[-1] == "-" != nick else None
    return None


_WIDE_NICK = re.compile(r"<([^<>]+)> (.*)", re.DOTALL)


def _read_wide_nick(body: str) -> Event | None:
    """Bridges let people have blanks in their names; ours have none."""
    wide = _WIDE_NICK.fullmatch(body)
    return Event(Kind.SAY, wide[1].strip().replace(" ", "_"), wide[2]) if wide else None


def _read_happened(text: str) -> Event | Skip | None:
    if text.startswith(_GAP):
        filled = text.endswith(_FILLED)
        until = text.removesuffix(_FILLED)[len(_GAP) :]
        return Event(Kind.GAP, "", until + " filled" if filled else until)
    found = _HAPPENED.fullmatch(text)
    return _EVENTS[found.lastgroup or ""](found) if found else None


def _read_kick(found: re.Match[str]) -> Event:
    reason = found["kickreason"]
    text = found["nick"] if reason is None else f"{found['nick']} {reason[2:-1]}"
    return Event(Kind.KICK, found["by"], text)


_EVENTS: dict[str, Callable[[re.Match[str]], Event | Skip]] = {
    "join": lambda found: Event(Kind.JOIN, found["nick"]),
    "part": lambda found: Event(Kind.PART, found["nick"], found["partreason"] or ""),
    "quit": lambda found: Event(Kind.QUIT, found["nick"], found["quitreason"] or ""),
    "rename": lambda found: Event(Kind.NICK, found["nick"], found["new"]),
    "topic": lambda found: Event(Kind.TOPIC, found["nick"], found["topictext"]),
    "mode": lambda found: Event(Kind.MODE, found["nick"], found["modetext"]),
    "kick": _read_kick,
    "away": lambda _found: Skip.AWAY,
    "invite": lambda _found: Skip.INVITE,
}
