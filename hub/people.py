"""Who may do what: decided here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor is to the hub, from a reader to who runs it.

    A speaker talks to the bot on IRC and is no known person; a member has an account; an administrator is a
    member who runs the community; the operator sits at the hub's own command line.
    """

    GUEST = "guest"
    SPEAKER = "speaker"
    MEMBER = "member"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"


Right = tuple[str, str]
"""A verb, and the ref of what it may be done to."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who does something now: `name` stands in the record of what was done.

    name: `guest`, `operator:root`, `irc:oftc/ann`, or a person's ref: `person:ann`.
    rights: what was given to this actor by name, as (verb, ref), beside what its role may do.
    person: the slug of the person, when it is known who this is.
    groups: the refs of the teams that the person is in.
    verbs: all that this actor may do at most, whatever its role and rights say (an API token's scopes); None
    for no such limit.
    account: the person's number, when it was looked up already.
    """

    name: str
    role: Role = Role.GUEST
    rights: frozenset[Right] = frozenset()
    person: str | None = None
    groups: frozenset[str] = frozenset()
    verbs: frozenset[str] | None = None
    account: int | None = None


GUEST = Actor("guest")
"""Anyone who reads without having said who they are."""


def operator(name: str) -> Actor:
    """Return the actor for somebody at the hub's own command line."""
    return Actor(f"operator:{name}", Role.OPERATOR)


def person_ref(slug: str) -> str:
    """Return the ref of a person."""
    return f"person:{slug}"


VERBS = frozenset({"read", "close", "write", "edit", "redact", "maintain", "secure", "administer"})
"""All that can be done. To secure a person is to change what opens their account."""

_OPEN = frozenset({"read"})
_SPOKEN = frozenset({"read", "close"})
_BY_ROLE = {
    Role.GUEST: _OPEN,
    Role.SPEAKER: _SPOKEN,
    Role.MEMBER: _SPOKEN | {"write"},
}
_KEPT = frozenset({"read", "close", "write", "edit"})
"""What who maintains a thing may do to it besides."""
_WRITTEN = frozenset({"read", "write"})
"""What anybody may do to an open thing whose address they know."""


def may(actor: Actor, verb: str, ref: str, visibility: str = "public") -> bool:
    """Tell whether the actor may do `verb` to the thing that `ref` names.

    What is public anyone may read, who speaks on IRC may close an action of, and members may write to.
    What is open anyone may also write in, by its address alone; what is the members', whoever has an account.
    Everything else is for operators and
    administrators, and for whom it was given to; everyone may see and edit who they are themselves.
    """
    if actor.verbs is not None and verb not in actor.verbs:
        return False
    if actor.role in (Role.OPERATOR, Role.ADMINISTRATOR) or (verb, ref) in actor.rights:
        return True
    if verb in _KEPT and ("maintain", ref) in actor.rights:
        return True
    if actor.person is not None and ref == person_ref(actor.person):
        return verb in ("read", "edit", "secure")
    if visibility == "open" and verb in _WRITTEN:
        return True
    if visibility == "members" and verb in _WRITTEN:
        return actor.role is Role.MEMBER
    return verb in _BY_ROLE.get(actor.role, _OPEN) and visibility == "public"
