"""What webhooks are told of stories: what every guest may read, as it is when it is told."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from hub.clock import from_micros, micros
from hub.events import Event
from hub.people import GUEST, person_ref
from hub.webhooks.telling import Tell, Told
from tracker.authors import known
from tracker.briefs import brief_stories
from tracker.refs import number_of
from tracker.sight import sees
from tracker.story_page import read_tasks
from tracker.tables import CommentRow, StoryRow, TaskRow


def tell_story(session: Session, event: Event, url: str) -> Told | None:
    """Tell of an event of a story; of one that is private, nothing."""
    return _told(session, event, number_of(event.ref), url)


def tell_task(session: Session, event: Event, url: str) -> Told | None:
    """Tell of an event of a task, with its story."""
    task = session.get(TaskRow, number_of(event.ref))
    if task is None:
        return None
    return _told(session, event, task.story_id, url, task=task.id)


def _told(
    session: Session, event: Event, id_: int, url: str, task: int | None = None
) -> Told | None:
    story = session.get(StoryRow, id_)
    if story is None or not sees(GUEST, story):
        return None
    tasks = [
        {
            "id": each.id,
            "title": each.title,
            "project": each.project,
            "stage": each.stage.value,
            "assignee": each.assignee.slug if each.assignee else None,
        }
        for each in read_tasks(session, id_)
    ]
    brief = brief_stories(session, [id_])[0]
    body: dict[str, Any] = {
        "by": _by(event),
        "story": {
            "id": id_,
            "url": f"{url}/story/{id_}",
            "title": story.title,
            "description": story.description,
            "kind": story.kind,
            "importance": story.importance,
            "state": story.state,
            "tags": list(brief.tags),
            "creator": brief.creator.slug or None,
            "created_at": from_micros(story.created_at).isoformat(),
            "changed_at": from_micros(story.changed_at).isoformat(),
            "tasks": tasks,
        },
    }
    if task is not None:
        body["task"] = next((each for each in tasks if each["id"] == task), None)
    if event.name == "story.commented":
        body["comment"] = _comment(session, event, id_, url)
    return Told(body, frozenset(f"project:{each['project']}" for each in tasks))


def _by(event: Event) -> str | None:
    """Return who did it, by the name in their page's address; None for who has no page."""
    slug = event.actor.partition(":")[2]
    return slug if event.actor == person_ref(slug) else None


def _comment(session: Session, event: Event, story: int, url: str) -> Mapping[str, Any] | None:
    """Return the comment that was made then, unless it was taken back."""
    row = session.exec(
        select(CommentRow)
        .where(
            CommentRow.story_id == story,
            CommentRow.created_at == micros(event.at),
            col(CommentRow.is_active),
        )
        .order_by(col(CommentRow.id).desc())
    ).first()
    if row is None:
        return None
    who = known(session, [row.author_id]).get(row.author_id or 0)
    return {
        "id": row.id,
        "url": f"{url}/story/{story}#comment-{row.id}",
        "text": row.content,
        "author": who.slug if who else None,
    }


PUBLIC: Mapping[str, Tell] = {
    "story.created": tell_story,
    "story.changed": tell_story,
    "story.commented": tell_story,
    "task.created": tell_task,
    "task.changed": tell_task,
}
