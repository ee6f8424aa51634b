"""Says in a few words who came and went, so that a page can fold those lines away."""

import re
from collections.abc import Callable, Sequence

from archive.entries import Row
from hub.irc import Kind

_SERVER = r"[A-Za-z0-9*-]+(?:\.[A-Za-z0-9*-]+)+"
_SPLIT = re.compile(rf"({_SERVER}) ({_SERVER})")
_NAMED = 3  # so many are named, more are counted
_DID = {Kind.JOIN.value: "came", Kind.PART.value: "left", Kind.QUIT.value: "left"}
_QUIT, _NICK = Kind.QUIT.value, Kind.NICK.value


def netsplit(reason: str) -> tuple[str, str] | None:
    """Return the two servers that lost each other, when that is why somebody quit.

    Source: RFC 2813 4.1.5 (the quit message of a split is the names of both sides).
    """
    if len(reason) > 150:
        return None
    match = _SPLIT.fullmatch(reason)
    return (match[1], match[2]) if match else None


def summary(rows: Sequence[Row], name: Callable[[str], str]) -> str:
    """Return `ann came, 4 left` as HTML; `name` shows a nick as HTML."""
    if len(rows) == 1:  # half of all folds: no need to group
        _, _, kind, nick, text = rows[0]
        return _told(_deed(kind, nick, text), {nick: text}, name)
    groups: dict[str, dict[str, str]] = {}
    for _, _, kind, nick, text in rows:
        deed = _deed(kind, nick, text)
        if deed in groups:
            groups[deed].setdefault(nick, text)
        else:
            groups[deed] = {nick: text}
    return ", ".join([_told(deed, told, name) for deed, told in groups.items()])


def _deed(kind: str, nick: str, text: str) -> str:
    if kind == _QUIT and "." in text and (servers := netsplit(text)):
        return f"lost in a netsplit ({servers[0]} and {servers[1]})"
    if kind == _NICK:
        return "is now" if nick else ""
    return _DID.get(kind, "set modes")


def _told(deed: str, who: dict[str, str], name: Callable[[str], str]) -> str:
    if len(who) > _NAMED:
        return f"{len(who)} {'changed nicks' if deed == 'is now' else deed}"
    if deed == "is now":
        return ", ".join([f"{name(old)} is now {name(new)}" for old, new in who.items()])
    if len(who) == 1:  # as in most folds
        return f"{name(*who)} {deed}"
    return f"{_listed([name(nick) for nick in who])} {deed}"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
