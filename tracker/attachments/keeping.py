"""Adding files to stories, taking them away and bringing them back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from hub.clock import from_micros, micros
from hub.config_stories import AttachmentsSection
from hub.errors import Invalid, NotFound, Refused
from hub.language import gettext
from hub.people import Actor, may
from tracker.attachments.kinds import is_picture, kind_of, right_name
from tracker.attachments.tables import AttachedDataRow, AttachmentRow
from tracker.authors import Who, author_of, known, who
from tracker.changes import finish, open_story, see_story
from tracker.sight import story_ref
from tracker.tables import StoryRow
from tracker.timeline import note_story

KEPT = timedelta(days=30)
"""So long can a file be brought back that was taken away."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a story, as its page shows it. size: bytes."""

    id: int
    name: str
    kind: str
    size: int
    digest: str
    author: Who
    author_id: int | None
    created_at: datetime
    is_removed: bool

    @property
    def is_picture(self) -> bool:
        """Whether it is shown as a picture."""
        return is_picture(self.kind)


def attach(
    session: Session,
    actor: Actor,
    story_id: int,
    name: str,
    data: bytes,
    limits: AttachmentsSection,
    *,
    now: datetime,
) -> int:
    """Add a file to a story and return its number.

    Raises: NotFound, Refused, Invalid for an empty one or too much.
    """
    story = open_story(session, actor, story_id)
    if actor.person is None:
        raise Refused(gettext("Files are added by people with an account. Log in first."))
    forget_files(session, col(AttachmentRow.removed_at) <= micros(now - KEPT))
    _check(session, story_id, name, data, limits)
    digest = hashlib.sha256(data).hexdigest()
    if session.get(AttachedDataRow, digest) is None:
        session.add(AttachedDataRow(digest=digest, data=data))
        session.flush()
    author = author_of(session, actor)
    row = AttachmentRow(
        story_id=story_id, digest=digest, name=right_name(name), kind=kind_of(data), size=len(data),
        author_id=author.id, author_name=author.name, created_at=micros(now),
    )  # fmt: skip
    session.add(row)
    session.flush()
    _tell(session, actor, "attachment_added", story, row, now)
    return row.id or 0


def set_removed(
    session: Session, actor: Actor, story_id: int, id_: int, *, removed: bool, now: datetime
) -> None:
    """Take a file away, or bring it back; for who added it, and for administrators.

    Raises: NotFound, Refused.
    """
    story = open_story(session, actor, story_id)
    row = _require(session, story, id_)
    if not may_remove(session, actor, row.author_id, story_id):
        raise Refused(gettext("Who added a file takes it away, or an administrator of the hub."))
    if removed == (row.removed_at is not None):
        return
    row.removed_at = micros(now) if removed else None
    session.add(row)
    session.flush()
    kind = "attachment_removed" if removed else "attachment_restored"
    _tell(session, actor, kind, story, row, now)


def may_remove(session: Session, actor: Actor, author_id: int | None, story_id: int) -> bool:
    """Tell whether somebody may take a file away."""
    me = author_of(session, actor).id
    return (me is not None and me == author_id) or may(actor, "administer", story_ref(story_id))


def attachments_of(session: Session, story_id: int) -> Sequence[Attachment]:
    """Return a story's files in their order, with those that can be brought back."""
    query = select(AttachmentRow).where(AttachmentRow.story_id == story_id)
    rows = session.exec(query.order_by(col(AttachmentRow.id))).all()
    people = known(session, [row.author_id for row in rows])
    return [
        Attachment(
            row.id or 0, row.name, row.kind, row.size, row.digest,
            who(people, row.author_id, row.author_name), row.author_id, from_micros(row.created_at),
            row.removed_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def read_attachment(
    session: Session, actor: Actor, story_id: int, id_: int
) -> tuple[AttachmentRow, bytes]:
    """Return a file with its bytes, for who may see its story.

    Raises: NotFound, in the same words for one that there is not and one that is not theirs.
    """
    story = see_story(session, actor, story_id)
    row = _require(session, story, id_)
    data = session.get(AttachedDataRow, row.digest)
    if row.removed_at is not None or data is None:
        raise _no_file(id_)
    session.expunge(row)
    return row, data.data


def forget_files(session: Session, condition: sa.ColumnElement[bool]) -> None:
    """Forget files for good, with those of their bytes that no other file needs."""
    rows = session.exec(select(AttachmentRow.id, AttachmentRow.digest).where(condition)).all()
    if not rows:
        return
    run = session.connection().execute
    run(sa.delete(AttachmentRow).where(col(AttachmentRow.id).in_([id_ for id_, _ in rows])))
    needed = sa.exists().where(col(AttachmentRow.digest) == col(AttachedDataRow.digest))
    gone = col(AttachedDataRow.digest).in_({digest for _, digest in rows})
    run(sa.delete(AttachedDataRow).where(gone, ~needed))


def _check(
    session: Session, story_id: int, name: str, data: bytes, limits: AttachmentsSection
) -> None:
    if not data:
        raise Invalid(
            "file", gettext("%(name)s is empty. Choose another file.", name=right_name(name))
        )
    if len(data) > limits.largest_kb * 1000:
        raise Invalid(
            "file",
            gettext(
                "%(name)s is larger than %(most)s kB. Put it somewhere else and link it.",
                name=right_name(name), most=limits.largest_kb,
            ),
        )  # fmt: skip
    total = select(func.sum(AttachmentRow.size)).where(AttachmentRow.story_id == story_id)
    if (session.exec(total).one() or 0) + len(data) > limits.per_story_kb * 1000:
        raise Invalid(
            "file",
            gettext(
                "The files of a story have %(most)s kB together at most. Take some away first, or link"
                " it.",
                most=limits.per_story_kb,
            ),
        )  # fmt: skip


def _require(session: Session, story: StoryRow, id_: int) -> AttachmentRow:
    row = session.get(AttachmentRow, id_) if 0 < id_ < 1 << 31 else None
    if row is None or row.story_id != story.id:
        raise _no_file(id_)
    return row


def _no_file(id_: int) -> NotFound:
    return NotFound(gettext("There is no file %(number)s here.", number=id_))


def _tell(
    session: Session, actor: Actor, kind: str, story: StoryRow, row: AttachmentRow, now: datetime
) -> None:
    note_story(session, actor, kind, story, now=now, name=row.name, attachment_id=row.id)
    finish(session, actor, "story.changed", story, now=now)
