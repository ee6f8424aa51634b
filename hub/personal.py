"""The port through which modules follow a person: what they may do, their page, export and erasure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from hub.irc import casefold
from hub.now import Panel
from hub.people import Actor, Right

if TYPE_CHECKING:
    from hub.app import App


@dataclass(frozen=True, slots=True)
class Identity:
    """Under which names somebody is known.

    refs: as records name them, `person:ann`, those of earlier slugs among them. accounts: services accounts,
    nicks: nicks that were bound by an administrator; each as network and folded name.
    """

    slug: str
    refs: tuple[str, ...]
    accounts: frozenset[tuple[str, str]] = frozenset()
    nicks: frozenset[tuple[str, str]] = frozenset()

    def has_account(self, network: str, account: str | None) -> bool:
        """Tell whether a services account is theirs."""
        return bool(account) and (network, casefold(account or "")) in self.accounts

    @property
    def is_on_irc(self) -> bool:
        """Whether anything on IRC can be known to be theirs."""
        return bool(self.accounts or self.nicks)


@dataclass(frozen=True, slots=True)
class Erasure:
    """Somebody whose names are to go, and the name that stands in their place."""

    identity: Identity
    tombstone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Personal:
    """What a module does for people; each part may be left out.

    rights: what somebody may do by what they did, as chairs may correct their minutes.
    panels: what their page shows, given who reads it.
    export: all that the module keeps of them, as JSON knows it.
    erase: takes their names out of a bounded part of what the module keeps, from a position on (0 first);
    returns the next position, or None when it is done. Doing a part again must be harmless.
    """

    rights: Callable[[Session, Identity], Iterable[Right]] | None = None
    panels: Callable[["App", Session, Actor, Identity, datetime], Sequence[Panel]] | None = None
    export: Callable[[Session, Identity], Mapping[str, Any]] | None = None
    erase: Callable[[Session, Erasure, int], int | None] | None = None
