"""Who is here and where their carets stand: Yjs' awareness, with names that the server gives.

Each client's state has a clock; a newer one replaces it, None means gone. A state is passed on with the name
and colour of the login, whatever the client wrote there; only the caret is taken over as it came.

Source: y-protocols, awareness.js.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pad.lib0 import Malformed, Reader, string, uint

LARGEST = 4_096
"""Bytes that the state of one client may have."""

_MOST = 500


@dataclass(frozen=True, slots=True)
class State:
    """What one client says of itself, as JSON; None when it is gone."""

    client: int
    clock: int
    json: str | None


def read_states(data: bytes) -> Sequence[State]:
    """Return the states in an awareness update.

    Raises: Malformed for bytes that are none, or too large a state.
    """
    reader = Reader(data)
    count = reader.uint()
    if count > _MOST:
        raise Malformed("too many states at once")
    return [_state(reader) for _ in range(count)]


def _state(reader: Reader) -> State:
    client, clock, text = reader.uint(), reader.uint(), reader.string()
    if len(text) > LARGEST:
        raise Malformed("a state is too large")
    return State(client, clock, None if text == "null" else text)


def write_states(states: Iterable[State]) -> bytes:
    """Return states as an awareness update."""
    listed = list(states)
    parts = [uint(len(listed))]
    for state in listed:
        parts += [uint(state.client), uint(state.clock), string(state.json or "null")]
    return b"".join(parts)


def caret_of(state: str) -> tuple[str, Any]:
    """Return what a client may say of itself: a name (for guests), and where its caret is.

    Raises: Malformed for what is no JSON object.
    """
    try:
        told = json.loads(state)
    except (ValueError, RecursionError):
        raise Malformed("a state is no JSON") from None
    if not isinstance(told, dict):
        raise Malformed("a state is no JSON object")
    user = told.get("user")
    name = user.get("name") if isinstance(user, dict) else None
    return (name if isinstance(name, str) else ""), told.get("cursor")


def shown(user: Mapping[str, Any], caret: Any) -> str:
    """Return the state that others are shown."""
    told: dict[str, Any] = {"user": dict(user)}
    if isinstance(caret, dict):
        told["cursor"] = caret
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
