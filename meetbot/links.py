"""Finding the address in what people link."""

import re
from dataclasses import dataclass

_SCHEMES = ("http:", "https:", "irc:", "ftp:", "mailto:", "ssh:")
_URL = re.compile(r"(?:(?:https?|ircs?|ftp|mailto|ssh)://|mailto:)[^\s<>]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A text with an address in it; `url` is empty when there is none that is safe to follow."""

    before: str
    url: str
    after: str


def is_bare_link(text: str) -> bool:
    """Tell whether a line is taken as a link without a command: it begins with an address."""
    scheme, slashes, rest = text.partition("//")
    return scheme in _SCHEMES and bool(slashes) and bool(rest.strip())


def find_link(text: str) -> Link:
    """Return the first address of a text and what stands around it.

    A dot or bracket at its end is not the address's. Nothing but the schemes above becomes a link, so
    that nobody can put a script behind one.
    """
    found = _URL.search(text)
    if found is None:
        return Link(text, "", "")
    url = found[0].rstrip(".)")
    return Link(text[: found.start()], url, text[found.start() + len(url) :])
