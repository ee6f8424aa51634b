"""What a pad may be called, and where it is."""

import re
import unicodedata
from urllib.parse import quote

from hub.errors import Invalid
from hub.language import gettext

ROOT = "/p/"
LONGEST = 50
READING = "r."
"""What the name begins with in the address for those who only read."""

GROUP = "group"
"""The access of a pad that only who has a session of its group may open."""

_OF_GROUP = re.compile(r"(g\.[A-Za-z0-9]{16})\$")
_BLANKS = re.compile(r"[\s:]+")
_UNFIT = re.compile(r"[/?&#$\\%\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(name: str) -> str:
    """Return a name as it is kept: blanks and colons become `_`, as in Etherpad.

    A group's pad is called `GROUP$NAME`. Raises: Invalid for what can't be a pad's name.
    """
    if group := group_of(name):
        return f"{group}${clean(name[len(group) + 1 :])}"
    cleaned = _BLANKS.sub("_", unicodedata.normalize("NFC", name).strip())
    if not cleaned or len(cleaned) > LONGEST:
        raise Invalid(
            "name", gettext("A pad's name has from 1 to %(most)s characters.", most=LONGEST)
        )
    if _UNFIT.search(cleaned) or cleaned.strip(".") == "" or cleaned.startswith(READING):
        raise Invalid(
            "name",
            gettext(
                "“%(name)s” can't be a pad's name. Use letters, digits and -, for example tc-agenda.",
                name=cleaned,
            ),
        )
    return cleaned


def group_of(name: str) -> str:
    """Return the group that a pad is of by its name, empty for most."""
    found = _OF_GROUP.match(name)
    return found[1] if found else ""


def address(name: str, *below: str) -> str:
    """Return the address of a pad, or of something that belongs to it."""
    return "/".join((ROOT + quote(name, safe="@.,+-_~$"), *below))


def ref(name: str) -> str:
    """Return the ref of a pad."""
    return f"pad:{name}"
