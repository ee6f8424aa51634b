"""What modules do when something has happened elsewhere: `Module.on_event`, in the outbox's order.

Promise: exactly once within the database, as the reaction and the cursor move in one transaction.
"""

from collections.abc import Sequence

from sqlmodel import Session

from hub.consumers import Consumer, Step
from hub.events import events_since
from hub.module import Module

_EVENTS = 200


def reaction_consumers(modules: Sequence[Module]) -> Sequence[Consumer]:
    """Return one consumer for each module that reacts to events."""
    return [
        Consumer(f"events:{module.name}", "exactly once", _step(module))
        for module in modules
        if module.on_event
    ]


def _step(module: Module) -> Step:
    def step(session: Session, cursor: int) -> int:
        for event in events_since(session, cursor, _EVENTS):
            react = module.on_event.get(event.name)
            if react is not None:
                react(session, event)
            cursor = event.id
        return cursor

    return step
