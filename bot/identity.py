"""Who the bot says it is: a logging bot, of which hub, and whom to ask.

Source: networks' policies on bots: labelled, with a reachable person.
"""

from dataclasses import dataclass

from bot.speech import cut


@dataclass(frozen=True, slots=True)
class Identity:
    """The hub's name, public address and contact; what is empty isn't said."""

    hub: str = "Madang"
    address: str = ""
    contact: str = ""
    version: str = ""

    def realname(self, given: str = "", limit: int = 120) -> str:
        """Return the real name for IRC: the configured one, or one that says what the bot does."""
        if given:
            return cut(given, limit)
        told = [part for part in (self.address, self.contact) if part]
        return cut(" - ".join([f"{self.hub} logging bot", *told]), limit)

    def program(self) -> str:
        """Return the answer to CTCP VERSION."""
        name = f"Madang {self.version}".rstrip()
        return " - ".join(part for part in (f"{name}, logging bot", self.address) if part)

    def source(self) -> str:
        """Return the answer to CTCP SOURCE: where to learn more."""
        return self.address or self.contact or self.hub


def user_name(nick: str) -> str:
    """Return an ident that every server takes: letters and digits, at most 9."""
    plain = "".join(char for char in nick.lower() if char.isascii() and char.isalnum())
    return plain[:9] or "madang"
