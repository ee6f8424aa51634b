"""How reviews are mentioned in text: by their addresses at the Gerrits that tell the hub of them."""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, select

from hub.people import Actor
from hub.refs import RefKind
from tracker.gerrit.reviews import find_review
from tracker.gerrit.tables import ReviewLinkRow, ReviewRow
from tracker.sight import sees
from tracker.tables import StoryRow

_HOST = r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?)(?::\d{1,5})?"
_LONG = r"(?:/r)?(?:/c/[\w./-]{1,200}?/\+/|/\#/c/)(?P<number>[1-9]\d{0,8})"
_SHORT = r"(?P<known>(?:review|gerrit)[A-Za-z0-9.-]{1,250})/(?:c/)?(?P<short>[1-9]\d{0,8})"
_REST = r"(?:/(?:[^\s<>\"'()\[\]]*[A-Za-z0-9/])?)?(?![\w-])"


def review_refs() -> RefKind:
    """Say how reviews are mentioned: `https://HOST/c/org/name/+/42`, `https://review.HOST/42`, older ways.

    Source: the addresses that Gerrit's pages have had, as they stand in logs.
    """
    pattern = re.compile(rf"https?://(?:{_HOST}{_LONG}|{_SHORT}){_REST}")
    return RefKind("review", pattern, _found, _url, _label, _sees)


def review_ref(host: str, number: int) -> str:
    """Return the ref of a review."""
    return f"review:{host.lower()}/{number}"


def _found(match: re.Match[str]) -> Sequence[str]:
    number = int(match["number"] or match["short"])
    return (review_ref(match["host"] or match["known"], number),)


def _url(ref: str) -> str:
    return f"https://{ref.partition(':')[2]}"


def _label(session: Session, ref: str) -> str | None:
    row = _review(session, ref)
    return f"{row.subject} ({row.project} {row.number})" if row is not None else None


def _sees(session: Session, actor: Actor, ref: str) -> bool:
    """Tell whether somebody may know what a review is about: all it is for may be a private story."""
    row = _review(session, ref)
    if row is None:
        return False
    ids = select(ReviewLinkRow.story_id).where(ReviewLinkRow.review_id == row.id)
    stories = session.exec(select(StoryRow).where(col(StoryRow.id).in_(ids))).all()
    return not stories or any(sees(actor, story) for story in stories)


def _review(session: Session, ref: str) -> ReviewRow | None:
    host, _, number = ref.partition(":")[2].rpartition("/")
    return find_review(session, host, int(number)) if number.isdecimal() else None
