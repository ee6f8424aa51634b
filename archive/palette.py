"""Colours of nicks and of mIRC text, as a closed set of CSS classes with enough contrast to read.

`stylesheet()` is what stands in web/static/colours.css (`python -m archive.palette` writes it anew).
Every foreground has one value for light pages and one for dark pages, moved in lightness until WCAG's
contrast with the page's background is at least `CONTRAST`; a text with a coloured background is black
or white, whichever reads better.
Source: WCAG 2.2 relative luminance; https://modern.ircdocs.horse/formatting for mIRC's 99 colours.
"""

import colorsys
import zlib
from functools import lru_cache

LIGHT_PAGE, DARK_PAGE = "#f1ebdc", "#2a2620"
"""The backgrounds to read against: the highlighted line's, the hardest one in either theme."""

CONTRAST = 4.8
NICK_COLOURS = 24

_CODES = (
    "ffffff 000000 00007f 009300 ff0000 7f0000 9c009c fc7f00 ffff00 00fc00 009393 00ffff 0000fc"
    " ff00ff 7f7f7f d2d2d2"
    " 470000 472100 474700 324700 004700 00472c 004747 002747 000047 2e0047 470047 47002a"
    " 740000 743a00 747400 517400 007400 007449 007474 004074 000074 4b0074 740074 740045"
    " b50000 b56300 b5b500 7db500 00b500 00b571 00b5b5 0063b5 0000b5 7500b5 b500b5 b5006b"
    " ff0000 ff8c00 ffff00 b2ff00 00ff00 00ffa0 00ffff 008cff 0000ff a500ff ff00ff ff0098"
    " ff5959 ffb459 ffff71 cfff60 6fff6f 65ffc9 6dffff 59b4ff 5959ff c459ff ff66ff ff59bc"
    " ff9c9c ffd39c ffff9c e2ff9c 9cff9c 9cffdb 9cffff 9cd3ff 9c9cff dc9cff ff9cff ff94d3"
    " 000000 131313 282828 363636 4d4d4d 656565 818181 9f9f9f bcbcbc e2e2e2 ffffff"
)
MIRC = tuple(f"#{code}" for code in _CODES.split())
"""mIRC's colours 0 to 98."""


def nick_class(folded: str) -> str:
    """Return the colour class of a casefolded nick: the same one everywhere and for ever."""
    return f"n{zlib.crc32(folded.encode('utf-8', 'replace')) % NICK_COLOURS}"


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 for black to 1 for white."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Return WCAG's contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=4096)
def nearest(rgb: str) -> int:
    """Return the number of mIRC's colour that is nearest to `rrggbb`."""
    wanted = _channels("#" + rgb)

    def distance(number: int) -> float:
        found = _channels(MIRC[number])
        return sum((a - b) ** 2 for a, b in zip(wanted, found, strict=True))

    return min(range(16, len(MIRC)), key=distance)


def stylesheet() -> str:
    """Return the CSS of all the classes: n0.. for nicks, f0.. and b0.. for mIRC."""
    lines = ["/* Written by `python -m archive.palette`. */"]
    lines += [f".n{number}{{{_text(_nick_colour(number))}}}" for number in range(NICK_COLOURS)]
    lines += [f".f{number}{{{_text(colour)}}}" for number, colour in enumerate(MIRC)]
    for number, colour in enumerate(MIRC):
        ink = max(("#000000", "#ffffff"), key=lambda c: contrast(c, colour))
        lines.append(f".b{number}{{background:{colour};color:{ink}}}")
    return "\n".join(lines) + "\n"


def _nick_colour(number: int) -> str:
    """Spread the hues evenly, in three depths so that neighbours differ in more than hue."""
    hue = number / NICK_COLOURS
    saturation = (0.78, 0.5, 0.95)[number % 3]
    return _hex(colorsys.hls_to_rgb(hue, 0.42, saturation))


def _text(colour: str) -> str:
    return f"color:light-dark({readable(colour, LIGHT_PAGE)},{readable(colour, DARK_PAGE)})"


def readable(colour: str, page: str) -> str:
    """Return the colour, made darker or lighter until it reads well on the page."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step = -0.01 if luminance(page) > 0.2 else 0.01
    while contrast(colour, page) < CONTRAST and 0 <= lightness <= 1:
        lightness += step
        colour = _hex(colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation))
    return colour


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)


if __name__ == "__main__":
    print(stylesheet(), end="")
