"""Says in a few words who came and went, so that a page can fold those lines away."""

import re
from collections.abc import Callable, Sequence

from archive.entries import Entry
from hub.irc import Kind

_SERVER = r"[A-Za-z0-9*-]+(?:\.[A-Za-z0-9*-]+)+"
_SPLIT = re.compile(rf"({_SERVER}) ({_SERVER})")
_NAMED = 3  # so many are named, more are counted
_DID = {Kind.JOIN: "came", Kind.PART: "left", Kind.QUIT: "left"}


def netsplit(entry: Entry) -> tuple[str, str] | None:
    """Return the two servers that lost each other, when that is why somebody quit.

    Source: RFC 2813 4.1.5 (the quit message of a split is the names of both sides).
    """
    if entry.kind is not Kind.QUIT or "." not in entry.text or len(entry.text) > 150:
        return None
    match = _SPLIT.fullmatch(entry.text)
    return (match[1], match[2]) if match else None


def summary(entries: Sequence[Entry], name: Callable[[str], str]) -> str:
    """Return `ann came, 4 left` as HTML; `name` shows a nick as HTML."""
    if len(entries) == 1:  # half of all folds: no need to group
        return _told(_deed(entries[0]), {entries[0].nick: entries[0].text}, name)
    groups: dict[str, dict[str, str]] = {}
    for entry in entries:
        groups.setdefault(_deed(entry), {}).setdefault(entry.nick, entry.text)
    return ", ".join(_told(deed, told, name) for deed, told in groups.items())


def _deed(entry: Entry) -> str:
    if entry.kind is Kind.QUIT and (servers := netsplit(entry)):
        return f"lost in a netsplit ({servers[0]} and {servers[1]})"
    if entry.kind is Kind.NICK:
        return "is now" if entry.nick else ""
    return _DID.get(entry.kind, "set modes")


def _told(deed: str, who: dict[str, str], name: Callable[[str], str]) -> str:
    if deed == "is now" and len(who) <= _NAMED:
        return ", ".join(f"{name(old)} is now {name(new)}" for old, new in who.items())
    if deed == "is now":
        deed = "changed nicks"
    if len(who) > _NAMED:
        return f"{len(who)} {deed}"
    names = [name(nick) for nick in who]
    return f"{_listed(names)} {deed}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
