"""Whether somebody may know of a thing now: asked when it happens, when it is shown and when it is mailed."""

from collections.abc import Callable, Sequence

from sqlmodel import Session

from hub.accounts.visits import actor_of, find_owner
from hub.module import Module
from hub.people import Actor
from hub.refs import RefKind

MayKnow = Callable[[Session, int, str], bool]
"""Tells whether the person of that number may know of the thing with that ref."""


def kind_of(modules: Sequence[Module], ref: str) -> RefKind | None:
    """Return how things of a ref's kind are labelled, addressed and seen."""
    name = ref.partition(":")[0]
    return next((kind for module in modules for kind in module.refs if kind.kind == name), None)


def sees_ref(modules: Sequence[Module], session: Session, actor: Actor, ref: str) -> bool:
    """Tell whether somebody may know of a thing; of one that is gone nobody may."""
    kind = kind_of(modules, ref)
    return kind is not None and kind.sees(session, actor, ref)


def may_know(modules: Sequence[Module]) -> MayKnow:
    """Return what tells whether somebody may know of a thing, with the rights that they have just now."""

    def tell(session: Session, person_id: int, ref: str) -> bool:
        person = find_owner(session, person_id)
        if person is None:
            return False
        return sees_ref(modules, session, actor_of(session, person, modules=modules), ref)

    return tell
