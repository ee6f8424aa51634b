"""What stands behind the time in the logs of IRC clients: speech, actions, notices, events.

<nick> text   < nick> text   <@nick> text   <nick!user@host> text   <nick>TABtext
* nick text
-nick- text   -nick:#yard- text   -nick(user@host)- text
*** event   -!- event   --> event   <-- event   --- event   === event   == event
"""

import re

from archive.formats.events import Read, read_event
from archive.formats.outcome import Event, Skip
from hub.irc import Kind

PREFIXES = "@+%&~!"
"""Marks of operators and voiced people that clients put before a nick; no nick starts with one."""

_SPEECH = re.compile(r"<([^>\t]*(?:>(?=>))*)>(?:\t ?| |\Z)(.*)", re.DOTALL)
_NOTICE = re.compile(
    r"-(?P<nick>[^ ]{0,200}?)(?::[^ ]{1,200}|\([^ )]{0,300}\)(?::[^ ]{1,200})?)?-(?: |\t)"
    r"(?P<text>.*)",
    re.DOTALL,
)
_ARROWS = (
    "*** ",
    "-!- ",
    "--> ",
    "<-- ",
    "--- ",
    "=== ",
    "***\t",
    "-->\t",
    "<--\t",
    "---\t",
    "== ",
)
_SERVICE = re.compile(r".*(?:\..*|(?i:serv))")
_ANNOUNCED = re.compile(r"\W*(?:\w+ )?global notice\]", re.IGNORECASE)


def bare_nick(nick: str) -> str:
    """Return a nick without the marks before it and the hostmask behind it."""
    nick = nick.strip(" ")
    if "!" in nick:
        nick = nick.partition("!")[0] or nick
    return (nick.lstrip(PREFIXES) or nick).replace(" ", "_")


def read_body(body: str) -> Read:
    """Return what a line says; a line that starts with a star is an action."""
    return _read(body, starred=False)


def read_starred_body(body: str) -> Read:
    """Return what a line says where stars stand before events too: mIRC, hexchat."""
    return _read(body, starred=True)


def _read(body: str, *, starred: bool) -> Read:
    first = body[:1]
    if first == "<":
        # the common case without a regular expression
        nick, _, text = body.partition(" ")
        if nick[-1] == ">" and "\t" not in nick and nick[1].isalnum() and "!" not in nick:
            return Event(Kind.SAY, nick[1:-1], text)
        return _read_speech(body)
    if first == "*" and body[1:2] in (" ", "\t"):
        return read_action(body[2:], starred=starred)
    if body.startswith(_ARROWS):
        return read_event(body[3:].lstrip(" \t"))
    if first == "-":
        return _read_notice(body)
    return _read_marked(body)


def _read_speech(body: str) -> Read:
    if body.startswith(("<-- ", "<--\t")):
        return read_event(body[3:].strip(" \t"))
    speech = _SPEECH.match(body)
    return Event(Kind.SAY, bare_nick(speech[1]), speech[2]) if speech else None


def read_action(rest: str, *, starred: bool) -> Read:
    """Return what stands behind a star: an event where they wear stars too, or an action."""
    event = read_event(rest, strict=True) if starred else None
    if event is not None:
        return event
    nick, _, text = rest.lstrip(" ").partition(" ")
    return Event(Kind.ACTION, bare_nick(nick), text) if nick else None


def _read_notice(body: str) -> Read:
    notice = _NOTICE.match(body)
    if notice is None or not notice["nick"]:
        return None
    return heard_notice(notice["nick"], notice["text"])


def heard_notice(nick: str, text: str) -> Event | Skip:
    """Return a notice of a person; what servers and services tell a client was not said here."""
    if _SERVICE.fullmatch(nick) or _ANNOUNCED.match(text):
        return Skip.SERVER
    return Event(Kind.NOTICE, bare_nick(nick), text)


_NAMES = re.compile(r"(?:\[[ @+%&~!][^ \]]* *\] *)+")
_CTCP = re.compile(r"\[[^ \]]{1,300} [A-Z]+\]|>[^ ]+< .*|Received a CTCP .*")


def _read_marked(body: str) -> Read:
    """Read the rarer lines that start with no mark of their own."""
    if body.startswith("Action: "):
        return read_action(body[8:], starred=False)
    if _NAMES.fullmatch(body):
        return Skip.STATE
    if _CTCP.fullmatch(body):
        return Skip.CTCP
    return read_event(body, strict=True)
