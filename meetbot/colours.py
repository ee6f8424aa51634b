"""The colours of nicks, which are the archive's: one nick looks the same everywhere."""

import zlib

from hub.irc import casefold

_NICK_COLOURS = 24
"""As many as colours.css has."""


def nick_class(nick: str) -> str:
    """Return the colour class of a nick."""
    folded = casefold(nick).encode("utf-8", "replace")
    return f"n{zlib.crc32(folded) % _NICK_COLOURS}"
