"""A voice for a story: that it affects somebody, or that they vote for it."""

from datetime import datetime
from typing import Literal

from sqlmodel import Session

from hub.events import emit, in_order
from hub.people import Actor
from tracker.authors import person_id
from tracker.changes import see_story
from tracker.derived import refresh
from tracker.sight import need_write, story_ref
from tracker.tables import VoiceRow

VoiceKind = Literal["affects", "votes"]


def set_voice(
    session: Session, actor: Actor, id_: int, kind: VoiceKind, *, raised: bool, now: datetime
) -> None:
    """Raise one's voice for a story, or take it back; it does not count as a change of the story.

    Raises: NotFound, Refused.
    """
    in_order(session)
    story = see_story(session, actor, id_)
    need_write(actor, story)
    person = person_id(session, actor)
    row = session.get(VoiceRow, (id_, person, kind))
    if raised == (row is not None):
        return
    if row is not None:
        session.delete(row)
    else:
        session.add(VoiceRow(story_id=id_, person_id=person, kind=kind))
    refresh(session, story)
    emit(session, actor, "story.changed", story_ref(id_), at=now)
