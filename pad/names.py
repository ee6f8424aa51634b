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

_BLANKS = re.compile(r"[\s:]+")
_UNFIT = re.compile(r"[/?&#$\\%\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(name: str) -> str:
    """Return a name as it is kept: blanks and colons become `_`, as in Etherpad.

    Raises: Invalid for what can't be a pad's name.
    """
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


def address(name: str, *below: str) -> str:
    """Return the address of a pad, or of something that belongs to it."""
    return "/".join((ROOT + quote(name, safe="@.,+-_~"), *below))


def ref(name: str) -> str:
    """Return the ref of a pad."""
    return f"pad:{name}"
