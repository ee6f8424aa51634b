"""Cutting a long text into messages: by bytes, on word borders, never through a character.

Pure. "Character" is what a reader sees: a letter with its combining marks, a Hangul syllable in
conjoining letters, a flag, an emoji with its modifiers.
Source: UAX #29 3.1 (the rules GB6-GB13 as far as chat needs them).
"""

import unicodedata

_JOINER = "\u200d"
_L = ((0x1100, 0x115F), (0xA960, 0xA97C))
_V = ((0x1160, 0x11A7), (0xD7B0, 0xD7C6))
_T = ((0x11A8, 0x11FF), (0xD7CB, 0xD7FB))
_SYLLABLES = ((0xAC00, 0xD7A3),)
_MODIFIERS = ((0x1F3FB, 0x1F3FF), (0xE0020, 0xE007F))
_REGIONAL = ((0x1F1E6, 0x1F1FF),)


def room(prefix: str, command: str, target: str, line_length: int = 512) -> int:
    """Return how many bytes of text fit into one message once the server adds our prefix.

    `prefix` is `nick!user@host` as others see it. At least 40, so that a split always ends.
    """
    around = f":{prefix} {command} {target} :\r\n"
    return max(40, line_length - len(around.encode()))


def split(text: str, limit: int) -> list[str]:
    """Return the text in parts of at most `limit` bytes of UTF-8; blanks at the cuts are dropped.

    An empty or blank text is no part at all.
    """
    parts = []
    rest = text.strip(" ")
    while rest:
        part = cut(rest, limit)
        if len(part) < len(rest):
            part = _at_word_border(part, rest)
        parts.append(part.rstrip(" "))
        rest = rest[len(part) :].lstrip(" ")
    return parts


def cut(text: str, limit: int) -> str:
    """Return the longest beginning of at most `limit` bytes that ends between characters.

    One "character" that is longer than the limit (marks without end) is cut between code points.
    """
    data = text.encode("utf-8", errors="replace")
    if len(data) <= limit:
        return text
    fits = len(data[:limit].decode("utf-8", errors="ignore"))
    end = fits
    while end > 0 and not is_border(text, end):
        end -= 1
    return text[: end or max(fits, 1)]


def _at_word_border(part: str, whole: str) -> str:
    """Shorten the part to its last blank, unless that would waste more than half of it."""
    if whole[len(part)] == " ":
        return part
    blank = part.rfind(" ")
    return part[: blank + 1] if blank >= len(part) // 2 else part


def is_border(text: str, at: int) -> bool:
    """Say whether the text may be cut before index `at`."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if _clings(after) or before == _JOINER:
        return False
    if _in(after, _REGIONAL) and _in(before, _REGIONAL):
        return _regionals_before(text, at) % 2 == 0
    return not _is_one_syllable(before, after)


def _clings(char: str) -> bool:
    return (
        char == _JOINER or unicodedata.category(char) in ("Mn", "Me", "Mc") or _in(char, _MODIFIERS)
    )


def _is_one_syllable(before: str, after: str) -> bool:
    """Say whether two code points belong to one Hangul syllable (GB6, GB7, GB8)."""
    if _in(before, _L):
        return _in(after, _L) or _in(after, _V) or _in(after, _SYLLABLES)
    if _in(before, _V):
        return _in(after, _V) or _in(after, _T)
    if _in(before, _SYLLABLES):
        is_open = (ord(before) - 0xAC00) % 28 == 0
        return _in(after, _T) or (is_open and _in(after, _V))
    return _in(before, _T) and _in(after, _T)


def _regionals_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _in(text[start - 1], _REGIONAL):
        start -= 1
    return at - start


def _in(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)
