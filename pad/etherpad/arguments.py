"""What a call gives, checked and refused in Etherpad's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.errors import HubError

LARGEST = 2**53 - 1


class Wrong(HubError):
    """What Etherpad answers with code 1; the words are Etherpad's, which scripts compare."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The parameters of a call, as texts."""

    given: Mapping[str, str]

    def maybe(self, name: str) -> str:
        """Return a parameter, empty when it was not given."""
        return self.given.get(name, "")

    def text(self, name: str) -> str:
        """Return a parameter.

        Raises: Wrong when it was not given.
        """
        if name not in self.given:
            raise Wrong(f"{name} is not a string")
        return self.given[name]

    def flag(self, name: str) -> bool:
        """Tell whether a switch is on."""
        return self.maybe(name).strip().lower() in {"true", "1", "yes", "on"}

    def number(self, name: str, otherwise: int | None = None) -> int:
        """Return a number of zero or more.

        Raises: Wrong for what is none.
        """
        told = self.maybe(name).strip()
        if not told:
            if otherwise is None:
                raise Wrong(f"{name} is not a number")
            return otherwise
        if told.startswith("-") and told[1:].isdecimal():
            raise Wrong(f"{name} is a negative number")
        if "." in told and told.replace(".", "", 1).isdecimal():
            raise Wrong(f"{name} is a float value")
        if not (told.isascii() and told.isdecimal() and len(told) < 17):
            raise Wrong(f"{name} is not a number")
        return min(int(told), LARGEST)
