"""One name in a line for another: what becomes of a line when somebody's nicks become a tombstone. Pure."""

from collections.abc import Callable

from hub.irc import Kind

Rename = Callable[[str], str]
"""Returns what stands for a nick: itself, unless it is one of those that go."""


def renamed(kind: Kind, nick: str, text: str, rename: Rename) -> tuple[str, str]:
    """Return the nick and text of a line with names changed wherever its kind has one (see hub/irc.py).

    What people said is left as it is: it is theirs who said it, and redaction is for that.
    """
    return rename(nick), _text(kind, text, rename)


def _text(kind: Kind, text: str, rename: Rename) -> str:
    if kind is Kind.NICK:
        return rename(text)
    if kind is Kind.KICK:
        victim, blank, reason = text.partition(" ")
        return f"{rename(victim)}{blank}{reason}"
    if kind is Kind.MODE:
        modes, *arguments = text.split(" ")
        return " ".join([modes, *map(rename, arguments)])
    return text
