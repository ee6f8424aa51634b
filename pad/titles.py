"""What a pad is called by its text: the title that it gives, or its first line that says something."""

import re

from pad.front import read_front

_MARKUP = re.compile(r"^[#>*+\-\s=]+|[\s#*]+$")
_LONGEST = 120


def title_of(text: str) -> str:
    """Return the title in the front matter, or the first line with words in it, without its markup.

    Empty for a text without words.
    """
    front = read_front(text)
    if front.title:
        return front.title.replace("\x00", "")[:_LONGEST]
    for line in front.body.splitlines():
        bare = _MARKUP.sub("", line).replace("\x00", "")
        if any(letter.isalnum() for letter in bare):
            return bare[:_LONGEST]
    return ""
