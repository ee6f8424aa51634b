"""Many updates packed into one block: LZMA finds what they repeat, a fortieth of what rows take is left."""

import lzma
from collections.abc import Sequence
from dataclasses import dataclass

from pad.lib0 import Reader, blob, uint

_TIME = 8  # bytes
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 6}]


@dataclass(frozen=True, slots=True)
class Logged:
    """One update of the log; `at` in microseconds since 1970."""

    seq: int
    at: int
    author_id: int
    update: bytes


def pack(text: bytes) -> bytes:
    """Compress."""
    return lzma.compress(text, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=_FILTERS)


def unpack(data: bytes) -> bytes:
    """Return what was compressed."""
    return lzma.decompress(data)


def pack_updates(logged: Sequence[Logged]) -> bytes:
    """Return updates that follow each other as one block."""
    # Alike beside alike: all times, all authors, all lengths, then all bytes.
    first = before = logged[0].at if logged else 0
    times = []
    for entry in logged:
        times.append(uint(_zigzag(entry.at - before)))
        before = entry.at
    authors = [uint(entry.author_id) for entry in logged]
    lengths = [uint(len(entry.update)) for entry in logged]
    columns = (times, authors, lengths, [entry.update for entry in logged])
    head = first.to_bytes(_TIME, "big", signed=True) + uint(len(logged))
    return pack(head + b"".join(blob(b"".join(column)) for column in columns))


def unpack_updates(first: int, data: bytes) -> Sequence[Logged]:
    """Return the updates of a block, the first of which has the number `first`."""
    reader = Reader(unpack(data), at=_TIME)
    at = int.from_bytes(reader.data[:_TIME], "big", signed=True)
    count = reader.uint()
    times, authors, lengths, updates = (Reader(reader.blob()) for _ in range(4))
    found = []
    for seq in range(first, first + count):
        at += _unzigzag(times.uint())
        length = lengths.uint()
        update = updates.data[updates.at : updates.at + length]
        updates.at += length
        found.append(Logged(seq, at, authors.uint(), update))
    return found


def _zigzag(value: int) -> int:
    return value * 2 if value >= 0 else -value * 2 - 1


def _unzigzag(value: int) -> int:
    return value // 2 if value % 2 == 0 else -(value + 1) // 2
