"""The demo server's channels, its limits, and how its names and lines are made."""

import re
from datetime import datetime

from irc.server import IRCChannel

from hub.irc import casefold

LINE_BYTES = 510
"""The longest line without its end. Source: RFC 2812 2.3."""

TAG_BYTES = 8191
"""The longest block of tags that a line may begin with. Source: IRCv3 message-tags."""

NICK_LENGTH = 30
CHANNEL_BYTES = 100
TOPIC_BYTES = 390
MOST_CHANNELS = 50

_NICK = re.compile(r"[A-Za-z\[\]\\`_^{|}][A-Za-z0-9\[\]\\`_^{|}-]*")
_CHANNEL = re.compile(r"#[^\x00-\x20,\x7f]+")


class DemoChannel(IRCChannel):
    """A channel with members in order, operators, and a topic that knows who set it when.

    A `lasting` channel stays when nobody is in it.
    """

    def __init__(
        self, name: str, at: datetime, *, topic: str = "", by: str = "", lasting: bool = False
    ) -> None:
        super().__init__(name, topic)  # type: ignore[no-untyped-call]
        self.topic: str = topic
        self.topic_by: str = by
        self.topic_at = self.created_at = at
        self.lasting = lasting
        self.operators: set[object] = set()

    def prefix(self, member: object) -> str:
        """Return what stands before a member's nick in lists."""
        return "@" if member in self.operators else ""

    def set_topic(self, topic: str, by: str, at: datetime) -> None:
        """Take a new topic, cut to what a topic may hold."""
        self.topic = cut(topic, TOPIC_BYTES)
        self.topic_by, self.topic_at = by, at


def fold(name: str) -> str:
    """Return the form under which the demo's nicks and channels compare equal."""
    return casefold(name, "ascii")


def is_nick(name: str) -> bool:
    """Whether somebody may be called so."""
    return len(name) <= NICK_LENGTH and _NICK.fullmatch(name) is not None


def is_channel(name: str) -> bool:
    """Whether a channel may be called so: any letters of any script."""
    return len(name.encode()) <= CHANNEL_BYTES and _CHANNEL.fullmatch(name) is not None


def cut(text: str, most: int) -> str:
    """Return as much of the text as `most` bytes of UTF-8 hold, in whole characters."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= most else data[:most].decode("utf-8", "ignore")


def parse(raw: bytes) -> tuple[str, list[str]]:
    """Take a received line apart: the command in capitals and its parameters; "" when there is none.

    Tags and source are read over, what is too long is cut off, and bytes that are no UTF-8 become
    replacement characters. Source: RFC 2812 2.3.1, IRCv3 message-tags.
    """
    if raw.startswith(b"@"):
        raw = raw.partition(b" ")[2].lstrip(b" ")
    if len(raw) > LINE_BYTES:
        raw = raw[: _character_border(raw, LINE_BYTES)]
    line = raw.decode("utf-8", "replace").replace("\0", "").replace("\r", "")
    head, colon, trailing = line.partition(" :")
    words = head.split(" ")
    words = [word for word in words if word]
    if words and words[0].startswith(":"):
        del words[0]
    if not words:
        return "", []
    return words[0].upper(), words[1:] + ([trailing] if colon else [])


def _character_border(raw: bytes, most: int) -> int:
    """Return the last place up to `most` where no character of UTF-8 is cut in two."""
    for place in range(most, max(most - 4, 0), -1):
        if raw[place] & 0xC0 != 0x80:
            return place
    return most
