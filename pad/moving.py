"""Pads that get another name, are copied, or go: for 30 days they can be brought back."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from hub.clock import micros
from hub.errors import Conflict, NotFound
from hub.events import emit
from hub.language import gettext
from hub.people import Actor
from pad import log
from pad.names import READING, clean, group_of, ref
from pad.pads import Pad, begin_pad, find_pad, may_pad, need_maintain, text_of, write_text
from pad.sharing import forget_invitations, move_invitations
from pad.tables import LISTED, FormerNameRow, PadRow

KEPT_FOR = timedelta(days=30)
"""For so long a deleted pad can be brought back."""


def rename_pad(session: Session, actor: Actor, pad: Pad, to: str, *, now: datetime) -> str:
    """Give a pad another name, and return it; the former one leads to it from now on.

    Raises: Refused, Invalid for what can't be a name, Conflict when another pad has it.
    """
    need_maintain(actor, pad)
    name = clean(to)
    if name == pad.name:
        return name
    _check_free(session, actor, pad, name)
    session.connection().execute(
        delete(FormerNameRow).where(col(FormerNameRow.name).in_([name, pad.name]))
    )
    session.add(FormerNameRow(name=pad.name, pad_id=pad.id))
    session.connection().execute(update(PadRow).where(col(PadRow.id) == pad.id).values(name=name))
    session.expire_all()
    move_invitations(session, pad.name, name)
    for known in (pad.name, name):
        emit(session, actor, "pad.renamed", ref(known), at=now)
    return name


def _check_free(session: Session, actor: Actor, pad: Pad, name: str) -> None:
    other = session.exec(select(PadRow).where(PadRow.name == name)).first()
    former = session.get(FormerNameRow, name)
    if other is not None or (former is not None and former.pad_id != pad.id):
        raise _taken(session, actor, name)


def _taken(session: Session, actor: Actor, name: str) -> Conflict:
    """Return the error for a name that is not free: what nobody tells them of has no more than that."""
    found = find_pad(session, name)
    if found is not None and may_pad(actor, "read", found):
        return Conflict(gettext("There is a pad %(name)s already.", name=name))
    return Conflict(gettext("%(name)s is not free. Choose another name.", name=name))


def copy_pad(
    session: Session, actor: Actor, pad: Pad, to: str, author: log.Author, *,
    access: str, now: datetime,
) -> str:  # fmt: skip
    """Begin another pad with the text of this one, and return its name. A private one's copy is private.

    Raises: Refused, Invalid for what can't be a name, Conflict when there is such a pad.
    """
    name = clean(to)
    if find_pad(session, name) is not None:
        raise _taken(session, actor, name)
    kept = access if pad.access in LISTED or group_of(name) else pad.access
    new = begin_pad(session, actor, name, access=kept, now=now)
    write_text(session, actor, new, text_of(session, pad), author, now=now)
    return name


def delete_pad(session: Session, actor: Actor, pad: Pad, *, now: datetime) -> None:
    """Let a pad go: nobody finds it any more, and for 30 days it can be brought back.

    Raises: Refused.
    """
    need_maintain(actor, pad)
    forget_deleted(session, now=now)
    # Another epoch: whoever has it open can't write on.
    session.connection().execute(
        update(PadRow)
        .where(col(PadRow.id) == pad.id)
        .values(deleted_at=micros(now), epoch=secrets.token_hex(8))
    )
    session.expire_all()
    emit(session, actor, "pad.deleted", ref(pad.name), at=now)


def make_room(session: Session, name: str) -> None:
    """Let a name be free that a deleted pad has: it waits under another one for who brings it back."""
    found = find_pad(session, name, deleted=True)
    if found is not None and found.name == name:
        waits = f"{name[:36]}~{found.id}"
        session.connection().execute(
            update(PadRow).where(col(PadRow.id) == found.id).values(name=waits)
        )
        move_invitations(session, name, waits)
        session.expire_all()


def bring_back(session: Session, actor: Actor, name: str, *, now: datetime) -> None:
    """Bring a deleted pad back.

    Raises: NotFound when there is none, Refused.
    """
    found = None if name.startswith(READING) else find_pad(session, name, deleted=True)
    if found is None or not may_pad(actor, "read", found):
        raise NotFound(gettext("There is no deleted pad %(name)s.", name=name))
    need_maintain(actor, found)
    session.connection().execute(
        update(PadRow).where(col(PadRow.id) == found.id).values(deleted_at=None)
    )
    session.expire_all()
    emit(session, actor, "pad.brought_back", ref(found.name), at=now)


def forget_deleted(session: Session, *, now: datetime) -> int:
    """Remove the pads that were deleted too long ago to come back, with all that they ever said."""
    is_old = col(PadRow.deleted_at) < micros(now - KEPT_FOR)
    forget_invitations(session, session.exec(select(PadRow.name).where(is_old)).all())
    return session.connection().execute(delete(PadRow).where(is_old)).rowcount
