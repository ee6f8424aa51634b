"""Minutes read back from their JSON object: the stored document, and what somebody corrected in it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.irc import Line
from meetbot.minutes import Action, Minutes, Presence
from meetbot.state import Item, ItemKind
from meetbot.votes import Outcome

_NOBODY = -1
"""The author's id in the attendance, which a document does not keep."""


def read_object(
    told: Mapping[str, Any], log: Sequence[Line] = (), *, is_restricted: bool = False, copy: int = 1
) -> Minutes:
    """Return the minutes that `meetbot.render_json.as_object` made an object of.

    Votes and actions belong to the items of their kind in the same order.
    Raises: KeyError, TypeError, ValueError for an object that is none of minutes.
    """
    votes = iter([_outcome(vote) for vote in told["votes"]])
    items = tuple(_item(item, votes) for item in told["items"])
    noted = [item for item in items if item.kind is ItemKind.ACTION]
    return Minutes(
        title=told["title"],
        network=told["network"],
        channel=told["channel"],
        series=told["series"],
        owner=told["owner"],
        chairs=tuple(told["chairs"]),
        started_at=_time(told["started_at"]),
        ended_at=None if told["ended_at"] is None else _time(told["ended_at"]),
        items=items,
        actions=tuple(
            Action(a["text"], a["nick"], _time(a["at"]), item.line, tuple(a["assignees"]))
            for a, item in zip(told["actions"], noted, strict=True)
        ),
        people=tuple(Presence(p["nick"], p["lines"]) for p in told["people"]),
        log=tuple(log),
        is_restricted=is_restricted,
        copy=copy,
    )


def _item(told: Mapping[str, Any], votes: Iterator[Outcome]) -> Item:
    kind = ItemKind(told["type"])
    vote = next(votes, None) if kind is ItemKind.VOTE else None
    at = _time(told["at"])
    return Item(kind, told["text"], told["nick"], at, told["line"], _NOBODY, vote)


def _outcome(told: Mapping[str, Any]) -> Outcome:
    ballots = tuple((option, tuple(told["ballots"][option])) for option in told["options"])
    return Outcome(told["question"], ballots, told["result"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
