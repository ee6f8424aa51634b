"""Bytes of a log file to its lines: encodings, line ends, and a cap on what a line may be.

A log is what many people's clients sent, so the encoding is decided line by line: UTF-8 where it
is valid, else the one given. Only LF ends a line. Memory stays flat whatever the bytes are.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from archive.formats.format import MAX_LINE
from hub.errors import Invalid

_MAX_BYTES = 4 * (MAX_LINE + 1)
"""What is kept of a line without end: enough to be seen as longer than `MAX_LINE`."""

_WIDE_BOMS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def check_encoding(name: str) -> None:
    """Refuse what is no encoding of text. Raises: Invalid."""
    try:
        bytes(4).decode(name)
    except (LookupError, ValueError):
        raise Invalid(
            "encoding", f"There is no text encoding {name!r}. Use one such as cp1252 or euc-kr."
        )


def decode_line(raw: bytes, encoding: str) -> str:
    """Return a line as UTF-8, else in the encoding given, with U+FFFD for what is in neither."""
    raw = raw.removesuffix(b"\r")
    if b"\x1b" in raw and _shifts(encoding):
        return raw.decode(encoding, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        # IRC cuts lines at 512 bytes, often inside a character: the rest is still UTF-8
        cut = error.reason == "unexpected end of data" and not raw[: error.start].isascii()
        return raw.decode("utf-8" if cut else encoding, "replace")


def _shifts(encoding: str) -> bool:
    """ISO-2022-JP and its kin are seven-bit: they look like UTF-8 and must be asked first."""
    return codecs.lookup(encoding).name.startswith(("iso2022", "hz"))


def decode_lines(blocks: Iterable[bytes], encoding: str = "cp1252") -> Iterator[str]:
    """Yield the lines of a file given as blocks of bytes; a byte order mark decides alone.

    A line longer than `MAX_LINE` comes cut, still longer than that. Raises: what `blocks` raises.
    """
    source = iter(blocks)
    head = next(source, b"")
    wide = _WIDE_BOMS.get(head[:2])
    if wide is not None:
        yield from _wide_lines(chain([head[2:]], source), wide)
    elif codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):
        yield from _wide_lines(chain([head], source), encoding)
    else:
        head = head.removeprefix(codecs.BOM_UTF8)
        yield from _narrow_lines(chain([head], source), encoding)


def _wide_lines(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    for block in blocks:
        *lines, rest = (rest + decoder.decode(block)).split("\n")
        yield from lines
        rest = rest[: MAX_LINE + 1]
    if rest := rest + decoder.decode(b"", final=True):
        yield rest


def _narrow_lines(blocks: Iterable[bytes], encoding: str) -> Iterator[str]:
    rest = b""
    for block in blocks:
        whole, end, tail = block.rpartition(b"\n")
        if end:
            yield from _decode_block(rest + whole, encoding)
            rest = tail[:_MAX_BYTES]
        else:
            rest = (rest + tail)[:_MAX_BYTES]
    if rest:
        yield decode_line(rest, encoding)


def _decode_block(block: bytes, encoding: str) -> list[str]:
    """Decode many lines at once where all are UTF-8, the common case."""
    if not (b"\x1b" in block and _shifts(encoding)):
        try:
            return block.decode().split("\n")
        except UnicodeDecodeError:
            pass
    return [decode_line(line, encoding) for line in block.split(b"\n")]
