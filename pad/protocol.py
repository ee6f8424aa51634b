"""The wire: one message in each frame, bytes in and bytes out, no socket.

    00 00 vector      step 1: here is what I know, give me the rest
    00 01 update      step 2: here is the rest
    00 02 update      a change
    01    states      who is here (presence.py)
    03                who is here?
    100   number      ours, for who asks with ?ack=1: so many of your updates are on disk
    101   string      ours, for the same: the epoch, the name of this history
    102   string      ours, for the same: who wrote what is new, as JSON (authorship.py)
    103   string      ours, for the same: what was said beside the pad, as JSON (talk.py)
    104   string      ours, for the same: whether one may write now, and since when the pad is frozen, as JSON

A client counts the updates that it sent over a socket (steps 2 and changes); when the number that comes back
is the same, all of them are safe.

Source: y-protocols, sync.js and PROTOCOL.md; y-websocket 3.
"""

from dataclasses import dataclass

from pad.lib0 import Malformed, Reader, blob, string, uint
from pad.presence import State, read_states
from pad.update import Facts, read_update

LARGEST_FRAME = 1_000_000
"""Bytes that one message may have."""

_SYNC, _AWARENESS, _ACK, _EPOCH, _AUTHORS, _TALK, _RIGHTS = 0, 1, 100, 101, 102, 103, 104
_STEP1, _STEP2, _UPDATE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Asked:
    """Step 1: `vector` says what the client knows."""

    vector: bytes


@dataclass(frozen=True, slots=True)
class Changed:
    """A change, or all the changes that the server did not know (`is_answer`, step 2)."""

    update: bytes
    facts: Facts
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What clients say of themselves."""

    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Wondered:
    """Who is here?"""


Message = Asked | Changed | Told | Wondered


def read_message(frame: bytes) -> Message:
    """Return what a frame says. As in y-websocket, what stands behind the first message is not read.

    Raises: Malformed for bytes that are no message, Unfit for an update that has no place in a pad.
    """
    if len(frame) > LARGEST_FRAME:
        raise Malformed("a message is too large")
    reader = Reader(frame)
    match reader.uint():
        case 0:  # as _SYNC and _AWARENESS; names can't stand here
            return _read_sync(reader)
        case 1:
            return Told(tuple(read_states(reader.blob())))
        case 3:
            return Wondered()
        case kind:
            raise Malformed(f"there is no message {kind}")


def _read_sync(reader: Reader) -> Message:
    step = reader.uint()
    body = reader.blob()
    if step == _STEP1:
        _check_vector(body)
        return Asked(body)
    if step in {_STEP2, _UPDATE}:
        return Changed(body, read_update(body), step == _STEP2)
    raise Malformed(f"there is no step {step}")


def _check_vector(vector: bytes) -> None:
    reader = Reader(vector)
    for _ in range(reader.uint()):
        reader.uint()
        reader.uint()


def step1(vector: bytes) -> bytes:
    """Return the frame that asks for what `vector` does not know."""
    return bytes((_SYNC, _STEP1)) + blob(vector)


def step2(update: bytes) -> bytes:
    """Return the frame that answers such a question."""
    return bytes((_SYNC, _STEP2)) + blob(update)


def change(update: bytes) -> bytes:
    """Return the frame that tells of a change."""
    return bytes((_SYNC, _UPDATE)) + blob(update)


def presence(states: bytes) -> bytes:
    """Return the frame that tells who is here."""
    return bytes((_AWARENESS,)) + blob(states)


def ack(number: int) -> bytes:
    """Return the frame that says how many updates are on disk."""
    return bytes((_ACK,)) + uint(number)


def epoch(name: str) -> bytes:
    """Return the frame that tells which history this is."""
    return bytes((_EPOCH,)) + string(name)


def authors(told: str) -> bytes:
    """Return the frame that tells who wrote what is new."""
    return bytes((_AUTHORS,)) + string(told)


def talk(told: str) -> bytes:
    """Return the frame that tells what was said beside the pad."""
    return bytes((_TALK,)) + string(told)


def rights(told: str) -> bytes:
    """Return the frame that tells what one may do in the pad now."""
    return bytes((_RIGHTS,)) + string(told)
