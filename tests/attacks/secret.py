"""What is private: made-up words and addresses, each with who may see them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hub.people import operator
from tests.meetbot.pages import MeetingSite

OPERATOR = operator("root")
NOBODY: frozenset[str] = frozenset()
ADMINISTRATOR = frozenset({"moss"})


@dataclass(frozen=True, slots=True)
class Secret:
    """A word that only its readers (visitors, by name) may be told; each is told at one of the places."""

    word: str
    readers: frozenset[str] = NOBODY
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hidden:
    """An address that is for its readers only.

    absent: one of the same kind at which nothing is. is_fixed: every hub has the address.
    """

    address: str
    absent: str
    readers: frozenset[str] = NOBODY
    is_fixed: bool = False


@dataclass
class Seeded:
    """All that was seeded."""

    secrets: list[Secret] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)

    def add(self, *found: Secret | Hidden) -> None:
        """Take in what a function seeded."""
        self.secrets += [each for each in found if isinstance(each, Secret)]
        self.hidden += [each for each in found if isinstance(each, Hidden)]


Seed = Callable[[MeetingSite], Iterator[Secret | Hidden]]
