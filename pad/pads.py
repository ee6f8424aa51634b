"""Pads as things: begun, found, listed, their text kept for reading, their history forgotten."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, col, delete, select, update

from hub.clock import from_micros, micros
from hub.errors import NotFound, Refused
from hub.events import emit
from hub.language import gettext
from hub.people import Actor, Role, may
from pad import log
from pad.engine import Engine
from pad.front import read_front
from pad.names import GROUP, READING, group_of, ref
from pad.tables import (
    CHOICES,
    LISTED,
    AuthorRow,
    FormerNameRow,
    KeptRow,
    KeyframeRow,
    PadRow,
    QuarantineRow,
    SegmentRow,
    TagRow,
    TalkRow,
    UpdateRow,
    WriterRow,
)
from pad.tags import keep_tags
from pad.titles import title_of
from pad.update import read_update


@dataclass(frozen=True, slots=True)
class Frozen:
    """Since when nothing is written in a pad, who said so (an actor's name), and why; that may be empty."""

    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Pad:
    """A pad as it is kept. `text` and `title` are as of `text_seq`; `head` is its last update.

    owner: whose it is, an actor's name; empty for nobody's. is_linked: whether `r.ID` leads to it.
    """

    id: int
    name: str
    reading: str
    epoch: str
    access: str
    created_at: datetime
    changed_at: datetime
    head: int
    title: str
    text: str
    text_seq: int
    created_by: str
    owner: str
    is_linked: bool
    settled_at: int
    frozen: Frozen | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A pad in a list."""

    name: str
    title: str
    excerpt: str
    changed_at: datetime
    access: str


def _pad(row: PadRow, *, text: str | None = None) -> Pad:
    return Pad(
        row.id or 0, row.name, row.reading, row.epoch, row.access, from_micros(row.created_at),
        from_micros(row.changed_at), row.head, row.title, row.text if text is None else text,
        row.text_seq, row.created_by, row.owner, row.is_linked, row.settled_at, _frozen(row),
    )  # fmt: skip


def _frozen(row: PadRow) -> Frozen | None:
    if row.frozen_at is None:
        return None
    return Frozen(from_micros(row.frozen_at), row.frozen_by, row.frozen_why)


def find_pad(session: Session, name: str, *, deleted: bool = False) -> Pad | None:
    """Return the pad that has a name or had it, or the one that `r.ID` is the reading address of.

    deleted: look among those that were deleted instead.
    """
    if name.startswith(READING):
        query = select(PadRow).where(PadRow.reading == name.removeprefix(READING))
    else:
        query = select(PadRow).where(PadRow.name == name)
    row = session.exec(query).first()
    if row is None:
        former = session.get(FormerNameRow, name)
        row = session.get(PadRow, former.pad_id) if former else None
    return _pad(row) if row and (row.deleted_at is not None) == deleted else None


def may_pad(actor: Actor, verb: str, pad: Pad, link: str = "") -> bool:
    """Tell whether the actor may `read` a pad, `write` in it now, or `maintain` it.

    To maintain is to rename, delete and freeze it and to say who else may. Nobody writes in a frozen one.
    link: the name by which they came; who came by `r.ID` reads, and no more, while that link is good.
    """
    if link.startswith(READING):
        is_good = pad.is_linked and link == READING + pad.reading
        return verb == "read" and is_good and (pad.access != GROUP or may_pad(actor, verb, pad))
    if verb == "write" and pad.frozen is not None:
        return False
    if owns(actor, pad):
        actor = replace(actor, rights=actor.rights | {("maintain", ref(pad.name))})
    return may(actor, verb, ref(pad.name), pad.access)


def owns(actor: Actor, pad: Pad) -> bool:
    """Tell whether a pad is somebody's own."""
    return actor.role is not Role.GUEST and actor.name == pad.owner


def may_begin(actor: Actor, name: str, access: str) -> bool:
    """Tell whether somebody may begin a pad of that access.

    What not all may read is begun by who may write on the hub.
    """
    if group_of(name):
        return may(actor, "write", ref(name), GROUP)
    return may(actor, "write", ref(name), access if access == "open" else "public")


def readable_by(actor: Actor) -> "sa.ColumnElement[bool]":
    """Return what is true of the pads that an actor may read: `may_pad` for all pads at once.

    Pads of groups are not among them: no list tells of those.
    """
    if not may(actor, "read", ref("new"), "public"):
        return sa.false()
    if may(actor, "read", ref("new"), "private"):
        return col(PadRow.access) != GROUP
    listed = [access for access in CHOICES if may(actor, "read", ref("new"), access)]
    given = [told for verb, told in actor.rights if verb in ("read", "maintain")]
    names = [told.partition(":")[2] for told in given if told.startswith(ref(""))]
    found = col(PadRow.access).in_(listed) | col(PadRow.name).in_(names)
    if actor.role is not Role.GUEST:
        found |= col(PadRow.owner) == actor.name
    return found & (col(PadRow.access) != GROUP)


def need_write(actor: Actor, pad: Pad) -> None:
    """Make sure that the actor may write in a pad now.

    Raises: Refused, which says so when it is frozen.
    """
    if pad.frozen is not None:
        raise Refused(frozen_words(pad))
    if not may_pad(actor, "write", pad):
        raise Refused(gettext("You may not write in %(name)s.", name=pad.name))


def need_maintain(actor: Actor, pad: Pad) -> None:
    """Make sure that the actor may maintain a pad.

    Raises: Refused.
    """
    if not may_pad(actor, "maintain", pad):
        raise Refused(
            gettext("Only who owns %(name)s, or who maintains it, may do that.", name=pad.name)
        )


def locked(session: Session, pad: Pad) -> Pad:
    """Return what a pad is in this transaction; until its end nobody else changes that.

    Raises: NotFound when it is gone.
    """
    row = session.get(PadRow, pad.id, with_for_update=True, populate_existing=True)
    if row is None or row.deleted_at is not None:
        raise NotFound(gettext("There is no pad %(name)s.", name=pad.name))
    return _pad(row)


def frozen_words(pad: Pad) -> str:
    """Return the words for who wants to write in a frozen pad."""
    assert pad.frozen is not None
    since = f"{pad.frozen.at:%Y-%m-%d %H:%M} UTC"
    if not pad.frozen.why:
        return gettext("This pad is frozen since %(since)s: it is only read.", since=since)
    return gettext(
        "This pad is frozen since %(since)s (%(why)s): it is only read.",
        since=since, why=pad.frozen.why,
    )  # fmt: skip


def begin_pad(session: Session, actor: Actor, name: str, *, access: str, now: datetime) -> Pad:
    """Return the pad of that (clean) name; begin it when there is none.

    Raises: Refused when the actor may not begin such a pad, NotFound when they may not know of it.
    """
    found = find_pad(session, name)
    if found is not None and may_pad(actor, "read", found):
        return found
    if found is not None:
        raise NotFound(gettext("There is no pad %(name)s.", name=name))
    if find_pad(session, name, deleted=True) is not None:
        raise Refused(
            gettext("The pad %(name)s was deleted. Who began it can bring it back.", name=name)
        )
    if not may_begin(actor, name, access):
        raise Refused(gettext("There is no pad %(name)s, and you may not begin one.", name=name))
    row = PadRow(
        name=name,
        reading=secrets.token_hex(16),
        epoch=secrets.token_hex(8),
        access=access,
        created_at=micros(now),
        created_by=actor.name,
        owner="" if actor.role is Role.GUEST else actor.name,
        changed_at=micros(now),
    )
    session.add(row)
    session.flush()
    emit(session, actor, "pad.created", ref(name), at=now)
    return _pad(row)


def drop_if_empty(session: Session, pad_id: int) -> None:
    """Remove a pad in which nobody ever wrote or talked, and of which nothing was settled."""
    talked = sa.exists().where(col(TalkRow.pad_id) == pad_id)
    is_plain = (
        col(PadRow.access).in_(LISTED) & col(PadRow.frozen_at).is_(None) & (PadRow.settled_at == 0)
    )
    session.connection().execute(
        delete(PadRow).where(col(PadRow.id) == pad_id, col(PadRow.head) == 0, ~talked, is_plain)
    )


def save_text(
    session: Session, actor: Actor, pad: Pad, seq: int, text: str, *, now: datetime
) -> bool:
    """Keep what a pad's text was at `seq`, for lists and search.

    Tell whether that was news: not when it was kept already, nor for a history that is forgotten.
    """
    row = session.get(PadRow, pad.id, with_for_update=True)
    if row is None or row.epoch != pad.epoch or row.text_seq >= seq:
        return False
    row.text, row.title, row.text_seq = text.replace("\x00", ""), title_of(text), seq
    session.add(row)
    session.flush()
    keep_tags(session, pad.id, row.text)
    emit(session, actor, "pad.saved", ref(pad.name), at=now)
    return True


def tell_saved(session: Session, actor: Actor, pad: Pad, *, now: datetime) -> None:
    """Have lists and search look at a pad again."""
    emit(session, actor, "pad.saved", ref(pad.name), at=now)


def text_of(session: Session, pad: Pad) -> str:
    """Return what stands in a pad now."""
    return pad.text if pad.text_seq == pad.head else log.replay(session, pad.id).engine.text()


def text_at(session: Session, pad: Pad, seq: int) -> str:
    """Return what stood in a pad after its update `seq`.

    Raises: NotFound when there is no such update.
    """
    if not 0 <= seq <= pad.head:
        raise NotFound(
            gettext("%(name)s has no revision %(revision)s.", name=pad.name, revision=seq)
        )
    return log.replay(session, pad.id, seq).engine.text()


def write_text(
    session: Session, actor: Actor, pad: Pad, text: str, author: log.Author, *, now: datetime
) -> int | None:
    """Make `text` what stands in a pad, as an edit among others; return its number.

    None means that it stood there already. Who has the pad open sees it come.
    Raises: Refused when the actor may not write there.
    """
    need_write(actor, locked(session, pad))
    engine = log.replay(session, pad.id).engine
    if engine.text() == text:
        return None
    author = log.known_author(session, pad.id, author)
    entry = signed(micros(now), author, engine.write(text))
    return log.append(session, pad.id, pad.epoch, [entry])


def signed(at: int, author: log.Author, update: bytes) -> log.Entry:
    """Return an update that the hub made for an author as an entry that says what of it is theirs."""
    news = tuple((span.client, span.start) for span in read_update(update).spans)
    return log.Entry(at, author, update, news)


def forget_history(session: Session, actor: Actor, name: str, *, now: datetime) -> None:
    """Begin a pad anew with the text that stands in it: all that was deleted from it is gone for good.

    Raises: NotFound when there is no such pad, Refused when the actor may not maintain it or it is frozen.
    """
    row = session.exec(select(PadRow).where(PadRow.name == name).with_for_update()).first()
    if row is None or not may_pad(actor, "read", _pad(row)):
        raise NotFound(gettext("There is no pad %(name)s.", name=name))
    if not may_pad(actor, "maintain", _pad(row)):
        raise Refused(gettext("You may not forget the history of %(name)s.", name=name))
    if row.frozen_at is not None:
        raise Refused(frozen_words(_pad(row)))
    pad_id = row.id or 0
    text = log.replay(session, pad_id).engine.text()
    for table in (UpdateRow, SegmentRow, KeyframeRow, QuarantineRow, KeptRow):
        session.connection().execute(delete(table).where(col(table.pad_id) == pad_id))
    session.connection().execute(
        update(WriterRow).where(col(WriterRow.pad_id) == pad_id).values(retired=True)
    )
    epoch = secrets.token_hex(8)
    session.connection().execute(
        update(PadRow)
        .where(col(PadRow.id) == pad_id)
        .values(head=0, text="", title="", text_seq=0, epoch=epoch)
    )
    session.expire_all()
    entry = signed(micros(now), log.Author(actor.name, "", 0), Engine().write(text))
    log.append(session, pad_id, epoch, [entry])
    emit(session, actor, "pad.begun_anew", ref(name), at=now)


_EXCERPT = 240
_TEXT: QueryableAttribute[str] = PadRow.text  # type: ignore[assignment]


def list_pads(
    session: Session,
    actor: Actor,
    *,
    words: Sequence[str] = (),
    writers: Sequence[str] = (),
    tag: str = "",
    before: datetime | None = None,
    limit: int = 50,
) -> Sequence[Listed]:
    """Return the pads in which something stands and that the actor may read, last changed first.

    words: all of them stand in each.

    writers: authors' keys, one of whom wrote there or began it. tag: one that they have.
    """
    text = col(PadRow.text)
    query = sa.select(
        col(PadRow.name), col(PadRow.title), text, col(PadRow.changed_at), col(PadRow.access)
    ).where(col(PadRow.head) > 0, col(PadRow.deleted_at).is_(None), readable_by(actor))
    for word in words:
        query = query.where(
            text.icontains(word, autoescape=True)
            | col(PadRow.name).icontains(word, autoescape=True)
        )
    if writers:
        wrote = sa.select(col(AuthorRow.pad_id)).where(col(AuthorRow.key).in_(writers))
        query = query.where(col(PadRow.id).in_(wrote) | col(PadRow.created_by).in_(writers))
    if tag:
        tagged = sa.select(col(TagRow.pad_id)).where(col(TagRow.tag) == tag)
        query = query.where(col(PadRow.id).in_(tagged))
    if before is not None:
        query = query.where(col(PadRow.changed_at) < micros(before))
    rows = session.execute(query.order_by(col(PadRow.changed_at).desc()).limit(limit))
    return [
        Listed(name, title, _excerpt(text), from_micros(changed_at), access)
        for name, title, text, changed_at, access in rows
    ]


def _excerpt(text: str) -> str:
    return " ".join(read_front(text).body[: _EXCERPT * 4].split())[:_EXCERPT]


def heads(session: Session, ids: Sequence[int]) -> Mapping[int, Pad]:
    """Return what is known of pads by their ids now, without their text."""
    rows = session.exec(
        select(PadRow)
        .where(col(PadRow.id).in_(ids), col(PadRow.deleted_at).is_(None))
        .options(defer(_TEXT, raiseload=True))
    )
    return {row.id or 0: _pad(row, text="") for row in rows}
