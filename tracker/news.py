"""What happened to a story, told again in a few words to who hears of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from hub.clock import from_micros
from hub.language import gettext
from hub.notices.telling import News, Telling
from tracker.authors import Who, known, who
from tracker.page_words import happened
from tracker.refs import number_of
from tracker.story_page import Happening
from tracker.tables import CommentRow, StoryRow, TimelineRow


def latest_news(session: Session, entries: Sequence[int]) -> Mapping[int, News]:
    """Return what these entries of timelines were, by their numbers."""
    rows = session.exec(select(TimelineRow).where(col(TimelineRow.id).in_(entries))).all()
    return {news.entry: news for news in _told(session, rows)}


def news_between(session: Session, ref: str, first: int, last: int, limit: int) -> Sequence[News]:
    """Return what happened to a story from one entry of its timeline to another."""
    rows = session.exec(
        select(TimelineRow)
        .where(
            TimelineRow.story_id == number_of(ref),
            col(TimelineRow.worklist_id).is_(None),  # boards tell of themselves
            col(TimelineRow.id) >= first,
            col(TimelineRow.id) <= last,
        )
        .order_by(col(TimelineRow.id))
        .limit(limit)
    ).all()
    return _told(session, rows)


def _told(session: Session, rows: Sequence[TimelineRow]) -> Sequence[News]:
    infos = {row.id: json.loads(row.info) for row in rows}
    assigned = [info.get("new_assignee_id") for info in infos.values()]
    people = known(session, [*(row.author_id for row in rows), *assigned])
    comments = [row.comment_id for row in rows if row.comment_id is not None]
    said = session.exec(select(CommentRow).where(col(CommentRow.id).in_(comments)))
    texts = {row.id: row.content if row.is_active else "" for row in said}
    return [_news(session, row, infos[row.id], people, texts) for row in rows]


def _news(
    session: Session,
    row: TimelineRow,
    info: Mapping[str, Any],
    people: Mapping[int, Who],
    texts: Mapping[int | None, str],
) -> News:
    by, at = who(people, row.author_id, row.author_name), from_micros(row.at)
    if row.kind == "user_comment":
        words, text = gettext("commented"), texts.get(row.comment_id, "")
        place = f"#comment-{row.comment_id}"
    else:
        happening = Happening(row.id or 0, row.kind, at, by, info)
        words, text, place = happened(happening, people), "", f"#event-{row.id}"
        if row.kind == "story_created":
            story = session.get(StoryRow, row.story_id) if row.story_id else None
            text, place = story.description if story else "", ""
    return News(row.id or 0, at, by.name, row.author_id, words, text, place)


TELLING = Telling("story", latest_news, news_between)
