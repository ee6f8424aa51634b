"""What a server says it supports (numeric 005), read so that nothing in it can do harm.

`ircstates` reads it too, but a token that ends in a backslash makes it loop for ever, and an
unknown casemapping or a malformed number loses the rest of the line. So the tokens are read here
and only sound values are handed on.
Source: RPL_ISUPPORT as in defs.ircdocs.horse and modern.ircdocs.horse.
"""

import re

from ircstates.isupport import ISupport as Known
from ircstates.isupport.tokens import ChanModes, Prefix

_LONGEST, _MOST = 512, 500
"""Characters of a token, and tokens; servers have some sixty, of which few have a hundred characters."""

_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")


class Isupport(Known):
    """The server's limits and habits; a value that it didn't give (soundly) keeps its default."""

    mapping: str = "rfc1459"
    """CASEMAPPING, as `hub.irc.casefold` takes it."""

    def __init__(self) -> None:
        self.raw: dict[str, str | None] = {}

    def from_tokens(self, tokens: list[str]) -> None:
        """Take the tokens of one 005 line; `-NAME` takes one back."""
        for token in tokens:
            if len(token) > _LONGEST or len(self.raw) >= _MOST:
                continue
            name, equals, value = token.partition("=")
            if name.startswith("-"):
                self.raw.pop(name[1:], None)
                continue
            value = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), value)
            self.raw[name] = value if equals else None
            self._take(name, value)

    def _take(self, name: str, value: str) -> None:
        if name == "CASEMAPPING" and value:
            self.mapping = value
        elif name == "PREFIX":
            self._take_prefix(value)
        elif name == "CHANMODES" and value.count(",") >= 3:
            self.chanmodes = ChanModes(*(list(modes) for modes in value.split(",")[:4]))
        elif name == "CHANTYPES":
            self.chantypes = list(value)
        elif name == "STATUSMSG":
            self.statusmsg = list(value)
        elif name == "WHOX":
            self.whox = True

    def _take_prefix(self, value: str) -> None:
        match = re.fullmatch(r"\(([^)]*)\)(.*)", value)
        if match and len(match[1]) == len(match[2]):
            self.prefix = Prefix(list(match[1]), list(match[2]))

    def number(self, name: str, default: int, least: int = 1) -> int:
        """Return a token's number; the default when there is none or it is below `least`."""
        value = self.raw.get(name) or ""
        if not (value.isascii() and value.isdigit() and len(value) < 9):
            return default
        return int(value) if int(value) >= least else default

    @property
    def line_length(self) -> int:
        """Bytes of a line with its CR LF (LINELEN), never below the 512 of the RFC."""
        return min(max(512, self.number("LINELEN", 512)), 65_536)

    @property
    def bot_mode(self) -> str:
        """The user mode that marks a bot (BOT), or empty."""
        value = self.raw.get("BOT") or ""
        return value if re.fullmatch(r"[A-Za-z]", value) else ""

    @property
    def monitors(self) -> bool:
        """Whether the server tells when a nick becomes free (MONITOR)."""
        return "MONITOR" in self.raw

    @property
    def history_page(self) -> int:
        """How many messages one CHATHISTORY answer may have at most; 0 when it has no history."""
        for name in ("CHATHISTORY", "draft/CHATHISTORY"):
            if name in self.raw:
                return min(self.number(name, 100), 1000)
        return 0

    def targets(self, command: str) -> int:
        """Return how many channels one command may name (TARGMAX), 20 at most."""
        for entry in (self.raw.get("TARGMAX") or "").split(","):
            name, _, number = entry.partition(":")
            if name.upper() == command and number.isascii() and number.isdigit():
                return min(max(1, int(number[:6])), 20)
        return 20

    def limit_group(self, channel: str) -> tuple[str, int] | None:
        """Return which kinds of channels share a limit with this one, and the limit.

        Source: CHANLIMIT=#&:50,+:, and the older MAXCHANNELS. None means no limit, as 0 does
        (ngIRCd).
        """
        for entry in (self.raw.get("CHANLIMIT") or "").split(","):
            kinds, _, number = entry.partition(":")
            if channel[:1] and channel[:1] in kinds:
                sound = number.isascii() and number.isdigit() and len(number) < 9
                return (kinds, int(number)) if sound and int(number) else None
        if most := self.number("MAXCHANNELS", 0):
            return "".join(self.chantypes), most
        return None
