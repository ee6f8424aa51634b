"""Bytes from and to an IRC server: framing, decoding, parsing, and the one door for what goes out.

Pure. Nothing that a server sends raises here: an endless line is cut off, bytes that aren't UTF-8
are read in the network's fallback encoding, and nonsense is None.
Source: RFC 1459 2.3, RFC 2812 2.3, IRCv3 message-tags.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from irctokens.line import Line, build, tokenise

Message: TypeAlias = Line
"""One parsed IRC message: `tags`, `source`, `command` (upper case) and `params`."""

MAX_LINE = 16_384
"""Bytes kept of one incoming line: 8,191 of tags are legal, some servers send more."""

MAX_OUT = 512
"""Bytes of one outgoing line with its CR LF, unless the server says LINELEN."""


class Framer:
    """Cuts a byte stream into lines without their line ends; keeps no more than `limit` bytes."""

    def __init__(self, limit: int = MAX_LINE) -> None:
        self._limit = limit
        self._rest = b""
        self._skipping = False
        self.cut = 0
        """How many lines were longer than the limit."""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that these bytes complete, the overlong ones cut off."""
        lines = (self._rest + data).split(b"\n")
        rest = lines.pop()
        if lines and self._skipping:
            lines[0] = lines[0][: self._limit]
            self._skipping = False
        if len(rest) > self._limit:
            rest = rest[: self._limit]
            self.cut += not self._skipping
            self._skipping = True
        self._rest = rest
        return [self._framed(line) for line in lines]

    def _framed(self, line: bytes) -> bytes:
        if len(line) > self._limit:
            self.cut += 1
            line = line[: self._limit]
        return line.rstrip(b"\r")


def decode(line: bytes, fallback: str) -> str:
    """Return the line's text: UTF-8, else the fallback encoding. Never raises.

    A server that cuts a line at 512 bytes may cut a character in two: UTF-8 whose only fault is
    such a stump at the end stays UTF-8.
    """
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not line[: error.start].isascii():
            return line[: error.start].decode()
    try:
        text = line.decode(fallback, errors="replace")
    except (UnicodeError, LookupError, ValueError):
        return line.decode("latin-1")
    return text.encode("utf-8", errors="replace").decode()  # some codecs make lone surrogates


def parse(text: str) -> Message | None:
    """Return the message, or None when the line is none."""
    tags, rest = _simple_tags(text) if text.startswith("@") else (None, text)
    try:
        message = tokenise(rest)
    except (ValueError, IndexError):  # irctokens indexes into what may be empty
        return None
    if tags is not None:
        message.tags = tags
    return message


def _simple_tags(text: str) -> tuple[dict[str, str] | None, str]:
    """Split off tags in which nothing is escaped: irctokens reads values letter by letter."""
    tags, _, rest = text.partition(" ")
    if not tags.isprintable() or "\\" in tags or rest.startswith("@"):
        return None, text
    pairs = (pair.partition("=") for pair in tags[1:].split(";"))
    return {key: value for key, _, value in pairs}, rest


def is_middle(text: str) -> bool:
    """Say whether a text can be a parameter that isn't the last: a server's words may not."""
    return bool(text) and " " not in text and not text.startswith(":")


def compose(
    command: str,
    *params: str,
    source: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Return the line for a message, without line end.

    Raises: ValueError when a parameter that isn't the last is no `is_middle`: it would be read
    as something else.
    """
    if not all(map(is_middle, params[:-1])):
        raise ValueError(f"only the last parameter of {command} may be empty or have blanks")
    return build(command, list(params), source, dict(tags or {})).format()


_FORBIDDEN = {ord(char): " " for char in "\r\n\0"}


def outgoing(line: str, limit: int = MAX_OUT) -> bytes:
    """Return the bytes to send for one line: always exactly one line, at most `limit` bytes.

    CR, LF and NUL become blanks, so that no text can smuggle in a second command; what is too
    long is cut at a character border.
    """
    data = line.translate(_FORBIDDEN).encode("utf-8", errors="replace")
    if len(data) > limit - 2:
        data = data[: limit - 2].decode("utf-8", errors="ignore").encode()
    return data + b"\r\n"


def param(message: Message, index: int) -> str:
    """Return a parameter, or the empty string when the server left it out."""
    params: Sequence[str] = message.params
    return params[index] if index < len(params) else ""


def nick_of(message: Message) -> str:
    """Return the nick (or server name) that a message comes from, never its user or host."""
    return nick_in(message.source or "")


def nick_in(source: str) -> str:
    """Return the nick of `nick!user@host`, whatever parts are missing."""
    return source.partition("@")[0].partition("!")[0]


def tag(message: Message, name: str) -> str | None:
    """Return a tag's value; None when it is missing, empty or unfit to be kept."""
    value = message.tags.get(name) if message.tags else None
    return value if value and len(value) <= 255 and value.isprintable() else None
