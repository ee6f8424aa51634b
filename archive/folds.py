"""Says in a few words who came and went, so that a page can fold those lines away."""

import re
from collections.abc import Callable, Mapping, Sequence

from hub.irc import Kind
from hub.language import gettext, mark

_SERVER = r"[A-Za-z0-9*-]+(?:\.[A-Za-z0-9*-]+)+"
_SPLIT = re.compile(rf"({_SERVER}) ({_SERVER})")
_NAMED = 3  # so many are named, more are counted
_DID = {
    Kind.JOIN.value: "came",
    Kind.PART.value: "left",
    Kind.QUIT.value: "left",
    Kind.NICK.value: "is now",
    Kind.MODE.value: "modes",
}
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
_QUIT = Kind.QUIT.value
_Deed = str | tuple[str, str]
"""What somebody did, or the two servers of a netsplit that took them away."""


def netsplit(reason: str) -> tuple[str, str] | None:
    """Return the two servers that lost each other, when that is why somebody quit.

    Source: RFC 2813 4.1.5 (the quit message of a split is the names of both sides).
    """
    if len(reason) > 150:
        return None
    match = _SPLIT.fullmatch(reason)
    return (match[1], match[2]) if match else None


class Folds:
    """Says who came and went in the current language, as HTML in UTF-8; made once for a page."""

    def __init__(self, name: Callable[[str], bytes]) -> None:
        """Look the words up; `name` shows a nick as HTML."""
        self._name = name
        self._words = {deed: gettext(text).encode() for deed, text in _TEXTS.items()}
        self._phrases = _Phrases(self._words)

    def summary(self, kinds: Sequence[str], nicks: Sequence[str], texts: Sequence[str]) -> bytes:
        """Return `ann came, 4 left` for lines of the kinds that are folded."""
        groups: dict[_Deed, dict[str, str]] = {}
        for kind, nick, text in zip(kinds, nicks, texts, strict=True):
            deed = _deed(kind, text) if "." in text else _DID[kind]
            if deed not in groups:
                groups[deed] = {nick: text}
            elif nick not in groups[deed]:
                groups[deed][nick] = text
        return b", ".join([self._told(deed, who) for deed, who in groups.items()])

    def alone(self, kind: str, nick: str, text: str) -> bytes:
        """Return what `summary` does, for one line: half of all folds, and no need to group."""
        deed = _deed(kind, text) if "." in text else _DID[kind]
        if deed == "is now":
            return self._renamed({nick: text})
        return self._name(nick).join(self._phrases[deed])

    def _told(self, deed: _Deed, who: Mapping[str, str]) -> bytes:
        if len(who) > _NAMED:
            names = self._words["many"] % {b"number": b"%d" % len(who)}
            return names.join(self._phrases["renamed" if deed == "is now" else deed])
        if deed == "is now":
            return self._renamed(who)
        if len(who) == 1:
            [nick] = who
            return self._name(nick).join(self._phrases[deed])
        *others, last = map(self._name, who)
        last = self._words["and"] % {b"names": b", ".join(others), b"last": last}
        return last.join(self._phrases[deed])

    def _renamed(self, who: Mapping[str, str]) -> bytes:
        name, said = self._name, self._words["is now"]
        pairs = [{b"old": name(old), b"new": name(new)} for old, new in who.items()]
        return b", ".join([said % pair for pair in pairs])


class _Phrases(dict[_Deed, Sequence[bytes]]):
    """What stands before and after those who did it, by deed: to put them between is cheap."""

    def __init__(self, words: Mapping[str, bytes]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, deed: _Deed) -> Sequence[bytes]:
        if isinstance(deed, str):
            said = self._words[deed] % {b"who": b"\0"}
        else:
            one, other = deed[0].encode(), deed[1].encode()
            said = self._words["split"] % {b"who": b"\0", b"one": one, b"other": other}
        self[deed] = phrase = said.split(b"\0")
        return phrase


def _deed(kind: str, text: str) -> _Deed:
    return (kind == _QUIT and netsplit(text)) or _DID[kind]
