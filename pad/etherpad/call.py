"""One call of the API: what it may use, and the pad that it is about."""

import hashlib
import secrets
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from hub.errors import Invalid
from hub.irc import plain
from hub.people import operator
from pad import log, pads
from pad.etherpad.arguments import Arguments, Wrong
from pad.log import Author
from pad.names import clean
from pad.pads import Pad

API = operator("etherpad-api")
"""Who acts when a program calls: it holds the key, and so may all, as in Etherpad."""

NOBODY = Author("operator:etherpad-api", "API", 0)
"""Who writes when a program names no author."""

WRITERS = "etherpad:"
"""What the keys of authors begin with that a program made."""

_LONGEST_NAME = 200
_LETTERS = string.ascii_letters + string.digits

Answer = Any
"""What stands in `data`: what JSON knows, or None."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: within which transaction, with what, when.

    people: who is in a pad now, by its id. longest: the most bytes of text.
    """

    session: Session
    given: Arguments
    now: datetime
    access: str
    longest: int
    people: Callable[[int], Sequence[Author]]

    def pad(self, name: str = "padID") -> Pad:
        """Return the pad that a parameter names.

        Raises: Wrong.
        """
        told = self.given.text(name)
        try:
            wanted = clean(told)
        except Invalid:
            raise Wrong(f"{name} did not match requirements") from None
        found = pads.find_pad(self.session, wanted)
        if found is None or found.name != wanted:
            raise Wrong(f"{name} does not exist")
        return found

    def revision(self, pad: Pad, name: str = "rev") -> int:
        """Return a revision of a pad, its last one when none is given.

        Raises: Wrong.
        """
        number = self.given.number(name, pad.head)
        if number > pad.head:
            raise Wrong(f"{name} is higher than the head revision of the pad")
        return number

    def fitting(self, text: str) -> str:
        """Return a text as pads keep it.

        Raises: Wrong for one that is too long.
        """
        told = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        if len(told.encode("utf-8", "replace")) > self.longest:
            raise Wrong("text too long")
        return told

    def write(self, pad: Pad, text: str, author: Author) -> None:
        """Let a pad say a text, as an edit among others.

        Raises: Wrong, Refused.
        """
        told = self.fitting(text)
        pads.write_text(self.session, API, pad, told, author, now=self.now)
        seq = log.head_of(self.session, pad.id)
        pads.save_text(self.session, API, pad, seq, told, now=self.now)
        log.tidy(self.session, pad.id)


def one_line(text: str) -> str:
    """Return a name without line ends and control characters."""
    return " ".join(plain(" ".join(text.split())).split())[:_LONGEST_NAME]


def new_id(kind: str) -> str:
    """Return a new id, as Etherpad makes them: its kind and 16 letters and digits."""
    return f"{kind}." + "".join(secrets.choice(_LETTERS) for _ in range(16))


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
