"""What a client's bytes are made of, for tests that speak without one."""

from pad.lib0 import blob, string, uint


def item(clock: int, text: str, *, client: int = 7, left: tuple[int, int] | None = None) -> bytes:
    """Return an update that inserts text, at the beginning or after another item."""
    place = b"\x84" + uint(left[0]) + uint(left[1]) if left else b"\x04\x01" + string("content")
    return b"\x01\x01" + uint(client) + uint(clock) + place + string(text) + b"\x00"


def states(*told: tuple[int, int, str]) -> bytes:
    """Return an awareness update."""
    parts = [uint(len(told))]
    for client, clock, json in told:
        parts += [uint(client), uint(clock), string(json)]
    return b"".join(parts)


def frame(kind: int, step: int, body: bytes) -> bytes:
    """Return a sync message."""
    return bytes((kind, step)) + blob(body)
