"""Who may do what: decided here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor is to the hub: a reader, who speaks to the bot on IRC, who runs the hub."""

    GUEST = "guest"
    SPEAKER = "speaker"
    OPERATOR = "operator"


Right = tuple[str, str]
"""A verb, and the ref of what it may be done to."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who does something now: `name` stands in the record of what was done.

    rights: what was given to this actor by name, as (verb, ref), beside what its role may do.
    """

    name: str
    role: Role = Role.GUEST
    rights: frozenset[Right] = frozenset()


GUEST = Actor("guest")
"""Anyone who reads without having said who they are."""


def operator(name: str) -> Actor:
    """Return the actor for somebody at the hub's own command line."""
    return Actor(f"operator:{name}", Role.OPERATOR)


_OPEN = frozenset({"read"})
_SPOKEN = frozenset({"read", "close"})


def may(actor: Actor, verb: str, ref: str, visibility: str = "public") -> bool:
    """Tell whether the actor may do `verb` to the thing that `ref` names.

    What is public anyone may read, and who speaks on IRC may close an action of; everything else is for
    operators, and for whom it was given to. Accounts and their rules come into this function, and only into
    this one.
    """
    if actor.role is Role.OPERATOR or (verb, ref) in actor.rights:
        return True
    verbs = _SPOKEN if actor.role is Role.SPEAKER else _OPEN
    return verb in verbs and visibility == "public"
