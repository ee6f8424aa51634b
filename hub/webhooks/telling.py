"""The port through which a module says what programs elsewhere are told of its events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from hub.events import Event


@dataclass(frozen=True, slots=True)
class Told:
    """What everybody may know of an event. body: as JSON knows it. scopes: refs of what it belongs to."""

    body: Mapping[str, Any]
    scopes: frozenset[str] = frozenset()


Tell = Callable[[Session, Event, str], Told | None]
"""Given an event and the hub's public address, returns what is told; None for what is not for everybody."""
