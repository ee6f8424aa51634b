"""The byte encoding under Yjs: numbers of variable length, and what is counted by them.

Source: lib0, encoding.js and decoding.js.
"""

_MOST_BYTES = 8  # 2^53 - 1, the largest whole number of JavaScript, takes eight
_LARGEST = (1 << 53) - 1


class Malformed(ValueError):
    """Bytes that are no message, or no update."""


class Reader:
    """Reads from the beginning of `data` to its end, and never behind it."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self.data)

    def byte(self) -> int:
        """Read one byte.

        Raises: Malformed at the end.
        """
        try:
            value = self.data[self.at]
        except IndexError:
            raise Malformed("the data ends too early") from None
        self.at += 1
        return value

    def uint(self) -> int:
        """Read a number: seven bits a byte, the lowest first, the top bit says that more follow.

        Raises: Malformed at the end, or for a number that JavaScript has not.
        """
        value = self.byte()
        if value < 0x80:
            return value
        value &= 0x7F
        for shift in range(7, 7 * _MOST_BYTES, 7):
            part = self.byte()
            value |= (part & 0x7F) << shift
            if part < 0x80:
                if value > _LARGEST:
                    break
                return value
        raise Malformed("a number is too large")

    def blob(self) -> bytes:
        """Read bytes that say their length first.

        Raises: Malformed when fewer are there.
        """
        length = self.uint()
        end = self.at + length
        if end > len(self.data):
            raise Malformed("the data ends too early")
        value = self.data[self.at : end]
        self.at = end
        return value

    def string(self) -> str:
        """Read text.

        Raises: Malformed when it is not UTF-8.
        """
        try:
            return self.blob().decode()
        except UnicodeDecodeError:
            raise Malformed("a text is not UTF-8") from None


def uint(value: int) -> bytes:
    """Return a number as bytes."""
    if value < 0x80:
        return bytes((value,))
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def blob(data: bytes) -> bytes:
    """Return bytes with their length before them."""
    return uint(len(data)) + data


def string(text: str) -> bytes:
    """Return text with its length in bytes before it."""
    return blob(text.encode())
