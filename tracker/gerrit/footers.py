"""What a commit message says of stories and tasks, and what each sort of footer does. Pure.

Source: OpenDev's rules for its-storyboard (`Task:` moves, `Story:` links) and jeepyb's for Launchpad's bugs.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.states import Stage, Status


class Sort(StrEnum):
    """What a footer says of the change: how far it goes for the story."""

    TASK = "task"
    STORY = "story"
    CLOSES = "closes"
    PARTIAL = "partial"
    RELATED = "related"


class Turn(StrEnum):
    """What became of a change."""

    PROPOSED = "proposed"
    RESTORED = "restored"
    MERGED = "merged"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Footer:
    """One footer: `number` is a task's for TASK, a story's else."""

    sort: Sort
    number: int


_NUMBER = r"(?P<number>\d{1,9})(?!\d)"
_PATTERNS: Sequence[tuple[re.Pattern[str], Sort | None]] = (
    (re.compile(rf"^[ \t]*task[: \t]{{1,4}}#?{_NUMBER}", re.I | re.M), Sort.TASK),
    (re.compile(rf"^[ \t]*story[: \t]{{1,4}}#?{_NUMBER}", re.I | re.M), Sort.STORY),
    (
        re.compile(
            r"^[ \t]*(?:(?P<word>[a-z]{1,20})[- \t]{1,3})?(?:bug|lp)(?:[ \t]?(?:bug|lp))?"
            rf"[ \t#:]{{1,5}}{_NUMBER}[ \t]*$",
            re.I | re.M,
        ),
        None,
    ),
)
_WORDS: Mapping[str, Sort] = {
    "partial": Sort.PARTIAL,
    "partially": Sort.PARTIAL,
    "related": Sort.RELATED,
    "relates": Sort.RELATED,
    "impacts": Sort.RELATED,
    "affects": Sort.RELATED,
}
"""Any other word before `Bug` says that the change closes it, as does none."""

_TURNS: Mapping[Sort, Mapping[Turn, Stage]] = {
    Sort.TASK: {
        Turn.PROPOSED: Stage.REVIEW,
        Turn.RESTORED: Stage.REVIEW,
        Turn.MERGED: Stage.MERGED,
        Turn.ABANDONED: Stage.NEW,
    },
    Sort.CLOSES: {
        Turn.PROPOSED: Stage.REVIEW,
        Turn.RESTORED: Stage.REVIEW,
        Turn.MERGED: Stage.MERGED,
        Turn.ABANDONED: Stage.NEW,
    },
    Sort.PARTIAL: {Turn.PROPOSED: Stage.IN_PROGRESS, Turn.RESTORED: Stage.IN_PROGRESS},
}


def read_footers(message: str) -> Sequence[Footer]:
    """Return the footers of a commit message, each once; the strongest of several of one story."""
    found = dict.fromkeys(footer for footer in _all(message) if footer.number > 0)
    return list(found)


def next_stage(sort: Sort, turn: Turn, status: Status) -> Stage | None:
    """Return the stage to which a task moves; None when it stays.

    What somebody called invalid stays so, and a part of the work takes nothing back that is in review.
    """
    stage = _TURNS.get(sort, {}).get(turn)
    if stage is None or status is Status.INVALID:
        return None
    if turn is Turn.ABANDONED and status is Status.MERGED:
        return None
    if sort is Sort.PARTIAL and status is not Status.TODO:
        return None
    return stage


def _all(message: str) -> Iterator[Footer]:
    for pattern, sort in _PATTERNS:
        for match in pattern.finditer(message):
            word = (match["word"] or "").lower() if sort is None else ""
            yield Footer(sort or _WORDS.get(word, Sort.CLOSES), int(match["number"]))
