"""Turns what somebody said into HTML that can do no harm and says what they meant.

mIRC formatting becomes classes of a closed set, addresses become links, characters that can't be seen
but would turn or hide the text around them are left out, everything else is escaped. Each stretch of
equal formatting is one element of its own, so tags are balanced whatever the codes do. All patterns are
one literal start and one greedy class: the cost is linear in the text.
"""

import re
from collections.abc import Iterator, Mapping

from archive.looks import CODE, PLAIN, changed
from hub.irc import NOT_LOGGED, REMOVED

INVISIBLE = "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff"
"""Bidirectional controls, marks without width, and what is no character.

The joiners U+200C and U+200D stay: Persian, Hindi and many an emoji need them, and they can't reach
beyond their word.
"""

_UNSEEN = rf"\x00-\x1f\x7f-\x9f{INVISIBLE}\ud800-\udfff"
_INVISIBLES = re.compile(rf"[{_UNSEEN}]")
_REST = rf"[^\s<>\"{_UNSEEN}]+"
_TOKEN = re.compile(
    rf"(?P<code>{CODE})|[{_UNSEEN}]"
    rf"|(?P<link>(?<![0-9A-Za-z])(?:(?:https?|ftp|ircs?)://|mailto:){_REST})",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(r"([^\s:,<>&]{1,32})(?=[:,](?:\s|$))")
_TOMBSTONES = {
    NOT_LOGGED: '<i class="gone">not logged, as its author asked</i>',
    REMOVED: '<i class="gone">removed by an operator</i>',
}
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
_KANA = re.compile("[\u3040-\u30ff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def visible(name: str) -> str:
    """Return a name with a mark for each character that can't be seen, so that it passes for no other."""
    return _INVISIBLES.sub("\N{REPLACEMENT CHARACTER}", name)


def is_plain(text: str) -> bool:
    """Tell whether a text is HTML as it stands: nothing to escape, to leave out, to link or to dress.

    Asked for each line of a page: plain string methods are several times as fast as a pattern. (Quotes are
    no matter: nothing but whole addresses, which hold none, ever stands in an attribute.)
    """
    return text.isprintable() and not (
        "<" in text or ">" in text or "&" in text or ":" in text or "=" in text
    )


def escaped(name: str) -> str:
    """Return a name as HTML, as `visible` has it."""
    return name if is_plain(name) else _escape(visible(name))


def language(text: str) -> str:
    """Return the attributes that set a text well that is not all ASCII: its direction, its language."""
    for name, letters in (("ko", _HANGUL), ("ja", _KANA), ("zh", _HAN)):
        if letters.search(text):
            return f' dir="auto" lang="{name}"'
    return ' dir="auto"'


def rich(text: str, nicks: Mapping[str, str] | None = None) -> str:
    """Return what was said as HTML; `nicks` has the colour class of each lowered nick on the page."""
    if text in _TOMBSTONES:
        return _TOMBSTONES[text]
    if text.endswith(NOT_LOGGED):
        return rich(text.removesuffix(NOT_LOGGED), nicks) + _TOMBSTONES[NOT_LOGGED]
    head = ""
    if nicks and (match := _ADDRESSED.match(text)):
        colour = nicks.get(match[1].lower())
        if colour:
            head = f'<b class="to {colour}">{match[1]}</b>'
            text = text[match.end() :]
    if not text.isprintable() or "mailto:" in text:
        return head + "".join(_stretches(text))
    return head + ("".join(_linked(text)) if "://" in text else _escape(text))


_SCHEME = re.compile(r"(?<![0-9A-Za-z])(?:https?|ftp|ircs?)\Z", re.IGNORECASE)
_ADDRESS = re.compile(_REST)


def _linked(text: str) -> Iterator[str]:
    """Do what `_stretches` does, for texts that can be seen and hold a `://`: several times as fast."""
    end, at = 0, text.find("://")
    while at >= 0:
        scheme = _SCHEME.search(text, max(end, at - 6), at)
        rest = _ADDRESS.match(text, at + 3) if scheme else None
        if scheme is None or rest is None:
            at = text.find("://", at + 3)
            continue
        yield _escape(text[end : scheme.start()])
        link, tail = _trimmed(text[scheme.start() : rest.end()])
        yield _link(link) + _escape(tail)
        end = rest.end()
        at = text.find("://", end)
    yield _escape(text[end:])


def _stretches(text: str) -> Iterator[str]:
    look, end = PLAIN, 0
    for match in _TOKEN.finditer(text):
        if match.start() > end:
            yield _dressed(_escape(text[end : match.start()]), look.classes)
        end = match.end()
        if match["link"]:
            link, rest = _trimmed(match["link"])
            yield _dressed(_link(link) + _escape(rest), look.classes)
        elif match["code"]:
            look = changed(look, match["code"])
    if end < len(text):
        yield _dressed(_escape(text[end:]), look.classes)


def _dressed(html: str, classes: str) -> str:
    return f'<span class="{classes}">{html}</span>' if classes else html


def _link(address: str) -> str:
    if not address or (address[:7].lower() == "mailto:" and "@" not in address):
        return _escape(address)
    safe = _escape(address)
    return f'<a href="{safe}" rel="nofollow noopener ugc">{safe}</a>'


_PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}


def _trimmed(address: str) -> tuple[str, str]:
    """Split off what belongs to the sentence: full stops, quotes, brackets closed but never opened."""
    end = len(address)
    if address[-1].isascii() and address[-1].isalnum():
        return address, ""
    excess = {close: address.count(close) - address.count(pair) for close, pair in _PAIRS.items()}
    while end:
        last = address[end - 1]
        if last in _PAIRS and excess[last] > 0:
            excess[last] -= 1
        elif last not in ".,;:!?'*_~`…。、，！？」』）】":
            break
        end -= 1
    end = _before_particle(address, end)
    scheme = address.find(":") + 1
    return (address[:end], address[end:]) if address[scheme:end].strip("/") else ("", address)


def _before_particle(address: str, end: int) -> int:
    """Step back over Korean that leans on an address, as in `https://a.example/faq에서`."""
    start = end
    while start and "가" <= address[start - 1] <= "힣":
        start -= 1
    before = address[start - 1 : start]
    is_root = before == "/" and address.count("/", 0, start) == 3
    return start if is_root or (before.isascii() and before.isalnum()) else end


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
