"""What a pad is called by its text: its first line that says something."""

import re

_MARKUP = re.compile(r"^[#>*+\-\s=]+|[\s#*]+$")
_LONGEST = 120


def title_of(text: str) -> str:
    """Return the first line with words in it, without its markup; empty for a text without words."""
    for line in text.splitlines():
        bare = _MARKUP.sub("", line).replace("\x00", "")
        if any(letter.isalnum() for letter in bare):
            return bare[:_LONGEST]
    return ""
