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
        self._phrases: dict[_Deed, Sequence[bytes]] = {}

    def summary(self, kinds: Sequence[str], nicks: Sequence[str], texts: Sequence[str]) -> bytes:
        """Return `ann came, 4 left` for lines of the kinds that are folded."""
        if len(kinds) == 1:  # half of all folds: no need to group
            return self._told(_deed(kinds[0], texts[0]), {nicks[0]: texts[0]})
        groups: dict[_Deed, dict[str, str]] = {}
        for kind, nick, text in zip(kinds, nicks, texts, strict=True):
            deed = _deed(kind, text)
            who = groups.get(deed)
            if who is None:
                groups[deed] = {nick: text}
            elif nick not in who:
                who[nick] = text
        return b", ".join([self._told(deed, who) for deed, who in groups.items()])

    def _told(self, deed: _Deed, who: Mapping[str, str]) -> bytes:
        if len(who) > _NAMED:
            names = self._words["many"] % {b"number": b"%d" % len(who)}
            return names.join(self._phrase("renamed" if deed == "is now" else deed))
        name = self._name
        if deed == "is now":
            said = self._words["is now"]
            pairs = [{b"old": name(old), b"new": name(new)} for old, new in who.items()]
            return b", ".join([said % pair for pair in pairs])
        *others, last = map(name, who)
        if others:
            last = self._words["and"] % {b"names": b", ".join(others), b"last": last}
        return last.join(self._phrase(deed))

    def _phrase(self, deed: _Deed) -> Sequence[bytes]:
        """Return what stands before and after those who did it: to put them between is cheap."""
        phrase = self._phrases.get(deed)
        if phrase is None:
            if isinstance(deed, str):
                said = self._words[deed] % {b"who": b"\0"}
            else:
                one, other = deed[0].encode(), deed[1].encode()
                said = self._words["split"] % {b"who": b"\0", b"one": one, b"other": other}
            self._phrases[deed] = phrase = said.split(b"\0")
        return phrase


def _deed(kind: str, text: str) -> _Deed:
    return ("." in text and kind == _QUIT and netsplit(text)) or _DID[kind]
