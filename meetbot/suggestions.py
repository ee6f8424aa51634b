"""What somebody meant who mistyped a command."""

import re
from collections.abc import Iterable

_MEANT = {
    "stopmeeting": "endmeeting",
    "closemeeting": "endmeeting",
    "finishmeeting": "endmeeting",
    "meetingend": "endmeeting",
    "beginmeeting": "startmeeting",
    "openmeeting": "startmeeting",
    "decision": "agreed",
    "decided": "agreed",
    "resolved": "agreed",
    "todo": "action",
    "task": "action",
    "http": "link",
    "https": "link",
    "url": "link",
    "remove": "undo",
    "subject": "topic",
}
"""Words that no counting of letters leads to the command they stand for."""

_WORD = re.compile(r"[^\W\d_]{2,20}")


def suggest(word: str, known: Iterable[str]) -> str | None:
    """Return the command that a mistyped one was meant to be, None when nothing is near."""
    if meant := _MEANT.get(word):
        return meant
    if len(word) > 20:
        return None
    allowed = 1 if len(word) <= 4 else 2
    near = [(distance(word, name), name) for name in known]
    best = min(near, default=(99, ""))
    return best[1] if best[0] <= allowed else None


def is_like_a_command(word: str, rest: str) -> bool:
    """Tell `#prposed topic` from `#2 is better`, `#123` and a channel such as `#swift-dev`."""
    return bool(_WORD.fullmatch(word)) and (not rest or rest[0].isspace())


def distance(one: str, other: str) -> int:
    """Count the letters to change, add, drop or swap with the next (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
