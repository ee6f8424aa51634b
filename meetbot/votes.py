"""Votes: a question, its options, each person one ballot, and what came of it.

Two sorts. A poll has options (`#startvote Ship it? yes, not yet`); the option with most ballots wins. A
motion is for or against (`#motion`, `#vote`), with `+1`, `0` and `-1` said in the channel; it is carried when
more are for it than against, by the margin asked for.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from meetbot.attendance import Attendance

FOR, ABSTAIN, AGAINST = "+1", "0", "-1"
MOTION = (FOR, ABSTAIN, AGAINST)
DEFAULT_OPTIONS = ("Yes", "No")
_MOST_OPTIONS = 30


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person voted; `voter` is the id in the attendance."""

    voter: int
    option: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote that is open."""

    question: str
    options: tuple[str, ...]
    is_motion: bool = False
    ballots: tuple[Ballot, ...] = ()

    def option(self, said: str) -> str | None:
        """Return the option that is meant, None when there is no such one."""
        wanted = _unquoted(said).casefold()
        if self.is_motion:
            wanted = _SIGNS.get(wanted, wanted)
        return next((o for o in self.options if o.casefold() == wanted), None)

    def spoken(self, text: str) -> str | None:
        """Return the option that a line of talk is a ballot for: `+1`, or `-1 too early`."""
        found = _SPOKEN.fullmatch(text)
        if found is None:
            return None
        return next(
            (o for o in self.options if _SIGNS.get(o.casefold(), o) == _SIGNS[found[1]]), None
        )

    def cast(self, voter: int, option: str) -> "Vote":
        """Return the vote with the person's ballot in; the last one counts."""
        others = tuple(ballot for ballot in self.ballots if ballot.voter != voter)
        return replace(self, ballots=(*others, Ballot(voter, option)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a vote: who voted what (every option, in order), and the result in words."""

    question: str
    ballots: tuple[tuple[str, tuple[str, ...]], ...]
    result: str


_SIGNS = {
    "+1": FOR, "1": FOR, "yes": FOR, "aye": FOR, "for": FOR,
    "0": ABSTAIN, "+0": ABSTAIN, "-0": ABSTAIN, "abstain": ABSTAIN,
    "-1": AGAINST, "no": AGAINST, "nay": AGAINST, "against": AGAINST,
}  # fmt: skip
_SPOKEN = re.compile(r"\s*(\+1|-1|\+0|-0|0(?=\s*\Z))(?:[\s,.;:!()].*)?", re.DOTALL)
_QUOTED = r'"([^"]*)"|“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»'
_TOKEN = re.compile(rf"{_QUOTED}|([\w+-]+)")
_PART = re.compile(rf"\s*(?:(?:{_QUOTED})\s*(?=,|\Z)|([^,]*))(?:,|\Z)")


def parse_question(text: str) -> tuple[str, tuple[str, ...]] | None:
    """Return question and options of `question? options`, None when there is no question mark.

    The last question mark ends the question. Options with commas between them, or in quotes, may have
    several words; without either, every word is one. None given means Yes and No.
    Source: OpenDev's MeetBot, whose options are single words.
    """
    asked, mark, rest = text.rpartition("?")
    if not mark or not asked.strip():
        return None
    parts = _PART.findall(rest) if "," in rest else _TOKEN.findall(rest)
    options: dict[str, str] = {}
    for part in parts:
        option = " ".join("".join(part).split())
        if option:
            options.setdefault(option.casefold(), option)
    kept = tuple(options.values())[:_MOST_OPTIONS]
    return asked.strip() + "?", kept or DEFAULT_OPTIONS


def _unquoted(text: str) -> str:
    text = text.strip()
    found = re.fullmatch(_QUOTED, text)
    return " ".join(("".join(found.groups("")) if found else text).split())


def tally(vote: Vote, attendance: Attendance) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return who voted for each option. Two that turned out to be one person have the later ballot."""
    last = {attendance.whose(ballot.voter): ballot.option for ballot in vote.ballots}
    return tuple(
        (
            option,
            tuple(attendance.person(who).name for who, voted in last.items() if voted == option),
        )
        for option in vote.options
    )


def outcome(vote: Vote, attendance: Attendance, *, quorum: int, margin: int) -> Outcome:
    """Count a vote. `quorum` is how many must have voted, `margin` by how many a motion is carried."""
    ballots = tally(vote, attendance)
    cast = sum(len(who) for _option, who in ballots)
    if cast < quorum:
        result = f"no quorum ({cast} of {quorum})"
    elif vote.is_motion:
        result = _motion_result(dict(ballots), margin)
    else:
        result = _poll_result(ballots)
    return Outcome(vote.question, ballots, result)


def _motion_result(ballots: dict[str, tuple[str, ...]], margin: int) -> str:
    ahead = len(ballots[FOR]) - len(ballots[AGAINST])
    if ahead >= max(margin, 1):
        return "carried"
    return "tied" if ahead == 0 else "denied"


def _poll_result(ballots: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    most = max((len(who) for _option, who in ballots), default=0)
    if most == 0:
        return "no votes"
    best = [option for option, who in ballots if len(who) == most]
    return best[0] if len(best) == 1 else f"tied: {', '.join(best)}"
