"""The log of updates: appended to, sealed into segments, replayed from keyframes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, func, insert, select, update

from hub.errors import Conflict
from pad.engine import Engine, Panic
from pad.lib0 import Malformed
from pad.palette import COLOURS
from pad.segments import Logged, pack, pack_updates, unpack, unpack_updates
from pad.tables import (
    AuthorRow,
    KeptRow,
    KeyframeRow,
    PadRow,
    QuarantineRow,
    SegmentRow,
    UpdateRow,
    WriterRow,
)  # fmt: skip


class IsFrozen(Conflict):
    """Nothing is written in this pad any more, until it is thawed."""


SEALED = 1_000
"""So many updates go into a segment."""

KEPT = 8_192
"""Of the keyframes, the first one in each stretch of so many updates stays."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: `key` tells authors of a pad apart, `colour` is a place in the palette."""

    key: str
    name: str
    colour: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One update that is to be logged. writers: the client ids that are new, with their first clock."""

    at: int
    author: Author
    update: bytes
    writers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """A document as of `seq`; `broken` are the updates that can't be applied, with why."""

    engine: Engine
    seq: int
    broken: Mapping[int, str]


def append(session: Session, pad_id: int, epoch: str, entries: Sequence[Entry]) -> int:
    """Put entries at the end of a pad's log; return the number of the first one.

    Raises: Conflict when the pad is gone or its history is another one, IsFrozen.
    """
    changed_at = max(entry.at for entry in entries)
    # The row stays locked until the commit: numbers become visible in their order.
    head = session.connection().execute(
        update(PadRow)
        .where(
            col(PadRow.id) == pad_id, col(PadRow.epoch) == epoch, col(PadRow.frozen_at).is_(None)
        )
        .values(head=PadRow.head + len(entries), changed_at=changed_at)
        .returning(col(PadRow.head))
    ).scalar()  # fmt: skip
    if head is None:
        if session.exec(select(PadRow.frozen_at).where(PadRow.id == pad_id)).first() is not None:
            raise IsFrozen("The pad was frozen. Keep a copy of your text.")
        raise Conflict("The pad was begun anew. Keep a copy of your text and open the pad again.")
    first: int = head - len(entries) + 1
    ids = _author_ids(session, pad_id, {entry.author.key: entry.author for entry in entries})
    session.connection().execute(
        insert(UpdateRow),
        [
            {"pad_id": pad_id, "seq": first + i, "at": entry.at,
             "author_id": ids[entry.author.key], "data": entry.update}
            for i, entry in enumerate(entries)
        ],
    )  # fmt: skip
    _note_writers(session, pad_id, entries, ids)
    return first


def _author_ids(session: Session, pad_id: int, authors: Mapping[str, Author]) -> dict[str, int]:
    rows = session.exec(
        select(AuthorRow).where(AuthorRow.pad_id == pad_id, col(AuthorRow.key).in_(authors))
    )
    found = {row.key: row for row in rows}
    for key, author in authors.items():
        row = found.setdefault(
            key, AuthorRow(pad_id=pad_id, key=key, name=author.name, colour=author.colour)
        )
        row.name, row.colour = author.name, author.colour
        session.add(row)
    session.flush()
    return {key: row.id or 0 for key, row in found.items()}


def author_id(session: Session, pad_id: int, author: Author) -> int:
    """Return the number of an author of a pad, who is noted as one; their name and colour are as given."""
    return _author_ids(session, pad_id, {author.key: author})[author.key]


def known_author(session: Session, pad_id: int, author: Author) -> Author:
    """Return an author as the pad knows them: with their colour, and their name when none is given now.

    Who is new gets a colour that nobody has.
    """
    known = authors_of(session, pad_id).values()
    for one in known:
        if one.key == author.key:
            return Author(one.key, author.name or one.name, one.colour)
    taken = {one.colour for one in known}
    free = (colour for colour in range(COLOURS) if colour not in taken)
    return Author(author.key, author.name, next(free, len(taken) % COLOURS))


def _note_writers(
    session: Session, pad_id: int, entries: Sequence[Entry], ids: Mapping[str, int]
) -> None:
    for entry in entries:
        for client, clock in entry.writers:
            session.merge(
                WriterRow(
                    pad_id=pad_id, client=client, clock=clock, author_id=ids[entry.author.key]
                )
            )
    session.flush()


def head_of(session: Session, pad_id: int) -> int:
    """Return the number of a pad's last update."""
    return session.exec(select(PadRow.head).where(PadRow.id == pad_id)).one()


def tidy(session: Session, pad_id: int) -> None:
    """Keep the whole document, and pack what came before, when that was long ago."""
    if head_of(session, pad_id) - keyframe_before(session, pad_id) < SEALED:
        return
    found = replay(session, pad_id)
    if not found.broken:
        put_keyframe(session, pad_id, found.seq, found.engine.encode())
        seal(session, pad_id)


def copy_history(session: Session, source: int, to: int) -> None:
    """Let a new pad have the whole past of another one, with its authors and kept revisions."""
    authors, epoch = authors_of(session, source), _epoch_of(session, to)
    entries = [
        Entry(one.at, authors[one.author_id], one.update)
        for one in updates_after(session, source, 0)
    ]
    for start in range(0, len(entries), SEALED):
        append(session, to, epoch, entries[start : start + SEALED])
        seal(session, to)
    ids = {author.key: id_ for id_, author in authors_of(session, to).items()}
    for client, clock, author_id in clocks_of(session, source):
        author = ids.get(authors[author_id].key)
        if author is not None:
            session.add(WriterRow(pad_id=to, client=client, clock=clock, author_id=author))
    for row in session.exec(select(KeptRow).where(KeptRow.pad_id == source)).all():
        session.add(KeptRow(**row.model_dump(exclude={"pad_id"}), pad_id=to))
    quarantine(session, to, dict.fromkeys(left_out(session, source), "copied with the pad"))
    tidy(session, to)


def _epoch_of(session: Session, pad_id: int) -> str:
    return session.exec(select(PadRow.epoch).where(PadRow.id == pad_id)).one()


def updates_after(
    session: Session, pad_id: int, seq: int, last: int | None = None
) -> Sequence[Logged]:
    """Return the updates after `seq`, up to `last` when that is given, in order."""
    segments = session.exec(
        select(SegmentRow)
        .where(SegmentRow.pad_id == pad_id, SegmentRow.last > seq)
        .where(SegmentRow.first <= last if last is not None else True)
        .order_by(col(SegmentRow.first))
    )
    found = [
        logged
        for segment in segments
        for logged in unpack_updates(segment.first, segment.data)
        if logged.seq > seq and (last is None or logged.seq <= last)
    ]
    rows = session.exec(
        select(UpdateRow)
        .where(UpdateRow.pad_id == pad_id, UpdateRow.seq > seq)
        .where(UpdateRow.seq <= last if last is not None else True)
        .order_by(col(UpdateRow.seq))
    )
    found += [Logged(row.seq, row.at, row.author_id, row.data) for row in rows]
    return found


def replay(session: Session, pad_id: int, last: int | None = None) -> Replay:
    """Return a pad's document as it is stored, or as it was at `last`."""
    frame = session.exec(
        select(KeyframeRow)
        .where(KeyframeRow.pad_id == pad_id)
        .where(KeyframeRow.seq <= last if last is not None else True)
        .order_by(col(KeyframeRow.seq).desc())
        .limit(1)
    ).first()
    seq, states = (frame.seq, [unpack(frame.data)]) if frame else (0, [])
    broken = left_out(session, pad_id)
    logged = updates_after(session, pad_id, seq, last)
    kept = [entry for entry in logged if entry.seq not in broken]
    seq = logged[-1].seq if logged else seq
    try:
        return Replay(Engine([*states, *(entry.update for entry in kept)]), seq, {})
    except (Malformed, Panic):
        return _replay_carefully(states, kept, seq)


def _replay_carefully(states: Sequence[bytes], logged: Sequence[Logged], seq: int) -> Replay:
    """Find out which updates can't be applied: each one breaks the engine that it is applied to."""
    broken: dict[int, str] = {}
    while True:
        engine = Engine(states)
        for entry in logged:
            if entry.seq in broken:
                continue
            try:
                engine.apply(entry.update)
            except (Malformed, Panic) as error:
                broken[entry.seq] = str(error)
                break
        else:
            return Replay(engine, seq, broken)


def left_out(session: Session, pad_id: int) -> frozenset[int]:
    """Return the updates of a pad that are left out because they broke the engine."""
    found = session.exec(select(QuarantineRow.seq).where(QuarantineRow.pad_id == pad_id))
    return frozenset(found)


def quarantine(session: Session, pad_id: int, broken: Mapping[int, str]) -> None:
    """Leave these updates out of every replay from now on."""
    for seq, reason in broken.items():
        session.merge(QuarantineRow(pad_id=pad_id, seq=seq, reason=reason[:500]))
    session.flush()


def seal(session: Session, pad_id: int) -> int:
    """Pack all whole thousands of a pad's updates into segments; return how many were packed."""
    packed = 0
    while True:
        rows = session.exec(
            select(UpdateRow)
            .where(UpdateRow.pad_id == pad_id)
            .order_by(col(UpdateRow.seq))
            .limit(SEALED)
        ).all()
        if len(rows) < SEALED:
            return packed
        logged = [Logged(row.seq, row.at, row.author_id, row.data) for row in rows]
        first, last = logged[0].seq, logged[-1].seq
        session.add(SegmentRow(pad_id=pad_id, first=first, last=last, data=pack_updates(logged)))
        session.connection().execute(
            delete(UpdateRow).where(
                col(UpdateRow.pad_id) == pad_id, col(UpdateRow.seq).between(first, last)
            )
        )
        session.flush()
        session.expunge_all()
        packed += len(logged)


def put_keyframe(session: Session, pad_id: int, seq: int, state: bytes) -> None:
    """Keep the whole document as of `seq`; of the older ones only those that history needs stay."""
    session.merge(KeyframeRow(pad_id=pad_id, seq=seq, data=pack(state)))
    session.flush()
    known = session.exec(
        select(KeyframeRow.seq).where(KeyframeRow.pad_id == pad_id).order_by(col(KeyframeRow.seq))
    ).all()
    gone = _needless(known)
    if gone:
        session.connection().execute(
            delete(KeyframeRow).where(
                col(KeyframeRow.pad_id) == pad_id, col(KeyframeRow.seq).in_(gone)
            )
        )


def _needless(seqs: Sequence[int]) -> Sequence[int]:
    """Return the keyframes that are neither the first of their stretch nor the newest of all."""
    first: dict[int, int] = {}
    for seq in seqs:
        first.setdefault(seq // KEPT, seq)
    return [seq for seq in seqs[:-1] if first[seq // KEPT] != seq]


def keyframe_before(session: Session, pad_id: int) -> int:
    """Return the number of the newest keyframe, 0 when there is none."""
    found = session.exec(select(func.max(KeyframeRow.seq)).where(KeyframeRow.pad_id == pad_id))
    return found.one() or 0


@dataclass(frozen=True, slots=True)
class Writers:
    """Whose each Yjs client id is, by the author's key; `retired` ones are of a forgotten history."""

    owners: Mapping[int, str]
    retired: frozenset[int]


def writers_of(session: Session, pad_id: int) -> Writers:
    """Return who writes in a pad as which client."""
    rows = session.exec(
        select(WriterRow.client, AuthorRow.key, WriterRow.retired)
        .join(AuthorRow, col(AuthorRow.id) == WriterRow.author_id)
        .where(WriterRow.pad_id == pad_id)
        .order_by(col(WriterRow.client), col(WriterRow.clock))
    ).all()
    return Writers(
        {client: key for client, key, retired in rows if not retired},
        frozenset(client for client, _, retired in rows if retired),
    )


def clocks_of(session: Session, pad_id: int) -> Sequence[tuple[int, int, int]]:
    """Return for each Yjs client id from which clock on it is whose, by the author's id; in that order."""
    rows = session.exec(
        select(WriterRow.client, WriterRow.clock, WriterRow.author_id)
        .where(WriterRow.pad_id == pad_id, col(WriterRow.retired).is_(False))
        .order_by(col(WriterRow.client), col(WriterRow.clock))
    )
    return [(client, clock, author) for client, clock, author in rows]


def authors_of(session: Session, pad_id: int) -> Mapping[int, Author]:
    """Return who wrote in a pad, by the id that stands in its log."""
    rows = session.exec(select(AuthorRow).where(AuthorRow.pad_id == pad_id))
    return {row.id or 0: Author(row.key, row.name, row.colour) for row in rows}
