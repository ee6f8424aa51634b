"""What was said, numbered, and how it compares with what is found afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(slots=True)
class Ledger:
    """One sender's texts in order, no two alike: `ann-000001 hello`.

    `said` may be found, `confirmed` has to be: the server has answered after it.
    """

    sender: str
    said: list[str] = field(default_factory=list)
    confirmed_up_to: int = 0

    @property
    def pattern(self) -> str:
        """A regular expression for the number that starts each text, in any page."""
        return rf"\b{self.sender}-\d{{6}}\b"

    @property
    def confirmed(self) -> list[str]:
        """The texts that the server has taken for certain."""
        return self.said[: self.confirmed_up_to]

    def next_text(self, words: str = "hello") -> str:
        """Note a new text; the caller sends it."""
        text = f"{self.sender}-{len(self.said) + 1:06d} {words}"
        self.said.append(text)
        return text

    def confirm(self) -> None:
        """Everything said up to now has reached the server."""
        self.confirmed_up_to = len(self.said)

    def compare(self, found: Sequence[str]) -> "Comparison":
        """Compare with the texts found of this sender, in their order."""
        return compare(self.confirmed, self.said, found)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How what was found differs from what was said; all empty when it does not."""

    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    strange: tuple[str, ...]
    swapped: tuple[tuple[str, str], ...]
    """Neighbours found in the wrong order."""

    @property
    def is_exact(self) -> bool:
        """True when everything is there once, in order, and nothing else."""
        return not (self.missing or self.doubled or self.strange or self.swapped)


def compare(must: Sequence[str], may: Sequence[str], found: Sequence[str]) -> Comparison:
    """Compare `found` with what has to be there and with what may be there, the latter in order."""
    times = Counter(found)
    place = {text: number for number, text in enumerate(may)}
    known = [text for text in found if text in place]
    return Comparison(
        missing=tuple(text for text in must if text not in times),
        doubled=tuple(text for text, count in times.items() if count > 1),
        strange=tuple(text for text in times if text not in place),
        swapped=tuple((a, b) for a, b in pairwise(known) if place[a] > place[b]),
    )
