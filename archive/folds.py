"""Says in a few words who came and went, so that a page can fold those lines away."""

import re
from collections.abc import Callable, Mapping, Sequence

from archive.entries import Row
from hub.irc import Kind
from hub.language import gettext, mark

_SERVER = r"[A-Za-z0-9*-]+(?:\.[A-Za-z0-9*-]+)+"
_SPLIT = re.compile(rf"({_SERVER}) ({_SERVER})")
_NAMED = 3  # so many are named, more are counted
_DID = {Kind.JOIN.value: "came", Kind.PART.value: "left", Kind.QUIT.value: "left"}
_TEXTS = {
    "came": mark("%(who)s came"),
    "left": mark("%(who)s left"),
    "modes": mark("%(who)s set modes"),
    "renamed": mark("%(who)s changed nicks"),
    "is now": mark("%(old)s is now %(new)s"),
    "split": mark("%(who)s lost in a netsplit (%(one)s and %(other)s)"),
    # Translators: so many people, as in "4 came"
    "many": mark("%(number)s"),
    "and": mark("%(names)s and %(last)s"),
}
_Deed = tuple[str, tuple[str, str] | None]
"""What somebody did, and the two servers of a netsplit."""
_QUIT, _NICK = Kind.QUIT.value, Kind.NICK.value


def netsplit(reason: str) -> tuple[str, str] | None:
    """Return the two servers that lost each other, when that is why somebody quit.

    Source: RFC 2813 4.1.5 (the quit message of a split is the names of both sides).
    """
    if len(reason) > 150:
        return None
    match = _SPLIT.fullmatch(reason)
    return (match[1], match[2]) if match else None


def fold_words() -> Mapping[str, str]:
    """Return what `summary` says with, in the current language; to be asked for once for a page."""
    return {deed: gettext(text) for deed, text in _TEXTS.items()}


def summary(
    rows: Sequence[Row], name: Callable[[str], str], words: Mapping[str, str] | None = None
) -> str:
    """Return `ann came, 4 left` as HTML; `name` shows a nick as HTML."""
    words = words or fold_words()
    if len(rows) == 1:  # half of all folds: no need to group
        _, _, kind, nick, text = rows[0]
        return _told(_deed(kind, text), {nick: text}, name, words)
    groups: dict[_Deed, dict[str, str]] = {}
    for _, _, kind, nick, text in rows:
        deed = _deed(kind, text)
        if deed in groups:
            groups[deed].setdefault(nick, text)
        else:
            groups[deed] = {nick: text}
    return ", ".join([_told(deed, told, name, words) for deed, told in groups.items()])


def _deed(kind: str, text: str) -> _Deed:
    if kind == _QUIT and "." in text and (servers := netsplit(text)):
        return "split", servers
    if kind == _NICK:
        return "is now", None
    return _DID.get(kind, "modes"), None


def _told(
    deed: _Deed, who: dict[str, str], name: Callable[[str], str], words: Mapping[str, str]
) -> str:
    done, servers = deed
    if len(who) > _NAMED:
        names = words["many"] % {"number": len(who)}
        done = "renamed" if done == "is now" else done
    elif done == "is now":
        is_now = words["is now"]
        return ", ".join(
            [is_now % {"old": name(old), "new": name(new)} for old, new in who.items()]
        )
    elif len(who) == 1:  # as in most folds
        names = name(*who)
    else:
        *others, last = [name(nick) for nick in who]
        names = words["and"] % {"names": ", ".join(others), "last": last}
    if servers:
        return words[done] % {"who": names, "one": servers[0], "other": servers[1]}
    return words[done] % {"who": names}
