"""How a text looks by mIRC's formatting codes, as CSS classes of a closed set.

Source: https://modern.ircdocs.horse/formatting
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

from archive.palette import MIRC, nearest

CODE = (
    r"\x03(?:\d{1,2}(?:,\d{1,2})?)?"
    r"|\x04(?:[0-9a-fA-F]{6}(?:,[0-9a-fA-F]{6})?)?"
    r"|[\x02\x0f\x11\x16\x1d\x1e\x1f]"
)
"""The pattern of one formatting code, without groups."""

_TOGGLES = {
    "\x02": "bold",
    "\x1d": "italic",
    "\x1f": "underline",
    "\x1e": "strike",
    "\x11": "mono",
    "\x16": "reverse",
}
_RESET, _COLOUR = "\x0f", "\x03"


@dataclass(frozen=True, slots=True)
class Look:
    """Which toggles are on, and mIRC's numbers of the colours; `classes` says it in CSS."""

    toggles: frozenset[str] = frozenset()
    fore: int | None = None
    back: int | None = None
    classes: str = field(default="", compare=False)


PLAIN = Look()


@lru_cache(maxsize=4096)
def changed(look: Look, code: str) -> Look:
    """Return the look after a formatting code."""
    if code == _RESET:
        return PLAIN
    if code in _TOGGLES:
        return _dressed(replace(look, toggles=look.toggles ^ {_TOGGLES[code]}))
    fore, _, back = code[1:].partition(",")
    if not fore:
        return _dressed(replace(look, fore=None, back=None))
    number = _number if code[0] == _COLOUR else nearest
    return _dressed(replace(look, fore=number(fore), back=number(back) if back else look.back))


def _dressed(look: Look) -> Look:
    """Name the classes. A coloured background brings its own readable ink, so `fore` yields to it."""
    names = [name for name in _TOGGLES.values() if name in look.toggles and name != "reverse"]
    fore, back = look.fore, look.back
    if "reverse" in look.toggles:
        fore, back = back, fore
        if fore is None and back is None:
            names.append("inverse")
    if back is not None:
        names.append(f"b{back}")
    elif fore is not None:
        names.append(f"f{fore}")
    return replace(look, classes=" ".join(names))


def _number(digits: str) -> int | None:
    """Return the colour's number; 99 is the page's own colour."""
    return int(digits) if int(digits) < len(MIRC) else None
