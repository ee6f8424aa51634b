"""Who may do what: decided here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor is to the hub."""

    GUEST = "guest"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who does something now: `name` stands in the record of what was done."""

    name: str
    role: Role = Role.GUEST


GUEST = Actor("guest")
"""Anyone who reads without having said who they are."""


def operator(name: str) -> Actor:
    """Return the actor for somebody at the hub's own command line."""
    return Actor(f"operator:{name}", Role.OPERATOR)


_OPEN = frozenset({"read"})


def may(actor: Actor, verb: str, ref: str) -> bool:
    """Tell whether the actor may do `verb` to the thing that `ref` names.

    Logged channels are public, everything but reading is for operators. Accounts, private things and
    their rules come into this function, and only into this one.
    """
    del ref  # every ref that exists so far is public
    return verb in _OPEN or actor.role is Role.OPERATOR
