"""Minutes as JSON: one object whose keys are promised."""

import json
from datetime import datetime
from typing import Any

from meetbot.minutes import Minutes


def as_json(minutes: Minutes) -> str:
    """Return the minutes as a JSON text."""
    return json.dumps(as_object(minutes), ensure_ascii=False, indent=2) + "\n"


def as_object(minutes: Minutes) -> dict[str, Any]:
    """Return the minutes as JSON knows them."""
    return {
        "title": minutes.title or minutes.heading,
        "network": minutes.network,
        "channel": minutes.channel,
        "series": minutes.series,
        "owner": minutes.owner,
        "chairs": list(minutes.chairs),
        "started_at": _iso(minutes.started_at),
        "ended_at": None if minutes.ended_at is None else _iso(minutes.ended_at),
        "items": [
            {"type": i.kind.value, "text": i.text, "nick": i.nick, "at": _iso(i.at), "line": i.line}
            for i in minutes.items
        ],
        "actions": [
            {"text": a.text, "nick": a.nick, "at": _iso(a.at), "assignees": list(a.assignees)}
            for a in minutes.actions
        ],
        "votes": [
            {
                "question": vote.question,
                "options": [option for option, _who in vote.ballots],
                "ballots": {option: list(who) for option, who in vote.ballots},
                "result": vote.result,
            }
            for vote in minutes.votes
        ],
        "people": [{"nick": person.nick, "lines": person.lines} for person in minutes.people],
    }


def _iso(at: datetime) -> str:
    return f"{at.isoformat()[:19]}Z"
