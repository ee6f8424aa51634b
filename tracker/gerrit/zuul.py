"""Takes in what Zuul tells of a change: the results of its jobs, by pipeline.

Source: Zuul's MQTT reporter, whose messages have `action`, `pipeline`, `change`, `patchset`, `buildset`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, select

from hub.clock import micros
from hub.events import in_order
from hub.irc import plain
from tracker.gerrit.reviews import is_new
from tracker.gerrit.tables import ReviewRow

_MOST = 200


@dataclass(frozen=True, slots=True)
class Build:
    """A job's result; url: where its log is, empty when that is not told."""

    job: str
    result: str
    url: str
    voting: bool


def take_results(session: Session, told: Sequence[Mapping[str, Any]], *, now: datetime) -> int:
    """Add results to the reviews that they are of; return how many were new and of a known review."""
    in_order(session)
    return sum(is_new(session, each, now) and _take(session, each, now) for each in told)


def _take(session: Session, told: Mapping[str, Any], now: datetime) -> bool:
    row = _review(session, told)
    if row is None or _number(told.get("patchset")) < row.patchset:
        return False
    results = json.loads(row.builds)
    given = told.get("buildset")
    buildset: Mapping[str, Any] = given if isinstance(given, dict) else {}
    action = _text(told.get("action"))
    builds = read_builds(buildset.get("builds"))
    results[_text(told.get("pipeline")) or "check"] = {
        "result": _text(buildset.get("result")) or _RESULTS.get(action, action.upper()),
        "builds": [[each.job, each.result, each.url, each.voting] for each in builds],
    }
    row.builds, row.changed_at = json.dumps(results), micros(now)
    session.add(row)
    session.flush()
    return True


_RESULTS = {"start": "RUNNING", "success": "SUCCESS", "failure": "FAILURE"}


def read_builds(told: object) -> Sequence[Build]:
    """Return the builds of a set."""
    given = [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
    return [
        Build(
            _text(each.get("job_name")),
            _text(each.get("result")) or "RUNNING",
            _link(each.get("web_url")) or _link(each.get("log_url")) or _link(each.get("url")),
            each.get("voting") is not False,
        )
        for each in given[:_MOST]
        if _text(each.get("job_name"))
    ]


def _review(session: Session, told: Mapping[str, Any]) -> ReviewRow | None:
    number, project = _number(told.get("change")), _text(told.get("project"))
    query = select(ReviewRow).where(ReviewRow.number == number, ReviewRow.project == project)
    if host := _host(_text(told.get("change_url"))):
        query = query.where(ReviewRow.host == host)
    return session.exec(query).first() if number else None


def _number(value: object) -> int:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _text(value: object) -> str:
    return " ".join(plain(value[:_LONGEST]).split()) if isinstance(value, str) else ""


_LONGEST = 1_000


def _link(value: object) -> str:
    text = _text(value)
    return text if text.startswith(("https://", "http://")) else ""


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
