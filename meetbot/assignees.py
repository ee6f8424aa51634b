"""Who an action is for: the people whose nicks stand in it as whole words."""

import re
from collections.abc import Iterable, Sequence

from meetbot.attendance import Person

# Korean, Japanese and Chinese put no blank behind a name: `jisu가 고친다` names jisu.
_UNSPACED = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af"


def named_in(text: str, people: Iterable[Person]) -> Sequence[Person]:
    """Return the people that a text names, in their order.

    A nick counts as a whole word in any case and script, with whatever punctuation is part of it. Where one
    nick is part of another (`ann` of `ann-marie`), the longer one is meant.
    """
    present = list(people)
    folded = text.lower()
    names = sorted(
        ((n, person) for person in present for n in person.names if n and n.lower() in folded),
        key=lambda entry: -len(entry[0]),
    )
    taken: list[tuple[int, int]] = []
    found: dict[int, Person] = {}
    for name, person in names:
        for match in _whole_word(name).finditer(text):
            start, end = match.span()
            inside = any(a <= start and end <= b and b - a > end - start for a, b in taken)
            if not inside:
                taken.append((start, end))
                found[person.id] = person
    return [person for person in present if person.id in found]


def _whole_word(name: str) -> re.Pattern[str]:
    """Match a name that is not a part of a longer word.

    Where the name itself begins or ends with punctuation a neighbour of letters is no part of it either:
    `[ann]` is not in `x[ann]`, but is in `([ann])`.
    """
    return re.compile(rf"(?<!\w){re.escape(name)}(?![^\W{_UNSPACED}])", re.IGNORECASE)
