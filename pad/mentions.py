"""`[[the weekly]]`: how one pad mentions another by its name."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from hub.errors import Invalid
from hub.language import gettext
from hub.refs import RefKind, Sign, Signs
from pad.names import address, clean, ref

PATTERN = re.compile(r"\[\[(?P<name>[^\[\]\n]{1,60})\]\]")


def mentioned(match: re.Match[str]) -> Sequence[str]:
    """Return the ref of the pad that a mention names, none for what can't be a pad's name."""
    try:
        return (ref(clean(match["name"])),)
    except Invalid:
        return ()


def by_name(kind: RefKind) -> RefKind:
    """Return the pads' kind once more, for mentions by name.

    It is apart, as what begins with a plain text is found much faster than what may begin with two.
    """
    return replace(kind, pattern=PATTERN, found=mentioned)


def with_new_pads(signs: Signs) -> Signs:
    """Let mentions of pads that there are not lead to where they can be begun.

    For who may not know of a pad it is one that there is not.
    """
    return partial(_filled, signs, lambda name: address(name))


def names_only(base: str) -> Signs:
    """Return what makes every mention of a pad a link below `base`, whether there is one or not.

    For texts of which nobody knows who reads them: it tells no more than the text.
    """
    return partial(_filled, lambda _text: (), lambda name: base + address(name))


def _filled(signs: Signs, url: Callable[[str], str], text: str) -> Sequence[Sign]:
    found = list(signs(text))
    taken = [(sign.start, sign.end) for sign in found]
    found += [
        sign
        for sign in _new(text, url)
        if not any(start < sign.end and sign.start < end for start, end in taken)
    ]
    return sorted(found, key=lambda sign: sign.start)


def _new(text: str, url: Callable[[str], str]) -> Iterator[Sign]:
    for match in PATTERN.finditer(text):
        for target in mentioned(match):
            name = target.partition(":")[2]
            title = gettext("The pad %(name)s", name=name)
            yield Sign(match.start(), match.end(), target, url(name), title)
